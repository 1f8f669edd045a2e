// The example, with the whole stack behind the page.

import assert from "node:assert/strict";

import { call, choose, connectBy, ended, texts } from "./browser.js";

const ERAS = {
  modern: { label: "2026-07-28, stateless", status: "Connected by 2026-07-28, stateless" },
  legacy: { label: "2025-11-25, sessions", status: "Connected by 2025-11-25, in a session" },
};

export const checks = {
  "the newer era is found, and what the server is": async ({ browser, url }) => {
    const page = await browser.open(url);
    await page.getByText(ERAS.modern.status).waitFor();
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "tea_room");
    await page.getByText("Brew first, then seat the guest.").waitFor();
  },

  "a link leads to an item, and back leads back": async ({ browser, url }) => {
    const page = await browser.open(url, { hash: "#tools/seat" });
    await page.getByRole("heading", { level: 2, name: "seat" }).waitFor();
    await choose(page, "brew");
    await page.goBack();
    await page.getByRole("heading", { level: 2, name: "seat" }).waitFor();
  },

  "what to paste into a client names this endpoint": async ({ browser, url }) => {
    const page = await browser.open(url);
    await page.getByRole("button", { name: "Copy the configuration for Most clients" }).click();
    await page.getByText("Copied the configuration for Most clients").waitFor();
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    assert.deepEqual(copied, { mcpServers: { tea_room: { type: "http", url } } });
    for (const other of await page.locator(".configuration").all()) {
      await other.evaluate((details) => { details.open = true; });
      assert.ok((await other.textContent()).includes(url), await other.textContent());
    }
  },

  ...inBothEras("all it offers is listed", async (page) => {
    const links = await page.getByRole("navigation").getByRole("link").allTextContents();
    assert.deepEqual(links, ["Overview", "brew", "seat", "menu", "greeting"]);
    await choose(page, "brew");
    await page.getByText("Input schema").click();
    const schema = JSON.parse(await page.locator(".schemas pre").first().textContent());
    assert.deepEqual(schema.required, ["tea"]);
  }),

  ...inBothEras("progress is seen before the result", async (page) => {
    await choose(page, "brew");
    await page.getByLabel("tea").selectOption("sencha");
    await page.getByLabel("draws").fill("8");
    await call(page);
    await page.getByRole("log").getByText("2 of 8 drawing").waitFor();
    assert.equal(await page.locator(".state").textContent(), "Running…");
    assert.equal(await page.getByRole("heading", { name: "Result" }).count(), 0);
    assert.ok(await page.getByRole("progressbar", { name: "Progress" }).isVisible());
    assert.match(await ended(page), /^Done · .* · HTTP 200, a stream of events$/);
    await page.getByRole("log").getByText("8 of 8 drawing").waitFor();
    assert.deepEqual(await texts(page), ["A cup of Sencha"]);
  }),

  ...inBothEras("a call without progress is answered at once", async (page) => {
    await choose(page, "brew");
    await page.getByLabel("tea").selectOption("rooibos");
    await page.getByLabel("draws").fill("0");
    await call(page);
    assert.match(await ended(page), /^Done · .* · HTTP 200$/);
    assert.deepEqual(await texts(page), ["A cup of Rooibos"]);
  }),

  ...inBothEras("what the server refuses is shown", async (page) => {
    await choose(page, "brew");
    await page.getByRole("button", { name: "Edit as JSON" }).click();
    await page.getByLabel("Arguments JSON").fill('{"tea": 3}');
    await call(page);
    await ended(page);
    const shown = await page.locator(".run").textContent();
    assert.match(shown, /failed|Failed/);
    assert.match(shown, /\/tea/);
  }),

  ...inBothEras("a question is answered", async (page) => {
    await choose(page, "seat");
    await call(page);
    const question = page.getByRole("form", { name: "The server asks" });
    await question.getByText("Who is coming?").waitFor();
    await question.getByRole("button", { name: "Answer" }).click();
    await question.getByText("Required.").waitFor();
    await question.getByLabel("name").fill("Ada");
    await question.getByRole("button", { name: "Answer" }).click();
    await ended(page);
    assert.deepEqual(await texts(page), ["Ada has a seat"]);
  }),

  ...inBothEras("a question is declined", async (page) => {
    await choose(page, "seat");
    await call(page);
    await page.getByRole("button", { name: "Decline" }).click();
    await ended(page);
    assert.deepEqual(await texts(page), ["Nobody came"]);
  }),

  ...inBothEras("a call is cancelled, and the next one runs", async (page, era) => {
    await choose(page, "brew");
    await page.getByLabel("tea").selectOption("sencha");
    await page.getByLabel("draws").fill("600");
    await call(page);
    await page.getByRole("log").getByText("1 of 600").waitFor();
    const told = page.waitForRequest((request) => request.postDataJSON()?.method === "notifications/cancelled");
    await page.getByRole("button", { name: "Cancel" }).click();
    assert.match(await ended(page), /^Cancelled/);
    if (era === "legacy") await told;
    else told.catch(() => {});
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Call tool");
    await page.getByLabel("draws").fill("1");
    await call(page);
    assert.match(await ended(page), /^Done/);
  }),

  ...inBothEras("a call whose view is left is cancelled", async (page, era) => {
    await choose(page, "brew");
    await page.getByLabel("tea").selectOption("sencha");
    await page.getByLabel("draws").fill("600");
    const made = page.waitForRequest((request) => request.postDataJSON()?.method === "tools/call");
    await call(page);
    await page.getByRole("log").getByText("1 of 600").waitFor();
    const stopped = era === "legacy"
      ? page.waitForRequest((request) => request.postDataJSON()?.method === "notifications/cancelled")
      : page.waitForEvent("requestfailed", async (request) => request === (await made));
    await choose(page, "seat");
    await stopped;
  }),

  ...inBothEras("a resource is read and a prompt is got", async (page) => {
    await choose(page, "menu");
    await call(page, "Read resource");
    await ended(page);
    assert.deepEqual(await texts(page), ["Darjeeling, sencha, rooibos"]);
    await choose(page, "greeting");
    await page.getByLabel("name").fill("Ada");
    await call(page, "Get prompt");
    await ended(page);
    assert.deepEqual(await texts(page), ["Greet Ada"]);
  }),

  "a session is ended when its page goes": async ({ browser, url }) => {
    const page = await browser.open(url);
    await connectBy(page, ERAS.legacy.label, ERAS.legacy.status);
    const ending = page.waitForRequest((request) => request.method() === "DELETE");
    await page.getByRole("button", { name: "Reconnect" }).click();
    assert.match((await ending).headers()["mcp-session-id"], /^[0-9a-f]{32}$/);
  },
};

function inBothEras(name, use) {
  const entries = Object.entries(ERAS).map(([era, { label, status }]) => [
    `${name}, ${era}`,
    async ({ browser, url }) => {
      const page = await browser.open(url);
      await connectBy(page, label, status);
      await use(page, era);
    },
  ]);
  return Object.fromEntries(entries);
}
