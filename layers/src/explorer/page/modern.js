
const MODERN = "2026-07-28";
const META = "io.modelcontextprotocol/";
const NAMED_BY = { "tools/call": "name", "prompts/get": "name", "resources/read": "uri" };
const MAX_ROUNDS = 20;

// A client of the stateless revision: each request says all there is to know.
class Modern {
  version = MODERN;
  #lastId = 0;

  constructor(endpoint, logLevel) {
    this.endpoint = endpoint;
    this.logLevel = logLevel;
  }

  async open() {
    const found = await this.#request("server/discover", {}, {});
    if (!array(found.supportedVersions).includes(MODERN)) {
      throw new Failure(`The server does not serve ${MODERN}`, { data: found.supportedVersions });
    }
    const { capabilities, instructions } = found;
    return { info: own(found._meta, `${META}serverInfo`), capabilities, instructions };
  }

  // Where the server needs input, it answers with what it asks, and the request is
  // made again with the answers.
  async call(method, params, options = {}) {
    let round = params;
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      const result = await this.#request(method, round, options);
      if (result.resultType !== "input_required") return result;
      const answers = [];
      for (const [key, request] of Object.entries(object(result.inputRequests))) {
        answers.push([key, await options.ask(object(request))]);
      }
      round = { ...params };
      if (answers.length > 0) round.inputResponses = Object.fromEntries(answers);
      if (result.requestState !== undefined) round.requestState = result.requestState;
    }
    throw new Failure(`The server asked for input ${MAX_ROUNDS} times`);
  }

  // Ending the exchange is the cancellation.
  cancel() {}

  close() {}

  async #request(method, params, { mirror = {}, signal, watch }) {
    const id = ++this.#lastId;
    const meta = {
      [`${META}protocolVersion`]: MODERN,
      [`${META}clientInfo`]: CLIENT_INFO,
      [`${META}clientCapabilities`]: CAPABILITIES,
    };
    const headers = { "MCP-Protocol-Version": MODERN, "Mcp-Method": method, ...mirror };
    const name = own(NAMED_BY, method);
    if (name !== undefined) headers["Mcp-Name"] = mirrored(params[name]);
    if (watch !== undefined) {
      meta.progressToken = id;
      if (this.logLevel) meta[`${META}logLevel`] = this.logLevel;
    }
    const message = { jsonrpc: "2.0", id, method, params: { ...params, _meta: meta } };
    const exchange = await this.endpoint.send(message, headers, { signal, watch });
    if (exchange.answer === undefined) throw new Failure("The stream ended before the response");
    return resultOf(exchange);
  }
}
