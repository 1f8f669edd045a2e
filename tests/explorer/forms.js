// What the forms make of schemas, as the server gets it.

import assert from "node:assert/strict";

import { call, choose, ended, texts } from "./browser.js";

export const checks = {
  "each kind of field is sent as what it is": async ({ browser, servers }) => {
    const page = await echo(browser, servers);
    assert.equal(await page.getByLabel("A text").inputValue(), "as given");
    await page.getByLabel("A text").fill("grün");
    await page.getByLabel("flag boolean, required").check();
    await page.getByLabel("colour").selectOption("Blue indeed");
    await page.getByLabel("shade").selectOption("red");
    await page.getByLabel("whole").fill("-42");
    await page.getByLabel("number number").fill("2.50");
    await page.getByLabel("maybe").selectOption("false");
    await page.getByLabel("2", { exact: true }).check();
    await page.getByLabel("nested").fill('{"inner": " x "}');
    await page.getByLabel("__proto__").fill("not a prototype");
    await page.getByLabel("constructor").fill("nor this");
    const said = await echoed(page);
    assert.deepEqual(said.arguments, JSON.parse(`{
      "text": "grün", "flag": true, "colour": "blue", "whole": -42, "number": 2.5, "maybe": false,
      "shade": "red", "many": [2], "nested": {"inner": " x "}, "__proto__": "not a prototype",
      "constructor": "nor this"
    }`));
    // META-9, META-13, META-18
    assert.deepEqual(said.headers, {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "=?base64?w6ljaG8g8J+NtQ==?=",
      "mcp-param-text": "=?base64?Z3LDvG4=?=",
      "mcp-param-whole": "-42",
      "mcp-param-flag": "true",
      "mcp-param-inner": "=?base64?IHgg?=",
    });
  },

  "what is left out is not sent": async ({ browser, servers }) => {
    const page = await echo(browser, servers);
    await page.getByLabel("colour").selectOption("red");
    const said = await echoed(page);
    assert.deepEqual(said.arguments, { text: "as given", flag: false, colour: "red" });
  },

  "what is missing or wrong is said, and the first of it has the focus": async ({ browser, servers }) => {
    const page = await echo(browser, servers);
    await page.getByLabel("A text").fill("");
    await page.getByLabel("whole").fill("1.5");
    await page.getByLabel("nested").fill("{");
    await call(page);
    await page.getByText("Required. To send an empty text, edit as JSON.").waitFor();
    await page.getByText("Choose one.").waitFor();
    await page.getByText("Write a whole number.").waitFor();
    await page.getByText(/^This is no JSON/).waitFor();
    assert.equal(servers.requests("echo").at(-1).message.method, "prompts/list");
    const focused = page.locator(":focus");
    assert.equal(await focused.getAttribute("aria-invalid"), "true");
    assert.ok((await focused.getAttribute("aria-describedby")).includes("-error"));
    await page.getByLabel("A text").fill("now");
    await call(page);
    assert.equal(await page.getByLabel("A text").getAttribute("aria-invalid"), null);
  },

  "the form and its JSON are two views of the same": async ({ browser, servers }) => {
    const page = await echo(browser, servers);
    const edit = page.getByRole("button", { name: "Edit as JSON" });
    await page.getByLabel("colour").selectOption("red");
    await edit.click();
    const json = page.getByLabel("Arguments JSON");
    assert.deepEqual(JSON.parse(await json.inputValue()), { text: "as given", flag: false, colour: "red" });

    await json.fill('{"text": "", "flag": true, "colour": "blue", "whole": 9007199254740993, "more": 1}');
    await edit.click();
    await page.getByText("The form has no field for more.").waitFor();
    await json.fill('{"text": "x", "flag": true, "colour": "blue", "whole": 9007199254740993}');
    await edit.click();
    assert.equal(await page.getByLabel("whole").inputValue(), "9007199254740993");
    await call(page);
    await ended(page);
    await page.getByText("Messages", { exact: true }).click();
    await page.locator(".wire").getByText("9007199254740993").first().waitFor();

    await edit.click();
    await json.fill("[1]");
    await call(page);
    await page.getByText("Arguments are a JSON object.").waitFor();
  },

  "a template's variables make an address": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("templates"));
    await choose(page, "page");
    await page.getByText("docs:///", { exact: true }).waitFor();
    await page.getByLabel("section").fill("a b/c");
    await page.getByLabel("path").fill("d/e f%20(1)");
    await page.getByLabel("lang").fill("dé");
    await page.getByLabel("part").fill("first");
    const uri = "docs://a%20b%2Fc/d/e%20f%20(1)?lang=d%C3%A9#fir";
    await page.getByText(uri, { exact: true }).waitFor();
    await call(page, "Read resource");
    await ended(page);
    assert.deepEqual(await texts(page), [`read ${uri}`]);
  },

  "a question's form has its defaults, and an address is shown as text": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("asking"));
    await choose(page, "ask");
    await call(page);
    await page.getByLabel("size").selectOption("Large");
    assert.ok(await page.getByLabel("milk").isChecked());
    await page.getByRole("button", { name: "Answer" }).click();

    await page.getByText("javascript:alert(1)//https://bank.example").waitFor();
    assert.equal(await page.locator("main a").count(), 0);
    await page.getByRole("button", { name: "I have done it" }).click();
    await ended(page);
    const [said] = (await texts(page)).map((text) => JSON.parse(text));
    assert.equal(said.requestState, "sealed");
    assert.deepEqual(said.inputResponses, {
      "__proto__ 1": { action: "accept", content: { size: "l", hot: true, extras: ["milk"], count: 2 } },
      pay: { action: "accept" },
    });
  },
};

async function echo(browser, servers) {
  const page = await browser.open(servers.url("echo"));
  await choose(page, "écho \u{1f375}");
  return page;
}

async function echoed(page) {
  await call(page);
  assert.match(await ended(page), /^Done/);
  const [said] = await texts(page);
  return JSON.parse(said);
}
