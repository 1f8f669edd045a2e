//! The border between the zones: reads a request's bytes into one JSON-RPC
//! message, and writes the answer as JSON or as server-sent events.
//!
//! Spec: 2026-07-28 and 2025-03-26…2025-11-25 basic/transports §Streamable HTTP;
//! NEG-1…NEG-21, NEG-24…NEG-26, RPC-1…RPC-5, RPC-10, RPC-12, RPC-13,
//! RPC-16…RPC-18, SSE-1…SSE-4, SSE-6…SSE-13, SSE-26, ERR-8. Era: both.
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | bytes outside, message inside |
//! | Reads | the method; `Content-Type`, `Content-Length`; `Accept`, whose absence means both media types; `MCP-Protocol-Version`, whose absence means legacy; the body, once |
//! | Inserts | nothing: method, URI, headers and extensions are handed on as they came |
//! | Response | `Content-Type`; on streams `Cache-Control: no-cache` and `X-Accel-Buffering: no`; on 204 to OPTIONS and on 405 `Allow`; the headers and extensions of the inner response stay |
//! | Rejects | 405 · -32600 · another method, or GET and DELETE of a modern revision; 415 · -32600 · a POST that is not `application/json`; 406 · -32600 · `Accept` leaves nothing to answer with; 413 · -32600 · the body is over the limit; 400 · -32700 · no JSON; 400 · -32600 · no JSON-RPC message, JSON too deep, a body that breaks off, or a modern reply; 400 · -32602 · `params` is no object |
//! | Order | typed: every bytes layer is outside, every message layer inside; a body limit, timeout or decompression of the host's goes outside |
//! | If omitted | nothing of the message zone can be called; this layer is not optional |
//! | To replace | no extension: any layer from `http::Request<B>` to `http::Request<Inbound>` that answers `Outbound` |
//! | State and cost | stateless; per POST one clone of the inner service, one box, one wait for the body, one scan of it and no copy of a body that comes in one frame; a plain JSON answer allocates its header map and no more; a stream needs tokio's timer unless the heartbeat is off; with the service alone a small call is 25,300 instructions, where the same work on bare hyper is 22,800, and a modern one 31,100, where it is 31,800 |
//! | Security | bounds size and depth before anything is built from the body; a cross-site form cannot post, since its media types are refused; it bounds no time, and leaves the number and size of headers to the HTTP server (NEG-20) |
//!
//! # Example
//!
//! ```
//! use http::{Request, Response};
//! use http_body_util::BodyExt;
//! use mcp_layers::negotiate::NegotiateLayer;
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     jsonrpc::{Message, RawJson},
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = NegotiateLayer::new().layer(service_fn(|request: Request<Inbound>| async move {
//!     let answer = match request.body().request_id() {
//!         Some(id) => Outbound::Response(Message::result(id, &RawJson::empty_object())),
//!         None => Outbound::Accepted,
//!     };
//!     Ok::<_, std::convert::Infallible>(Response::new(answer))
//! }));
//!
//! let request = Request::post("/mcp")
//!     .header("content-type", "application/json")
//!     .body(r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#.to_owned())?;
//! let response = service.oneshot(request).await?;
//! assert_eq!(response.headers()["content-type"], "application/json");
//! let body = response.into_body().collect().await?.to_bytes();
//! assert_eq!(body, r#"{"jsonrpc":"2.0","id":"a","result":{}}"#);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! ```
//! use std::time::Duration;
//!
//! use http::{Request, Response};
//! use mcp_layers::negotiate::NegotiateLayer;
//! use mcp_layers_core::{Inbound, Outbound};
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let layer = NegotiateLayer::new()
//!     .strict()
//!     .with_max_body_bytes(64 * 1024)
//!     .with_max_depth(16)
//!     .with_heartbeat(Some(Duration::from_secs(5)));
//! let service = layer.layer(service_fn(|_: Request<Inbound>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Outbound::Accepted))
//! }));
//!
//! let request = Request::post("/mcp")
//!     .header("content-type", "application/json")
//!     .header("accept", "application/json")
//!     .body(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned())?;
//! assert_eq!(service.oneshot(request).await?.status(), 406);
//! # Ok(())
//! # }
//! ```
//!
//! What an inner answer becomes; a status the inner service set stays where none
//! is named:
//!
//! | answer to | `Outbound` | client takes | on the wire |
//! |---|---|---|---|
//! | a request, a batch, DELETE | `Response` | JSON | `application/json` |
//! | | | only SSE | one event; if the status is not 200, `application/json` |
//! | | `Response` with -32020, -32021 or -32022 | | 400, `application/json` |
//! | a batch | `Batch` | JSON | one array, `application/json` |
//! | | | only SSE | one event for each response |
//! | a request, a batch | `Stream` | SSE | `text/event-stream` |
//! | | | only JSON | the first response of the stream, or an array of all responses to a batch, as `application/json`; 406 if a request to the client comes first or the stream is a subscription; -32603 if it ends without a response |
//! | GET | `Stream` | SSE | `text/event-stream` |
//! | | `Response`, `Accepted`, `NoContent` | | 405 with `Allow` |
//! | a notification, a reply | `Response` with an error | | the status if it is an error, else 400; no body |
//! | | any other but `Rejected` | | 202, no body |
//! | any but GET | `Accepted`, `NoContent` | | 202, 204, no body |
//! | any | `Rejected` | | its status and headers, `application/json` with the request's id; never 2xx unless a request, a batch or DELETE is refused |

mod accept;
mod admit;
mod body;
mod body_in;
mod chunk;
mod drain;
mod exchange;
mod future;
mod heartbeat;
mod layer;
mod response;
mod service;
pub mod sse;
#[cfg(test)]
mod tests;

pub use accept::Accept;
pub use body::ResponseBody;
pub use future::ResponseFuture;
pub use layer::NegotiateLayer;
pub use service::Negotiate;
