// Uses a running `everything`, `asking` and `http_sse` through the official TypeScript client.
//
//     node check.js EVERYTHING-URL ASKING-URL HTTP-SSE-URL
//
// With `@modelcontextprotocol/client` (2) in all three modes that it has:
// discovering, pinned to the modern revision, and legacy. With
// `@modelcontextprotocol/sdk` (1) in the only one.

import assert from "node:assert/strict";

import * as current from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport as LegacySse } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import * as schemas from "@modelcontextprotocol/sdk/types.js";

import { useAsking } from "./asking.js";
import { resumes } from "./resume.js";
import { useOldTransport } from "./sse.js";

const LEGACY = "2025-11-25";
const MODERN = "2026-07-28";
const CALLS_AT_ONCE = 50;
const MS_PER_MODE = 60_000;
const INFO = { name: "check", version: "1.0.0" };

const MODES = [
  { name: "2, discovering", version: MODERN, ...version2("auto") },
  { name: "2, pinned", version: MODERN, ...version2({ pin: MODERN }) },
  { name: "2, legacy", version: LEGACY, ...version2("legacy") },
  {
    name: "1",
    version: LEGACY,
    client: (capabilities) => new LegacyClient(INFO, { capabilities }),
    transport: (url, options) => new LegacyTransport(url, options),
    oldTransport: (url, options) => new LegacySse(url, options),
    onNotification: (client, method, seen) => client.setNotificationHandler(schema(method), seen),
    onRequest: (client, method, answer) => client.setRequestHandler(schema(method), answer),
    call: (client, params, options) => client.callTool(params, schemas.CallToolResultSchema, options),
  },
];

function version2(mode) {
  return {
    client: (capabilities) => new current.Client(INFO, { capabilities, versionNegotiation: { mode } }),
    transport: (url, options) => new current.StreamableHTTPClientTransport(url, options),
    oldTransport: (url, options) => new current.SSEClientTransport(url, options),
    onNotification: (client, method, seen) => client.setNotificationHandler(method, seen),
    onRequest: (client, method, answer) => client.setRequestHandler(method, answer),
    call: (client, params, options) => client.callTool(params, options),
  };
}

/** Version 1 knows a message by its schema. */
function schema(method) {
  const is = (candidate) => candidate?.shape?.method?.value === method;
  return Object.values(schemas).find(is) ?? assert.fail(`no schema for ${method}`);
}

let mode;
let passed = 0;
let failed = 0;

async function check(name, run) {
  try {
    await run();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${mode.name}: ${name}\n`, error);
  }
}

/** Something that must be answered with one of these JSON-RPC errors. */
function fails(name, codes, run) {
  return check(name, () => assert.rejects(run, (error) => codes.includes(error.code) || assert.fail(error)));
}

async function use(client, logged) {
  const legacy = mode.version === LEGACY;
  const call = (name, args, { meta, ...options } = {}) =>
    mode.call(client, { name, arguments: args, _meta: meta }, options);
  const text = async (...args) => (await call(...args)).content[0].text;

  await check("the server says who it is and how to use it", () => {
    assert.equal(client.getServerVersion().name, "everything");
    assert.ok(client.getInstructions());
    assert.ok(client.getServerCapabilities().tools);
  });

  await check("tools are listed", async () => {
    const { tools } = await client.listTools();
    const named = Object.fromEntries(tools.map((tool) => [tool.name, tool]));
    assert.equal(tools[0].name, "test_simple_text");
    assert.deepEqual(named.add.outputSchema.required, ["sum"]);
    assert.equal(named.json_schema_2020_12_tool.inputSchema.$defs.address.$anchor, "addressDef");
  });

  await check("a tool without arguments", async () => {
    assert.equal((await call("test_simple_text")).content[0].type, "text");
  });
  await check("a tool with arguments", async () => {
    const sent = 'grün \u2603 "quoted" \n'.repeat(100);
    assert.equal(await text("echo", { text: sent }), sent);
  });
  await check("structured content", async () => {
    assert.deepEqual((await call("add", { a: 20, b: 22 })).structuredContent, { sum: 42 });
  });
  await check("several kinds of content", async () => {
    const { content } = await call("test_multiple_content_types");
    assert.deepEqual(content.map((block) => block.type), ["text", "image", "resource"]);
    assert.equal(Buffer.from(content[1].data, "base64").toString("latin1", 1, 4), "PNG");
  });
  await check("an argument that is repeated in a header", async () => {
    for (const value of ["plain", "grün", " blank ", "=?base64?eA==?="]) {
      assert.equal(await text("test_custom_header", { value }), `value is ${value}`);
    }
  });
  await check("a tool that fails", async () => {
    assert.equal((await call("test_error_handling")).isError, true);
  });
  await check("arguments that do not fit", async () => {
    const { isError, content } = await call("echo", { text: 1 });
    assert.equal(isError, true);
    assert.match(content[0].text, /\/text/);
  });
  await fails("an unknown tool", [-32602], () => call("no_such_tool"));
  await fails("a tool that panics", [-32603], () => call("panic"));

  await check("progress", async () => {
    const seen = [];
    await call("test_tool_with_progress", {}, {
      onprogress: ({ progress, total }) => seen.push([progress, total]),
    });
    assert.deepEqual(seen, [[0, 100], [50, 100], [100, 100]]);
  });
  const log = async (level) => {
    if (legacy) await client.setLoggingLevel(level);
    logged.length = 0;
    await call("test_tool_with_logging", {}, {
      meta: legacy ? undefined : { "io.modelcontextprotocol/logLevel": level },
    });
    return [...logged];
  };
  await check("log messages", async () => {
    const wanted = ["Tool execution started", "Tool processing data", "Tool execution completed"];
    assert.deepEqual(await log("info"), wanted);
  });
  await check("log messages above a level alone", async () => {
    assert.deepEqual(await log("error"), []);
  });

  await check("resources are listed", async () => {
    const { resources } = await client.listResources();
    const wanted = ["test://static-text", "test://static-binary", "test://watched-resource"];
    assert.deepEqual(resources.map((resource) => resource.uri), wanted);
    const { resourceTemplates } = await client.listResourceTemplates();
    assert.equal(resourceTemplates[0].uriTemplate, "test://template/{id}/data");
  });
  const read = async (uri) => (await client.readResource({ uri })).contents[0];
  await check("resources are read", async () => {
    const { uri, mimeType } = await read("test://static-text");
    assert.deepEqual([uri, mimeType], ["test://static-text", "text/plain"]);
    const { blob } = await read("test://static-binary");
    assert.equal(Buffer.from(blob, "base64").toString("latin1", 1, 4), "PNG");
    assert.equal((await read("test://template/123/data")).uri, "test://template/123/data");
  });
  // Version 2 gives the legacy error the number of the modern one.
  const notFound = legacy ? [-32002, -32602] : [-32602];
  await fails("an unknown resource", notFound, () => read("test://nothing"));

  await check("prompts are listed", async () => {
    const { prompts } = await client.listPrompts();
    assert.equal(prompts.length, 5);
    const { arguments: args } = prompts.find(({ name }) => name === "test_prompt_with_arguments");
    assert.deepEqual(args.map((argument) => argument.name), ["arg1", "arg2"]);
  });
  const prompt = (args) => client.getPrompt({ name: "test_prompt_with_arguments", arguments: args });
  await check("prompts are written", async () => {
    const { messages } = await prompt({ arg1: "one", arg2: "two" });
    assert.equal(messages[0].content.text, "Prompt with arguments: arg1='one', arg2='two'");
  });
  await fails("a prompt without its arguments", [-32602], () => prompt());

  const complete = async (ref, name, value) =>
    (await client.complete({ ref, argument: { name, value } })).completion.values;
  await check("completion of a prompt's argument", async () => {
    const ref = { type: "ref/prompt", name: "test_prompt_with_arguments" };
    assert.deepEqual(await complete(ref, "arg1", "test"), ["test", "testValue1", "testing"]);
  });
  await check("completion of a template's variable", async () => {
    const ref = { type: "ref/resource", uri: "test://template/{id}/data" };
    assert.deepEqual(await complete(ref, "id", "12"), ["123", "124"]);
  });

  if (legacy) await check("ping", () => client.ping());

  await check("calls at once", async () => {
    const numbers = Array.from({ length: CALLS_AT_ONCE }, (_, n) => String(n));
    assert.deepEqual(await Promise.all(numbers.map((n) => text("echo", { text: n }))), numbers);
  });
  await check("a call given up after its time, and another after it", async () => {
    await assert.rejects(call("sleep", { ms: 60_000 }, { timeout: 200 }));
    assert.equal(await text("echo", { text: "after" }), "after");
  });
  await check("a call that its caller cancels, and another after it", async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort("changed my mind"), 200);
    await assert.rejects(call("sleep", { ms: 60_000 }, { signal: cancel.signal }));
    assert.equal(await text("echo", { text: "after" }), "after");
  });
}

/** What a ping in this session is answered with. */
async function statusOf(url, session) {
  const headers = {
    "Content-Type": "application/json",
    "Mcp-Session-Id": session,
    "MCP-Protocol-Version": LEGACY,
  };
  const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  return (await fetch(url, { method: "POST", headers, body })).status;
}

async function run(url) {
  const logged = [];
  const client = mode.client();
  mode.onNotification(client, "notifications/message", ({ params }) => {
    logged.push(params.data);
  });
  const transport = mode.transport(url);
  await client.connect(transport);
  await check("the revision is the one that was asked for", () => {
    assert.equal(transport.protocolVersion ?? client.getNegotiatedProtocolVersion(), mode.version);
  });
  await use(client, logged);
  const session = transport.sessionId;
  assert.equal(session !== undefined, mode.version === LEGACY);
  await transport.terminateSession();
  await client.close();
  if (session) assert.equal(await statusOf(url, session), 404);
}

const [everything, asking, httpSse] = process.argv.slice(2).map((url) => new URL(url));
for (mode of MODES) {
  const legacy = mode.version === LEGACY;
  await inTime("connects, and closes", () => run(everything));
  await inTime("asks, and announces", () => useAsking(asking, { ...mode, legacy }, check));
  const resuming = "comes back to a call that was cut off";
  if (legacy) await inTime(resuming, () => resumes(asking, mode));
  else console.log(`skipped ${mode.name}: ${resuming}: the modern revision has no resumption`);
  const old = "comes by the transport of 2024-11-05";
  if (legacy) await inTime(old, () => useOldTransport(httpSse, mode, check));
  else console.log(`skipped ${mode.name}: ${old}: the modern revision is not spoken there`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

function inTime(name, use) {
  const late = new Promise((_, reject) => {
    setTimeout(reject, MS_PER_MODE, new Error("it takes too long")).unref();
  });
  return check(name, () => Promise.race([use(), late]));
}
