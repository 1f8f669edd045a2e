// What goes wrong is shown, with what the server said of it.

import assert from "node:assert/strict";

import { call, choose, ended } from "./browser.js";

export const checks = {
  "an error is shown with its code, status and data": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("failing"));
    await choose(page, "fail");
    await call(page);
    assert.match(await ended(page), /^Failed · .* · HTTP 400$/);
    const shown = await page.locator(".blocks").textContent();
    for (const part of ["no such <b>tool</b>", "400", "-32602", "try another"]) assert.ok(shown.includes(part), shown);
    await browser.screenshot(page, "error-light");
  },

  "an answer that is no JSON is shown as text": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("broken"));
    const shown = await page.getByRole("main").textContent();
    for (const part of ["502", "<h1>Bad gateway</h1><script>"]) assert.ok(shown.includes(part), shown);
    assert.equal(await page.getByRole("heading", { name: "Bad gateway" }).count(), 0);
  },

  "a server that wants a token says so, and gets one": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("guarded"));
    await page.getByText('Bearer resource_metadata="https://auth.example/.well-known"').waitFor();
    await page.getByText(/Paste a bearer token above/).waitFor();
    await page.getByLabel("Bearer token").fill(" secret ");
    await page.getByLabel("Bearer token").press("Enter");
    await page.getByText(/^Connected by/).waitFor();
    const [configuration] = await page.locator(".configuration pre").allTextContents();
    assert.ok(configuration.includes("YOUR_TOKEN") && !configuration.includes("secret"), configuration);
  },

  "a token that no header can hold is refused here": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("guarded"));
    await page.getByLabel("Bearer token").fill("sécret \u{1f375}");
    await page.getByRole("button", { name: "Reconnect" }).click();
    await page.getByText(/cannot be sent in a header/).waitFor();
  },

  "a server that is gone is said to be": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("empty"));
    await page.route("**/empty", (route) => route.abort());
    await page.getByRole("button", { name: "Reconnect" }).click();
    await page.getByText(/^There was no answer/).waitFor();
  },
};
