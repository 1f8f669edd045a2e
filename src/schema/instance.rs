//! JSON as it is validated: read without copies, since the handler's own type is read
//! from the text.

use std::{borrow::Cow, collections::HashMap, fmt};

use jsonschema::{
    JsonType,
    json::{Array, Json, Node, NodeIdentity, Object},
};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// A JSON value whose strings are those of its text, but for the escaped ones.
pub(super) enum Instance<'a> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'a, str>),
    Array(Vec<Self>),
    /// Each name once.
    Object(Vec<Member<'a>>),
}

pub(super) struct Member<'a> {
    name: Cow<'a, str>,
    value: Instance<'a>,
}

/// Of members with the same name the last one counts, as in a [`Value`]: a handler that
/// takes a map gets that one.
fn keep_last(members: &mut Vec<Member<'_>>) {
    /// Up to here a look at all the others is faster than a table.
    const FEW: usize = 16;
    if members.len() <= FEW {
        let mut at = 0;
        while at < members.len() {
            let (member, later) = members[at..].split_first().expect("`at` is in range");
            match later.iter().any(|other| other.name == member.name) {
                true => drop(members.remove(at)),
                false => at += 1,
            }
        }
        return;
    }
    let names = members.iter().map(|member| member.name.clone());
    let last: HashMap<_, _> = names.zip(0..).collect();
    if last.len() < members.len() {
        let mut at = 0;
        members.retain(|member| {
            at += 1;
            last[&member.name] == at - 1
        });
    }
}

impl Instance<'_> {
    fn to_tree(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(number.clone()),
            Self::String(text) => Value::String(text.clone().into_owned()),
            Self::Array(items) => items.iter().map(Self::to_tree).collect(),
            Self::Object(members) => members
                .iter()
                .map(|member| (member.name.clone().into_owned(), member.value.to_tree()))
                .collect(),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Instance<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InstanceVisitor)
    }
}

struct InstanceVisitor;

impl<'de> Visitor<'de> for InstanceVisitor {
    type Value = Instance<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Instance::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Instance::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Instance::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Instance::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(number).map_or(Instance::Null, Instance::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Instance::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Instance::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Instance::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            members.push(Member { name, value: map.next_value()? });
        }
        keep_last(&mut members);
        Ok(Instance::Object(members))
    }
}

/// A member's name, borrowed where that is possible, which `Cow` alone is not.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Lets `jsonschema` validate an [`Instance`].
pub(super) enum Borrowed {}

impl Json for Borrowed {
    type Node<'a> = &'a Instance<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = ();
    // A look-up goes through the members from the start.
    const KEYS_PER_LOOKUP: usize = 4;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>((): &mut (), text: &str, f: impl FnOnce(Self::Node<'_>) -> T) -> T {
        f(&Instance::String(Cow::Borrowed(text)))
    }
}

impl<'a> Node<'a, Borrowed> for &'a Instance<'a> {
    type Object = &'a [Member<'a>];
    type Array = &'a [Instance<'a>];
    type Number = &'a Number;

    fn as_object(&self) -> Option<Self::Object> {
        match self {
            Instance::Object(members) => Some(members),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Self::Array> {
        match self {
            Instance::Array(items) => Some(items),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Instance::String(text) => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<&'a Number> {
        match self {
            Instance::Number(number) => Some(number),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            Instance::Bool(value) => Some(*value),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self, Instance::Null)
    }

    fn json_type(&self) -> JsonType {
        match self {
            Instance::Null => JsonType::Null,
            Instance::Bool(_) => JsonType::Boolean,
            Instance::Number(_) => JsonType::Number,
            Instance::String(_) => JsonType::String,
            Instance::Array(_) => JsonType::Array,
            Instance::Object(_) => JsonType::Object,
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(self.to_tree())
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(std::ptr::from_ref::<Instance<'_>>(self) as usize))
    }
}

impl<'a> Object<'a, Borrowed> for &'a [Member<'a>] {
    type Node = &'a Instance<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn get(&self, name: &Box<str>) -> Option<Self::Node> {
        self.iter().find(|member| *member.name == **name).map(|member| &member.value)
    }

    fn members(&self) -> Members<'a> {
        Members(self.iter())
    }
}

pub(super) struct Members<'a>(std::slice::Iter<'a, Member<'a>>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a Instance<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|member| (&*member.name, &member.value))
    }
}

impl<'a> Array<'a, Borrowed> for &'a [Instance<'a>] {
    type Node = &'a Instance<'a>;
    type ElementsIter = std::slice::Iter<'a, Instance<'a>>;

    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn elements(&self) -> Self::ElementsIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|value| value.to_string()),
            any::<i64>().prop_map(|number| number.to_string()),
            any::<f64>().prop_filter("JSON", |f| f.is_finite()).prop_map(|f| format!("{f:e}")),
            r#"[a"\\\né]{0,4}"#.prop_map(|text| Value::from(text).to_string()),
        ];
        leaf.prop_recursive(3, 64, 24, |inner| {
            let member = (r"[a-d\\]{0,2}", inner.clone())
                .prop_map(|(name, value)| format!("{}:{value}", Value::from(name)));
            prop_oneof![
                prop::collection::vec(inner, 0..4)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                // With names that occur twice.
                prop::collection::vec(member, 0..24)
                    .prop_map(|members| format!("{{{}}}", members.join(","))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_validated_is_what_serde_json_reads(text in any_json()) { // TOOL-25
            let instance: Instance<'_> = serde_json::from_str(&text).expect("JSON");
            let tree: Value = serde_json::from_str(&text).expect("JSON");
            prop_assert_eq!(instance.to_tree(), tree);
        }
    }

    #[test]
    fn it_is_validated_as_a_tree_is() {
        // TOOL-25
        let schema = json!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "minLength": 2, "pattern": "^[a-zé]*$" },
                "kind": { "enum": ["a", 1, null] },
                "size": { "type": "integer", "minimum": 1 },
                "list": { "type": "array", "items": { "$ref": "#" }, "uniqueItems": true },
            },
            "propertyNames": { "maxLength": 4 },
            "required": ["name", "size"],
            "maxProperties": 3,
        });
        let borrowed = jsonschema::options_for::<Borrowed>().build(&schema).expect("a schema");
        let tree = jsonschema::options().build(&schema).expect("a schema");
        for (text, valid) in [
            (r#"{"name":"né","size":1}"#, true),
            (r#"{"name":"n","size":1}"#, false),
            (r#"{"name":"NN","size":1}"#, false),
            (r#"{"name":"nn","size":0}"#, false),
            (r#"{"name":"nn","size":1.0,"kind":1.0}"#, true),
            (r#"{"name":"nn","size":1,"kind":2}"#, false),
            (r#"{"name":"nn"}"#, false),
            (r#"{"name":"nn","size":1,"other":1}"#, false),
            (r#"{"name":"nn","size":0,"size":1}"#, true),
            (r#"{"name":"nn","size":1,"size":0}"#, false),
            (r#"{"name":"nn","size":1,"list":[{"name":"nn","size":1}]}"#, true),
            (r#"{"name":"nn","size":1,"list":[{"name":"n","size":1}]}"#, false),
            (
                r#"{"name":"nn","size":1,"list":[{"name":"nn","size":1},{"size":1,"name":"nn"}]}"#,
                false,
            ),
            (r#"{"name":"nn","size":1,"list":[],"kind":1}"#, false),
            (r#"[]"#, false),
        ] {
            let instance: Instance<'_> = serde_json::from_str(text).expect("JSON");
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(borrowed.is_valid(&instance), valid, "{text}");
            assert_eq!(tree.is_valid(&value), valid, "{text}");
            let faults = |errors: jsonschema::ErrorIterator<'_>| {
                errors.map(|fault| format!("{} {fault}", fault.instance_path())).collect::<Vec<_>>()
            };
            assert_eq!(faults(borrowed.iter_errors(&instance)), faults(tree.iter_errors(&value)));
        }
    }
}
