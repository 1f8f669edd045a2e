//! What the layers' tests share: messages in, answers out.

use http::{Method, Request, Response};
use mcp_layers_core::{
    Inbound, Outbound,
    jsonrpc::{Limits, Message, RawJson, RequestId, decode},
};
use serde_json::Value;

/// A POST of this body, as the border hands it on.
pub fn post(body: impl ToString) -> Request<Inbound> {
    let body = decode(body.to_string().into(), Limits::default()).expect("a valid message");
    Request::post("/mcp").body(body).expect("a valid request")
}

/// A GET, as the border hands it on.
pub fn get() -> Request<Inbound> {
    Request::get("/mcp").body(Inbound::Open).expect("a valid request")
}

/// A DELETE, as the border hands it on.
pub fn delete() -> Request<Inbound> {
    Request::builder()
        .method(Method::DELETE)
        .uri("/mcp")
        .body(Inbound::Terminate)
        .expect("a valid request")
}

/// What a service answers that has nothing to say: an empty result, or 202.
pub fn answer(request: &Request<Inbound>) -> Response<Outbound> {
    Response::new(match request.body().request_id() {
        Some(id) => Outbound::Response(Message::result(id, &RawJson::empty_object())),
        None => Outbound::Accepted,
    })
}

/// The JSON-RPC message of an answer that is one message.
pub fn json(response: &Response<Outbound>) -> Value {
    let message = match response.body() {
        Outbound::Response(message) => message.clone(),
        Outbound::Rejected(rejection) => rejection.to_message(),
        other => panic!("not one message: {other:?}"),
    };
    serde_json::from_slice(message.bytes()).expect("a message is JSON")
}

/// HTTP status and JSON-RPC error code, for tables of rejections.
pub fn refusal(response: &Response<Outbound>) -> (u16, i64) {
    match response.body() {
        Outbound::Rejected(rejection) => (rejection.status().as_u16(), rejection.error().code()),
        other => panic!("not refused: {other:?}"),
    }
}

/// The id `1`, which most tests use.
pub fn id() -> RequestId {
    RequestId::from(1)
}
