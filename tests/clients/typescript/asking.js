// Uses a running `asking`: the server asks the client, and announces changes.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

const DIARY = "diary://wait";
const TOLD_MS = 10_000;

export async function useAsking(url, mode, check) {
  const client = mode.client({ elicitation: { form: {} }, sampling: {}, roots: {} });
  const asked = [];
  const answer = (method, result) =>
    mode.onRequest(client, method, async ({ params }) => {
      asked.push([method, params]);
      return result();
    });
  let filled;
  answer("elicitation/create", () => filled);
  answer("sampling/createMessage", () => ({
    role: "assistant",
    model: "a-model",
    content: { type: "text", text: "grün" },
  }));
  answer("roots/list", () => ({ roots: [{ uri: "file:///one" }, { uri: "file:///two", name: "Two" }] }));

  const told = new Told();
  for (const method of ["notifications/resources/updated", "notifications/tools/list_changed"]) {
    mode.onNotification(client, method, ({ params }) => told.hear(method, params));
  }

  await client.connect(mode.transport(url));
  const call = (name, args, options) => mode.call(client, { name, arguments: args }, options);
  const text = async (...args) => (await call(...args)).content[0].text;
  const lastAsked = (method) => {
    const [found, params] = asked.pop();
    assert.equal(found, method);
    assert.equal(asked.length, 0, "asked more than once");
    return params;
  };
  const tools = async () => (await client.listTools()).tools.map(({ name }) => name);
  const diary = async () => (await client.readResource({ uri: DIARY })).contents[0].text;

  await check("tools that ask are listed and called", async () => {
    const listed = await tools();
    assert.deepEqual(listed.slice(0, 5), ["greet", "rhyme", "folders", "learn", "wait"]);
  });
  await check("a form that the person fills in", async () => {
    filled = { action: "accept", content: { name: "Zoë" } };
    assert.equal(await text("greet"), "Hello, Zoë!");
    const { message, requestedSchema } = lastAsked("elicitation/create");
    assert.equal(message, "Who are you?");
    assert.deepEqual(requestedSchema.required, ["name"]);
  });
  await check("a form that the person declines, or dismisses", async () => {
    for (const action of ["decline", "cancel"]) {
      filled = { action };
      assert.equal(await text("greet"), "Hello, stranger!");
      lastAsked("elicitation/create");
    }
  });
  await check("the client's model is asked", async () => {
    assert.equal(await text("rhyme", { name: "schön" }), "grün");
    const { messages, maxTokens } = lastAsked("sampling/createMessage");
    assert.deepEqual([messages[0].role, maxTokens], ["user", 100]);
    assert.match(JSON.stringify(messages[0].content), /What rhymes with schön\?/);
  });
  await check("the client's roots are asked for", async () => {
    assert.equal(await text("folders"), "file:///one file:///two");
    lastAsked("roots/list");
  });
  await check("an argument is completed", async () => {
    const ref = { type: "ref/prompt", name: "poem" };
    const { completion } = await client.complete({ ref, argument: { name: "name", value: "A" } });
    assert.deepEqual(completion.values, ["Ada", "Alan"]);
  });

  let listening;
  await check("a resource is subscribed to", async () => {
    if (mode.legacy) return client.subscribeResource({ uri: DIARY });
    listening = await client.listen({ toolsListChanged: true, resourceSubscriptions: [DIARY] });
    const { toolsListChanged, resourceSubscriptions } = listening.honoredFilter;
    assert.deepEqual([toolsListChanged, resourceSubscriptions], [true, [DIARY]]);
  });
  await check("a call that is cancelled stops on the server, and the watched resource says so", async () => {
    const cancel = new AbortController();
    const onprogress = () => cancel.abort("changed my mind");
    await assert.rejects(call("wait", {}, { signal: cancel.signal, onprogress }));
    assert.equal((await told.next("notifications/resources/updated")).uri, DIARY);
    assert.equal(await diary(), "given up");
  });
  await check("a call that is not cancelled ends, and the watched resource says so", async () => {
    assert.equal(await text("wait"), "waited");
    assert.equal((await told.next("notifications/resources/updated")).uri, DIARY);
    assert.equal(await diary(), "waited");
  });
  const learn = async (what) => {
    const name = `${what}-${randomUUID()}`;
    await call("learn", { name });
    await told.next("notifications/tools/list_changed");
    return name;
  };
  await check("a tool that is added is announced, listed and called", async () => {
    const name = await learn("added");
    assert.ok((await tools()).includes(name));
    assert.equal(await text(name), "done");
  });
  await check("a resource that is no longer watched says nothing", async () => {
    if (mode.legacy) await client.unsubscribeResource({ uri: DIARY });
    else {
      await listening.close();
      listening = await client.listen({ toolsListChanged: true });
    }
    await call("wait");
    // What is announced after it has arrived, so it would have.
    await learn("later");
    assert.equal(told.has("notifications/resources/updated"), false);
    await listening?.close();
  });
  await client.close();
}

/** What the server announces, in order. */
class Told {
  #heard = [];
  #wake = () => {};

  hear(method, params) {
    this.#heard.push([method, params]);
    this.#wake();
  }

  has(method) {
    return this.#heard.some(([heard]) => heard === method);
  }

  /** The params of the next of this method. */
  async next(method) {
    const deadline = AbortSignal.timeout(TOLD_MS);
    for (;;) {
      const at = this.#heard.findIndex(([heard]) => heard === method);
      if (at >= 0) return this.#heard.splice(at, 1)[0][1];
      await new Promise((resolve, reject) => {
        this.#wake = resolve;
        deadline.onabort = () => reject(new Error(`no ${method} within ${TOLD_MS} ms`));
      });
    }
  }
}
