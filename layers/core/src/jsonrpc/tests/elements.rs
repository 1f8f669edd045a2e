use proptest::prelude::*;
use serde_json::Value;

use super::any_json;
use crate::{
    Batch, Inbound,
    jsonrpc::{DecodeErrorKind, Limits, decode},
};

fn batch(body: impl Into<bytes::Bytes>) -> Batch {
    match decode(body.into(), Limits::default()) {
        Ok(Inbound::Batch(batch)) => batch,
        other => panic!("not a batch: {other:?}"),
    }
}

fn elements(body: &'static str) -> Vec<String> {
    batch(body).elements().map(|json| json.as_str().to_owned()).collect()
}

#[test]
fn the_elements_of_an_array_are_found_as_they_stand() {
    // RPC-19
    assert_eq!(elements("[]"), [""; 0]);
    assert_eq!(elements(" [ ] "), [""; 0]);
    assert_eq!(elements("[1]"), ["1"]);
    assert_eq!(
        elements(r#"[ {"a":"],["} ,[2,[3]],  "x\"," ,null ]"#),
        [r#"{"a":"],["}"#, "[2,[3]]", r#""x\",""#, "null"]
    );
}

#[test]
fn the_elements_share_the_body() {
    let body = bytes::Bytes::from_static(b"[{\"a\":1}]");
    let element = batch(body.clone()).elements().next().expect("an element");
    assert_eq!(element.as_bytes().as_ptr(), body[1..].as_ptr());
}

#[test]
fn each_element_is_read_as_a_body_is() {
    // RPC-19, RPC-2, RPC-3
    let body = r#"[
        {"jsonrpc":"2.0","id":1,"method":"a"}, {"jsonrpc":"2.0","method":"b"},
        {"jsonrpc":"2.0","id":2,"result":{}}, {"jsonrpc":"2.0","id":null,"method":"c"},
        {"jsonrpc":"2.0","id":3,"method":"d","params":[]}, 7, [{}]
    ]"#;
    let batch = batch(body);
    let mut messages = batch.messages();
    let mut next = || messages.next().expect("an element");
    assert!(matches!(next(), Ok(Inbound::Request(_))));
    assert!(matches!(next(), Ok(Inbound::Notification(_))));
    assert!(matches!(next(), Ok(Inbound::Reply(_))));
    let mut refused = || {
        let error = next().expect_err("no message");
        (error.kind(), error.id().map(ToString::to_string))
    };
    assert_eq!(refused(), (DecodeErrorKind::InvalidRequest, None));
    assert_eq!(refused(), (DecodeErrorKind::InvalidParams, Some("3".into())));
    assert_eq!(refused(), (DecodeErrorKind::InvalidRequest, None));
    assert_eq!(refused(), (DecodeErrorKind::InvalidRequest, None));
    assert!(messages.next().is_none());
}

#[test]
fn an_element_may_be_as_deep_as_its_array_was() {
    // RPC-19
    let depth = 126;
    let body = format!("[{}{}]", "[".repeat(depth), "]".repeat(depth));
    let limits = Limits::default().with_depth(127);
    let Ok(Inbound::Batch(batch)) = decode(body.into(), limits) else { panic!("not a batch") };
    let error = batch.messages().next().expect("an element").expect_err("an array");
    assert_eq!(error.kind(), DecodeErrorKind::InvalidRequest);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_element_is_found_once(values in prop::collection::vec(any_json(), 0..6)) {
        let body = serde_json::to_string(&values).expect("values serialise");
        let found: Vec<Value> =
            batch(body).elements().map(|json| json.to().expect("it is JSON")).collect();
        prop_assert_eq!(found, values);
    }
}
