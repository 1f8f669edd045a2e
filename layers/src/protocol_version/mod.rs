//! Decides by which revision of the protocol a message is served, and refuses
//! revisions that are not.
//!
//! Spec: 2026-07-28 basic/versioning, basic/transports §Protocol Version Header,
//! 2025-03-26…2025-11-25 basic/lifecycle §Version Negotiation; VER-1…VER-22,
//! INIT-2…INIT-4, DISC-8, D-1…D-7, D-33, D-35. Era: both.
//!
//! The body is read first. The *claim* is `_meta`'s
//! `io.modelcontextprotocol/protocolVersion` (D-1):
//!
//! 1. There is a claim: modern, whatever the method. The header must repeat it.
//! 2. No claim, `initialize`: legacy. `params.protocolVersion` alone decides, and
//!    what is not served is answered with the newest legacy revision that is.
//! 3. No claim, and the header names a modern revision: modern, so a request lacks
//!    its claim.
//! 4. Anything else: legacy. The header decides; without it 2025-03-26 is assumed
//!    until the session layer says what was negotiated.
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | message |
//! | Reads | `MCP-Protocol-Version`, trimmed; `_meta`; the params of `initialize`; whether there is an `Mcp-Session-Id`, only where no revision before 2025-06-18 is served |
//! | Inserts | `ProtocolVersion`, which `session` narrows to the negotiated one; `ServedVersions` on `initialize` and `server/discover` |
//! | Response | nothing |
//! | Rejects | 400 · -32020 · header and claim differ, a claim comes without header, or a modern-only server gets neither. 400 · -32022 with `data.supported` (the modern revisions) and `data.requested` · the revision is not served, or the legacy header is malformed. 400 · -32602 · a modern header without claim, or a claim that is no string. 400 · -32600 · no header and no session where 2025-03-26 is not served; an array or a reply that is modern. 405 · -32600 · GET or DELETE that is modern |
//! | Order | inside `negotiate` (typed); else: outside `request_metadata`, `session`, `batch`, `cancellation` and the service, which read what it inserts |
//! | If omitted | every message is served as 2025-11-25, and the modern revision is out of reach |
//! | To replace | insert `ProtocolVersion`, and `ServedVersions` if `server/discover` is to list fewer than all |
//! | State and cost | the list of revisions, a copy in each clone; no lookup, no await; per request two extensions, and no other allocation unless it is refused; 1,200 instructions for a small call, 1,500 for a modern one |
//! | Security | no request is served by rules other than those it was judged by, and nothing is remembered from one request to the next; it authenticates nothing |
//!
//! # Example
//!
//! ```
//! use http::Request;
//! use mcp_layers::protocol_version::ProtocolVersionLayer;
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     jsonrpc::{Limits, decode},
//!     protocol::ProtocolVersion,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ProtocolVersionLayer::new().layer(service_fn(|request: Request<Inbound>| async move {
//!     assert_eq!(request.extensions().get(), Some(&ProtocolVersion::V2026_07_28));
//!     Ok::<_, std::convert::Infallible>(http::Response::new(Outbound::Accepted))
//! }));
//!
//! let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{
//!     "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#;
//! let request = Request::post("/mcp")
//!     .header("mcp-protocol-version", "2026-07-28")
//!     .body(decode(body.into(), Limits::default())?)?;
//! assert_eq!(service.oneshot(request).await?.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! A server of the modern revision alone refuses `initialize`, and says what it
//! serves instead.
//!
//! ```
//! use http::Request;
//! use mcp_layers::protocol_version::ProtocolVersionLayer;
//! use mcp_layers_core::{
//!     Inbound, Outbound, Rejection,
//!     jsonrpc::{Limits, decode},
//!     protocol::ProtocolVersion,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ProtocolVersionLayer::new()
//!     .with_versions([ProtocolVersion::V2026_07_28])
//!     .layer(service_fn(|_: Request<Inbound>| async {
//!         Ok::<_, std::convert::Infallible>(http::Response::new(Outbound::Accepted))
//!     }));
//!
//! let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize",
//!     "params":{"protocolVersion":"2025-11-25"}}"#;
//! let request = Request::post("/mcp").body(decode(body.into(), Limits::default())?)?;
//! let response = service.oneshot(request).await?;
//! let refusal = response.extensions().get::<Rejection>().expect("it is refused");
//! assert_eq!(refusal.error().code(), -32022);
//! assert!(refusal.error().message().contains("2026-07-28"));
//! # Ok(())
//! # }
//! ```

mod era;
mod header;
mod layer;
mod service;
mod versions;

#[cfg(test)]
mod tests;

pub use layer::ProtocolVersionLayer;
pub use mcp_layers_core::ResponseFuture;
pub use service::ProtocolVersion;
