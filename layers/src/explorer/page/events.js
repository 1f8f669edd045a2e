
// Reads server-sent events, however their bytes are cut and their lines end.
class EventReader {
  lastId = "";
  retry = 1000;
  #line = "";
  #afterReturn = false;
  #data = [];

  // The data of each event that this text completes.
  push(text) {
    if (text === "") return [];
    if (this.#afterReturn && text.startsWith("\n")) text = text.slice(1);
    this.#afterReturn = text.endsWith("\r");
    const lines = text.split(/\r\n|\r|\n/);
    lines[0] = this.#line + lines[0];
    this.#line = lines.pop();
    return lines.flatMap((line) => (line === "" ? this.#dispatch() : this.#field(line)));
  }

  #dispatch() {
    const data = this.#data.join("\n");
    this.#data = [];
    return data === "" ? [] : [data];
  }

  #field(line) {
    const [, name, value = ""] = /^([^:]*)(?:: ?([^]*))?$/.exec(line);
    if (name === "data") this.#data.push(value);
    else if (name === "id" && !value.includes("\0")) this.lastId = value;
    else if (name === "retry" && /^\d{1,6}$/.test(value)) this.retry = Number(value);
    return [];
  }
}
