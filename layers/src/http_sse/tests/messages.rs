use bytes::Bytes;
use mcp_layers_core::protocol::ProtocolVersion;
use proptest::prelude::*;

use super::super::messages::{is_answer, negotiated_version, split};

#[test]
fn an_array_is_split_and_nothing_else() {
    // LEGACY-SSE-3
    let split = |text: &'static str| split(&Bytes::from_static(text.as_bytes()));
    assert_eq!(split("{\"a\":[1,2]}"), ["{\"a\":[1,2]}"]);
    assert_eq!(split(" [ {\"a\":1} , {\"b\":[2]} ]"), ["{\"a\":1}", "{\"b\":[2]}"]);
    assert!(split("[]").is_empty());
    assert!(split("[1").is_empty());
}

#[test]
fn an_answer_names_its_request() {
    // LEGACY-SSE-4
    for (text, expected) in [
        (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, true),
        (r#"{"jsonrpc":"2.0","id":"a","error":{}}"#, true),
        (r#"{"jsonrpc":"2.0","error":{}}"#, false),
        (r#"{"jsonrpc":"2.0","id":null,"error":{}}"#, false),
        (r#"{"jsonrpc":"2.0","id":1,"method":"roots/list"}"#, false),
        (r#"{"jsonrpc":"2.0","method":"x"}"#, false),
        ("no JSON", false),
    ] {
        assert_eq!(is_answer(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn only_legacy_revisions_are_learnt() {
    // LEGACY-SSE-9
    for (text, expected) in [
        (
            r#"{"id":1,"result":{"protocolVersion":"2024-11-05"}}"#,
            Some(ProtocolVersion::V2024_11_05),
        ),
        (
            r#"{"id":1,"result":{"protocolVersion":"2025-06-18"}}"#,
            Some(ProtocolVersion::V2025_06_18),
        ),
        (r#"{"id":1,"result":{"protocolVersion":"2026-07-28"}}"#, None),
        (r#"{"id":1,"result":{"protocolVersion":7}}"#, None),
        (r#"{"id":1,"result":{}}"#, None),
        (r#"{"id":1,"error":{}}"#, None),
    ] {
        assert_eq!(negotiated_version(text.as_bytes()), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_judged_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        // LEGACY-SSE-4
        let _ = (is_answer(&bytes), negotiated_version(&bytes));
        let parts = split(&Bytes::from(bytes.clone()));
        prop_assert!(parts.iter().map(Bytes::len).sum::<usize>() <= bytes.len());
    }
}
