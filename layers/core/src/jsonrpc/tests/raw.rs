use proptest::prelude::*;
use serde_json::Value;

use super::{any_json, any_text, spell};
use crate::jsonrpc::RawJson;

#[test]
fn a_value_is_taken_without_the_blanks_around_it() {
    let json = RawJson::parse(" \n{\"a\" : 1}\t").expect("JSON");
    assert_eq!(json.as_str(), "{\"a\" : 1}");
    assert!(json.is_object() && !json.is_null());
    assert!(RawJson::parse("null ").expect("JSON").is_null());
}

#[test]
fn what_is_not_one_json_value_is_refused() {
    for text in [&b""[..], b" ", b"{", b"1 2", b"\"\xff\"", b"nul"] {
        assert!(RawJson::parse(text.to_vec()).is_err(), "{text:?}");
    }
}

#[test]
fn compact_text_is_shared_and_detached_text_is_not() {
    let json = RawJson::parse(r#"{"a":"b c"}"#).expect("JSON");
    assert_eq!(json.compact().as_bytes().as_ptr(), json.as_bytes().as_ptr());
    assert_ne!(json.detach().as_bytes().as_ptr(), json.as_bytes().as_ptr());
}

#[test]
fn a_member_is_found_by_its_name_however_it_is_spelt() {
    let json = RawJson::parse(r#"{"x":{"b":0},"\u0062": [1] ,"b":2}"#).expect("JSON");
    assert_eq!(json.member("b").as_ref().map(RawJson::as_str), Some("[1]"));
    assert_eq!(json.member("c"), None);
    assert_eq!(RawJson::parse("[]").expect("JSON").member("b"), None);
}

proptest! {
    #[test]
    fn compact_keeps_value_and_order(
        members in prop::collection::vec((any_text(), any_json(), any::<bool>()), 0..6),
        blanks in "[ \t\r\n]{0,3}",
    ) {
        let join = |blank: &str| {
            let members: Vec<_> = members
                .iter()
                .map(|(key, value, escaped)| {
                    let value = if blank.is_empty() { value.to_string() } else { serde_json::to_string_pretty(value).expect("a value serialises") };
                    format!("{blank}{}{blank}:{blank}{value}{blank}", spell(key, *escaped))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        };
        let json = RawJson::parse(join(&blanks)).expect("JSON");
        let compact = json.compact();
        prop_assert_eq!(compact.as_str(), join(""));
        prop_assert_eq!(compact.to::<Value>().expect("JSON"), json.to::<Value>().expect("JSON"));
    }

    #[test]
    fn a_value_goes_in_and_out_of_serde_unchanged(value in any_json()) {
        let json = RawJson::from_value(&value).expect("a value serialises");
        let text = serde_json::to_string(&[&json]).expect("raw JSON serialises");
        let [back]: [RawJson; 1] = serde_json::from_str(&text).expect("raw JSON deserialises");
        prop_assert_eq!(&back, &json);
        prop_assert_eq!(back.to::<Value>().expect("JSON"), value);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..32), text in any_text()) {
        for text in [bytes, text.into_bytes()] {
            if let Ok(json) = RawJson::parse(text) {
                drop(format!("{json:?} {:?} {:?}", json.compact(), json.member("a")));
            }
        }
    }
}
