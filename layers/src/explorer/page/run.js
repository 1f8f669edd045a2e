
const MAX_LINES = 500;

// One request after the other: what is under way, what arrived, what came of it.
class Run {
  // Whoever leaves the view of a run does not wait for it.
  static #current;

  static leave() {
    Run.#current?.#cancel();
  }

  #client;
  #controller;
  #started;

  constructor(client, submit, read) {
    this.#client = client;
    this.submit = submit;
    this.read = read;
    this.stop = el("button", { type: "button", class: "quiet", hidden: true, onclick: () => this.#cancel() }, "Cancel");
    this.state = el("p", { class: "state", role: "status" });
    this.bar = el("progress", { "aria-label": "Progress", hidden: true });
    this.lines = el("div", { class: "lines", role: "log", "aria-label": "Progress and log messages" });
    this.question = el("div", {});
    this.outcome = el("div", {});
    this.node = el("section", { class: "run", "aria-label": "Answer" },
      this.state, this.bar, this.lines, this.question, this.outcome);
  }

  async start(method, params, mirror) {
    if (this.#controller !== undefined) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.#begin(controller);
    const wire = [];
    const watch = {
      sent: (message, headers) => wire.push(["Sent", message, headers]),
      answered: (response) => { this.http = `HTTP ${response.status}${isStream(response) ? ", a stream of events" : ""}`; },
      received: (message, before) => {
        if (wire.length < MAX_LINES) wire.push(["Received", message]);
        if (before) this.#tell(object(message));
      },
    };
    const ask = async (request) => {
      this.state.textContent = "The server waits for your answer";
      this.bar.hidden = true;
      const answer = await askPerson(this.question, request, signal);
      this.state.textContent = "Running…";
      this.bar.hidden = false;
      return answer;
    };
    try {
      const result = await this.#client.call(method, params, { mirror, signal, watch, ask });
      this.#end(result.isError === true ? "The tool failed" : "Done", result.isError === true, "Result",
        resultNodes(method, result, this.read));
    } catch (failure) {
      if (signal.aborted) this.#end("Cancelled", false);
      else this.#end("Failed", true, "Error", failureNodes(failure));
    } finally {
      if (wire.length > 0) this.outcome.append(disclosure("Messages", () => wireNodes(wire)));
    }
  }

  #begin(controller) {
    this.#controller = controller;
    Run.#current = this;
    this.#started = performance.now();
    this.http = undefined;
    this.lines.replaceChildren();
    this.question.replaceChildren();
    this.outcome.replaceChildren();
    this.bar.removeAttribute("value");
    this.bar.hidden = false;
    this.stop.hidden = false;
    this.submit.setAttribute("aria-disabled", "true");
    this.state.className = "state";
    this.state.textContent = "Running…";
  }

  #end(word, failed, title, nodes = []) {
    this.#controller = undefined;
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(2);
    this.state.className = failed ? "state failed" : "state";
    this.state.textContent = [word, `${seconds} s`, this.http].filter(Boolean).join(" · ");
    this.bar.hidden = true;
    this.question.replaceChildren();
    if (document.activeElement === this.stop || document.activeElement === document.body) this.submit.focus();
    this.stop.hidden = true;
    this.submit.removeAttribute("aria-disabled");
    if (title) this.outcome.append(el("h3", {}, title), el("div", { class: "blocks" }, nodes));
  }

  #cancel() {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#client.cancel(controller.signal);
    controller.abort();
  }

  #tell({ method, params }) {
    const { progress, total, message, level, logger, data } = object(params);
    if (method === "notifications/progress") {
      this.#advance(Number(scalar(progress)), Number(scalar(total)));
      const of = total === undefined ? "" : ` of ${scalar(total)}`;
      this.#line("progress", scalar(progress) + of, string(message));
    } else if (method === "notifications/message") {
      this.#line(string(level), [string(level), string(logger)].filter(Boolean).join(", "), scalar(data));
    } else if (string(method).startsWith("notifications/")) {
      this.#line("progress", string(method).slice(14), "");
    }
  }

  #advance(progress, total) {
    if (!(total > 0 && total < Infinity && progress >= 0)) return;
    this.bar.max = total;
    this.bar.value = progress;
  }

  #line(level, label, message) {
    const urgent = ["error", "critical", "alert", "emergency"].includes(level);
    this.lines.append(el("p", urgent ? { class: "urgent" } : {},
      el("span", { class: "label" }, identifier(label, 100)), " ",
      el("bdi", {}, clipped(prose(message), 2000))));
    if (this.lines.childElementCount > MAX_LINES) this.lines.firstElementChild.remove();
    // Whoever has no mouse scrolls what has the focus.
    if (this.lines.scrollHeight > this.lines.clientHeight) this.lines.tabIndex = 0;
    this.lines.scrollTop = this.lines.scrollHeight;
  }
}

// What went over the wire, whole.
function wireNodes(wire) {
  return el("div", { class: "wire" }, wire.map(([direction, message, headers]) => [
    el("h4", {}, direction),
    headers !== undefined && Object.keys(headers).length > 0 &&
      el("pre", { class: "text" }, Object.entries(headers).map(([name, value]) => `${name}: ${shortened(name, value)}`).join("\n")),
    jsonBlock(message),
  ]));
}

// A session's id lets whoever has it speak in the session.
const shortened = (name, value) => (name === "Mcp-Session-Id" ? `${value.slice(0, 8)}…` : value);
