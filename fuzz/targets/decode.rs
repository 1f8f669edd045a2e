//! `jsonrpc::decode` reads what `serde_json` reads, and finds the same parts.
#![no_main]

use std::{borrow::Cow, collections::BTreeMap};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use mcp_layers_core::{
    Inbound,
    jsonrpc::{DecodeErrorKind, Limits, Members, Message, Params, RequestId, decode},
};
use serde_json::{Value, value::RawValue};

type Object<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

fuzz_target!(|body: &[u8]| {
    let limits = Limits::default();
    let decoded = decode(Bytes::copy_from_slice(body), limits);
    let json = serde_json::from_slice::<&RawValue>(body).is_ok();
    let kind = decoded.as_ref().err().map(|error| error.kind());
    match kind {
        // A key may be no text by `Value`'s judgement: half a surrogate pair.
        Some(DecodeErrorKind::Syntax) => assert!(serde_json::from_slice::<Value>(body).is_err()),
        Some(DecodeErrorKind::TooDeep) => assert!(depth(body) > limits.depth),
        _ => assert!(json && depth(body) <= limits.depth),
    }
    match decoded {
        Ok(Inbound::Request(request)) => {
            let message = object(body);
            assert_eq!(request.id.as_json(), message["id"].get());
            assert_eq!(request.method.as_str(), string(message["method"]));
            same_params(&request.params, &message);
            survives(&request.id);
        }
        Ok(Inbound::Notification(notification)) => {
            let message = object(body);
            assert!(!message.contains_key("id"));
            assert_eq!(notification.method.as_str(), string(message["method"]));
            same_params(&notification.params, &message);
        }
        Ok(Inbound::Reply(reply)) => {
            let message = object(body);
            assert_eq!(reply.id.as_json(), message["id"].get());
            match reply.outcome {
                Ok(result) => assert_eq!(result.as_str(), message["result"].get()),
                Err(error) => assert_eq!(error.as_str(), message["error"].get()),
            }
            survives(&reply.id);
        }
        Ok(Inbound::Batch(batch)) => {
            let array: &RawValue = serde_json::from_slice(body).expect("JSON");
            assert_eq!(batch.as_json().as_str(), array.get());
        }
        Ok(other) => panic!("no body makes {other:?}"),
        Err(error) => {
            if let Some(id) = error.id() {
                survives(id);
                if json {
                    assert_eq!(id.as_json(), object(body)["id"].get());
                }
            }
        }
    }
});

/// The id comes back in an answer as it was sent.
fn survives(id: &RequestId) {
    assert_eq!(RequestId::parse(&id.as_json()).as_ref(), Ok(id));
    let answer = Message::result_with(id, 0, |out| out.extend_from_slice(b"{}"));
    let answer: Object<'_> = serde_json::from_slice(answer.bytes()).expect("JSON");
    assert_eq!(answer["id"].get(), id.as_json());
}

fn same_params(params: &Params, message: &Object<'_>) {
    let mut expected: Object<'_> = match message.get("params") {
        Some(params) => serde_json::from_str(params.get()).expect("an object"),
        None => Object::new(),
    };
    let meta = expected.remove("_meta").map(RawValue::get).filter(|meta| meta.starts_with('{'));
    assert_eq!(params.has_meta(), meta.is_some());
    same_members(params, &expected);
    let meta = meta.map(|meta| serde_json::from_str(meta).expect("an object"));
    same_members(params.meta(), &meta.unwrap_or_default());
}

fn same_members(members: &Members, expected: &Object<'_>) {
    assert_eq!(members.len(), expected.len());
    for (key, value) in expected {
        assert_eq!(members.get(key), Some(value.get()), "{key:?}");
        let raw = members.raw(key).expect("it was found above");
        assert_eq!(raw.as_str(), value.get());
        let text = serde_json::from_str::<String>(value.get()).ok();
        assert_eq!(members.string(key).as_deref(), text.as_deref(), "{key:?}");
    }
}

fn object(body: &[u8]) -> Object<'_> {
    serde_json::from_slice(body).expect("the body was taken for an object")
}

fn string(json: &RawValue) -> String {
    serde_json::from_str(json.get()).expect("a string")
}

/// The deepest nesting, strings aside.
fn depth(body: &[u8]) -> usize {
    let (mut open, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' if !in_string => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
