//! Takes an array of messages apart, for clients of the revisions that have batches, and
//! answers all its requests at once.
//!
//! Spec: 2025-03-26 basic/transports §Sending Messages to the Server, basic §Batching;
//! RPC-19…RPC-27, VER-10, D-20, D-35. Era: legacy; of later revisions an array is refused.
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | message |
//! | Reads | `ProtocolVersion`, absent: 2025-11-25, which has no arrays; of `SessionHandle` the log level, absent: all log messages |
//! | Inserts | nothing: each message gets a copy of the surrounding request's method, URI, headers and extensions |
//! | Response | none of its own; headers and extensions of the answers to single messages are dropped |
//! | Rejects | 400 · -32600 · an array under a revision after 2025-03-26, an empty one, one of more than 100 messages, or one with `initialize` or a modern claim in it. An array of nothing but notifications and replies of which one is refused gets that refusal. What is no message gets its error among the answers |
//! | Order | inside `protocol_version` and `session`, else the revision is not known and every array is refused; outside `cancellation`, else the ids of its requests are not known |
//! | If omitted | the service refuses arrays: 400, -32600 |
//! | To replace | no extension; any layer that calls the inner service once for each message and answers `Outbound::Batch` |
//! | State and cost | stateless; one more comparison for what is no array. An array is counted in one scan that stops at the limit, and taken apart in a second; each message then costs a clone of the inner service, one of the request's extensions, and an allocation. From the first message that is no response the rest runs on one task, for which a drain waits; 200 instructions for a small call |
//! | Security | bounds how many messages one POST may bring, and how many are at work at once; a limit on requests that stands outside counts an array once, so put `rate_limit` inside it |
//!
//! Up to 8 requests of an array are at work at once, in the order they were sent; their
//! responses come in the order they are ready (RPC-22). Notifications and replies never
//! wait for a request, but a `notifications/cancelled` for a request of the same array
//! goes right after that one, wherever it stood. As long as there are responses only, the
//! answer is `Outbound::Batch`, which the border writes as one JSON array (D-20). At the
//! first progress, log message or request to the client it becomes a stream: one event for
//! each response, closed after the last (RPC-23).
//!
//! # Example
//!
//! ```
//! use http::{Request, Response};
//! use mcp_layers::batch::BatchLayer;
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     jsonrpc::{Limits, Message, RawJson, decode},
//!     protocol::ProtocolVersion,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = BatchLayer::new().layer(service_fn(|request: Request<Inbound>| async move {
//!     Ok::<_, std::convert::Infallible>(Response::new(match request.body().request_id() {
//!         Some(id) => Outbound::Response(Message::result(id, &RawJson::empty_object())),
//!         None => Outbound::Accepted,
//!     }))
//! }));
//!
//! let batch = r#"[
//!     {"jsonrpc":"2.0","id":1,"method":"ping"},
//!     {"jsonrpc":"2.0","method":"notifications/initialized"},
//!     {"jsonrpc":"2.0","id":2,"method":"tools/list"}
//! ]"#;
//! let mut request = Request::new(decode(batch.into(), Limits::default())?);
//! request.extensions_mut().insert(ProtocolVersion::V2025_03_26);
//! let response = service.oneshot(request).await?;
//! let Outbound::Batch(responses) = response.body() else { panic!() };
//! assert_eq!(responses.len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! ```
//! use http::{Request, Response};
//! use mcp_layers::batch::BatchLayer;
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     jsonrpc::{Limits, decode},
//!     protocol::ProtocolVersion,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let layer = BatchLayer::new()
//!     .with_max_length(1)
//!     .with_concurrency(1)
//!     .with_stream_budget(64 * 1024)
//!     .drop_on_disconnect();
//! let service = layer.layer(service_fn(|_: Request<Inbound>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Outbound::Accepted))
//! }));
//!
//! let pings = r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]"#;
//! let mut request = Request::new(decode(pings.into(), Limits::default())?);
//! request.extensions_mut().insert(ProtocolVersion::V2025_03_26);
//! let response = service.oneshot(request).await?;
//! assert_eq!(response.status(), 400);
//! # Ok(())
//! # }
//! ```

mod admission;
mod element;
mod future;
mod layer;
mod run;
mod service;
mod task;
#[cfg(test)]
mod tests;

pub use future::ResponseFuture;
pub use layer::BatchLayer;
pub use service::Batch;
