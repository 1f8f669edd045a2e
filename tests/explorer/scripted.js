import http from "node:http";
import { once } from "node:events";

import { SERVERS } from "./servers.js";

/// Servers that say whatever they are told to say, behind the page of the real one, each
/// on a path of its own.
export async function scripted(url) {
  const page = await fetch(url, { headers: { accept: "text/html" } });
  const html = await page.text();
  const headers = Object.fromEntries(page.headers);
  delete headers.date;
  const requests = [];

  const server = http.createServer(async (request, response) => {
    const name = new URL(request.url, "http://localhost").pathname.slice(1);
    if (request.headers.accept?.startsWith("text/html")) return response.writeHead(200, headers).end(html);
    const chunks = await request.toArray();
    const text = Buffer.concat(chunks).toString();
    const message = text ? JSON.parse(text) : {};
    requests.push({ name, method: request.method, message, headers: request.headers });
    const exchange = new Exchange(request, response, message);
    const answer = await SERVERS[name](message, exchange);
    if (answer !== undefined) exchange.json(200, { result: answer });
    return undefined;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    url: (name) => `${origin}/${name}`,
    requests: (name) => requests.filter((request) => request.name === name),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

class Exchange {
  constructor(request, response, message) {
    this.request = request;
    this.response = response;
    this.message = message;
  }

  header(name) {
    return this.request.headers[name];
  }

  json(status, members, headers = {}) {
    this.response.writeHead(status, { "content-type": "application/json", ...headers });
    this.response.end(JSON.stringify({ jsonrpc: "2.0", id: this.message.id, ...members }));
  }

  error(status, code, message, data) {
    this.json(status, { error: { code, message, data } });
  }

  plain(status, body, headers = {}) {
    this.response.writeHead(status, headers).end(body);
  }

  stream() {
    this.response.writeHead(200, { "content-type": "text/event-stream" });
    return this.response;
  }
}
