use mcp_stack::{Input, ListRoots};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{V, declared, is_valid, params, raw};

#[test]
fn roots_are_asked_for_without_params() {
    for version in V::ALL {
        assert_eq!(params(&ListRoots, version), json!({}));
    }
} // MRTR-5

#[test]
fn roots_are_asked_only_of_clients_that_declared_them() {
    let path: Option<&'static [&'static str]> = Some(&["roots"]);
    for version in V::ALL {
        assert_eq!(ListRoots.missing(None, version), path);
        assert_eq!(ListRoots.missing(Some(&declared(json!({}))), version), path);
        assert_eq!(ListRoots.missing(Some(&declared(json!({ "roots": {} }))), version), None);
    }
} // ROOTS-1, MRTR-6

#[test]
fn roots_are_read_with_their_names() {
    let answer = json!({ "roots": [
        { "uri": "file:///home/a%20b", "name": "A", "_meta": {} },
        { "uri": "file:///" },
    ], "more": true });
    let roots = ListRoots.read(&raw(answer)).expect("roots");
    let roots: Vec<_> = roots.iter().map(|root| (root.uri(), root.name())).collect();
    assert_eq!(roots, [("file:///home/a%20b", Some("A")), ("file:///", None)]);
    assert_eq!(ListRoots.read(&raw(json!({ "roots": [] }))), Ok(Vec::new()));
} // ROOTS-2

#[test]
fn an_answer_that_is_no_list_of_roots_is_an_error() {
    let root = |uri: &str| json!({ "roots": [{ "uri": uri }] });
    for answer in [
        json!(12345),
        json!(null),
        json!([[]]),
        json!({}),
        json!({ "roots": {} }),
        json!({ "roots": ["file:///a"] }),
        json!({ "roots": [["file:///a", "name"]] }),
        json!({ "roots": [{ "uri": "file:///a", "name": 1 }] }),
        json!({ "roots": [{}] }),
        root("https://example.com/"),
        root("file:/a"),
        root("/a"),
        root("file:///a b"),
        root("file:///a/../b"),
        root("file:///a/%2E%2e/b"),
    ] {
        assert!(ListRoots.read(&raw(answer.clone())).is_err(), "{answer}");
    }
} // ROOTS-2, MRTR-17

proptest! {
    #[test]
    fn what_is_accepted_is_a_list_of_roots(uri in "(file://)?[a-z/%.#: é]{0,8}") {
        let answer = json!({ "roots": [{ "uri": uri }] });
        if ListRoots.read(&raw(answer.clone())).is_ok() {
            prop_assert!(is_valid("ListRootsResult", &answer), "{}", answer);
        }
    } // MRTR-17
}
