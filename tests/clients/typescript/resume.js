// A long call whose connection is cut in the middle: the client comes back to its
// stream with Last-Event-ID, and the answer arrives all the same.

import assert from "node:assert/strict";
import { connect, createServer } from "node:net";

export async function resumes(url, mode) {
  const proxy = await Proxy.before(url);
  const client = mode.client({});
  const transport = mode.transport(proxy.url, {
    reconnectionOptions: {
      initialReconnectionDelay: 100,
      maxReconnectionDelay: 1000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: 5,
    },
  });
  try {
    await client.connect(transport);
    const seen = [];
    const onprogress = ({ progress }) => seen.push(progress);
    proxy.cutAfterFirstEvent = true;
    const { content } = await mode.call(client, { name: "wait", arguments: {} }, { onprogress });

    assert.equal(content[0].text, "waited");
    assert.deepEqual(seen, [1, 2, 3, 4], "all of the progress, each once");
    assert.equal(proxy.cuts, 1);
    assert.equal(proxy.calls, 1, "the call is not sent again");
    assert.deepEqual(proxy.resumedFrom, [proxy.lastIdBeforeCut]);
  } finally {
    await client.close();
    proxy.close();
  }
}

/** Passes bytes on, and cuts the connection of a `tools/call` once it was told to. */
class Proxy {
  cutAfterFirstEvent = false;
  cuts = 0;
  calls = 0;
  resumedFrom = [];
  #sockets = new Set();

  static async before(url) {
    const proxy = new Proxy();
    proxy.server = createServer((client) => proxy.#serve(client, connect(url.port, url.hostname)));
    await new Promise((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    proxy.url = new URL(`http://127.0.0.1:${proxy.server.address().port}${url.pathname}`);
    return proxy;
  }

  close() {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(client, server) {
    let calling = false;
    let answer = "";
    for (const [socket, other] of [[client, server], [server, client]]) {
      this.#sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => other.destroy());
    }
    client.on("data", (bytes) => {
      const request = bytes.toString("latin1");
      for (const [, id] of request.matchAll(/^last-event-id: *(.*?)\r$/gim)) this.resumedFrom.push(id);
      if (request.includes('"tools/call"')) {
        this.calls += 1;
        calling = this.cutAfterFirstEvent;
        answer = "";
      }
      server.write(bytes);
    });
    server.on("data", (bytes) => {
      client.write(bytes);
      answer += bytes.toString("latin1");
      const ids = [...answer.matchAll(/^id: *(.*)\n(?:.+\n)*\n/gm)];
      if (calling && ids.length > 0) {
        calling = this.cutAfterFirstEvent = false;
        this.cuts += 1;
        this.lastIdBeforeCut = ids.at(-1)[1];
        // After what was written: the client has the event.
        client.end(() => client.destroy());
        server.destroy();
      }
    });
  }
}
