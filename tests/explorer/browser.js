import assert from "node:assert/strict";

import { chromium } from "playwright-core";

export const THEMES = ["light", "dark"];
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 320, height: 640 };

const MS_PER_STEP = 10_000;

/// A browser whose pages must do nothing but what they are asked to: a dialog, a breach
/// of the policy, an error, or a request to anyone else is a fault.
export class Browser {
  #browser;
  #folder;
  #contexts = [];
  #faults = [];

  static async launch(executablePath, folder) {
    const browser = new Browser();
    // Chromium's own sandbox does not run as root.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    browser.#browser = await chromium.launch({ executablePath, args });
    browser.#folder = folder;
    return browser;
  }

  /// A page that has connected, or says that it could not.
  async open(url, { viewport = WIDE, colorScheme = "light", hash = "" } = {}) {
    const permissions = ["clipboard-read", "clipboard-write"];
    const context = await this.#browser.newContext({ viewport, colorScheme, permissions });
    context.setDefaultTimeout(MS_PER_STEP);
    this.#contexts.push(context);
    const page = await context.newPage();
    const fault = (kind, text) => this.#faults.push(`${kind}: ${text}`);
    page.on("dialog", (dialog) => {
      fault("dialog", dialog.message());
      dialog.dismiss();
    });
    page.on("popup", (popup) => fault("popup", popup.url()));
    page.on("pageerror", (error) => fault("error", error.stack));
    page.on("console", (message) => {
      // A refused request is the page's to show, and the browser logs it as well.
      const refused = message.text().startsWith("Failed to load resource");
      if (["error", "warning"].includes(message.type()) && !refused) fault("console", message.text());
    });
    page.on("request", (request) => {
      const asked = new URL(request.url());
      if (asked.protocol !== "data:" && asked.origin + asked.pathname !== url) fault("request", asked.href);
    });
    await page.goto(url + hash);
    await page.getByText(/^(Connected by|Not connected$)/).first().waitFor();
    return page;
  }

  /// Faults that the check has looked at.
  takeFaults() {
    return this.#faults.splice(0);
  }

  async closePages() {
    for (const context of this.#contexts.splice(0)) await context.close();
    const faults = this.takeFaults();
    assert.deepEqual(faults, []);
  }

  async screenshot(page, name) {
    if (this.#folder) await page.screenshot({ path: `${this.#folder}/${name}.png`, fullPage: true });
  }

  close() {
    return this.#browser.close();
  }
}

/// Opens an item by its name in the list.
export async function choose(page, name) {
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
  await page.getByRole("main").getByRole("heading", { level: 2, name, exact: true }).waitFor();
}

export async function call(page, button = "Call tool") {
  await page.getByRole("button", { name: button }).click();
}

/// How the last request ended, once it has.
export async function ended(page) {
  const state = page.locator(".state", { hasText: /^(Done|Failed|Cancelled|The tool failed)/ });
  await state.waitFor();
  return state.textContent();
}

export const texts = (page) => page.locator(".blocks pre.text").allTextContents();

/// Chooses by which revision the page connects.
export async function connectBy(page, label, status) {
  await page.getByLabel("Protocol").selectOption({ label });
  await page.getByText(status).waitFor();
}
