
const LEGACY = "2025-11-25";
const MAX_RECONNECTIONS = 5;

// A client of the revisions with a handshake: a session, requests from the server on
// a call's stream, and streams that can be resumed.
class Legacy {
  version = LEGACY;
  #lastId = 0;
  #session;
  #running = new Map();

  constructor(endpoint, logLevel) {
    this.endpoint = endpoint;
    this.logLevel = logLevel;
  }

  async open() {
    const params = { protocolVersion: LEGACY, capabilities: CAPABILITIES, clientInfo: CLIENT_INFO };
    const message = { jsonrpc: "2.0", id: ++this.#lastId, method: "initialize", params };
    const exchange = await this.endpoint.send(message, {}, {});
    if (exchange.answer === undefined) throw new Failure("The stream ended before the response");
    const opened = resultOf(exchange);
    this.#session = exchange.response.headers.get("mcp-session-id") ?? undefined;
    this.version = string(opened.protocolVersion);
    await this.#notify("notifications/initialized");
    if (this.logLevel && isObject(own(opened.capabilities, "logging"))) {
      await this.#request("logging/setLevel", { level: this.logLevel }, {});
    }
    return { info: opened.serverInfo, capabilities: opened.capabilities, instructions: opened.instructions };
  }

  async call(method, params, options = {}) {
    try {
      return await this.#request(method, params, options);
    } catch (failure) {
      if (failure.details?.status !== 404 || this.#session === undefined) throw failure;
      await this.open(); // the session has ended: this is how a server says so
      return this.#request(method, params, options);
    }
  }

  // Going away is no cancellation in these revisions: it has to be said.
  cancel(signal) {
    const requestId = this.#running.get(signal);
    if (requestId === undefined) return;
    this.#notify("notifications/cancelled", { requestId, reason: "cancelled by the user" }).catch(() => {});
  }

  close() {
    if (this.#session === undefined) return;
    this.endpoint.exchange("DELETE", this.#headers(), { keepalive: true }).catch(() => {});
    this.#session = undefined;
  }

  #headers() {
    const headers = { "MCP-Protocol-Version": this.version };
    if (this.#session !== undefined) headers["Mcp-Session-Id"] = this.#session;
    return headers;
  }

  async #request(method, params, { ask, signal, watch }) {
    const id = ++this.#lastId;
    const message = { jsonrpc: "2.0", id, method, params };
    if (watch !== undefined) message.params = { ...params, _meta: { progressToken: id } };
    const replies = watch && { ...watch, received: (received, before) => {
      watch.received(received, before);
      if (before && received.method !== undefined && received.id !== undefined) this.#reply(received, ask, watch);
    } };
    this.#running.set(signal, id);
    try {
      let exchange = await this.endpoint.send(message, this.#headers(), { signal, watch: replies });
      for (let tries = 0; exchange.answer === undefined; tries += 1) {
        if (exchange.reader.lastId === "" || tries === MAX_RECONNECTIONS) {
          throw new Failure("The stream ended before the response");
        }
        exchange = await this.#resume(exchange, id, { signal, watch: replies });
      }
      return resultOf(exchange);
    } finally {
      this.#running.delete(signal);
    }
  }

  async #resume({ reader: { lastId, retry } }, id, options) {
    await waited(retry, options.signal);
    const reader = Object.assign(new EventReader(), { lastId, retry });
    const headers = { ...this.#headers(), Accept: "text/event-stream", "Last-Event-ID": lastId };
    const response = await this.endpoint.exchange("GET", headers, options);
    if (!isStream(response)) {
      throw new Failure("The stream ended before the response, and cannot be resumed", { status: response.status });
    }
    return { response, reader, answer: await this.endpoint.read(response, reader, id, options) };
  }

  async #reply({ id, method, params }, ask, watch) {
    let reply;
    try {
      reply = { result: method === "ping" ? {} : await ask({ method, params }) };
    } catch (failure) {
      if (!(failure instanceof Failure)) return; // the call is over
      reply = { error: { code: -32601, message: failure.message } };
    }
    this.#post({ jsonrpc: "2.0", id, ...reply }, watch).catch(() => {});
  }

  #notify(method, params) {
    return this.#post({ jsonrpc: "2.0", method, params });
  }

  #post(message, watch) {
    const sent = watch && { ...watch, answered() {} };
    return this.endpoint.send(message, this.#headers(), { watch: sent });
  }
}

const waited = (ms, signal) => new Promise((resolve, reject) => {
  setTimeout(resolve, ms);
  signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
});
