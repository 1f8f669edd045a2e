mod base64_form;
mod declared;
mod integer;
mod mirrored;
mod names;
mod schema;
mod service;
mod trace;

use std::{convert::Infallible, sync::Arc};

use http::{HeaderName, HeaderValue, Request, Response};
use mcp_layers_core::{
    Inbound, Outbound,
    protocol::{ProtocolVersion, meta},
};
use serde_json::{Value, json};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::{MirroredParam, MirroredParams, RequestMetadataLayer};
use crate::support::{self, refusal};

/// Runs one message through the layer. The answer's extensions are those that the
/// inner service found.
pub(super) async fn serve_with(
    layer: &RequestMetadataLayer,
    request: Request<Inbound>,
) -> Response<Outbound> {
    let inner = service_fn(|request: Request<Inbound>| async move {
        let mut response = support::answer(&request);
        *response.extensions_mut() = request.extensions().clone();
        Ok::<_, Infallible>(response)
    });
    layer.layer(inner).oneshot(request).await.expect("the inner service does not fail")
}

/// As [`serve_with`], without mirrored params.
pub(super) async fn serve(request: Request<Inbound>) -> Response<Outbound> {
    serve_with(&RequestMetadataLayer::new(), request).await
}

/// Whether the inner service was reached; a refusal is 400 with this code.
pub(super) fn outcome(response: &Response<Outbound>) -> Result<(), i64> {
    match response.body() {
        Outbound::Rejected(_) => {
            let (status, code) = refusal(response);
            assert_eq!(status, 400);
            Err(code)
        }
        _ => Ok(()),
    }
}

pub(super) const MISMATCH: Result<(), i64> = Err(-32020);
pub(super) const INVALID_PARAMS: Result<(), i64> = Err(-32602);

/// A complete modern `_meta`.
pub(super) fn complete_meta() -> Value {
    json!({meta::PROTOCOL_VERSION: "2026-07-28", meta::CLIENT_CAPABILITIES: {}})
}

/// A request of this revision, whatever it says itself.
pub(super) fn under(version: ProtocolVersion, body: Value) -> Request<Inbound> {
    let mut request = support::post(body);
    request.extensions_mut().insert(version);
    request
}

/// A modern request without headers. `_meta` is complete unless `params` has one.
pub(super) fn bare(method: &str, mut params: Value) -> Request<Inbound> {
    if params.get("_meta").is_none() {
        params["_meta"] = complete_meta();
    }
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    under(ProtocolVersion::V2026_07_28, body)
}

/// A modern request with its `Mcp-Method`.
pub(super) fn modern(method: &str, params: Value) -> Request<Inbound> {
    with_header(bare(method, params), "mcp-method", method)
}

/// The request with one more header line of these bytes.
pub(super) fn with_header(
    mut request: Request<Inbound>,
    name: &str,
    value: impl AsRef<[u8]>,
) -> Request<Inbound> {
    let name = HeaderName::try_from(name).expect("a header name");
    let value = HeaderValue::from_bytes(value.as_ref()).expect("a header value");
    request.headers_mut().append(name, value);
    request
}

pub(super) fn message(response: &Response<Outbound>) -> String {
    support::json(response)["error"]["message"].as_str().expect("a message").to_owned()
}
