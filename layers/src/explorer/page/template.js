
// URI templates of RFC 6570 with texts as values.
const OPERATORS = {
  "": { first: "", between: ",", named: false, reserved: false },
  "+": { first: "", between: ",", named: false, reserved: true },
  "#": { first: "#", between: ",", named: false, reserved: true },
  ".": { first: ".", between: ".", named: false, reserved: false },
  "/": { first: "/", between: "/", named: false, reserved: false },
  ";": { first: ";", between: ";", named: true, reserved: false },
  "?": { first: "?", between: "&", named: true, reserved: false },
  "&": { first: "&", between: "&", named: true, reserved: false },
};
const EXPRESSION = /\{([+#./;?&]?)([^{}]+)\}/g;

const variables = (list) =>
  list.split(",").map((variable) => {
    const [, name, length] = /^(.*?)(?::(\d{1,4})|\*)?$/.exec(variable);
    return { name, length: length === undefined ? Infinity : Number(length) };
  });

function templateNames(template) {
  const names = [...template.matchAll(EXPRESSION)].flatMap(([, , list]) => variables(list));
  return [...new Set(names.map(({ name }) => name))];
}

function expanded(template, values) {
  return template.replace(EXPRESSION, (_, sign, list) => {
    const { first, between, named, reserved } = OPERATORS[sign];
    const parts = variables(list).flatMap(({ name, length }) => {
      const value = own(values, name);
      if (value === undefined) return [];
      const text = encoded([...value].slice(0, length).join(""), reserved);
      if (!named) return [text];
      return [sign === ";" && text === "" ? name : `${name}=${text}`];
    });
    return parts.length === 0 ? "" : first + parts.join(between);
  });
}

function encoded(value, reserved) {
  const strict = encodeURIComponent(value.toWellFormed()).replace(/[!'()*]/g, (character) =>
    `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  // Reserved characters, and what is already encoded, stay as they are.
  return reserved
    ? strict.replace(/%25([0-9A-F]{2})/gi, "%$1").replace(/%(?:3A|2F|3F|23|5B|5D|40|21|24|26|27|28|29|2A|2B|2C|3B|3D)/g, decodeURIComponent)
    : strict;
}
