//! What several of the tests make their JSON with.

mod decode;
mod elements;
mod id;
mod members;
mod message;
mod model;
mod raw;
mod scan;

use proptest::prelude::*;
use serde_json::{Map, Value};

/// Any JSON value, a few levels deep. Its numbers are such that `Value` loses
/// nothing.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((any_text(), inner), 0..5)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

/// Text with what JSON must escape, and with what looks like JSON itself.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,12}",
        r#"[ \[\]{}:,"\\\n\u{1f}a-c/é€😀]{0,12}"#,
        prop::collection::vec(any::<char>(), 0..6).prop_map(String::from_iter),
    ]
}

/// A string as JSON, every character in the form `\u0041` if so wanted.
fn spell(text: &str, escaped: bool) -> String {
    if !escaped {
        return serde_json::to_string(text).expect("a string serialises");
    }
    let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{units}\"")
}
