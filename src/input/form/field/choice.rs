use std::collections::BTreeSet;

use mcp_layers_core::protocol::ProtocolVersion;
use serde_json::{Map, Value, json};

use super::{Field, FieldKind, Sealed, property};

/// Something to choose: the value of the answer, and what people see of it.
///
/// A string is its own title; a pair is a value and a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    value: String,
    title: Option<String>,
}

impl From<&str> for Choice {
    fn from(value: &str) -> Self {
        Self { value: value.into(), title: None }
    }
}

impl From<String> for Choice {
    fn from(value: String) -> Self {
        Self { value, title: None }
    }
}

impl<V: Into<String>, T: Into<String>> From<(V, T)> for Choice {
    fn from((value, title): (V, T)) -> Self {
        Self { value: value.into(), title: Some(title.into()) }
    }
}

/// One of several values.
#[derive(Debug, Clone)]
pub struct OneOf {
    choices: Vec<Choice>,
    default: Option<String>,
    enum_names: bool,
}

/// Any number of several values. Clients of 2025-06-18 cannot be asked (ELICIT-8).
#[derive(Debug, Clone)]
pub struct SomeOf {
    choices: Vec<Choice>,
    min_items: Option<u32>,
    max_items: Option<u32>,
    default: Option<Vec<String>>,
}

impl Field<OneOf> {
    /// One of `choices`: values, or pairs of a value and its title.
    pub fn choice<C: Into<Choice>>(
        name: impl Into<String>,
        choices: impl IntoIterator<Item = C>,
    ) -> Self {
        let choices = choices.into_iter().map(Into::into).collect();
        Self::of(name, OneOf { choices, default: None, enum_names: false })
    }

    /// Sends titles to all clients as those of 2025-06-18 get them: `enum` with
    /// `enumNames`, for a client that shows no others. Best left alone: it is
    /// deprecated (ELICIT-7).
    pub fn with_enum_names(mut self) -> Self {
        self.kind.enum_names = true;
        self
    }

    /// The value that is chosen at first. Clients of 2025-06-18 do not get it (ELICIT-8).
    pub fn with_default(mut self, value: impl Into<String>) -> Self {
        self.kind.default = Some(value.into());
        self
    }
}

impl Field<SomeOf> {
    /// Any number of `choices`: values, or pairs of a value and its title. Clients of
    /// 2025-06-18 cannot be asked (ELICIT-8).
    pub fn choices<C: Into<Choice>>(
        name: impl Into<String>,
        choices: impl IntoIterator<Item = C>,
    ) -> Self {
        let choices = choices.into_iter().map(Into::into).collect();
        Self::of(name, SomeOf { choices, min_items: None, max_items: None, default: None })
    }

    /// The fewest values to choose.
    pub fn with_min_items(mut self, items: u32) -> Self {
        self.kind.min_items = Some(items);
        self
    }

    /// The most values to choose.
    pub fn with_max_items(mut self, items: u32) -> Self {
        self.kind.max_items = Some(items);
        self
    }

    /// The values that are chosen at first.
    pub fn with_default<V: Into<String>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.kind.default = Some(values.into_iter().map(Into::into).collect());
        self
    }
}

impl Sealed for OneOf {}

impl FieldKind for OneOf {
    fn check(&self) -> Result<(), String> {
        check(&self.choices)
    }

    fn initial(&self) -> Option<Value> {
        self.default.clone().map(Value::String)
    }

    fn property(&self, version: ProtocolVersion) -> Result<Map<String, Value>, String> {
        let titles = titles(&self.choices);
        let members = match titles {
            None => [("enum", Some(values(&self.choices))), ("enumNames", None)],
            // ELICIT-8
            Some(titles) if self.enum_names || version < ProtocolVersion::V2025_11_25 => {
                [("enum", Some(values(&self.choices))), ("enumNames", Some(titles.into()))]
            }
            Some(titles) => [("oneOf", Some(titled(&self.choices, titles))), ("enumNames", None)],
        };
        Ok(property("string", members))
    }

    fn read(&self, value: Value) -> Result<Value, String> {
        match has(&self.choices, &value) {
            true => Ok(value),
            false => Err("must be one of its choices".into()),
        }
    }
}

impl Sealed for SomeOf {}

impl FieldKind for SomeOf {
    fn check(&self) -> Result<(), String> {
        check(&self.choices)?;
        match (self.min_items, self.max_items) {
            (Some(min), Some(max)) if min > max => {
                Err(format!("takes at least {min} of its choices, and at most {max}"))
            }
            _ => Ok(()),
        }
    }

    fn initial(&self) -> Option<Value> {
        self.default.clone().map(Value::from)
    }

    fn property(&self, version: ProtocolVersion) -> Result<Map<String, Value>, String> {
        if version < ProtocolVersion::V2025_11_25 {
            return Err(format!("takes several choices, which {version} does not know"));
        }
        let items = match titles(&self.choices) {
            None => json!({ "type": "string", "enum": values(&self.choices) }),
            Some(titles) => json!({ "anyOf": titled(&self.choices, titles) }),
        };
        Ok(property(
            "array",
            [
                ("items", Some(items)),
                ("minItems", self.min_items.map(Value::from)),
                ("maxItems", self.max_items.map(Value::from)),
            ],
        ))
    }

    fn read(&self, value: Value) -> Result<Value, String> {
        let Value::Array(items) = &value else { return Err("must be an array".into()) };
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        if let Some(min) = self.min_items.filter(|min| count < *min) {
            return Err(format!("must have at least {min} of its choices"));
        }
        if let Some(max) = self.max_items.filter(|max| count > *max) {
            return Err(format!("must have at most {max} of its choices"));
        }
        let chosen: BTreeSet<_> = items.iter().filter_map(Value::as_str).collect();
        match chosen.len() == items.len() && items.iter().all(|item| has(&self.choices, item)) {
            true => Ok(value),
            false => Err("must have none but its choices, each once".into()),
        }
    }
}

fn check(choices: &[Choice]) -> Result<(), String> {
    let distinct: BTreeSet<_> = choices.iter().map(|choice| &choice.value).collect();
    match (choices.len(), distinct.len()) {
        (0, _) => Err("has no choices".into()),
        (all, distinct) if all > distinct => Err("has a choice twice".into()),
        _ => Ok(()),
    }
}

fn has(choices: &[Choice], value: &Value) -> bool {
    value.as_str().is_some_and(|value| choices.iter().any(|choice| choice.value == value))
}

fn values(choices: &[Choice]) -> Value {
    choices.iter().map(|choice| choice.value.as_str()).collect()
}

/// The titles, if any choice has one of its own.
fn titles(choices: &[Choice]) -> Option<Vec<&str>> {
    choices.iter().any(|choice| choice.title.is_some()).then(|| {
        choices.iter().map(|choice| choice.title.as_deref().unwrap_or(&choice.value)).collect()
    })
}

/// ELICIT-7
fn titled(choices: &[Choice], titles: Vec<&str>) -> Value {
    let pairs = choices.iter().zip(titles);
    pairs.map(|(choice, title)| json!({ "const": choice.value, "title": title })).collect()
}
