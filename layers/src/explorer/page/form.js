
// A form for an object of this schema: a field for each property, or all as JSON.
class ObjectForm {
  #raw;
  #error;

  constructor(schema) {
    const required = array(own(schema, "required"));
    const properties = Object.entries(object(own(schema, "properties")));
    const fields = properties.map(([name, property]) =>
      new Field(name, understand(property, schema), required.includes(name)));
    this.fields = fields.sort((one, other) => other.required - one.required);
    this.#raw = this.#rawField();
    this.#error = el("p", { class: "error", role: "alert", hidden: true });
    this.list = fieldList(this.fields);
    this.toggle = el("button", { type: "button", class: "quiet", "aria-pressed": "false",
      onclick: () => this.#switch() }, "Edit as JSON");
    this.node = el("div", {}, this.list, this.#raw.node, this.#error);
    this.#raw.node.hidden = true;
  }

  // The object, or `undefined` after showing what is wrong with it.
  read() {
    this.#tell("");
    if (!this.#raw.node.hidden) return this.#readAll([this.#raw])?.[0]?.[1];
    const entries = this.#readAll(this.fields);
    // Not by assignment: a property may be called `__proto__`.
    return entries && Object.fromEntries(entries);
  }

  #readAll(fields) {
    let first;
    const entries = [];
    for (const field of fields) {
      try {
        const value = field.read();
        if (value !== undefined) entries.push([field.name, value]);
        field.judge("");
      } catch (error) {
        first ??= field;
        field.judge(error.message);
      }
    }
    first?.focus();
    return first === undefined ? entries : undefined;
  }

  #switch() {
    const toRaw = this.#raw.node.hidden;
    const values = this.read();
    if (toRaw) {
      this.#raw.write(values ?? {});
    } else {
      if (values === undefined) return;
      const unknown = Object.keys(values).filter((name) => !this.fields.some((field) => field.name === name));
      if (unknown.length > 0) {
        this.#tell(`The form has no field for ${unknown.map((name) => identifier(name, 60)).join(", ")}.`);
        return;
      }
      for (const field of this.fields) field.write(own(values, field.name));
    }
    this.#raw.node.hidden = !toRaw;
    this.list.hidden = toRaw;
    this.toggle.setAttribute("aria-pressed", String(toRaw));
    if (toRaw) this.#raw.focus();
  }

  #tell(message) {
    this.#error.textContent = message;
    this.#error.hidden = message === "";
  }

  #rawField() {
    const field = new Field("Arguments", { kind: "json", description: "", default: {} }, true);
    const read = field.read.bind(field);
    field.read = () => {
      const value = read();
      if (!isObject(value)) throw new Error("Arguments are a JSON object.");
      return value;
    };
    field.control.rows = 8;
    return field;
  }
}
