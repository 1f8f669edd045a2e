
// Whatever a server says becomes a text node: no markup is ever made of it.
function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== false));
  return node;
}

let ids = 0;
const uniqueId = () => `id-${++ids}`;

// Values from the wire may be of any type.
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const object = (value) => (isObject(value) ? value : {});
const array = (value) => (Array.isArray(value) ? value : []);
const string = (value) => (typeof value === "string" ? value : "");
const own = (value, key) => (Object.hasOwn(object(value), key) ? value[key] : undefined);

// Numbers that JavaScript would round keep the digits they came with.
function parseJson(source) {
  return JSON.parse(source, (_, value, context) => {
    const rounded = Number.isInteger(value) && !Number.isSafeInteger(value);
    const digits = rounded && JSON.rawJSON && /^-?\d+$/.test(context?.source ?? "");
    return digits ? JSON.rawJSON(context.source) : value;
  });
}

const scalar = (value) => (typeof value === "string" ? value : JSON.stringify(value) ?? "");

// In a name or an address every character counts: those that cannot be seen, or
// that turn the direction of reading, are written out.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const DIRECTION = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;
const writtenOut = (character) => `\\u{${character.codePointAt(0).toString(16)}}`;
const escaped = (character) =>
  character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

const identifier = (value, limit = 500) => clipped(string(value), limit).replace(HIDDEN, writtenOut);
const prose = (value) => string(value).replace(DIRECTION, writtenOut);
const pretty = (value) =>
  (JSON.stringify(value, null, 2) ?? "").replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);

// What an item is called: the first of these that is a text.
const called = (...names) => identifier(names.map(string).find((name) => name.trim() !== ""), 120) || "without a name";

// Where a long name may be broken: after what parts its words.
function breakable(name) {
  return name.split(/(?<=[_./:?&=-])/).flatMap((part, at) => (at === 0 ? [part] : [el("wbr"), part]));
}

function clipped(value, limit) {
  if (value.length <= limit) return value;
  return `${value.slice(0, limit)}… (${value.length.toLocaleString("en")} characters)`;
}

// A paragraph, or the beginning of a long text with the rest behind a disclosure.
function paragraph(value, limit = 1200) {
  const whole = prose(value);
  if (whole === "") return undefined;
  if (whole.length <= limit) return el("p", { class: "prose", dir: "auto" }, whole);
  return el("div", {},
    el("p", { class: "prose", dir: "auto" }, `${whole.slice(0, limit)}…`),
    disclosure(`Whole text, ${whole.length.toLocaleString("en")} characters`, () =>
      el("p", { class: "prose", dir: "auto" }, whole)));
}

// What is inside is made when it is first opened.
function disclosure(title, content) {
  const node = el("details", {}, el("summary", {}, title));
  node.addEventListener("toggle", () => node.append(content()), { once: true });
  return node;
}

function textBlock(value) {
  return el("pre", { class: "text", dir: "auto" }, prose(value));
}

const JSON_TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

function jsonBlock(value) {
  const source = pretty(value);
  const block = el("pre", { class: "json", dir: "ltr" });
  // Colours are for reading, and nobody reads that much.
  if (source.length > 20_000) {
    block.append(source);
    return block;
  }
  let at = 0;
  for (const token of source.matchAll(JSON_TOKEN)) {
    const [whole, text, colon = ""] = token;
    const kind = colon ? "key" : text ? "string" : "atom";
    block.append(source.slice(at, token.index), el("span", { class: kind }, text ?? whole), colon);
    at = token.index + whole.length;
  }
  block.append(source.slice(at));
  return block;
}

function copyButton(label, value) {
  const button = el("button", { type: "button", class: "quiet", "aria-label": `Copy ${label}` }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(value);
      say(`Copied ${label}`);
      button.textContent = "Copied";
    } catch {
      say("The browser does not let this page copy: select the text instead");
      button.textContent = "Not allowed";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  return button;
}

// For those who hear the page: what happened, once.
function say(message) {
  document.getElementById("said").textContent = message;
}
