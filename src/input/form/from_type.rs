//! The fields of a Rust struct, from the schema that `schemars` makes of it.
//!
//! That schema says the same thing in many ways: references, unions with `null`,
//! formats of Rust's integers. Here they are brought to the few that a form knows.

use schemars::JsonSchema;
use serde_json::Value;

use super::{
    InvalidForm,
    field::{AnyField, Choice, Field, FieldKind, Format},
    resolve::{Members, Resolved, choices, outside, resolve},
};
use crate::schema;

pub(super) fn fields<T: JsonSchema>() -> Result<Vec<AnyField>, InvalidForm> {
    let root: Value = schema::of::<T>().to().expect("a JSON Schema is JSON");
    let not_a_struct = || {
        let name = T::schema_name();
        InvalidForm::new(format!("{name} makes no form: that takes a struct with named fields"))
    };
    let definitions = root.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
    let root = resolve(&root, &definitions).map_err(|_| not_a_struct())?.members;
    let known = ["type", "properties", "required", "default"];
    if root.get("type") != Some(&"object".into()) || outside(&root, &known).is_some() {
        return Err(not_a_struct());
    }
    let properties = root.get("properties").and_then(Value::as_object).into_iter().flatten();
    let required = root.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    properties
        .map(|(name, schema)| {
            field(name, schema, is_required(name), &definitions)
                .map_err(|fault| InvalidForm::field(name, fault))
        })
        .collect()
}

fn field(
    name: &str,
    schema: &Value,
    required: bool,
    definitions: &Members,
) -> Result<AnyField, String> {
    let Resolved { members, nullable } = resolve(schema, definitions)?;
    let field = Source { name, required: required && !nullable, members: &members };
    if let Some(choices) = choices(&members) {
        return field.choice(choices?);
    }
    match members.get("type").and_then(Value::as_str) {
        Some("string") => field.text(),
        Some("integer") => field.integer(),
        Some("number") => field.number(),
        Some("boolean") => field.boolean(),
        Some("array") => {
            let items = members.get("items").map(|items| resolve(items, definitions));
            match items.transpose()?.and_then(|items| choices(&items.members)) {
                Some(choices) => field.choices(choices?),
                None => Err("is a list of something else than choices: \
                             use a Vec of an enum without data, or a String"
                    .into()),
            }
        }
        Some("object") => Err("has fields of its own, and a form is flat: \
                               move them up, or flatten them"
            .into()),
        _ => Err("is neither string, number, boolean nor choice: use one of these".into()),
    }
}

/// A property's schema, resolved, on its way to a field.
struct Source<'a> {
    name: &'a str,
    required: bool,
    members: &'a Members,
}

impl Source<'_> {
    fn text(&self) -> Result<AnyField, String> {
        self.admit(&["minLength", "maxLength", "format"])?;
        let mut field = Field::string(self.name);
        if let Some(characters) = self.count("minLength")? {
            field = field.with_min_length(characters);
        }
        if let Some(characters) = self.count("maxLength")? {
            field = field.with_max_length(characters);
        }
        // Other formats are left to the type's own `Deserialize`.
        let format = self.members.get("format").and_then(Value::as_str);
        if format == Some("password") {
            return Err("is a password: that takes a UrlElicitation".into()); // ELICIT-9
        }
        if let Some(format) = Format::ALL.into_iter().find(|known| Some(known.name()) == format) {
            field = field.with_format(format);
        }
        // An empty default, as that of `String`, fills in nothing.
        match self.default("a string", Value::as_str)?.filter(|default| !default.is_empty()) {
            Some(default) => Ok(self.finish(field.with_default(default))),
            None => Ok(self.finish(field)),
        }
    }

    fn integer(&self) -> Result<AnyField, String> {
        self.admit(&["minimum", "maximum", "format"])?;
        let mut field = Field::integer(self.name);
        if let Some(minimum) = self.read("minimum", "of 64 bits", Value::as_i64)? {
            field = field.with_minimum(minimum);
        }
        if let Some(maximum) = self.read("maximum", "of 64 bits", Value::as_i64)? {
            field = field.with_maximum(maximum);
        }
        if let Some(default) = self.default("of 64 bits", Value::as_i64)? {
            field = field.with_default(default);
        }
        Ok(self.finish(field))
    }

    fn number(&self) -> Result<AnyField, String> {
        self.admit(&["minimum", "maximum", "format"])?;
        let mut field = Field::number(self.name);
        if let Some(minimum) = self.read("minimum", "a number", Value::as_f64)? {
            field = field.with_minimum(minimum);
        }
        if let Some(maximum) = self.read("maximum", "a number", Value::as_f64)? {
            field = field.with_maximum(maximum);
        }
        if let Some(default) = self.default("a number", Value::as_f64)? {
            field = field.with_default(default);
        }
        Ok(self.finish(field))
    }

    fn boolean(&self) -> Result<AnyField, String> {
        self.admit(&[])?;
        let field = Field::boolean(self.name);
        Ok(match self.default("true or false", Value::as_bool)? {
            Some(default) => self.finish(field.with_default(default)),
            None => self.finish(field),
        })
    }

    fn choice(&self, choices: Vec<Choice>) -> Result<AnyField, String> {
        self.admit(&["enum", "const", "oneOf"])?;
        let field = Field::choice(self.name, choices);
        Ok(match self.default("a string", Value::as_str)? {
            Some(default) => self.finish(field.with_default(default)),
            None => self.finish(field),
        })
    }

    fn choices(&self, choices: Vec<Choice>) -> Result<AnyField, String> {
        self.admit(&["items", "minItems", "maxItems"])?;
        let mut field = Field::choices(self.name, choices);
        if let Some(items) = self.count("minItems")? {
            field = field.with_min_items(items);
        }
        if let Some(items) = self.count("maxItems")? {
            field = field.with_max_items(items);
        }
        let strings = |default: &Value| -> Option<Vec<String>> {
            default.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        };
        if let Some(default) = self.default("a list of strings", strings)? {
            field = field.with_default(default);
        }
        Ok(self.finish(field))
    }

    /// Adds what fields of all kinds have.
    fn finish<K: FieldKind>(&self, mut field: Field<K>) -> AnyField {
        let text = |key: &str| self.members.get(key).and_then(Value::as_str);
        if let Some(title) = text("title") {
            field = field.with_title(title);
        }
        if let Some(description) = text("description") {
            field = field.with_description(description);
        }
        if self.required {
            field = field.required();
        }
        field.erase()
    }

    /// Refuses what a form has no words for: left out, it would go unchecked (D-30).
    fn admit(&self, keys: &[&str]) -> Result<(), String> {
        let known: Vec<_> = keys.iter().copied().chain(["type", "default"]).collect();
        match outside(self.members, &known) {
            None => Ok(()),
            Some(key) => Err(format!(
                "has {key:?}, which a form cannot ask for: drop it, and check the answer instead"
            )),
        }
    }

    fn default<'a, V>(
        &'a self,
        what: &str,
        as_value: impl Fn(&'a Value) -> Option<V>,
    ) -> Result<Option<V>, String> {
        self.read("default", what, as_value)
    }

    fn count(&self, key: &str) -> Result<Option<u32>, String> {
        let count = |value: &Value| value.as_u64().and_then(|count| count.try_into().ok());
        self.read(key, "a count of 32 bits", count)
    }

    /// A member; `null` is the default of an `Option`, and none here.
    fn read<'a, V>(
        &'a self,
        key: &str,
        what: &str,
        as_value: impl Fn(&'a Value) -> Option<V>,
    ) -> Result<Option<V>, String> {
        let value = self.members.get(key).filter(|value| !value.is_null());
        let fault = || format!("has a {key} that is not {what}: change it");
        value.map(|value| as_value(value).ok_or_else(fault)).transpose()
    }
}
