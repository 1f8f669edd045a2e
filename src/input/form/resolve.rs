//! References, unions with `null` and enums, as `schemars` writes them.

use serde_json::{Map, Value};

use super::field::Choice;

pub(super) type Members = Map<String, Value>;

/// A schema without references, and without `null`.
pub(super) struct Resolved {
    pub(super) members: Members,
    pub(super) nullable: bool,
}

/// Follows references and takes `null` out.
pub(super) fn resolve(schema: &Value, definitions: &Members) -> Result<Resolved, String> {
    // More steps than any type takes, and an end to circles.
    const MAX_STEPS: usize = 16;
    let Value::Object(members) = schema else {
        return Err("may be anything: give it a type".into());
    };
    let mut resolved = Resolved { members: members.clone(), nullable: false };
    for _ in 0..MAX_STEPS {
        if !resolved.step(definitions)? {
            return Ok(resolved);
        }
    }
    Err("has a type that contains itself: a form is flat".into())
}

impl Resolved {
    /// Takes one thing away; `false` if there was none.
    fn step(&mut self, definitions: &Members) -> Result<bool, String> {
        if let Some(reference) = self.members.remove("$ref") {
            let name = reference.as_str().and_then(|name| name.strip_prefix("#/$defs/"));
            let target = name.and_then(|name| definitions.get(name)).and_then(Value::as_object);
            self.fill(target.ok_or("has a type that contains the form itself")?);
            return Ok(true);
        }
        if let Some(other) = beside_null(self.members.get("anyOf")) {
            let other = other.clone();
            self.members.remove("anyOf");
            self.fill(&other);
            self.nullable = true;
            return Ok(true);
        }
        let types = self.members.get_mut("type").and_then(Value::as_array_mut);
        if let Some(types) = types.filter(|types| types.len() == 2) {
            types.retain(|kind| kind != "null");
            if let [one] = types.as_slice() {
                let one = one.clone();
                self.members.insert("type".into(), one);
                self.nullable = true;
            } else {
                return Err("takes values of two types: use one".into());
            }
            if let Some(values) = self.members.get_mut("enum").and_then(Value::as_array_mut) {
                values.retain(|value| !value.is_null());
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// What stands beside a reference goes before what it refers to.
    fn fill(&mut self, target: &Members) {
        for (key, value) in target {
            self.members.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
}

/// `T`, of a union of `T` and `null`.
fn beside_null(union: Option<&Value>) -> Option<&Members> {
    let is_null = |schema: &Value| schema.get("type").is_some_and(|kind| kind == "null");
    match union?.as_array()?.as_slice() {
        [one, null] | [null, one] if is_null(null) && !is_null(one) => one.as_object(),
        _ => None,
    }
}

/// What there is to choose, if the schema is one of an enum. An enum whose variants
/// have docs is a union of constants.
pub(super) fn choices(members: &Members) -> Option<Result<Vec<Choice>, String>> {
    let variants = members.get("oneOf").and_then(Value::as_array);
    let Some(variants) = variants else { return constants(members).map(Ok) };
    let all = variants.iter().map(|variant| constants(variant.as_object()?));
    let fault = || "is an enum with data: use one without, and ask for the data in fields".into();
    Some(all.collect::<Option<Vec<_>>>().map(|all| all.concat()).ok_or_else(fault))
}

/// The constant strings of one schema, under its title if there is but one.
fn constants(members: &Members) -> Option<Vec<Choice>> {
    let text = |key: &str| members.get(key).and_then(Value::as_str);
    if let Some(value) = text("const") {
        let title = text("title").or_else(|| text("description"));
        return Some(vec![match title {
            Some(title) => Choice::from((value, title)),
            None => Choice::from(value),
        }]);
    }
    let values = members.get("enum")?.as_array()?;
    values.iter().map(|value| value.as_str().map(Choice::from)).collect()
}

/// A key that is neither known nor silent.
pub(super) fn outside<'a>(members: &'a Members, known: &[&str]) -> Option<&'a str> {
    /// What asks for nothing.
    const SILENT: [&str; 10] = [
        "$comment",
        "$defs",
        "$schema",
        "additionalProperties",
        "deprecated",
        "description",
        "examples",
        "readOnly",
        "title",
        "uniqueItems",
    ];
    let unknown = |key: &&str| !known.contains(key) && !SILENT.contains(key);
    members.keys().map(String::as_str).find(unknown)
}
