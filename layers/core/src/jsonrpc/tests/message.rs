use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{any_json, any_text, spell};
use crate::jsonrpc::{ErrorObject, Message, MessageKind, Overflow, RawJson, RequestId};

fn text(message: &Message) -> &str {
    std::str::from_utf8(message.bytes()).expect("a message is UTF-8")
}

fn value(message: &Message) -> Value {
    serde_json::from_str(text(message)).expect("a message is JSON")
}

#[test]
fn a_response_repeats_the_id_in_its_exact_form() {
    // RPC-4
    for id in ["98765432109876543210", "-0", r#""\u0041""#, "1", "\"1\""] {
        let id = RequestId::parse(id).expect("an id");
        let start = format!(r#"{{"jsonrpc":"2.0","id":{id},"#);
        let result = Message::result(&id, &RawJson::empty_object());
        assert!(text(&result).starts_with(&start), "{}", text(&result));
        let error = Message::error(Some(&id), &ErrorObject::internal("no"));
        assert!(text(&error).starts_with(&start), "{}", text(&error));
    }
}

#[test]
fn an_error_without_a_readable_id_has_no_id_member() {
    // RPC-12, RPC-13
    let message = Message::error(None, &ErrorObject::parse_error("no"));
    assert_eq!(text(&message), r#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"no"}}"#);
}

#[test]
fn a_response_carries_exactly_one_of_result_and_error() {
    // RPC-5
    let id = RequestId::from(1);
    let result = Message::result_with(&id, 0, |out| out.extend_from_slice(b"{}"));
    assert_eq!(value(&result), json!({"jsonrpc": "2.0", "id": 1, "result": {}}));
    assert_eq!((result.kind(), result.is_response()), (MessageKind::Result, true));
    let error = ErrorObject::new(-32000, "no").with_data(&[1]);
    let error = Message::error(Some(&id), &error);
    let expected = json!({"code": -32000, "message": "no", "data": [1]});
    assert_eq!(value(&error), json!({"jsonrpc": "2.0", "id": 1, "error": expected}));
    assert_eq!((error.kind(), error.is_response()), (MessageKind::Error(-32000), true));
}

#[test]
fn a_notification_has_no_id_and_a_request_has_one() {
    // RPC-11
    let notification = Message::notification("n/\"é", &json!({"a": 1}));
    assert_eq!(
        value(&notification),
        json!({"jsonrpc": "2.0", "method": "n/\"é", "params": {"a": 1}})
    );
    assert_eq!(
        (notification.kind(), notification.is_response()),
        (MessageKind::Notification, false)
    );
    let request = Message::request(&RequestId::from("s1"), "ping", &json!({}));
    assert_eq!(
        value(&request),
        json!({"jsonrpc": "2.0", "id": "s1", "method": "ping", "params": {}})
    );
    assert_eq!((request.kind(), request.is_response()), (MessageKind::Request, false));
}

#[test]
fn params_that_do_not_serialise_are_sent_empty() {
    // RPC-17
    let broken = HashMap::from([(vec![1], 1)]);
    assert_eq!(value(&Message::notification("n", &broken))["params"], json!({}));
}

#[test]
fn a_message_may_not_be_lost_unless_it_says_so() {
    let message = Message::notification("n", &json!({}));
    assert_eq!(message.overflow(), Overflow::Close);
    assert_eq!(message.with_overflow(Overflow::Latest(3)).overflow(), Overflow::Latest(3));
}

#[test]
fn an_error_does_not_echo_a_long_name() {
    let name = "\u{7f}".repeat(100_000);
    for error in [ErrorObject::method_not_found(&name), ErrorObject::unknown("tool", &name)] {
        assert!(error.message().len() < 500, "{} bytes", error.message().len());
    }
    assert_eq!(ErrorObject::method_not_found("a/b").message(), "method not found: \"a/b\"");
    assert_eq!(ErrorObject::unknown("tool", "a").message(), "unknown tool \"a\"");
}

proptest! {
    #[test]
    fn every_message_is_one_json_object_with_jsonrpc_2_0(
        id in any_text(), escaped in any::<bool>(), name in any_text(), payload in any_json(),
    ) {
        // RPC-1
        let raw = RawJson::from_value(&payload).expect("a value serialises");
        let id = RequestId::parse(&spell(&id, escaped)).expect("an id");
        let error = ErrorObject::internal(name.clone()).with_data(&payload);
        for (message, member) in [
            (Message::result(&id, &raw), "result"),
            (Message::error(Some(&id), &error), "error"),
            (Message::request(&id, &name, &raw), "params"),
            (Message::notification(&name, &raw), "params"),
        ] {
            let value = value(&message);
            prop_assert_eq!(&value["jsonrpc"], "2.0");
            let found = if member == "error" { &value["error"]["data"] } else { &value[member] };
            prop_assert_eq!(found, &payload);
            let members = value.as_object().map_or(0, serde_json::Map::len);
            prop_assert_eq!(members, if member == "params" && value.get("id").is_some() { 4 } else { 3 });
        }
    }
}

#[test]
fn a_message_many_streams_share_becomes_json_with_any_id_in_its_gap() {
    // LISTEN-4
    for params in [json!({}), json!({ "uri": "a:b" }), json!(null)] {
        let message = Message::shared_notification("notifications/x", &params);
        for id in ["7", r#""seven""#] {
            let (before, after) = text(&message).split_at(message.gap().expect("a gap"));
            let whole: Value = serde_json::from_str(&format!("{before}{id}{after}")).expect("JSON");
            let id: Value = serde_json::from_str(id).expect("JSON");
            assert_eq!(whole["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], id);
            assert_eq!(whole["params"].get("uri"), params.get("uri"));
        }
    }
    assert_eq!(Message::notification("notifications/x", &json!({})).gap(), None);
}

#[test]
fn a_message_is_made_again_from_its_bytes_and_kind() {
    let id = RequestId::from(7);
    for message in [
        Message::result(&id, &RawJson::empty_object()),
        Message::error(Some(&id), &ErrorObject::internal("no")),
        Message::notification("notifications/progress", &serde_json::json!({})),
        Message::request(&id, "ping", &serde_json::json!({})),
    ] {
        let again = Message::from_encoded(message.clone().into_bytes(), message.kind());
        assert_eq!((again.kind(), again.bytes()), (message.kind(), message.bytes()));
        assert!(message.event().is_some() && again.event().is_none());
        assert_eq!(again.into_bytes(), message.into_bytes());
    }
}

#[test]
fn a_message_is_an_event_as_it_stands_if_it_is_one_line_and_whole() {
    // SSE-1
    let message = Message::notification("notifications/x", &json!({ "text": "a\r\nb" }));
    let event = [b"data: ", message.bytes(), b"\n\n"].concat();
    assert_eq!(message.event().expect("the breaks are escaped"), &event);
    for lines in ["{\n}", "{\r}"] {
        let lines = RawJson::parse(lines).expect("JSON");
        assert_eq!(Message::result(&RequestId::from(1), &lines).event(), None);
    }
    assert_eq!(Message::shared_notification("notifications/x", &json!({})).event(), None);
}
