use super::super::{ClientCapabilities, ClientInfo};
use crate::jsonrpc::RawJson;

fn json(text: &'static str) -> RawJson {
    RawJson::parse(text).expect("JSON")
}

#[test]
fn a_capability_is_declared_by_any_value_but_null_and_false() {
    // RPC-18: members that are not known are ignored.
    let capabilities = ClientCapabilities::new(json(
        r#"{"x":[1],"elicitation":{"url":{}},"sampling":true,"roots":false,"tasks":null,"a\u0062":{}}"#,
    ));
    for path in [&["elicitation"][..], &["elicitation", "url"], &["sampling"], &["x"], &["ab"]] {
        assert!(capabilities.has(path), "{path:?}");
    }
    for path in [&["roots"][..], &["tasks"], &["none"], &["elicitation", "form"], &["x", "0"]] {
        assert!(!capabilities.has(path), "{path:?}");
    }
    assert_eq!(capabilities.get(&["x"]), Some(json("[1]")));
}

#[test]
fn without_a_declaration_there_are_no_capabilities() {
    assert!(!ClientCapabilities::default().has(&["sampling"]));
    assert!(!ClientCapabilities::new(json("[]")).has(&["sampling"]));
}

#[test]
fn name_and_version_are_read_each_on_its_own() {
    let info = ClientInfo::new(json(r#"{"name":"prob\u0065","title":"T"}"#));
    assert_eq!((info.name().as_deref(), info.version()), (Some("probe"), None));
    let info = ClientInfo::new(json(r#"{"name":7,"version":"1"}"#));
    assert_eq!((info.name(), info.version().as_deref()), (None, Some("1")));
    assert_eq!(ClientInfo::new(json("null")).name(), None);
}
