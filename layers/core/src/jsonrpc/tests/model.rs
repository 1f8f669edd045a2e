//! `decode` against a model that reads the whole body with `serde_json`.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::any_json;
use crate::{
    Inbound,
    jsonrpc::{DecodeError, DecodeErrorKind, Limits, Members, Params, RequestId, decode},
};

/// Messages that are right or wrong in each member; an absent one is `None`.
fn any_message() -> impl Strategy<Value = Value> {
    let id = prop_oneof![
        3 => any::<i64>().prop_map(Value::from),
        2 => "[a-z\"\\\\é]{0,5}".prop_map(Value::from),
        1 => any_json(),
    ];
    let method = prop_oneof![
        4 => prop::sample::select(vec!["ping", "tools/call", "acme/é"]).prop_map(Value::from),
        1 => any_json(),
    ];
    let with_meta = prop::collection::vec(("[a-c]", any_json()), 0..4).prop_flat_map(|members| {
        any_json().prop_map(move |meta| {
            let mut params = Map::from_iter(members.clone());
            params.insert("_meta".into(), meta);
            Value::Object(params)
        })
    });
    let members = (
        prop_oneof![9 => Just(Value::from("2.0")), 1 => any_json()],
        prop::option::of(id),
        prop::option::weighted(0.7, method),
        prop::option::of(prop_oneof![3 => with_meta, 2 => any_json()]),
        prop::option::weighted(0.3, any_json()),
        prop::option::weighted(0.2, any_json()),
        prop::option::weighted(0.2, any_json()),
    );
    members.prop_map(|(jsonrpc, id, method, params, result, error, other)| {
        let names = ["id", "method", "params", "result", "error", "other"];
        let values = [id, method, params, result, error, other];
        let mut message = Map::new();
        for (name, value) in names.into_iter().zip(values) {
            message.extend(value.map(|value| (name.to_owned(), value)));
        }
        message.insert("jsonrpc".into(), jsonrpc);
        Value::Object(message)
    })
}

/// What the message is, and the id it has for that purpose.
fn expected(message: &Value) -> Result<(&'static str, Option<&Value>), DecodeErrorKind> {
    let Value::Object(members) = message else {
        return match message {
            Value::Array(_) => Ok(("batch", None)),
            _ => Err(DecodeErrorKind::InvalidRequest),
        };
    };
    let id = members.get("id");
    let valid_id = id.is_none_or(|id| id.is_string() || id.is_i64() || id.is_u64());
    if message["jsonrpc"] != "2.0" || !valid_id {
        return Err(DecodeErrorKind::InvalidRequest);
    }
    let (result, error) = (members.contains_key("result"), members.contains_key("error"));
    match (members.get("method"), id, result, error) {
        (Some(Value::String(_)), id, false, false) => match members.get("params") {
            None | Some(Value::Object(_)) => {
                Ok((if id.is_some() { "request" } else { "notification" }, id))
            }
            Some(_) => Err(DecodeErrorKind::InvalidParams),
        },
        (None, Some(_), true, false) | (None, Some(_), false, true) => Ok(("reply", id)),
        _ => Err(DecodeErrorKind::InvalidRequest),
    }
}

fn found(inbound: &Inbound) -> (&'static str, Option<&RequestId>) {
    match inbound {
        Inbound::Request(request) => ("request", Some(&request.id)),
        Inbound::Notification(_) => ("notification", None),
        Inbound::Reply(reply) => ("reply", Some(&reply.id)),
        Inbound::Batch(_) => ("batch", None),
        other => panic!("not a body: {other:?}"),
    }
}

fn as_value(members: &Members) -> Value {
    let read = |json| serde_json::from_str::<Value>(json).expect("a member is JSON");
    members.iter().map(|member| (member.key.to_owned(), read(member.value))).collect()
}

fn agree(message: &Value, params: Option<&Params>) -> Result<(), TestCaseError> {
    let Some(params) = params else { return Ok(()) };
    let mut members = message.get("params").and_then(Value::as_object).cloned().unwrap_or_default();
    let meta = members.remove("_meta").filter(Value::is_object);
    prop_assert_eq!(params.has_meta(), meta.is_some());
    prop_assert_eq!(as_value(params.meta()), meta.unwrap_or(Value::Object(Map::new())));
    prop_assert_eq!(&as_value(params), &Value::Object(members.clone()));
    prop_assert_eq!(params.to::<Value>().expect("an object"), Value::Object(members));
    Ok(())
}

proptest! {
    #[test]
    fn decode_agrees_with_serde_json(message in any_message(), pretty in any::<bool>()) {
        // RPC-2, RPC-3, RPC-4, RPC-5, RPC-17, RPC-18
        let text = if pretty { serde_json::to_string_pretty(&message) } else { serde_json::to_string(&message) };
        let decoded = decode(text.expect("a value serialises").into(), Limits::default());
        match (&decoded, expected(&message)) {
            (Ok(inbound), Ok((kind, id))) => {
                let (found_kind, found_id) = found(inbound);
                prop_assert_eq!(found_kind, kind);
                let found_id = found_id.map(|id| id.as_json().into_owned());
                prop_assert_eq!(found_id, id.map(Value::to_string));
                agree(&message, inbound.params())?;
            }
            (Err(error), Err(kind)) => prop_assert_eq!(error.kind(), kind),
            (decoded, expected) => prop_assert!(false, "{decoded:?} is not {expected:?}"),
        }
    }

    #[test]
    fn decode_agrees_with_serde_json_on_any_value(value in any_json()) {
        let decoded = decode(value.to_string().into(), Limits::default());
        prop_assert_eq!(decoded.as_ref().err().map(DecodeError::kind), expected(&value).err());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), at in any::<prop::sample::Index>()) {
        let _ = decode(bytes.clone().into(), Limits::default());
        // Inside a message, where more of it is looked at.
        let message = br#"{"jsonrpc":"2.0","id":"a","method":"m","params":{"k":{"a":[1.5e3,true]},"_meta":{"t":"\u00e9"}}}"#;
        let mut message = message.to_vec();
        let at = at.index(message.len());
        message.splice(at..at, bytes);
        match decode(message.into(), Limits::default()) {
            Ok(inbound) => drop(format!("{inbound:?} {:?}", inbound.params().map(as_value_of))),
            Err(error) => drop(format!("{error} {:?}", error.to_error_object())),
        }
    }
}

fn as_value_of(params: &Params) -> (Vec<String>, Vec<String>) {
    let keys = |members: &Members| members.iter().map(|member| member.key.to_owned()).collect();
    (keys(params), keys(params.meta()))
}
