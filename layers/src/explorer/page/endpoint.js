
// The only address this page talks to is its own.
const ENDPOINT = location.origin + location.pathname + location.search;
const BOTH = "application/json, text/event-stream";
const CLIENT_INFO = { name: "mcp-stack-explorer", title: "MCP server explorer", version: "1.0.0" };
const CAPABILITIES = { elicitation: { form: {}, url: {} } };

// What went wrong, and the HTTP status, JSON-RPC code and data that came with it.
class Failure extends Error {
  constructor(message, details = {}) {
    super(message);
    this.details = details;
  }

  static of(error, status) {
    const { code, message, data } = object(error);
    return new Failure(string(message) || "The server gave no reason", { code, data, status });
  }
}

class Endpoint {
  constructor(token) {
    this.token = token;
  }

  // Sends a message, and resolves to the response to it: at once where it has come,
  // else `undefined` with the reader that knows how far the stream went.
  async send(message, headers, { signal, watch }) {
    watch?.sent(message, headers);
    const body = JSON.stringify(message);
    const type = { Accept: BOTH, "Content-Type": "application/json" };
    const response = await this.exchange("POST", { ...type, ...headers }, { body, signal });
    watch?.answered(response);
    if (isStream(response)) {
      const reader = new EventReader();
      return { response, reader, answer: await this.read(response, reader, message.id, { signal, watch }) };
    }
    const text = await response.text();
    let answer;
    try {
      answer = text === "" ? undefined : parseJson(text);
    } catch {
      answer = undefined;
    }
    if (answer !== undefined) watch?.received(answer, false);
    if (!response.ok) throw this.#refusal(response, answer, text);
    const awaited = message.method !== undefined && message.id !== undefined;
    if (awaited && !isAnswer(answer, message.id)) {
      const details = { status: response.status, body: text };
      throw new Failure("The server's answer is no response to this request", details);
    }
    return { response, answer };
  }

  // Reads a stream up to the response that is waited for, and gives all before it to
  // `watch`. `undefined` if the stream ends first.
  async read(response, reader, id, { signal, watch }) {
    const stream = response.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (;;) {
        // A connection that breaks is a stream that ends early.
        const { done, value } = await stream.read().catch(() => ({ done: true }));
        if (signal?.aborted) throw signal.reason;
        if (done) return undefined;
        for (const data of reader.push(value)) {
          for (const message of messagesOf(data)) {
            const found = isAnswer(message, id);
            watch?.received(message, !found);
            if (found) return message;
          }
        }
      }
    } finally {
      stream.cancel().catch(() => {});
    }
  }

  async exchange(method, headers, { body, signal, keepalive }) {
    const options = { method, body, signal, keepalive, cache: "no-store", redirect: "error" };
    try {
      options.headers = new Headers(headers);
      if (this.token) options.headers.set("Authorization", `Bearer ${this.token}`);
    } catch {
      throw new Failure("The token, or a name, cannot be sent in a header");
    }
    try {
      return await fetch(ENDPOINT, options);
    } catch {
      if (signal?.aborted) throw signal.reason;
      throw new Failure("There was no answer: the server is down, or answers with a redirect");
    }
  }

  #refusal(response, answer, text) {
    const status = response.status;
    const challenge = response.headers.get("www-authenticate") ?? undefined;
    const error = own(answer, "error");
    const failure = isObject(error)
      ? Failure.of(error, status)
      : new Failure("The server refused the request", { status, body: text || undefined });
    failure.details.challenge = challenge;
    return failure;
  }
}

const isStream = (response) =>
  response.ok && /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");

// One message, or several in the revision that has batches.
function messagesOf(data) {
  try {
    return [parseJson(data)].flat();
  } catch {
    throw new Failure("The server sent an event that is not JSON", { body: data });
  }
}

const isAnswer = (message, id) =>
  isObject(message) && message.id === id && (isObject(message.result) || isObject(message.error));

// The result of a response, or its error thrown.
function resultOf({ answer, response }) {
  if (isObject(answer.error)) throw Failure.of(answer.error, response.status);
  return answer.result;
}

// A value as a header repeats it: as it is, or in its Base64 form.
function mirrored(value) {
  const plain = /^[\x20-\x7e\t]*$/.test(value) && value.trim() === value;
  if (plain && !(value.startsWith("=?base64?") && value.endsWith("?="))) return value;
  const bytes = Array.from(new TextEncoder().encode(value), (byte) => String.fromCharCode(byte));
  return `=?base64?${btoa(bytes.join(""))}?=`;
}
