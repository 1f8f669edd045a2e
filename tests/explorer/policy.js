import assert from "node:assert/strict";

export const checks = {
  "what is not the page's own does not run, and is not asked for": async ({ browser, servers, url }) => {
    const page = await browser.open(url);
    const elsewhere = servers.url("empty");
    const outcomes = await page.evaluate(async (elsewhere) => {
      const attempt = async (act) => {
        try {
          await act();
          return "done";
        } catch (error) {
          return error.name;
        }
      };
      const image = (src) => new Promise((resolve, reject) => {
        const node = new Image();
        node.onload = resolve;
        node.onerror = () => reject(new TypeError("not loaded"));
        node.src = src;
      });
      return {
        markup: await attempt(() => { document.body.innerHTML = "<b>x</b>"; }),
        script: await attempt(() => { document.createElement("script").text = "window.ran = true"; }),
        code: await attempt(() => setTimeout("window.ran = true")),
        fetch: await attempt(() => fetch(elsewhere, { mode: "no-cors" })),
        image: await attempt(() => image(elsewhere)),
        ran: String(window.ran),
      };
    }, elsewhere);
    const refused = { markup: "TypeError", script: "TypeError", code: "TypeError", fetch: "TypeError", image: "TypeError" };
    assert.deepEqual(outcomes, { ...refused, ran: "undefined" });
    assert.equal(servers.requests("empty").length, 0);
    // Each attempt is a breach that was meant.
    assert.ok(browser.takeFaults().length >= 5);
  },

  "a token is kept in memory alone": async ({ browser, servers }) => {
    const page = await browser.open(servers.url("guarded"));
    await page.getByLabel("Bearer token").fill("secret");
    await page.getByRole("button", { name: "Reconnect" }).click();
    await page.getByText(/^Connected by/).waitFor();
    const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.href]);
    assert.deepEqual(kept, [0, 0, "", servers.url("guarded")]);
    await page.reload();
    await page.getByText("Not connected").first().waitFor();
    assert.equal(await page.getByLabel("Bearer token").inputValue(), "");
  },
};
