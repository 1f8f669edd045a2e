
const MAX_PAGES = 200;
const FILTER_FROM = 9;

// What a server may offer: the capability that says so, how it is listed and shown.
const KINDS = [
  { key: "tools", label: "Tools", capability: "tools", method: "tools/list", member: "tools", name: "name", view: toolView },
  { key: "resources", label: "Resources", capability: "resources", method: "resources/list", member: "resources", name: "uri", view: resourceView },
  { key: "templates", label: "Resource templates", capability: "resources", method: "resources/templates/list", member: "resourceTemplates", name: "uriTemplate", view: templateView },
  { key: "prompts", label: "Prompts", capability: "prompts", method: "prompts/list", member: "prompts", name: "name", view: promptView },
];

const byId = (id) => document.getElementById(id);
const app = { attempt: 0, client: undefined, server: undefined, lists: new Map(), failure: undefined, token: "" };

async function connect() {
  const attempt = ++app.attempt;
  const current = () => attempt === app.attempt;
  Run.leave();
  app.client?.close();
  Object.assign(app, { client: undefined, server: undefined, lists: new Map(), failure: undefined, token: byId("token").value.trim() });
  status("Connecting…");
  try {
    const { client, server } = await opened(byId("era").value, new Endpoint(app.token), byId("level").value);
    if (!current()) return client.close();
    Object.assign(app, { client, server });
    const info = object(server.info);
    byId("server").textContent = called(info.title, info.name);
    status("Connected. Asking what it offers…");
    const lists = await Promise.all(KINDS.map((kind) => listed(client, server, kind)));
    if (!current()) return undefined;
    app.lists = new Map(KINDS.map(({ key }, at) => [key, lists[at]]));
    status(`Connected by ${client.version}, ${client instanceof Modern ? "stateless" : "in a session"}`);
  } catch (failure) {
    if (!current()) return undefined;
    app.failure = failure;
    status("Not connected", true);
  }
  showOffers();
  showContent();
  return undefined;
}

// By the era asked for, else by the newer one if the server serves it.
async function opened(era, endpoint, level) {
  const open = async (client) => ({ client, server: await client.open() });
  if (era === "legacy") return open(new Legacy(endpoint, level));
  try {
    return await open(new Modern(endpoint, level));
  } catch (failure) {
    const final = [undefined, 401, 403, 429].includes(failure.details?.status);
    if (era === "modern" || final) throw failure;
    return open(new Legacy(endpoint, level));
  }
}

async function listed(client, server, { capability, method, member }) {
  let items = [];
  if (!isObject(own(server.capabilities, capability))) return { items };
  try {
    const seen = new Set();
    for (let cursor; seen.size < MAX_PAGES;) {
      const page = await client.call(method, cursor === undefined ? {} : { cursor });
      items = items.concat(array(page[member]).filter(isObject));
      cursor = page.nextCursor;
      if (typeof cursor !== "string" || seen.has(cursor)) break;
      seen.add(cursor);
    }
    return { items };
  } catch (failure) {
    return { items, failure };
  }
}

// The address of an item: it can be kept, sent, and gone back to.
const address = (key, name) => `#${key}/${encodeURIComponent(string(name).toWellFormed())}`;

function showOffers() {
  const sections = KINDS.map((kind) => ({ kind, ...app.lists.get(kind.key) }))
    .filter(({ items = [], failure }) => items.length > 0 || failure)
    .map(({ kind, items, failure }) => el("section", {},
      el("h2", {}, kind.label, " ", el("span", { class: "count" }, String(items.length))),
      failure && el("div", { class: "error" }, failureNodes(failure)),
      el("ul", {}, items.map((item) => el("li", {}, link(kind, item))))));
  const count = [...app.lists.values()].reduce((sum, { items }) => sum + items.length, 0);
  byId("offers").replaceChildren(...(app.server === undefined ? [] : [
    el("ul", {}, el("li", {}, el("a", { href: "#overview" }, "Overview"))),
    ...(count < FILTER_FROM ? [] : [filter()]), ...sections,
    ...(count === 0 ? [el("p", { class: "quiet" }, "It offers no tools, resources or prompts.")] : []),
  ]));
}

function link({ key, name }, item) {
  return el("a", { href: address(key, item[name]) }, el("bdi", {}, breakable(called(item.title, item.name, item[name]))));
}

function filter() {
  const id = uniqueId();
  const input = el("input", { id, type: "search", spellcheck: "false", oninput: () => {
    const wanted = input.value.trim().toLowerCase();
    for (const entry of byId("offers").querySelectorAll("section li")) {
      entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
    }
  } });
  return el("div", { class: "filter" }, el("label", { for: id }, "Filter"), input);
}

function showContent() {
  Run.leave();
  byId("content").replaceChildren(view());
  for (const entry of byId("offers").querySelectorAll("a")) {
    const current = entry.getAttribute("href") === (location.hash || "#overview");
    if (current) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
  }
}

function view() {
  if (app.failure) return unconnected(app.failure);
  if (!app.server) return el("p", { class: "quiet" }, "Connecting…");
  const read = isObject(own(app.server.capabilities, "resources"))
    ? (uri) => { location.hash = address("resources", uri); }
    : undefined;
  for (const kind of KINDS) {
    if (!location.hash.startsWith(`#${kind.key}/`)) continue;
    const { items } = app.lists.get(kind.key) ?? { items: [] };
    const item = items.find((candidate) => address(kind.key, candidate[kind.name]) === location.hash);
    if (item !== undefined) return kind.view(app.client, item, read);
    if (kind.key === "resources") return resourceView(app.client, { uri: linkedUri() }, read);
  }
  return overview(app);
}

// A resource need not be listed to be linked to.
function linkedUri() {
  try {
    return decodeURIComponent(location.hash.slice("#resources/".length));
  } catch {
    return "";
  }
}

function status(message, failed = false) {
  byId("status").textContent = message;
  byId("status").className = failed ? "status failed" : "status";
}

byId("address").textContent = identifier(ENDPOINT, 2000);
byId("connection").addEventListener("submit", (event) => {
  event.preventDefault();
  connect();
});
for (const id of ["era", "level"]) byId(id).addEventListener("change", connect);
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("content").focus();
});
addEventListener("hashchange", () => {
  showContent();
  byId("content").querySelector("h2")?.focus();
});
addEventListener("pagehide", () => app.client?.close());
addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
connect();
