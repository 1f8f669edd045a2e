use std::borrow::Cow;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use super::{any_json, any_text, spell};
use crate::jsonrpc::{DecodeErrorKind, Params, RawJson};

#[derive(Debug, PartialEq, Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    title: Option<&'a str>,
    arguments: Option<RawJson>,
    #[serde(default)]
    mode: Mode,
    limit: Option<u64>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Slow,
    Fast,
}

#[test]
fn an_object_is_read_into_a_type_that_may_borrow() {
    let text = r#"{ "name": "a\n", "title" : "T", "_meta": {}, "arguments": { "x": 1 }, "mode": "fast", "other": [] }"#;
    let params = Params::parse(text).expect("an object");
    let call: Call<'_> = params.to().expect("a call");
    assert_eq!(call.name, "a\n");
    assert_eq!(call.title, Some("T"));
    assert_eq!(call.arguments.expect("there").as_str(), r#"{ "x": 1 }"#);
    assert_eq!((call.mode, call.limit), (Mode::Fast, None));
}

#[test]
fn a_member_that_does_not_fit_is_an_error() {
    let params = Params::parse(r#"{"name":1,"limit":-1}"#).expect("an object");
    assert!(params.to::<Call<'_>>().is_err());
    assert!(params.parse::<u64>("limit").is_err());
    assert!(matches!(params.parse::<u64>("absent"), Ok(None)));
    assert_eq!(params.string("name"), None);
}

#[test]
fn params_alone_are_read_by_the_rules_of_a_body() {
    // RPC-17
    let kind = |json: &'static str| Params::parse(json).map(drop).map_err(|error| error.kind());
    assert_eq!(kind("{}"), Ok(()));
    assert_eq!(kind("[]"), Err(DecodeErrorKind::InvalidParams));
    assert_eq!(kind(r#"{"a":1,"a":1}"#), Err(DecodeErrorKind::InvalidParams));
    assert_eq!(kind("{} x"), Err(DecodeErrorKind::Syntax));
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500));
    assert_eq!(
        Params::parse(deep).map_err(|error| error.kind()).err(),
        Some(DecodeErrorKind::TooDeep)
    );
}

proptest! {
    #[test]
    fn members_keep_order_key_and_value(
        members in prop::collection::hash_map(any_text(), any_json(), 0..12),
        escaped in any::<bool>(),
    ) {
        let members: Vec<_> = members.into_iter().filter(|(key, _)| key != "_meta").collect();
        let text: Vec<_> = members.iter().map(|(key, value)| format!("{} : {value}", spell(key, escaped))).collect();
        let params = Params::parse(format!("{{{}}}", text.join(" ,\n"))).expect("an object");
        prop_assert_eq!(params.len(), members.len());
        for (member, (key, value)) in params.iter().zip(&members) {
            prop_assert_eq!((member.key, member.value), (&**key, &*value.to_string()));
            let raw = params.raw(key).expect("there");
            prop_assert_eq!(&raw.to::<Value>().expect("JSON"), value);
            let parsed = params.parse::<Value>(key).expect("JSON");
            prop_assert_eq!(parsed.as_ref(), Some(value));
            let string = params.string(key);
            prop_assert_eq!(string.as_deref(), value.as_str());
        }
    }
}
