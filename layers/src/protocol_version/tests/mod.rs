mod claim;
mod header;
mod initialize;
mod legacy;
mod modern_only;
mod service;

use std::convert::Infallible;

use http::{Request, Response};
use mcp_layers_core::{
    Inbound, Outbound,
    extensions::ServedVersions,
    protocol::{ProtocolVersion, meta},
};
use serde_json::{Value, json};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::ProtocolVersionLayer;
use crate::support;

pub(super) const MODERN: &str = "2026-07-28";

/// Runs one message through the layer. The answer's extensions are those that the
/// inner service found.
pub(super) async fn serve(
    layer: &ProtocolVersionLayer,
    request: Request<Inbound>,
) -> Response<Outbound> {
    let inner = service_fn(|request: Request<Inbound>| async move {
        let mut response = support::answer(&request);
        *response.extensions_mut() = request.extensions().clone();
        Ok::<_, Infallible>(response)
    });
    layer.layer(inner).oneshot(request).await.expect("the inner service does not fail")
}

/// As [`serve`], with every revision served.
pub(super) async fn serve_all(request: Request<Inbound>) -> Response<Outbound> {
    serve(&ProtocolVersionLayer::new(), request).await
}

/// The revision that the inner service was told.
pub(super) fn version(response: &Response<Outbound>) -> &'static str {
    response
        .extensions()
        .get::<ProtocolVersion>()
        .expect("the request reached the inner service")
        .as_str()
}

pub(super) fn served(response: &Response<Outbound>) -> &ServedVersions {
    response.extensions().get().expect("the request reached the inner service")
}

pub(super) fn request(method: &str, params: Value) -> Request<Inbound> {
    support::post(json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
}

pub(super) fn notification(params: Value) -> Request<Inbound> {
    support::post(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}))
}

/// Params with nothing but this claim.
pub(super) fn claim(version: impl Into<Value>) -> Value {
    json!({"_meta": {meta::PROTOCOL_VERSION: version.into()}})
}

/// The request with one more `MCP-Protocol-Version` line.
pub(super) fn with_header(mut request: Request<Inbound>, value: &str) -> Request<Inbound> {
    let value = value.parse().expect("a header value");
    request.headers_mut().append("mcp-protocol-version", value);
    request
}

/// The `error.data` of a refusal.
pub(super) fn data(response: &Response<Outbound>) -> Value {
    support::json(response)["error"]["data"].clone()
}

pub(super) fn message(response: &Response<Outbound>) -> String {
    support::json(response)["error"]["message"].as_str().expect("a message").to_owned()
}
