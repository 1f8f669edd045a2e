
// What this server is, and how others come to it.
function overview({ client, server, token }) {
  const info = object(server.info);
  const facts = [
    ["Name", identifier(info.name)],
    ["Version", identifier(info.version)],
    ["Website", identifier(info.websiteUrl)],
    ["Protocol", client.version],
  ].filter(([, value]) => value);
  const name = configurationName(info.name);
  return el("article", {},
    el("header", {}, el("h2", { tabindex: "-1" }, "Overview")),
    paragraph(info.description),
    el("dl", { class: "facts" }, facts.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])),
    string(server.instructions) !== "" && [el("h3", {}, "Instructions"), paragraph(server.instructions, 4000)],
    disclosure("Capabilities", () => jsonBlock(object(server.capabilities))),
    el("h3", {}, "Connect a client"),
    el("p", {}, "Paste one of these into the client of your choice."),
    configurations(name, token !== "").map(([title, place, content], at) => {
      const node = el("details", { class: "configuration" }, el("summary", {}, title, " ", el("span", { class: "type" }, place)),
        el("div", { class: "copied" }, el("pre", { class: "text" }, content), copyButton(`the configuration for ${title}`, content)));
      node.open = at === 0;
      return node;
    }));
}

// The page could not connect: what the server said.
function unconnected(failure) {
  return el("article", {},
    el("header", {}, el("h2", { tabindex: "-1" }, "Not connected")),
    failureNodes(failure));
}
