import { hostile } from "./hostile_server.js";

const META = "io.modelcontextprotocol/";

/// The request whose stream was cut.
let waiting;

/// What each of the scripted servers answers: a result, or nothing if it has answered.
export const SERVERS = {
  echo: modern({ tools: [{ name: "écho \u{1f375}", inputSchema: echoSchema() }] }, ({ params }, exchange) => {
    const mirrored = Object.entries(exchange.request.headers).filter(([name]) => name.startsWith("mcp-"));
    const said = { arguments: params.arguments, headers: Object.fromEntries(mirrored) };
    return { content: [{ type: "text", text: JSON.stringify(said) }] };
  }),

  chunked: modern({ tools: [{ name: "stream", inputSchema: { type: "object" } }] }, chunked),

  templates: modern({ resourceTemplates: [{ name: "page", uriTemplate: "docs://{section}/{+path}{?q,lang}{#part:3}" }] }, ({ params }) => ({
    contents: [{ uri: params.uri, text: `read ${params.uri}` }],
  })),

  linked: modern({ tools: [{ name: "link", inputSchema: { type: "object" } }] }, ({ method, params }) =>
    method === "tools/call"
      ? { content: [{ type: "resource_link", name: "far", uri: `far://${"away/".repeat(200)}ü` }] }
      : { contents: [{ uri: params.uri, text: `read ${params.uri.length} characters` }] }),

  logging: modern({ tools: [{ name: "log", inputSchema: { type: "object" } }] }, ({ id, params }, exchange) => {
    const level = params._meta[`${META}logLevel`];
    const stream = exchange.stream();
    const log = { jsonrpc: "2.0", method: "notifications/message", params: { level, logger: "db", data: { rows: 3 } } };
    stream.write(`data: ${JSON.stringify(log)}\n\n`);
    stream.end(`data: ${JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } })}\n\n`);
  }),

  digits: modern({ tools: [{ name: "digits", inputSchema: { type: "object" } }] }, ({ id }, exchange) => {
    exchange.response.writeHead(200, { "content-type": "application/json" });
    exchange.response.end(`{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":{"big":9007199254740993}}}`);
  }),

  paged: modern({ tools: paged }),

  empty: modern({}),

  guarded(message, exchange) {
    if (exchange.header("authorization") === "Bearer secret") return SERVERS.echo(message, exchange);
    exchange.plain(401, "", { "www-authenticate": 'Bearer resource_metadata="https://auth.example/.well-known"' });
    return undefined;
  },

  broken(_, exchange) {
    exchange.plain(502, "<h1>Bad gateway</h1><script>alert('gateway')</script>", { "content-type": "text/html" });
  },

  failing: modern({ tools: [{ name: "fail", inputSchema: { type: "object" } }] }, (_, exchange) => {
    exchange.error(400, -32602, "no such <b>tool</b>", { hint: "try another" });
  }),

  resumed: legacy((message, exchange) => {
    waiting = message.id ?? waiting;
    if (exchange.request.method === "GET") {
      const result = { content: [{ type: "text", text: `resumed after ${exchange.header("last-event-id")}` }] };
      exchange.stream().end(`id: 8\ndata: ${JSON.stringify({ jsonrpc: "2.0", id: waiting, result })}\n\n`);
    } else {
      exchange.stream().end("id: 7\nretry: 10\ndata:\n\n");
    }
  }),

  lost: legacy((message, exchange) => {
    if (exchange.header("mcp-session-id") === "session-1") exchange.error(404, -32001, "session not found");
    else return { content: [{ type: "text", text: `called in ${exchange.header("mcp-session-id")}` }] };
    return undefined;
  }),

  asking: modern({ tools: [{ name: "ask", inputSchema: { type: "object" } }] }, ({ params }) => {
    const { inputResponses, requestState } = params;
    if (requestState !== undefined) {
      return { content: [{ type: "text", text: JSON.stringify({ inputResponses, requestState }) }] };
    }
    const url = { mode: "url", message: "Pay here", url: "javascript:alert(1)//https://bank.example" };
    const requestedSchema = {
      type: "object",
      properties: {
        size: { type: "string", oneOf: [{ const: "s", title: "Small" }, { const: "l", title: "Large" }] },
        extras: { type: "array", items: { type: "string", enum: ["milk", "sugar"] }, default: ["milk"] },
        when: { type: "string", format: "date" },
        count: { type: "integer", default: 2 },
        hot: { type: "boolean", default: true },
      },
      required: ["size", "hot"],
    };
    const form = { message: "What will it be?", requestedSchema };
    const asked = Object.entries({ "__proto__ 1": form, pay: url });
    return {
      resultType: "input_required",
      requestState: "sealed",
      inputRequests: Object.fromEntries(asked.map(([key, request]) => [key, { method: "elicitation/create", params: request }])),
    };
  }),

  hostile: modern(hostile.lists, hostile.call, hostile.discovered),
};

/// A server of the stateless revision.
function modern(lists, call, discovered = {}) {
  const capabilities = { tools: {}, resources: {}, prompts: {}, ...discovered.capabilities };
  const members = { "tools/list": "tools", "resources/list": "resources", "resources/templates/list": "resourceTemplates", "prompts/list": "prompts" };
  return (message, exchange) => {
    const { method } = message;
    if (method === "server/discover") {
      const _meta = { [`${META}serverInfo`]: { name: "scripted", version: "1" } };
      return { supportedVersions: ["2026-07-28"], _meta, ...discovered, capabilities };
    }
    if (method in members) {
      const list = lists[members[method]] ?? [];
      return typeof list === "function" ? list(message) : { [members[method]]: list };
    }
    if (message.id === undefined) return exchange.plain(202, "");
    return call(message, exchange);
  };
}

/// A server of an older revision, with a session.
function legacy(call) {
  let sessions = 0;
  return (message, exchange) => {
    switch (message.method) {
      case "server/discover":
        return exchange.error(400, -32600, "no session");
      case "initialize": {
        sessions += 1;
        const result = { protocolVersion: "2025-06-18", capabilities: { tools: {}, logging: {} }, serverInfo: { name: "old", version: "1" } };
        return exchange.json(200, { result }, { "mcp-session-id": `session-${sessions}` });
      }
      case "tools/list":
        return { tools: [{ name: "go", inputSchema: { type: "object" } }] };
      case "logging/setLevel":
        return {};
      case "notifications/initialized":
        return exchange.plain(202, "");
      default:
        return exchange.request.method === "DELETE" ? exchange.plain(204, "") : call(message, exchange);
    }
  };
}

function paged({ params }) {
  const page = Number(params.cursor ?? "0");
  const tools = [{ name: `tool-${page}`, inputSchema: { type: "object" } }];
  // The last cursor is one that has been used: whoever follows it never ends.
  return { tools, nextCursor: page < 12 ? String(page + 1) : "3" };
}

/// Progress, then a result, in events that are cut and ended in every way there is.
async function chunked({ id, params }, exchange) {
  const { progressToken } = params._meta;
  const progress = (step) =>
    JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken, progress: step, total: 3, message: `step ${step} ü\u{1f375}` } });
  const result = JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "whole \u{1f375}" }] } }, null, 1);
  const stream = exchange.stream();
  const bytes = Buffer.from(
    `\ufeff: a comment\r\nevent: message\r\ndata: ${progress(1)}\r\n\r\n` +
      `data:${progress(2)}\r\rretry: soon\nignored\n\ndata: ${progress(3)}\n\n` +
      `${result.split("\n").map((line) => `data: ${line}\r\n`).join("")}\r\n`,
  );
  for (let at = 0; at < bytes.length; at += 5) {
    stream.write(bytes.subarray(at, at + 5));
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
}

function echoSchema() {
  return {
    type: "object",
    properties: JSON.parse(`{
      "text": { "type": "string", "title": "A text", "default": "as given", "x-mcp-header": "Text" },
      "whole": { "type": "integer", "x-mcp-header": "Whole" },
      "number": { "type": "number" },
      "flag": { "type": "boolean", "x-mcp-header": "Flag" },
      "maybe": { "type": ["boolean", "null"] },
      "colour": { "$ref": "#/$defs/Colour" },
      "shade": { "anyOf": [{ "$ref": "#/$defs/Colour" }, { "type": "null" }] },
      "many": { "type": "array", "items": { "enum": ["one", 2] } },
      "nested": { "type": "object", "properties": { "inner": { "type": "string", "x-mcp-header": "Inner" } } },
      "__proto__": { "type": "string" },
      "constructor": { "type": "string" },
      "loop": { "$ref": "#/$defs/Loop" }
    }`),
    required: ["text", "flag", "colour"],
    $defs: {
      Colour: { oneOf: [{ const: "red", description: "Warm" }, { const: "blue", title: "Blue indeed" }] },
      Loop: { $ref: "#/$defs/Loop" },
    },
  };
}
