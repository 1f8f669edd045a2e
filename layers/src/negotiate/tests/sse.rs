use std::time::Duration;

use bytes::BytesMut;
use mcp_layers_core::{
    Event,
    jsonrpc::{Message, RawJson, RequestId},
};
use proptest::prelude::*;

use super::{
    super::{chunk::Chunk, sse::encode},
    decoder::{decode, decode_all},
};

fn encoded(event: &Event) -> String {
    let mut out = BytesMut::new();
    encode(event, &mut out);
    String::from_utf8(out.to_vec()).expect("UTF-8")
}

fn event(result: &str, id: Option<&str>, retry: Option<u64>) -> Event {
    let result = RawJson::parse(result.to_owned()).expect("JSON");
    let mut event = Event::from(Message::result(&RequestId::from(1), &result));
    event.id = id.map(Into::into);
    event.retry = retry.map(Duration::from_millis);
    event
}

#[test]
fn a_message_is_one_event_of_one_data_line() {
    // SSE-1
    let text = encoded(&event("{\"a\":\"ü\\n\"}", None, None));
    assert_eq!(text, "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":\"ü\\n\"}}\n\n");
}

#[test]
fn line_breaks_between_tokens_do_not_reach_the_wire() {
    // SSE-1
    let text = encoded(&event("{\r\n \"a\":\n[1,\r2]\n}", None, None));
    assert_eq!(text, "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{   \"a\": [1, 2] }}\n\n");
}

#[test]
fn a_shared_message_has_the_subscription_of_its_stream() {
    // LISTEN-4
    let message = Message::shared_notification("notifications/x", &serde_json::json!({ "a": 1 }));
    for (id, expected) in [("7", "7"), ("\"seven\"", "\"seven\"")] {
        let mut event = Event::from(message.clone());
        event.subscription = Some(id.into());
        let text = encoded(&event);
        let data = text.strip_prefix("data: ").expect("one line");
        let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
        let meta = &data["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"];
        assert_eq!(meta.to_string(), expected);
        assert_eq!(data["params"]["a"], 1);
    }
}

#[test]
fn events_are_of_the_default_type() {
    // SSE-2
    let text = encoded(&event("{}", Some("x"), Some(1)));
    assert!(!text.contains("event:"));
    assert_eq!(decode(text.as_bytes())[0].kind, "message");
}

#[test]
fn id_and_retry_come_before_the_data() {
    // SSE-1
    let text = encoded(&event("{}", Some("s-1"), Some(2500)));
    assert!(text.starts_with("id: s-1\nretry: 2500\ndata: {"), "{text}");
}

#[test]
fn an_id_without_a_message_has_empty_data() {
    let mut priming = Event::default();
    priming.id = Some("s-0".into());
    assert_eq!(encoded(&priming), "id: s-0\ndata: \n\n");
    priming.retry = Some(Duration::from_secs(3));
    assert_eq!(encoded(&priming), "id: s-0\nretry: 3000\ndata: \n\n");
}

#[test]
fn retry_alone_is_no_event() {
    let mut retry = Event::default();
    retry.retry = Some(Duration::from_secs(1));
    assert_eq!(encoded(&retry), "retry: 1000\n\n");
    assert_eq!(decode_all(b"retry: 1000\n\n"), (vec![], Some(1000), 0));
    assert_eq!(encoded(&Event::default()), "");
}

#[test]
fn events_in_one_frame_are_what_they_are_alone() {
    // SSE-1, SSE-26
    let mut shared = Event::from(Message::shared_notification("m", &serde_json::json!({})));
    shared.subscription = Some("7".into());
    let lines = event("{\n}", None, None);
    let bare = Message::from_encoded("{}".into(), mcp_layers_core::jsonrpc::MessageKind::Request);
    let kinds = [
        event("{}", None, None),
        event("{}", Some("x"), None),
        event("{}", None, Some(1)),
        shared,
        lines,
        bare.into(),
        Event::default(),
    ];
    for (first, second) in kinds.iter().flat_map(|a| kinds.iter().map(move |b| (a, b))) {
        let mut chunk = Chunk::default();
        chunk.push(first);
        chunk.push(second);
        let expected = encoded(first) + &encoded(second);
        assert_eq!((chunk.len(), chunk.is_empty()), (expected.len(), expected.is_empty()));
        assert_eq!(chunk.into_bytes(), expected);
    }
}

#[test]
fn an_id_that_would_break_the_stream_is_left_out() {
    for id in ["a\nb", "a\rdata: x", "\0"] {
        assert!(encoded(&event("{}", Some(id), None)).starts_with("data: "), "{id:?}");
        let mut alone = Event::default();
        alone.id = Some(id.into());
        assert_eq!(encoded(&alone), "", "{id:?}");
    }
}

/// JSON text of an object, with every kind of blank between its tokens.
fn json() -> impl Strategy<Value = String> {
    let blank = "[ \t\r\n]{0,3}";
    prop::collection::vec((any::<String>(), any::<i32>(), blank, blank, blank), 0..4).prop_map(
        |members| {
            let text = |(key, n, a, b, c): &(String, i32, String, String, String)| {
                let key = serde_json::to_string(key).expect("a string");
                format!("{a}{key}{b}:{c}[{n},{b}\"\\r\\n\"]{a}")
            };
            format!("{{{}}}", members.iter().map(text).collect::<Vec<_>>().join(","))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_encoded_is_decoded_unchanged(
        events in prop::collection::vec(
            (json(), prop::option::of("[!-~]{1,12}"), prop::option::of(any::<u32>())),
            1..6,
        ),
    ) {
        // SSE-1, SSE-2
        let mut out = BytesMut::new();
        let (mut last_id, mut last_retry) = (String::new(), None);
        let mut expected = Vec::new();
        for (result, id, retry) in &events {
            let event = event(result, id.as_deref(), retry.map(u64::from));
            encode(&event, &mut out);
            last_id = id.clone().unwrap_or(last_id);
            last_retry = retry.map(u64::from).or(last_retry);
            let message = event.message.expect("every event has one");
            let value: serde_json::Value =
                serde_json::from_slice(message.bytes()).expect("a message is JSON");
            expected.push((value, last_id.clone()));
        }
        let (decoded, retry, comments) = decode_all(&out);
        prop_assert_eq!((retry, comments), (last_retry, 0));
        prop_assert_eq!(decoded.len(), expected.len());
        for (event, (value, id)) in decoded.into_iter().zip(expected) {
            prop_assert_eq!(event.lines, 1);
            prop_assert_eq!(event.kind, "message");
            prop_assert_eq!(event.last_id, id);
            let data: serde_json::Value = serde_json::from_str(&event.data).expect("JSON");
            prop_assert_eq!(data, value);
        }
    }
}
