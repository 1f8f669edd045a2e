//! Makes each request stop when it should: when its client says so or goes away, when
//! its time is up, when its session ends, when the server shuts down.
//!
//! Spec: 2025-03-26…2025-11-25 basic/utilities/cancellation, basic/lifecycle §Timeouts;
//! 2026-07-28 basic/utilities/cancellation, basic/transports; CANCEL-1…CANCEL-10,
//! CANCEL-13, CANCEL-19, CANCEL-20, LISTEN-10, RPC-15, SESS-18, D-14, D-15. Era: both.
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | message |
//! | Reads | `ProtocolVersion`, absent: 2025-11-25; `SessionHandle`, absent: the request cannot be named by another and hangs on no session; `requestId` and `reason` of `notifications/cancelled`, absent: nothing is cancelled; `Principal`, absent: an anonymous caller, whose requests are not counted |
//! | Inserts | `Cancellation` on each request |
//! | Response | no header; where the inner service gives no answer once the token has fired, 200: a stream that ends without a response if the client cancelled, else a JSON-RPC error: 504 timed out, 499 the session ended, 503 shutting down |
//! | Rejects | 400 · -32600 · a request with this id is in flight in the session; 429 · 429 with `Retry-After` · the session has 128 requests in flight, or the principal 1,024 |
//! | Order | inside `protocol_version`, else all is legacy; inside `session`, else no request can be cancelled by notification and none stops with its session; inside authentication, else nobody is counted; inside `batch`, else a batch's requests are not seen; outside the service |
//! | If omitted | a request ends when its future is dropped and no sooner: no time limit, no effect of `notifications/cancelled`, and a legacy client that goes away takes its request along |
//! | To replace | insert `Cancellation` yourself |
//! | State and cost | a table of the requests in flight, shared by all clones; per request one token, one guard, one extension, and in a session one entry under a short lock, in and out, and for a principal the same; one count while the server may be shut down; a timer only if the request has to wait, a task only for work that runs on out of sight; 2,000 instructions for a small call, 1,400 for a modern one |
//! | Security | bounds how long a request and how many per session and per principal are worked on; a client reaches only requests of its own session; its reason is cut at 1 KiB and logged escaped. It cannot stop a handler that blocks its thread |
//!
//! The race between request and token is run here as long as the work is done in place:
//! the inner service is polled first, once more after the token has fired, and then
//! dropped. An inner service that moves its work elsewhere takes `Cancellation` out of
//! the extensions, keeps it until the work is done, and stops when its token fires; a
//! watchdog then keeps the time limit.
//!
//! # Example
//!
//! ```
//! use http::{Request, Response};
//! use mcp_layers::cancellation::CancellationLayer;
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     extensions::{Cancellation, OnDisconnect},
//!     jsonrpc::{Limits, Message, RawJson, decode},
//!     protocol::ProtocolVersion,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = CancellationLayer::new().layer(service_fn(|request: Request<Inbound>| async move {
//!     let cancellation = request.extensions().get::<Cancellation>().expect("on each request");
//!     assert_eq!(cancellation.on_disconnect(), OnDisconnect::Drop);
//!     assert!(!cancellation.token().is_cancelled());
//!     let id = request.body().request_id().expect("a request");
//!     let result = Message::result(id, &RawJson::empty_object());
//!     Ok::<_, std::convert::Infallible>(Response::new(Outbound::Response(result)))
//! }));
//!
//! let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add"}}"#;
//! let mut request = Request::new(decode(call.into(), Limits::default())?);
//! request.extensions_mut().insert(ProtocolVersion::V2026_07_28);
//! let response = service.oneshot(request).await?;
//! assert!(matches!(response.body(), Outbound::Response(_)));
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! ```
//! use std::time::Duration;
//! use http::{Request, Response};
//! use mcp_layers::cancellation::CancellationLayer;
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     jsonrpc::{Limits, MessageKind, code, decode},
//!     shutdown::Shutdown,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let shutdown = Shutdown::new();
//! let layer = CancellationLayer::new()
//!     .with_timeout(Some(Duration::from_secs(2)))
//!     .with_max_in_flight_per_session(16)
//!     .with_max_in_flight_per_principal(64)
//!     .with_shutdown(shutdown.clone());
//! let service = layer.layer(service_fn(|_: Request<Inbound>| {
//!     std::future::pending::<Result<Response<Outbound>, std::convert::Infallible>>()
//! }));
//!
//! let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait"}}"#;
//! let request = Request::new(decode(call.into(), Limits::default())?);
//! let response = service.oneshot(request).await?;
//! let Outbound::Response(message) = response.body() else { panic!() };
//! assert_eq!(message.kind(), MessageKind::Error(code::TIMEOUT));
//! # Ok(())
//! # }
//! ```

mod future;
mod guard;
mod in_flight;
mod layer;
mod notice;
mod principals;
mod service;
#[cfg(test)]
mod tests;
mod wait;

pub use future::ResponseFuture;
pub use layer::CancellationLayer;
pub use service::Cancellation;
