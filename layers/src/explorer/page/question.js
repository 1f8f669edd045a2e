
// Shows what the server asks, and resolves to the person's answer.
function askPerson(place, request, signal) {
  const { method } = request;
  const params = object(request.params);
  if (method !== "elicitation/create") {
    throw new Failure(`The server asks for ${identifier(method, 100)}, which this page did not offer`);
  }
  return new Promise((resolve, reject) => {
    const heading = el("h3", { tabindex: "-1" }, "The server asks");
    const { body, accept } = params.mode === "url" ? urlQuestion(params) : formQuestion(params);
    const answer = (result) => {
      node.remove();
      resolve(result);
    };
    const button = (label, action) =>
      el("button", { type: "button", class: "quiet", onclick: () => answer({ action }) }, label);
    const node = el("form", { class: "question", novalidate: true, "aria-label": "The server asks", onsubmit: (event) => {
      event.preventDefault();
      const result = accept();
      if (result !== undefined) answer(result);
    } },
    heading, paragraph(params.message), body,
    el("div", { class: "actions" },
      el("button", {}, params.mode === "url" ? "I have done it" : "Answer"),
      button("Decline", "decline"), button("Dismiss", "cancel")));
    signal.addEventListener("abort", () => {
      node.remove();
      reject(signal.reason);
    }, { once: true });
    place.append(node);
    heading.focus();
  });
}

function formQuestion(params) {
  const form = new ObjectForm(object(params.requestedSchema));
  const accept = () => {
    const content = form.read();
    return content && { action: "accept", content };
  };
  return { body: form.node, accept };
}

// Never opened from here: whoever goes there has read the address first.
function urlQuestion(params) {
  const url = string(params.url);
  const body = el("div", { class: "link" },
    el("p", {}, "It asks you to open this address yourself, if you trust it:"),
    el("p", {}, el("code", {}, identifier(url, 4000)), " ", copyButton("the address", url)));
  return { body, accept: () => ({ action: "accept" }) };
}
