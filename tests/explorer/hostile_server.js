/// A server that means harm: markup, scripts, addresses that run, text that reads in
/// another direction, names that are keys of JavaScript's own, and whatever has no sense.

export const MARKUP = '<img src=x onerror="alert(1)"></script><script>alert(2)</script><svg onload=alert(3)>';
const ADDRESS = "javascript:alert(document.domain)";
const TURNED = "safe\u202etxt.exe\u2066\u200b";
const LONG = `${"long ".repeat(20_000)}end`;

const properties = JSON.parse(`{
  "__proto__": { "type": "string", "default": "polluted" },
  "constructor": { "type": "string" },
  "toString": { "type": "integer" },
  "hasOwnProperty": { "type": "boolean" },
  ${JSON.stringify(MARKUP)}: { "type": "string", "title": ${JSON.stringify(MARKUP)}, "description": ${JSON.stringify(MARKUP)}, "default": ${JSON.stringify(MARKUP)}, "x-mcp-header": "bad\\r\\nheader: 1" },
  "choice": { "enum": [${JSON.stringify(MARKUP)}, null, {}, [1]] },
  "odd": { "type": 7, "enum": "none", "oneOf": 3, "$ref": "#/properties/odd" },
  "nothing": null,
  "list": []
}`);

const icons = [{ src: "http://elsewhere.example/icon.png" }, { src: ADDRESS }];
const tools = [
  { name: MARKUP, title: MARKUP, description: MARKUP, inputSchema: { type: "object", properties, required: ["__proto__", 3] }, icons },
  { name: "long", description: LONG, inputSchema: { type: "object" } },
  { name: "n".repeat(10_000), inputSchema: { type: "object" } },
  { name: TURNED, description: TURNED, inputSchema: { type: "object" } },
  { name: "__proto__", inputSchema: { type: "object" } },
  { name: "\ud800", inputSchema: null },
  { name: 7, title: {}, description: [], inputSchema: "no schema", annotations: 3 },
  { name: "twice", inputSchema: {} },
  { name: "twice", inputSchema: {} },
  { title: "without a name" },
  "no object",
  null,
];

const block = (type, more) => ({ type, ...more });
const content = [
  block("text", { text: MARKUP }),
  block("text", { text: TURNED }),
  block("text", { text: LONG }),
  block("resource_link", { uri: ADDRESS, name: MARKUP, description: MARKUP }),
  block("resource_link", { uri: "http://elsewhere.example/", name: "elsewhere" }),
  block("image", { data: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(4)"/>').toString("base64"), mimeType: "image/svg+xml" }),
  block("image", { data: 'x" onerror="alert(5)', mimeType: "image/png" }),
  block("image", { data: "", mimeType: 'image/png" onerror="alert(6)' }),
  block("audio", { data: "AAAA", mimeType: "text/html" }),
  block("resource", { resource: { uri: ADDRESS, mimeType: "text/html", text: MARKUP } }),
  block("resource", { resource: 3 }),
  block(MARKUP, {}),
  block("text", { text: { toString: "x" } }),
  null,
  "text",
];

export const hostile = {
  lists: {
    tools,
    resources: [{ uri: ADDRESS, name: MARKUP, mimeType: MARKUP, size: {} }, { uri: 3 }],
    resourceTemplates: [{ uriTemplate: `${ADDRESS}{?__proto__,${"a{b}}{"}}`, name: MARKUP }, {}],
    prompts: [{ name: MARKUP, description: MARKUP, arguments: [{ name: "__proto__", required: true }, null, { name: 3 }] }],
  },
  discovered: {
    instructions: MARKUP,
    capabilities: JSON.parse('{"__proto__": {"tools": {}}}'),
    _meta: { "io.modelcontextprotocol/serverInfo": { name: MARKUP, title: `${MARKUP}${TURNED}`, version: MARKUP, websiteUrl: ADDRESS, icons } },
  },
  call({ id, method, params }, exchange) {
    const { progressToken } = params._meta;
    const say = (message) => exchange.response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`);
    exchange.stream();
    for (const progress of [MARKUP, 1e308, -1, null, {}]) {
      say({ method: "notifications/progress", params: { progressToken, progress, total: progress, message: MARKUP } });
    }
    say({ method: "notifications/message", params: { level: MARKUP, logger: MARKUP, data: { [MARKUP]: MARKUP } } });
    say({ method: MARKUP, params: null });
    exchange.response.write('data: 3\n\ndata: null\n\ndata: [null, "x"]\n\n');
    const messages = [{ role: MARKUP, content: block("text", { text: MARKUP }) }, null];
    const result = JSON.parse('{"__proto__": {"isError": true}}');
    say({ id, result: { ...result, content, messages, contents: [{ uri: ADDRESS, text: MARKUP }, null], structuredContent: { [MARKUP]: TURNED }, description: MARKUP } });
    exchange.response.end();
    return undefined;
  },
};
