use std::{borrow::Cow, fmt};

use http::HeaderMap;
use mcp_layers_core::Rejection;
use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    integer::{self, NotAnInteger},
    mirrored::{MirroredKind, MirroredParam},
    names,
};

/// Every mirrored argument and its header say the same. Headers that mirror
/// nothing are ignored (META-23).
pub(super) fn check(
    headers: &HeaderMap,
    arguments: Option<&str>,
    params: &[MirroredParam],
) -> Result<(), Rejection> {
    params.iter().try_for_each(|param| {
        let value = match arguments {
            Some(json) => at_path(json, &param.path).map_err(|error| {
                Rejection::invalid_params(format!("`arguments` cannot be read: {error}"))
            })?,
            None => None,
        };
        let value = value.filter(|json| *json != "null");
        match (value, headers.contains_key(&param.header)) {
            (None, false) => Ok(()), // META-19
            (None, true) => Err(Rejection::header_mismatch(format!(
                "the header `{}` mirrors `{}`, which is not there",
                param.header,
                Path(&param.path)
            ))), // META-20, D-28
            (Some(_), false) => Err(names::missing(&param.header)), // META-18
            (Some(json), true) => compare(headers, param, json),
        }
    })
}

fn compare(headers: &HeaderMap, param: &MirroredParam, json: &str) -> Result<(), Rejection> {
    let must = |what| Rejection::invalid_params(format!("`{}` must be {what}", Path(&param.path)));
    match param.kind {
        MirroredKind::String => {
            let text = serde_json::from_str::<Text<'_>>(json).map_err(|_| must("a string"))?.0;
            names::expect(headers, &param.header, |value| value == text) // META-22
        }
        MirroredKind::Integer => {
            let number = integer::read(json).map_err(|error| {
                must(match error {
                    NotAnInteger::OutOfRange => "within ±(2^53 - 1)", // META-29
                    NotAnInteger::Other => "an integer",
                })
            })?;
            names::expect(headers, &param.header, |value| integer::read(value) == Ok(number))
        }
        MirroredKind::Boolean => match json {
            "true" | "false" => names::expect(headers, &param.header, |value| value == json),
            _ => Err(must("a boolean")),
        },
    }
}

/// The value at the end of a path of members (META-24); `None` when a member is
/// absent or what should be an object is none.
fn at_path<'a>(json: &'a str, path: &[Box<str>]) -> Result<Option<&'a str>, serde_json::Error> {
    path.iter().try_fold(Some(json), |value, key| match value {
        Some(json) if json.starts_with('{') => {
            serde_json::Deserializer::from_str(json).deserialize_map(MemberVisitor { key })
        }
        _ => Ok(None),
    })
}

/// Finds one member of an object. One that occurs twice is an error: the handler
/// might read the other.
struct MemberVisitor<'k> {
    key: &'k str,
}

impl<'de> Visitor<'de> for MemberVisitor<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(is_it) = map.next_key_seed(KeySeed(self.key))? {
            if !is_it {
                map.next_value::<IgnoredAny>()?;
            } else if found.replace(map.next_value::<&RawValue>()?.get()).is_some() {
                return Err(A::Error::custom(format_args!("{:?} occurs twice", self.key)));
            }
        }
        Ok(found)
    }
}

/// Whether a key is this one, without a copy of it.
struct KeySeed<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

/// A JSON string, borrowed unless it has escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// `arguments.a.b`
struct Path<'a>(&'a [Box<str>]);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("arguments")?;
        self.0.iter().try_for_each(|key| write!(f, ".{key}"))
    }
}
