//! Reads what a modern request says about itself in `_meta`, and checks the
//! headers that repeat parts of the body.
//!
//! Spec: 2026-07-28 basic §Per-request metadata, basic/transports §Mirrored
//! headers, server/utilities/logging; META-1…META-3, META-5, META-8…META-24,
//! META-29, META-31…META-33, META-38, META-39, OTEL-1, OTEL-2, LOG-5, TASK-27; and
//! [`MirroredParam::from_schema`] for META-25…META-28. Era: modern; the trace
//! context is read in both.
//!
//! | header | repeats | on |
//! |---|---|---|
//! | `Mcp-Method` | `method` | every request |
//! | `Mcp-Name` | `params.name` | `tools/call`, `prompts/get` |
//! | `Mcp-Name` | `params.uri` | `resources/read` |
//! | `Mcp-Name` | `params.taskId` | `tasks/get`, `tasks/update`, `tasks/cancel` |
//! | `Mcp-Param-{Name}` | the argument annotated `"x-mcp-header": "{Name}"` | `tools/call` |
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | message |
//! | Reads | `ProtocolVersion` (absent: 2025-11-25, so nothing is checked); `_meta`; `Mcp-Method`, `Mcp-Name`, `Mcp-Param-*` and the params they repeat |
//! | Inserts | `ClientCapabilities` and, if stated, `ClientInfo` (modern requests); `TraceContext` (requests and notifications of both eras) |
//! | Response | nothing |
//! | Rejects | modern requests only. 400 · -32602 · `_meta` lacks the protocol version or the client's capabilities, a key has the wrong type, the log level is none of the eight, a mirrored argument has the wrong type or is beyond ±(2^53 − 1). 400 · -32020 · a header that repeats the body is missing, differs, cannot be decoded, or repeats what is not there |
//! | Order | inside `protocol_version`; else: nothing is checked. Outside `policy`, `rate_limit`, `tasks`, `telemetry` and the service, which read what it inserts |
//! | If omitted | no client has any capability, no headers are compared, and no trace goes on |
//! | To replace | insert `ClientCapabilities`, `ClientInfo` and `TraceContext` |
//! | State and cost | none of its own; no await. Per modern request one extension, or two, without a copy of the body; one lookup per `tools/call`; allocates to decode Base64, to unescape, for a trace, and to refuse; 300 instructions for a small legacy call, 4,600 for a modern one with its mirrored headers |
//! | Security | an intermediary that acted on a header acted on what the body says; the service goes by the body alone (META-31). `clientInfo` and the trace are claims of the client's |
//!
//! # Example
//!
//! ```
//! use http::Request;
//! use mcp_layers::request_metadata::RequestMetadataLayer;
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     extensions::ClientCapabilities,
//!     jsonrpc::{Limits, decode},
//!     protocol::ProtocolVersion,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = RequestMetadataLayer::new().layer(service_fn(|request: Request<Inbound>| async move {
//!     let capabilities = request.extensions().get::<ClientCapabilities>();
//!     assert!(capabilities.is_some_and(|declared| declared.has(&["sampling"])));
//!     Ok::<_, std::convert::Infallible>(http::Response::new(Outbound::Accepted))
//! }));
//!
//! let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{
//!     "io.modelcontextprotocol/protocolVersion":"2026-07-28",
//!     "io.modelcontextprotocol/clientCapabilities":{"sampling":{}}}}}"#;
//! let request = Request::post("/mcp")
//!     .header("mcp-method", "tools/list")
//!     .extension(ProtocolVersion::V2026_07_28) // by the protocol_version layer
//!     .body(decode(body.into(), Limits::default())?)?;
//! assert_eq!(service.oneshot(request).await?.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! A tool that has its `region` repeated in `Mcp-Param-Region`, so that a gateway
//! can route calls without reading bodies.
//!
//! ```
//! use std::sync::Arc;
//!
//! use http::Request;
//! use mcp_layers::request_metadata::{MirroredParam, MirroredParams, RequestMetadataLayer};
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     jsonrpc::{Limits, decode},
//!     protocol::ProtocolVersion,
//! };
//! use serde_json::json;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! struct Deploy(Arc<[MirroredParam]>);
//!
//! impl MirroredParams for Deploy {
//!     fn of_tool(&self, name: &str) -> Option<Arc<[MirroredParam]>> {
//!         (name == "deploy").then(|| self.0.clone())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = json!({
//!     "type": "object",
//!     "properties": { "region": { "type": "string", "x-mcp-header": "Region" } },
//! });
//! let deploy = Deploy(MirroredParam::from_schema(&schema)?.into());
//! let service = RequestMetadataLayer::new()
//!     .with_mirrored_params(Arc::new(deploy))
//!     .layer(service_fn(|_: Request<Inbound>| async {
//!         Ok::<_, std::convert::Infallible>(http::Response::new(Outbound::Accepted))
//!     }));
//!
//! let call = |region: &'static str| {
//!     let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{
//!         "name":"deploy","arguments":{"region":"eu"},"_meta":{
//!         "io.modelcontextprotocol/protocolVersion":"2026-07-28",
//!         "io.modelcontextprotocol/clientCapabilities":{}}}}"#;
//!     Request::post("/mcp")
//!         .header("mcp-method", "tools/call")
//!         .header("mcp-name", "deploy")
//!         .header("mcp-param-region", region)
//!         .extension(ProtocolVersion::V2026_07_28)
//!         .body(decode(body.into(), Limits::default()).expect("a valid message"))
//! };
//! assert_eq!(service.clone().oneshot(call("eu")?).await?.status(), 200);
//! assert_eq!(service.oneshot(call("us")?).await?.status(), 400);
//! # Ok(())
//! # }
//! ```

mod arguments;
mod base64_form;
mod checks;
mod declared;
mod integer;
mod layer;
mod mirrored;
mod names;
mod schema;
mod service;
mod trace;

#[cfg(test)]
mod tests;

pub use base64_form::{
    InvalidMirroredValue, InvalidMirroredValueKind, decode as decode_mirrored,
    encode as encode_mirrored,
};
pub use layer::RequestMetadataLayer;
pub use mcp_layers_core::ResponseFuture;
pub use mirrored::{MirroredKind, MirroredParam, MirroredParams};
pub use schema::{InvalidMirroredParam, InvalidMirroredParamKind};
pub use service::RequestMetadata;
