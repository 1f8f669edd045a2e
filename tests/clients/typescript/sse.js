// Uses a running `http_sse` by the transport of 2024-11-05, and meets its limits.

import assert from "node:assert/strict";
import { request } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as passes } from "node:timers/promises";

// As the example has them.
const MOST_STREAMS = 20;
const BURST = 200;

export async function useOldTransport(url, mode, check) {
  const transport = (options) => mode.oldTransport(new URL("/sse", url), options);
  const client = mode.client({ elicitation: { form: {} } });
  let answered;
  // What fails does so by its status alone: the transport tells no more of an answer.
  const watched = async (...request) => (answered = await fetch(...request));
  let filled;
  mode.onRequest(client, "elicitation/create", async () => filled);
  await client.connect(transport({ fetch: watched }));
  const call = (name, args, options) => mode.call(client, { name, arguments: args }, options);
  const text = async (...args) => (await call(...args)).content[0].text;

  await check("the server says who it is", () => {
    assert.equal(client.getServerVersion().name, "http_sse");
  });
  await check("tools are listed", async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name), ["count", "greet"]);
  });
  await check("tools are called, at once too", async () => {
    const steps = [0, 1, 2, 3, 4];
    const counted = await Promise.all(steps.map((steps) => text("count", { steps })));
    assert.deepEqual(counted, steps.map((steps) => `counted to ${steps}`));
  });
  await check("progress", async () => {
    const seen = [];
    await call("count", { steps: 3 }, { onprogress: ({ progress, total }) => seen.push([progress, total]) });
    assert.deepEqual(seen, [[1, 3], [2, 3], [3, 3]]);
  });
  await check("a tool that fails, and one that is not there", async () => {
    assert.deepEqual(await call("count", { steps: 101 }), {
      content: [{ type: "text", text: "that is too far" }],
      isError: true,
    });
    await assert.rejects(call("no_such_tool"), { code: -32602 });
  });
  await check("a form that the person fills in, or declines", async () => {
    filled = { action: "accept", content: { name: "Zoë" } };
    assert.equal(await text("greet"), "Hello, Zoë!");
    filled = { action: "decline" };
    assert.equal(await text("greet"), "Hello, stranger!");
  });
  await check("a call that its caller cancels, and another after it", async () => {
    const cancel = new AbortController();
    const onprogress = () => cancel.abort("changed my mind");
    await assert.rejects(call("count", { steps: 100 }, { signal: cancel.signal, onprogress }));
    assert.equal(await text("count", { steps: 1 }), "counted to 1");
  });

  for (const [field, value] of [["Origin", "https://evil.example"], ["Host", "evil.example"]]) {
    const foreign = fetchWith(field, value);
    await check(`a foreign ${field} opens no stream`, async () => {
      await assert.rejects(mode.client({}).connect(transport({ fetch: foreign })), { code: 403 });
    });
    await check(`a foreign ${field} brings no message`, async () => {
      const posts = (url, init) => (init.method === "POST" ? foreign : fetch)(url, init);
      await assert.rejects(mode.client({}).connect(transport({ fetch: posts })), /\bHTTP 403\b/);
    });
  }
  await check("a message over the limit, and another after it", async () => {
    await assert.rejects(call("greet", { padding: "x".repeat(70_000) }), /\bHTTP 413\b/);
    await client.ping();
  });
  await check("a stream over the limit, and one in its place", async () => {
    const opened = [];
    let refusal;
    while (!refusal) {
      const stream = transport();
      await stream.start().then(() => opened.push(stream), (error) => (refusal = error));
    }
    assert.equal(refusal.code, 503);
    assert.ok(opened.length < MOST_STREAMS, `${opened.length} beside the client's own`);
    await Promise.all(opened.map((stream) => stream.close()));
    // When the server sees that they are closed, it has room.
    for (let open; !open; ) {
      const another = transport();
      open = await another.start().then(() => true, () => passes(100));
      await another.close();
    }
  });
  await check("messages over the rate, and another when it is time", async () => {
    const answers = [];
    while (!answers.some(({ status }) => status === "rejected")) {
      assert.ok(answers.length < 100 * BURST, "it is never too much");
      answers.push(...(await Promise.allSettled(Array.from({ length: BURST / 4 }, () => client.ping()))));
    }
    for (const { reason } of answers.filter(({ status }) => status === "rejected")) {
      assert.match(reason.message, /\bHTTP 429\b/);
    }
    while (answered.status === 202) await client.ping().catch(() => {});
    assert.equal(answered.status, 429);
    await passes(1000 * Number(answered.headers.get("retry-after")));
    await client.ping();
  });
  await client.close();
}

/** As `fetch`, with a header field that `fetch` itself keeps to the truth. */
function fetchWith(field, value) {
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method, signal, headers: { ...Object.fromEntries(headers), [field]: value } });
      sent.on("response", (got) => {
        resolve(new Response(Readable.toWeb(got), { status: got.statusCode, headers: got.headers }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
}
