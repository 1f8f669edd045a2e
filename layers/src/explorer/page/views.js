
// What is shown of one item, and the form to try it.
function itemView({ kind, title, name, tags = [], description, form, submit, run, schemas, definition }) {
  const shown = called(title, name);
  const node = el("article", {},
    el("header", {},
      el("p", { class: "kind" }, kind),
      el("h2", { tabindex: "-1" }, el("bdi", {}, breakable(shown))),
      shown !== name && el("p", { class: "address" }, el("code", {}, identifier(name))),
      tags.length > 0 && el("ul", { class: "tags" }, tags.map((tag) => el("li", {}, tag)))),
    paragraph(description),
    form, run.node,
    el("div", { class: "schemas" }, schemas
      .filter(([, schema]) => schema !== undefined)
      .map(([label, schema]) => disclosure(label, () => jsonBlock(schema))),
    disclosure("Whole definition", () => jsonBlock(definition))));
  submit.type = "submit";
  return node;
}

// A form whose submission makes a request: `request` gives its params, or `undefined`
// after it has shown what is missing.
function requestForm(label, fields, submit, run, buttons, request) {
  return el("form", { class: "call", novalidate: true, "aria-label": label, onsubmit: (event) => {
    event.preventDefault();
    const made = request();
    if (made !== undefined) run.start(...made);
  } }, fields, el("div", { class: "actions" }, submit, run.stop, buttons));
}

function toolView(client, tool, read) {
  const schema = object(tool.inputSchema);
  const arguments_ = new ObjectForm(schema);
  const submit = el("button", {}, "Call tool");
  const run = new Run(client, submit, read);
  const form = requestForm("Arguments", arguments_.node, submit, run, arguments_.toggle, () => {
    const values = arguments_.read();
    return values && ["tools/call", { name: string(tool.name), arguments: values }, mirrorHeaders(schema, values)];
  });
  const hints = object(tool.annotations);
  const tags = [
    hints.readOnlyHint === true && "reads only",
    hints.destructiveHint === true && "may destroy",
    hints.idempotentHint === true && "repeatable",
    hints.openWorldHint === true && "reaches outside",
  ].filter(Boolean);
  const schemas = [["Input schema", tool.inputSchema], ["Output schema", tool.outputSchema]];
  const title = string(tool.title) || string(hints.title);
  return itemView({ kind: "Tool", ...named(tool, title), tags, form, submit, run, schemas, definition: tool });
}

function promptView(client, prompt, read) {
  const fields = array(prompt.arguments).map(object).map((argument) =>
    new Field(string(argument.name), textSchema(argument), argument.required === true));
  const submit = el("button", {}, "Get prompt");
  const run = new Run(client, submit, read);
  const form = requestForm("Arguments", fieldList(fields), submit, run, undefined, () => {
    const values = readTexts(fields);
    return values && ["prompts/get", { name: string(prompt.name), arguments: values }];
  });
  return itemView({ kind: "Prompt", ...named(prompt), form, submit, run, schemas: [], definition: prompt });
}

function templateView(client, template, read) {
  const pattern = string(template.uriTemplate);
  const fields = templateNames(pattern).map((name) => new Field(name, textSchema({}), false));
  const submit = el("button", {}, "Read resource");
  const run = new Run(client, submit, read);
  const uri = el("code", {});
  const values = () => readTexts(fields) ?? {};
  const show = () => { uri.textContent = identifier(expanded(pattern, values()), 4000); };
  const list = fieldList(fields);
  list.addEventListener("input", show);
  show();
  const form = requestForm("Variables", [list, el("p", { class: "address" }, uri)], submit, run, undefined,
    () => ["resources/read", { uri: expanded(pattern, values()) }]);
  return itemView({ kind: "Resource template", title: string(template.title) || string(template.name), name: pattern,
    description: template.description, form, submit, run, schemas: [], definition: template });
}

function resourceView(client, resource, read) {
  const submit = el("button", {}, "Read resource");
  const run = new Run(client, submit, read);
  const uri = string(resource.uri);
  const form = requestForm("Resource", undefined, submit, run, undefined, () => ["resources/read", { uri }]);
  const tags = [identifier(resource.mimeType, 100), resource.size === undefined ? "" : `${scalar(resource.size)} bytes`];
  return itemView({ kind: "Resource", title: string(resource.title) || string(resource.name), name: uri,
    description: resource.description, tags: tags.filter(Boolean), form, submit, run, schemas: [], definition: resource });
}

const named = (item, title = string(item.title)) => ({ title, name: string(item.name), description: item.description });

const textSchema = ({ title, description }) => ({ kind: "string", type: "text", title, description: string(description) });

// The texts given; `undefined` after showing which one is missing.
function readTexts(fields) {
  const missing = fields.filter((field) => field.required && field.control.value === "");
  for (const field of fields) field.judge(missing.includes(field) ? "Required." : "");
  missing[0]?.focus();
  const given = fields.filter((field) => field.control.value !== "");
  return missing.length > 0 ? undefined : Object.fromEntries(given.map((field) => [field.name, field.control.value]));
}
