// Opens the page of a running `explorer` example in a browser, and uses it.
//
//     node check.js URL CHROMIUM [FOLDER]
//
// With a folder, it leaves screenshots of both themes there, wide and narrow.

import { mkdir } from "node:fs/promises";

import { Browser } from "./browser.js";
import { scripted } from "./scripted.js";
import * as accessible from "./accessible.js";
import * as answers from "./answers.js";
import * as failures from "./failures.js";
import * as forms from "./forms.js";
import * as hostile from "./hostile.js";
import * as policy from "./policy.js";
import * as real from "./real.js";

const MS_PER_CHECK = 60_000;

const [url, chromium, folder] = process.argv.slice(2);
if (folder) await mkdir(folder, { recursive: true });
const servers = await scripted(url);
const browser = await Browser.launch(chromium, folder);
let passed = 0;
let failed = 0;

for (const suite of [policy, real, forms, answers, failures, hostile, accessible]) {
  for (const [name, use] of Object.entries(suite.checks)) await check(name, use);
}
await browser.close();
servers.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

async function check(name, use) {
  const late = new Promise((_, reject) => {
    setTimeout(reject, MS_PER_CHECK, new Error("it takes too long")).unref();
  });
  try {
    await Promise.race([use({ browser, servers, url }), late]);
    await browser.closePages();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.stack}`);
    await browser.closePages().catch((fault) => console.log(`  and ${fault.message}`));
  }
}
