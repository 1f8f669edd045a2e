use proptest::prelude::*;
use serde::de::IgnoredAny;

use super::{any_json, any_text, spell};
use crate::jsonrpc::{
    bytes::{plain_len, write_string},
    scan::{DEEPEST, Scanner},
};

fn accepts(json: &str) -> bool {
    let mut scanner = Scanner::new(json, DEEPEST);
    let passed = scanner.value().and_then(|_| scanner.end());
    passed.is_ok() && !scanner.too_deep()
}

fn serde_json_accepts(json: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(json).is_ok()
}

/// JSON that is right, or wrong by a few characters.
fn nearly_json() -> impl Strategy<Value = String> {
    let edits = prop::collection::vec(
        (any::<prop::sample::Index>(), r#"[\[\]{}:,"\\ 0-9eE.+\-tu]?"#),
        0..3,
    );
    (any_json(), any::<bool>(), edits).prop_map(|(value, pretty, edits)| {
        let text = if pretty {
            serde_json::to_string_pretty(&value)
        } else {
            serde_json::to_string(&value)
        };
        let mut chars: Vec<char> = text.expect("a value serialises").chars().collect();
        for (at, with) in edits {
            let at = at.index(chars.len());
            chars.splice(at..=at, with.chars());
            chars.push(' ');
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn the_scanner_accepts_what_serde_json_accepts(json in nearly_json()) {
        prop_assert_eq!(accepts(&json), serde_json_accepts(&json), "{}", json);
    }

    #[test]
    fn the_scanner_accepts_what_serde_json_accepts_of_token_soup(
        json in r#"[\[\]{}:,"\\ntrue0-9eE.+\- \u{0}\u{1f}é]{0,12}"#,
    ) {
        prop_assert_eq!(accepts(&json), serde_json_accepts(&json), "{}", json);
    }

    #[test]
    fn the_scanner_accepts_what_serde_json_accepts_of_numbers(json in "-?[0-9.eE+-]{0,8}") {
        prop_assert_eq!(accepts(&json), serde_json_accepts(&json), "{}", json);
    }

    #[test]
    fn a_value_ends_where_it_ends(value in any_json(), blanks in "[ \t\r\n]{0,3}") {
        let json = value.to_string();
        let text = format!("{blanks}{json}{blanks},{json}");
        let mut scanner = Scanner::new(&text, DEEPEST);
        let range = scanner.value().expect("a value");
        prop_assert_eq!(&text[range], json);
    }

    #[test]
    fn the_plain_part_of_a_string_ends_before_the_first_special_byte(
        mut bytes in prop::collection::vec(0x20_u8.., 0..200),
        special in prop::sample::select(vec![b'"', b'\\', 0, 0x1f]),
        at in any::<prop::sample::Index>(),
    ) {
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = special;
        }
        let expected = bytes
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
            .unwrap_or(bytes.len());
        prop_assert_eq!(plain_len(&bytes), expected);
    }

    #[test]
    fn a_string_is_written_as_serde_json_writes_it(text in any_text()) {
        let mut out = b"before".to_vec();
        write_string(&mut out, &text);
        prop_assert_eq!(out, format!("before{}", spell(&text, false)).into_bytes());
    }

    #[test]
    fn keys_are_unescaped(key in any_text(), escaped in any::<bool>()) {
        let text = format!("{{{}:1}}", spell(&key, escaped));
        let mut found = String::new();
        let mut scanner = Scanner::new(&text, DEEPEST);
        scanner
            .object(|scanner, quoted| {
                found = scanner.unescape(&quoted)?.into_owned();
                scanner.value().map(drop)
            })
            .expect("an object");
        prop_assert_eq!(found, key);
    }
}

#[test]
fn nesting_is_counted_and_not_stacked() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(accepts(&nested(DEEPEST)));
    assert!(!accepts(&nested(DEEPEST + 1)));
    assert!(!accepts(&nested(1_000_000)));
    assert!(!accepts(&"[{\"a\":".repeat(100_000)));
    let value: serde_json::Value =
        serde_json::from_str(&nested(DEEPEST)).expect("serde_json reads what is let through");
    assert!(value.is_array());
}
