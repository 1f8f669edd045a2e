
const MAX_REFERENCES = 10;

// What a form makes of a property's schema: `kind`, and for a choice its `options`.
// Whatever has no field of its own is written as JSON.
function understand(schema, root) {
  const plain = withoutNull(dereferenced(schema, root), root);
  const described = { ...plain, description: string(plain.description) };
  const options = choices(plain);
  if (options !== undefined) return { ...described, kind: "choice", options };
  if (plain.type === "array") {
    const items = choices(dereferenced(plain.items, root));
    return items === undefined
      ? { ...described, kind: "json" }
      : { ...described, kind: "choices", options: items };
  }
  const simple = ["string", "integer", "number", "boolean"].includes(plain.type);
  return { ...described, kind: simple ? plain.type : "json" };
}

// References within the document are followed; what stands beside one is kept.
function dereferenced(schema, root) {
  let found = object(schema);
  for (let steps = 0; steps < MAX_REFERENCES && typeof found.$ref === "string"; steps += 1) {
    const { $ref, ...beside } = found;
    if (!$ref.startsWith("#/")) return beside;
    const path = $ref.slice(2).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    found = { ...object(path.reduce(own, root)), ...beside };
  }
  return found;
}

// A type or null, however that is written.
function withoutNull(schema, root) {
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== "null");
    return { ...schema, type: types.length === 1 ? types[0] : types };
  }
  for (const union of ["anyOf", "oneOf"]) {
    const all = array(schema[union]);
    const rest = all.filter((option) => own(option, "type") !== "null");
    if (rest.length === 1 && rest.length < all.length) {
      const { [union]: _, ...beside } = schema;
      return { ...dereferenced(rest[0], root), ...beside };
    }
  }
  return schema;
}

function choices(schema) {
  if (Object.hasOwn(schema, "const")) return [{ value: schema.const, label: scalar(schema.const) }];
  if (Array.isArray(schema.enum)) {
    const names = array(schema.enumNames);
    return schema.enum
      .map((value, at) => ({ value, label: string(names[at]) || scalar(value) }))
      .filter(({ value }) => value !== null);
  }
  for (const union of [array(schema.oneOf), array(schema.anyOf)]) {
    const options = union.map((option) => ({ option: object(option), values: choices(object(option)) }));
    if (union.length > 0 && options.every(({ values }) => values !== undefined)) {
      return options.flatMap(({ option, values }) =>
        values.map(({ value, label }) => ({ value, label: string(option.title) || label })));
    }
  }
  return undefined;
}

// Which arguments are repeated in headers, and what those are called.
function mirrors(schema, path = []) {
  if (path.length > MAX_REFERENCES) return [];
  return Object.entries(object(object(schema).properties)).flatMap(([name, property]) => {
    const header = mirrorHeader(object(property));
    const here = header === undefined ? [] : [{ header, path: [...path, name] }];
    return [...here, ...mirrors(property, [...path, name])];
  });
}

// What is no name of a header is passed over.
function mirrorHeader(schema) {
  const name = string(schema["x-mcp-header"]);
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) ? `Mcp-Param-${name}` : undefined;
}

function mirrorHeaders(schema, values) {
  const headers = mirrors(schema).flatMap(({ header, path }) => {
    const value = path.reduce(own, values);
    return value === undefined || value === null ? [] : [[header, mirrored(scalar(value))]];
  });
  return Object.fromEntries(headers);
}
