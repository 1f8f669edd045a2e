
// One value of a form. `read` gives the value, `undefined` for one that is left out,
// or throws what is wrong with it.
class Field {
  constructor(name, schema, required) {
    this.name = name;
    this.schema = schema;
    this.required = required;
    this.id = uniqueId();
    this.control = this.#control();
    this.error = el("p", { class: "error", id: `${this.id}-error`, hidden: true });
    this.node = this.#node();
    if (Object.hasOwn(schema, "default")) this.write(schema.default);
  }

  read() {
    const { kind, options } = this.schema;
    const typed = this.control.value;
    switch (kind) {
      case "choice":
        return typed === "" ? this.#absent("Choose one.") : options[Number(typed)].value;
      case "choices": {
        const checked = this.#checkboxes().flatMap((box, at) => (box.checked ? [options[at].value] : []));
        return checked.length === 0 && !this.required ? undefined : checked;
      }
      case "boolean":
        if (this.control.type === "checkbox") return this.control.checked;
        return typed === "" ? undefined : typed === "true";
      case "string":
        return typed === "" ? this.#absent("Required. To send an empty text, edit as JSON.") : typed;
      case "json":
        return typed.trim() === "" ? this.#absent("Required.") : readJson(typed);
      default:
        return typed.trim() === "" ? this.#absent("Required.") : readNumber(typed.trim(), kind);
    }
  }

  write(value) {
    const { kind, options } = this.schema;
    const same = (option) => scalar(option.value) === scalar(value);
    if (kind === "choices") {
      const chosen = array(value).map(scalar);
      this.#checkboxes().forEach((box, at) => { box.checked = chosen.includes(scalar(options[at].value)); });
    } else if (this.control.type === "checkbox") {
      this.control.checked = value === true;
    } else if (value === undefined || value === null) {
      this.control.value = "";
    } else if (kind === "choice") {
      const at = options.findIndex(same);
      this.control.value = at === -1 ? "" : String(at);
    } else {
      this.control.value = kind === "json" ? JSON.stringify(value, null, 2) : scalar(value);
    }
  }

  // Shows what is wrong, or that nothing is.
  judge(message) {
    this.error.textContent = message;
    this.error.hidden = message === "";
    for (const input of this.schema.kind === "choices" ? this.#checkboxes() : [this.control]) {
      if (message === "") input.removeAttribute("aria-invalid");
      else input.setAttribute("aria-invalid", "true");
    }
  }

  focus() {
    (this.#checkboxes()[0] ?? this.control).focus();
  }

  #absent(message) {
    if (this.required) throw new Error(message);
    return undefined;
  }

  #checkboxes() {
    return this.schema.kind === "choices" ? [...this.control.querySelectorAll("input")] : [];
  }

  #control() {
    const { kind, options, format, maxLength, contentMediaType } = this.schema;
    const attributes = {
      id: this.id,
      "aria-describedby": `${this.id}-hint ${this.id}-error`,
      "aria-required": this.required && kind !== "boolean" ? "true" : undefined,
    };
    const choice = (value, label) => el("option", { value }, label);
    const unset = choice("", this.required ? "Choose…" : "Not set");
    switch (kind) {
      case "choice":
        return el("select", attributes, unset, options.map(({ label }, at) => choice(at, identifier(label, 200))));
      case "choices":
        return el("div", { class: "choices" }, options.map(({ label }) =>
          el("label", {}, el("input", { type: "checkbox" }), el("bdi", {}, identifier(label, 200)))));
      case "boolean":
        if (this.required) return el("input", { ...attributes, type: "checkbox" });
        return el("select", attributes, unset, choice("true", "true"), choice("false", "false"));
      case "json":
        return el("textarea", { ...attributes, class: "code", rows: 3, spellcheck: "false" });
      case "string":
        if (maxLength > 200 || contentMediaType !== undefined) return el("textarea", { ...attributes, rows: 3 });
        return el("input", { ...attributes, type: format === "date" ? "date" : "text", spellcheck: "false" });
      default:
        return el("input", { ...attributes, class: "number", inputmode: kind === "integer" ? "numeric" : "decimal" });
    }
  }

  #node() {
    const { title, description, kind, type } = this.schema;
    const name = string(title) || this.name;
    const kinds = { json: "JSON", choice: "choice", choices: "any of these" };
    const about = [name !== this.name && identifier(this.name, 100), kinds[kind] ?? type, this.required && "required"];
    const label = [
      el("bdi", { class: "name" }, identifier(name, 200)),
      " ",
      el("span", { class: "type" }, about.filter(Boolean).join(", ")),
    ];
    const hint = el("div", { class: "hint", id: `${this.id}-hint` }, paragraph(description, 400), this.#mirror());
    if (kind === "choices") {
      return el("fieldset", { class: "field", "aria-describedby": `${this.id}-hint ${this.id}-error` }, el("legend", {}, label), hint, this.control, this.error);
    }
    return el("div", { class: "field" }, el("label", { for: this.id }, label), hint, this.control, this.error);
  }

  #mirror() {
    const header = mirrorHeader(this.schema);
    return header !== undefined && el("p", {}, "Also sent in the header ", el("code", {}, identifier(header, 100)));
  }
}

function readNumber(typed, kind) {
  const wanted = kind === "integer" ? /^-?\d+$/ : /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
  if (!wanted.test(typed)) throw new Error(kind === "integer" ? "Write a whole number." : "Write a number.");
  return parseJson(typed.replace(/^(-?)0+(?=\d)/, "$1"));
}

function readJson(typed) {
  try {
    return parseJson(typed);
  } catch (error) {
    throw new Error(`This is no JSON: ${error.message}`);
  }
}

const fieldList = (fields) =>
  el("div", { class: "fields" }, fields.map(({ node }) => node),
    fields.length === 0 && el("p", { class: "quiet" }, "There is nothing to fill in."));
