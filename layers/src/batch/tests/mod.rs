mod admission;
mod disconnect;
mod messages;
mod readiness;
mod streams;

use std::{
    convert::Infallible,
    future::Future,
    sync::{Arc, Mutex},
};

use futures_core::Stream;
use http::{Request, Response};
use mcp_layers_core::{
    EventStream, Inbound, Outbound, jsonrpc::Message, protocol::ProtocolVersion,
};
use serde_json::{Value, json};
use tower::{Service, ServiceExt, service_fn};
use tower_layer::Layer;

use super::BatchLayer;
use crate::support::{answer, post};

/// An array of these, under 2025-03-26.
fn batch(messages: impl Into<Vec<Value>>) -> Request<Inbound> {
    under(ProtocolVersion::V2025_03_26, messages)
}

fn under(version: ProtocolVersion, messages: impl Into<Vec<Value>>) -> Request<Inbound> {
    let mut request = post(Value::from(messages.into()));
    request.extensions_mut().insert(version);
    request
}

fn call(id: i64, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method })
}

fn notification(method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "method": method })
}

fn cancelled(id: i64) -> Value {
    json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id },
    })
}

fn reply(id: i64) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": {} })
}

/// What the inner service was called with: the method of each message, or `reply`.
#[derive(Debug, Clone, Default)]
struct Calls(Arc<Mutex<Vec<String>>>);

impl Calls {
    fn add(&self, request: &Request<Inbound>) {
        let name = request.body().method().map_or("reply", |method| method.as_str());
        self.0.lock().expect("not poisoned").push(name.to_owned());
    }

    fn names(&self) -> Vec<String> {
        self.0.lock().expect("not poisoned").clone()
    }
}

/// Sends one request through the layer to `inner`; the names of the calls come too.
async fn send<F, R>(
    layer: BatchLayer,
    request: Request<Inbound>,
    inner: F,
) -> (Response<Outbound>, Vec<String>)
where
    F: Fn(Request<Inbound>) -> R + Clone + Send + 'static,
    R: Future<Output = Result<Response<Outbound>, Infallible>> + Send + 'static,
{
    let calls = Calls::default();
    let log = calls.clone();
    let service = layer.layer(service_fn(move |request: Request<Inbound>| {
        log.add(&request);
        inner(request)
    }));
    let Ok(response) = service.oneshot(request).await;
    (response, calls.names())
}

/// The same, to a service that says yes at once.
async fn send_plain(request: Request<Inbound>) -> (Response<Outbound>, Vec<String>) {
    send(BatchLayer::new(), request, |request| async move { Ok(answer(&request)) }).await
}

/// The responses of an answer that is one array, by their ids.
fn responses(response: &Response<Outbound>) -> Vec<Value> {
    let Outbound::Batch(messages) = response.body() else {
        panic!("no array: {:?}", response.body())
    };
    let mut values: Vec<Value> = messages.iter().map(value).collect();
    values.sort_by_key(|message| message["id"].as_i64());
    values
}

fn value(message: &Message) -> Value {
    serde_json::from_slice(message.bytes()).expect("a message is JSON")
}

/// The next message of a stream.
async fn next(events: &mut EventStream) -> Option<Value> {
    let event = std::future::poll_fn(|cx| std::pin::Pin::new(&mut *events).poll_next(cx)).await?;
    event.message.as_ref().map(value)
}
