// For those who use the keyboard, a screen reader, a small screen or a dark one.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";

import { NARROW, THEMES, WIDE, call, choose, ended } from "./browser.js";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const checks = {
  ...inEachTheme("axe finds nothing", async (page, browser, name) => {
    await sound(page, browser, `${name}-overview`);
    await choose(page, "brew");
    await call(page);
    await page.getByText("Choose one.").waitFor();
    await page.getByText("Input schema").click();
    await sound(page, browser, `${name}-mistake`);
    await page.getByLabel("tea").selectOption("sencha");
    await page.getByLabel("draws").fill("4");
    await call(page);
    await page.getByRole("log").getByText("1 of 4").waitFor();
    await ended(page);
    await page.getByText("Messages", { exact: true }).click();
    await sound(page, browser, `${name}-result`);
    await choose(page, "seat");
    await call(page);
    await page.getByText("Who is coming?").waitFor();
    await sound(page, browser, `${name}-question`);
    await choose(page, "menu");
    await call(page, "Read resource");
    await ended(page);
    await sound(page, browser, `${name}-resource`);
  }),

  "axe finds nothing in failures and long lists": async ({ browser, servers }) => {
    for (const colorScheme of THEMES) {
      const refused = await browser.open(servers.url("guarded"), { colorScheme });
      await sound(refused, browser, `refused-${colorScheme}`);
      const failing = await browser.open(servers.url("failing"), { colorScheme });
      await choose(failing, "fail");
      await call(failing);
      await ended(failing);
      await sound(failing, browser, `failing-${colorScheme}`);
      const many = await browser.open(servers.url("echo"), { colorScheme });
      await choose(many, "écho \u{1f375}");
      await sound(many, browser, `fields-${colorScheme}`);
    }
  },

  "a tool is reached and called by the keyboard alone": async ({ browser, url }) => {
    const page = await browser.open(url);
    const focused = () => page.locator(":focus");
    const to = async (name) => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press("Tab");
        const label = await focused().evaluate((node) => node.labels?.[0]?.textContent ?? node.textContent);
        const outline = await focused().evaluate((node) => getComputedStyle(node).outlineStyle);
        assert.notEqual(outline, "none", `the focus is seen on ${label}`);
        if (label.startsWith(name)) return;
      }
      assert.fail(`${name} is not reached`);
    };
    await page.keyboard.press("Tab");
    assert.equal(await focused().textContent(), "Skip to content");
    await page.keyboard.press("Enter");
    assert.equal(await focused().getAttribute("id"), "content");
    await page.evaluate(() => document.activeElement.blur());

    await page.reload();
    await page.getByText(/^Connected by/).waitFor();
    await to("brew");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.tagName === "H2");
    await to("tea");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await to("draws");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("3");
    await page.keyboard.press("Enter");
    assert.match(await ended(page), /^Done/);
    assert.equal(await focused().inputValue(), "3");
    // Out at the other end: the keyboard is not trapped.
    await to("Whole definition");
    await page.keyboard.press("Enter");
    await page.locator(".schemas pre").last().waitFor();
  },

  "what happens is announced": async ({ browser, url }) => {
    const page = await browser.open(url);
    assert.equal(await page.locator("#status").getAttribute("role"), "status");
    await choose(page, "seat");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "seat");
    await call(page);
    await page.getByRole("status").getByText("The server waits for your answer").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "The server asks");
  },

  "nothing is wider than the narrowest screen": async ({ browser, url }) => {
    const page = await browser.open(url, { viewport: NARROW });
    for (const name of ["Overview", "brew", "seat", "menu", "greeting"]) {
      await choose(page, name);
      for (const details of await page.locator("main details").all()) await details.evaluate((node) => { node.open = true; });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${name}: ${overflow} px too wide`);
    }
  },
};

function inEachTheme(name, use) {
  const settings = THEMES.flatMap((theme) => [["wide", WIDE], ["narrow", NARROW]].map(([size, viewport]) => [theme, size, viewport]));
  const entries = settings.map(([colorScheme, size, viewport]) => [
    `${name}, ${colorScheme}, ${size}`,
    async ({ browser, url }) => {
      const page = await browser.open(url, { colorScheme, viewport });
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const [red] = paper.match(/\d+/g).map(Number);
      assert.equal(red > 128, colorScheme === "light", paper);
      await use(page, browser, `${colorScheme}-${size}`);
    },
  ]);
  return Object.fromEntries(entries);
}

/// Whether axe finds no fault with the page as it stands, best practices included.
async function sound(page, browser, name) {
  await browser.screenshot(page, name);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 200)} ${any[0]?.message ?? ""}`).join(" | ")}`);
  assert.deepEqual(found, [], name);
}
