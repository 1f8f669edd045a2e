// How answers and lists are read.

import assert from "node:assert/strict";
import vm from "node:vm";

import { call, choose, ended, texts } from "./browser.js";

export const checks = {
  "events are read however they are cut": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("chunked"));
    await choose(page, "stream");
    await call(page);
    await ended(page);
    const lines = await page.getByRole("log").locator("p").allTextContents();
    assert.deepEqual(lines, [1, 2, 3].map((step) => `${step} of 3 step ${step} ü\u{1f375}`));
    assert.deepEqual(await texts(page), ["whole \u{1f375}"]);
  },

  "events are the same wherever their text is cut": async ({ url }) => {
    const html = await (await fetch(url, { headers: { accept: "text/html" } })).text();
    const [source] = /^class EventReader \{[^]*?^\}$/m.exec(html);
    const EventReader = vm.runInNewContext(`(${source})`);
    const text = ": hi\r\ndata: a\r\ndata:b\r\n\r\nid: 7\rdata\rdata:  c\r\rretry: 20\nevent: x\n\ndata: d\ndata: e\n\n\r\ndata: end";
    for (let first = 0; first <= text.length; first += 1) {
      for (let second = first; second <= text.length; second += 1) {
        const reader = new EventReader();
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        const events = pieces.flatMap((piece) => [...reader.push(piece)]);
        assert.deepEqual(events, ["a\nb", "\n c", "d\ne"], `cut at ${first} and ${second}`);
        assert.deepEqual([reader.lastId, reader.retry], ["7", 20]);
      }
    }
  },

  "a linked resource is opened, and read when it is asked for": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("linked"));
    await choose(page, "link");
    await call(page);
    await ended(page);
    await page.getByRole("button", { name: "Open it" }).click();
    await call(page, "Read resource");
    await ended(page);
    assert.deepEqual(await texts(page), ["read 1007 characters"]);
    assert.ok(servers.requests("linked").at(-1).message.params.uri.endsWith("away/ü"));
  },

  "log messages are asked for by their level, and shown": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("logging"));
    await page.getByLabel("Log messages").selectOption({ label: "Warning and up" });
    await page.getByText(/^Connected by/).waitFor();
    await choose(page, "log");
    await call(page);
    await ended(page);
    assert.deepEqual(await page.getByRole("log").locator("p").allTextContents(), ['warning, db {"rows":3}']);

    const before = servers.requests("lost").length;
    const old = await browser.open(servers.url("lost"));
    await old.getByLabel("Log messages").selectOption({ label: "None" });
    await old.getByText(/^Connected by/).waitFor();
    const levels = servers.requests("lost").slice(before).filter(({ message }) => message.method === "logging/setLevel");
    assert.deepEqual(levels.map(({ message }) => message.params), [{ level: "info" }]);
  },

  "numbers keep their digits": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("digits"));
    await choose(page, "digits");
    await call(page);
    await ended(page);
    await page.locator(".blocks").getByText("9007199254740993").waitFor();
  },

  "all pages of a list are read, and a cursor that leads back ends it": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("paged"));
    const links = page.getByRole("navigation").getByRole("link");
    assert.equal(await links.count(), 1 + 13);
    await page.getByLabel("Filter").fill("TOOL-1");
    assert.deepEqual(await links.filter({ visible: true }).allTextContents(), ["Overview", "tool-1", "tool-10", "tool-11", "tool-12"]);
  },

  "a server that offers nothing says so": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("empty"));
    await page.getByText("It offers no tools, resources or prompts.").waitFor();
  },

  "an older server is spoken to by its revision": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("lost"));
    await page.getByText("Connected by 2025-06-18, in a session").waitFor();
    const listing = servers.requests("lost").find(({ message }) => message.method === "tools/list");
    assert.equal(listing.headers["mcp-protocol-version"], "2025-06-18");
    assert.equal(listing.headers["mcp-session-id"], "session-1");
    assert.equal(listing.message.params._meta, undefined);
  },

  "a session that is gone is opened anew": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("lost"));
    await page.evaluate(() => {});
    await choose(page, "go");
    await call(page);
    await ended(page);
    const [said] = await texts(page);
    assert.match(said, /^called in session-\d+$/);
  },

  "a stream that ends early is resumed": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("resumed"));
    await choose(page, "go");
    await call(page);
    await ended(page);
    assert.deepEqual(await texts(page), ["resumed after 7"]);
  },
};
