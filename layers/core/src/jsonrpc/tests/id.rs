use std::collections::HashSet;

use proptest::prelude::*;

use super::{any_text, spell};
use crate::jsonrpc::RequestId;

fn id(json: &str) -> RequestId {
    RequestId::parse(json).expect(json)
}

#[test]
fn ids_are_equal_by_type_and_value() {
    // RPC-4
    let equal = [("\"A\"", r#""\u0041""#), ("0", "-0"), (r#""/""#, r#""\/""#), ("7", "7")];
    for (a, b) in equal {
        assert_eq!(id(a), id(b));
        assert!(HashSet::from([id(a)]).contains(&id(b)), "{a} and {b} hash alike");
    }
    let different = [
        ("1", "\"1\""),
        ("9223372036854775808", "\"9223372036854775808\""),
        ("1", "-1"),
        ("18446744073709551616", "0"),
    ];
    for (a, b) in different {
        assert_ne!(id(a), id(b));
    }
    assert_eq!(RequestId::from("é"), id(r#""\u00e9""#));
    assert_eq!(RequestId::from(i64::MIN), id("-9223372036854775808"));
}

#[test]
fn what_is_no_id_is_refused() {
    // RPC-3
    for json in [
        "", "null", "1.0", "1e2", "01", "-", "+1", "\"", "\"a", "\"a\" ", " 1", "1 ", "\"\\x\"",
        "a", "[]",
    ] {
        assert!(RequestId::parse(json).is_err(), "{json:?}");
    }
}

#[test]
fn an_id_has_at_most_1024_bytes() {
    let of_len = |len: usize| format!("\"{}\"", "x".repeat(len - 2));
    assert!(RequestId::parse(&of_len(1024)).is_ok());
    assert!(RequestId::parse(&of_len(1025)).is_err());
    assert!(RequestId::parse(&"9".repeat(1024)).is_ok());
    assert!(RequestId::parse(&"9".repeat(1025)).is_err());
}

proptest! {
    #[test]
    fn an_id_is_repeated_as_it_came(text in any_text(), escaped in any::<bool>(), number in "-?(0|[1-9][0-9]{0,40})") {
        // RPC-4
        for json in [spell(&text, escaped), number] {
            let id = id(&json);
            let mut written = Vec::new();
            id.write_json(&mut written);
            prop_assert_eq!(written, json.as_bytes());
            prop_assert_eq!(serde_json::to_string(&id).expect("an id serialises"), &*json);
            prop_assert_eq!(id.to_string(), json);
        }
    }

    #[test]
    fn a_string_id_equals_itself_in_every_spelling(text in any_text(), other in any_text()) {
        // RPC-4
        prop_assert_eq!(id(&spell(&text, false)), id(&spell(&text, true)));
        prop_assert_eq!(RequestId::from(&*text), id(&spell(&text, true)));
        prop_assert_eq!(RequestId::from(&*text) == id(&spell(&other, true)), text == other);
    }

    #[test]
    fn no_text_makes_it_panic(text in any_text()) {
        if let Ok(id) = RequestId::parse(&text) {
            prop_assert_eq!(id.as_json(), text);
        }
    }
}
