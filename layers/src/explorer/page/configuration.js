
// What to paste where, so that a client finds this server. Tokens are never shown:
// whoever uses one writes it into the place that is held for it.
function configurations(name, withToken) {
  const json = (value) => JSON.stringify(value, null, 2);
  const headers = withToken ? { headers: { Authorization: "Bearer YOUR_TOKEN" } } : {};
  const header = withToken ? ` \\\n  --header ${shell("Authorization: Bearer YOUR_TOKEN")}` : "";
  const url = ENDPOINT;
  return [
    ["Most clients", "mcp.json, .mcp.json or the client's settings", json({ mcpServers: { [name]: { type: "http", url, ...headers } } })],
    ["Visual Studio Code", ".vscode/mcp.json", json({ servers: { [name]: { type: "http", url, ...headers } } })],
    ["Claude Code", "in a terminal", `claude mcp add --transport http ${name} ${shell(url)}${header}`],
    ["Codex", "~/.codex/config.toml", `[mcp_servers.${name}]\nurl = ${JSON.stringify(url)}${withToken ? '\nbearer_token_env_var = "YOUR_TOKEN"' : ""}`],
    ["Gemini CLI", "~/.gemini/settings.json", json({ mcpServers: { [name]: { httpUrl: url, ...headers } } })],
    ["MCP Inspector", "in a terminal", `npx @modelcontextprotocol/inspector --cli ${shell(url)} \\\n  --transport http --method tools/list${header}`],
    ["Python", "with the package mcp, version 2", pythonProgram(url)],
    ["TypeScript", "with the package @modelcontextprotocol/client", typescriptProgram(url)],
  ];
}

const pythonProgram = (url) => `import asyncio
import mcp

async def main():
    async with mcp.Client(${JSON.stringify(url)}) as client:
        print(await client.list_tools())

asyncio.run(main())`;

const typescriptProgram = (url) => `import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const client = new Client({ name: "my-client", version: "1.0.0" });
await client.connect(new StreamableHTTPClientTransport(new URL(${JSON.stringify(url)})));
console.log(await client.listTools());`;

const shell = (value) => (/^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`);

// A server's own name, as far as every client's configuration can hold it.
function configurationName(name) {
  return string(name).slice(0, 200).replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "my-server";
}
