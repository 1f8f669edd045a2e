// Nothing that a server says becomes anything but text.

import assert from "node:assert/strict";

import { NARROW, THEMES, WIDE, call, ended } from "./browser.js";
import { MARKUP } from "./hostile_server.js";

const ELEMENTS = "img:not([src^='data:image/png;base64,']), svg, script:not([type='module']), iframe, object, embed, [onerror], [onload], main a, base, meta[http-equiv]";

export const checks = {
  "hostile lists are text": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("hostile"));
    assert.equal(await page.title(), "MCP server explorer");
    assert.ok((await page.getByRole("heading", { level: 1 }).textContent()).startsWith(MARKUP.slice(0, 40)));
    await page.getByText(MARKUP).first().waitFor();
    await unharmed(page);
    for (const address of await page.locator("nav a").evaluateAll((all) => all.map((a) => a.getAttribute("href")))) {
      assert.match(address, /^#(overview$|(tools|resources|templates|prompts)\/)/);
    }
    const configurations = await page.locator(".configuration pre").allTextContents();
    assert.equal(Object.keys(JSON.parse(configurations[0]).mcpServers)[0], "img-src-x-onerror-alert-1-script-script-alert-2-script-svg-o");
  },

  "text that turns the direction of reading is written out": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("hostile"));
    await page.getByRole("link", { name: "safe\\u{202e}txt.exe\\u{2066}\\u{200b}" }).click();
    assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(await page.locator("body").textContent()));
  },

  "every hostile item can be opened and used": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("hostile"));
    const count = await page.locator("nav a").count();
    assert.ok(count > 12, `${count}`);
    for (let at = 1; at < count; at += 1) {
      await open(page, at);
      for (const details of await page.locator("main details").all()) await details.evaluate((node) => { node.open = true; });
      for (const field of await page.locator("main [aria-required='true']:not(select):visible").all()) await field.fill("1");
      await page.locator("main form button").first().click();
      assert.match(await ended(page), /^Done/);
      await page.getByText("Messages", { exact: true }).click();
      await unharmed(page);
    }
  },

  "a hostile argument is sent, and pollutes nothing": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("hostile"));
    await open(page, 1);
    await call(page);
    assert.match(await ended(page), /^Done/);
    const { message } = servers.requests("hostile").at(-1);
    assert.deepEqual(Object.keys(message.params.arguments).sort(), [MARKUP, "__proto__"].sort());
    assert.equal(message.params.name, MARKUP);
    assert.equal(await page.evaluate(() => ({}).polluted ?? Object.keys(Object.prototype).length), 0);
    await browser.screenshot(page, "hostile-light");
  },

  "long and hostile text keeps to the page's width": async ({ browser, servers }) => {
    for (const viewport of [NARROW, WIDE]) {
      const page = await browser.open(servers.url("hostile"), { viewport, colorScheme: THEMES[1] });
      for (const at of [1, 2, 3, 4]) {
        await open(page, at);
        if (at > 1) await call(page);
        if (at > 1) await ended(page);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${overflow} px too wide`);
      }
    }
  },
};

/// Opens an item by its place: names cannot be relied on here.
async function open(page, at) {
  const link = page.locator("nav a").nth(at);
  const before = await page.locator("main article").elementHandle();
  await link.click();
  // The same again where two have one name.
  const moved = await link.evaluate((node) => node.getAttribute("aria-current") === null);
  if (moved) await before.waitForElementState("hidden");
}

async function unharmed(page) {
  assert.equal(await page.locator(ELEMENTS).count(), 0);
  assert.equal(await page.title(), "MCP server explorer");
}
