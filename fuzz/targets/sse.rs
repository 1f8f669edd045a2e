//! What `sse::encode` writes, a reader after the standard's grammar reads back.
#![no_main]

use std::time::Duration;

use arbitrary::Arbitrary;
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use mcp_layers::negotiate::sse;
use mcp_layers_core::{
    Event,
    jsonrpc::{Message, RawJson, RequestId},
};
use mcp_stack_fuzz::event_stream;
use serde_json::Value;

#[derive(Arbitrary, Debug)]
struct Written<'a> {
    id: Option<&'a str>,
    retry: Option<u32>,
    message: Option<Text<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Text<'a> {
    /// A notification of this method and text.
    Notification(&'a str, &'a str),
    /// A result, if it is JSON: as it stands, line breaks included.
    Result(&'a str),
}

fuzz_target!(|events: Vec<Written<'_>>| {
    let events: Vec<_> = events.into_iter().map(event).collect();
    let mut stream = BytesMut::new();
    for event in &events {
        sse::encode(event, &mut stream);
    }
    let read = event_stream::read(std::str::from_utf8(&stream).expect("SSE is UTF-8"));

    let last_retry = events.iter().filter_map(|event| event.retry).next_back();
    assert_eq!(read.retry.map(Duration::from_millis), last_retry);

    let mut last_id = "";
    let mut dispatched = read.events.iter();
    for event in &events {
        let id = event.id.as_deref().filter(|id| !id.contains(['\r', '\n', '\0']));
        last_id = id.unwrap_or(last_id);
        if event.message.is_none() && id.is_none() {
            continue;
        }
        let got = dispatched.next().expect("an event that carries something is dispatched");
        assert_eq!((&*got.kind, &*got.last_id, got.data_lines), ("message", last_id, 1));
        match &event.message {
            None => assert_eq!(got.data, ""),
            Some(message) => {
                let sent = serde_json::from_slice::<Value>(message.bytes());
                let received = serde_json::from_str::<Value>(&got.data);
                assert_eq!(received.ok(), sent.ok());
                assert_eq!(got.data.len(), message.bytes().len());
            }
        }
    }
    assert_eq!(dispatched.next(), None);
});

fn event(written: Written<'_>) -> Event {
    let mut event = Event::default();
    event.id = written.id.map(Into::into);
    event.retry = written.retry.map(|retry| Duration::from_millis(retry.into()));
    event.message = written.message.and_then(|message| match message {
        Text::Notification(method, text) => {
            Some(Message::notification(method, &serde_json::json!({ "text": text })))
        }
        Text::Result(json) => {
            let json = RawJson::parse(json.to_owned()).ok()?;
            Some(Message::result(&RequestId::from(1), &json))
        }
    });
    event
}
