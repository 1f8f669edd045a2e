
// Only what a browser shows without running anything in it.
const IMAGE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const AUDIO = /^audio\/[\w.+-]{1,40}$/;
const BASE64 = /^[A-Za-z0-9+/=_-]*$/;

// A content block, of whatever type it claims to be. `read` reads a linked resource.
function contentBlock(block, read) {
  const { type, text, data, mimeType, resource } = object(block);
  if (type === "text" && typeof text === "string") return long(textBlock, text);
  if ((type === "image" || type === "audio") && typeof data === "string") return media(data, string(mimeType));
  if (type === "resource" && isObject(resource)) return resourceContents(resource);
  if (type === "resource_link") return resourceLink(block, read);
  return jsonBlock(block);
}

function resourceContents(contents) {
  const { uri, mimeType, text, blob } = object(contents);
  const shown = typeof text === "string" ? long(textBlock, text) : media(string(blob), string(mimeType));
  return el("figure", {},
    el("figcaption", {}, el("code", {}, identifier(uri)), " ", el("span", { class: "type" }, identifier(mimeType, 100))),
    shown);
}

// The address is text: it is followed by asking the server for it, not by the browser.
function resourceLink(link, read) {
  const { uri, name, title, description } = link;
  return el("div", { class: "link" },
    el("p", {}, el("strong", {}, el("bdi", {}, identifier(title ?? name, 200))), " ", el("code", {}, identifier(uri))),
    paragraph(description, 400),
    read && typeof uri === "string" && el("button", { type: "button", class: "quiet", onclick: () => read(uri) }, "Open it"));
}

function media(data, type) {
  const source = BASE64.test(data) ? `data:${type};base64,${data}` : undefined;
  if (source && IMAGE.test(type)) return el("img", { src: source, alt: "Image from the server" });
  if (source && AUDIO.test(type)) return el("audio", { src: source, controls: true, "aria-label": "Sound from the server" });
  const bytes = Math.floor((data.length * 3) / 4).toLocaleString("en");
  return el("p", { class: "quiet" }, `About ${bytes} bytes of ${identifier(type, 100) || "unknown type"}, which are not shown here`);
}

function long(show, value, limit = 20_000) {
  if (value.length <= limit) return show(value);
  return el("div", {}, show(`${value.slice(0, limit)}…`),
    disclosure(`Whole text, ${value.length.toLocaleString("en")} characters`, () => show(value)));
}

// What a method answered.
function resultNodes(method, result, read) {
  if (method === "resources/read") return array(result.contents).map(resourceContents);
  if (method === "prompts/get") {
    return [paragraph(result.description), ...array(result.messages).map((message) =>
      el("figure", {},
        el("figcaption", {}, identifier(object(message).role, 40)),
        [object(message).content].flat().map((block) => contentBlock(block, read))))];
  }
  const nodes = array(result.content).map((block) => contentBlock(block, read));
  if (result.structuredContent !== undefined) {
    nodes.push(el("h4", {}, "Structured content"), jsonBlock(result.structuredContent));
  }
  return nodes.length > 0 ? nodes : [el("p", { class: "quiet" }, "The result is empty.")];
}

// What went wrong, with all that the server said of it.
function failureNodes({ message, details = {} }) {
  const { status, code, data, challenge, body } = details;
  const facts = [
    ["HTTP status", status],
    ["JSON-RPC code", code === undefined ? undefined : scalar(code)],
    ["WWW-Authenticate", challenge],
  ].filter(([, value]) => value !== undefined);
  return [
    el("p", { class: "prose", dir: "auto" }, clipped(prose(message), 4000)),
    facts.length > 0 && el("dl", { class: "facts" }, facts.flatMap(([term, value]) =>
      [el("dt", {}, term), el("dd", {}, el("code", {}, identifier(String(value))))])),
    status === 401 && el("p", {}, "The server wants to know who is asking. Paste a bearer token above, and reconnect."),
    data !== undefined && jsonBlock(data),
    body !== undefined && long(textBlock, body, 4000),
  ];
}
