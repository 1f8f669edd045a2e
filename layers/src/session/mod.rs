//! Gives legacy clients a session, and serves each request that names one by what
//! was negotiated in it.
//!
//! Spec: 2025-03-26…2025-11-25 basic/transports §Session Management, basic/lifecycle,
//! basic/security_best_practices §Session Hijacking; SESS-1…SESS-19, SESS-21, INIT-7,
//! INIT-9…INIT-12, ROOTS-3, VER-11, VER-15, VER-16, D-17…D-19, D-21. Era: legacy; a
//! modern request goes through untouched, whatever session it names (SESS-14).
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | message |
//! | Reads | `Mcp-Session-Id`, whose absence is an error on all but `initialize` unless sessions are [`optional`](SessionLayer::optional); `ProtocolVersion`, absent: 2025-11-25; `Principal`, absent: an anonymous caller; `capabilities` and `clientInfo` of `initialize`, absent: nothing declared |
//! | Inserts | within a session: `SessionHandle`, which also has what the client declared; `ProtocolVersion`, overwritten with the negotiated one; on `initialize` that may open one: `OpensSession` |
//! | Response | `Mcp-Session-Id` on the 200 that carries the result of `initialize`; 204 to DELETE |
//! | Rejects | 400 · -32600 · a POST or DELETE that names no session, `initialize` within a live session, two different session headers, or a request before `notifications/initialized` where that is [required](SessionLayer::require_initialized). 400 · -32602 · `capabilities` and `clientInfo` over 16 KiB. 404 · -32001 · the session is unknown, malformed, expired, ended, or another caller's: all alike. 405 · -32600 · GET that names no session, or DELETE where it is [off](SessionLayer::without_delete). 503 · 503 with `Retry-After` · the store is full or fails, or the server drains and a session would be opened |
//! | Order | inside `negotiate` (typed); inside authentication, else every session is anonymous and whoever knows its id may use it; inside `protocol_version`, else each session is negotiated as 2025-11-25; outside `resume`, `batch`, `cancellation` and the service, which read the handle |
//! | If omitted | no session is issued and none is asked for; `Mcp-Session-Id` is ignored, GET and DELETE are left to the service, and clients are served by the version header alone with nothing known of their capabilities |
//! | To replace | insert `SessionHandle`, and the session's `ProtocolVersion`; to keep the layer and move the records, implement [`SessionStore`] |
//! | State and cost | a record in the store and a handle on each node that serves the session: below 1 KiB each with the store in memory, 10,000 of them at most, gone after 30 minutes unused or 24 hours. Per request two look-ups under a short lock and the extensions; with a store elsewhere one round trip, for which the inner service is cloned and the request boxed. One task per layer looks for expired sessions while there is a tokio runtime; without one, a shutdown is not told to the hook of [`on_end`](SessionLayer::on_end); 2,800 instructions for a small call with the store in memory, 400 for a modern one |
//! | Security | ids are 128 bits of the operating system's randomness, shown in logs by their first 32 bits alone; an id proves nothing about the caller (SESS-11): a session is served only to the principal who opened it, and to nobody authenticated if it was opened by nobody. Room is reserved before anything is done for `initialize`. It does not authenticate, and does not keep one caller from taking all the room: put `rate_limit` outside |
//!
//! When a session ends, by DELETE or by expiry, the `ended` token of its handle fires,
//! and what hangs on it stops (SESS-18). DELETE does this at once on the node that
//! gets it. Expiry is noticed without further traffic, within a quarter of the idle
//! lifetime and never more than a minute after a session fell idle. Whoever holds the
//! `SessionHandle`, such as a request at work or an open stream, keeps the session from
//! being idle, and only its longest life ends it: that is noticed within three quarters of
//! the idle lifetime. Another node notices an end when the session is next named there, or
//! when it next looks. [`on_end`](SessionLayer::on_end) is told of each end once. A server
//! that shuts down opens no session while it drains, and lets go of all when it cancels;
//! their records stay in the store.
//!
//! # Example
//!
//! ```
//! use http::{Request, Response};
//! use mcp_layers::session::SessionLayer;
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     extensions::SessionHandle,
//!     jsonrpc::{Limits, Message, RawJson, decode},
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = SessionLayer::new().layer(service_fn(|request: Request<Inbound>| async move {
//!     let answer = match request.body().request_id() {
//!         Some(id) => Outbound::Response(Message::result(id, &RawJson::empty_object())),
//!         None => Outbound::Accepted,
//!     };
//!     let in_session = request.extensions().get::<SessionHandle>().is_some();
//!     Response::builder().header("in-session", in_session.to_string()).body(answer)
//! }));
//!
//! let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
//! let request = Request::new(decode(initialize.into(), Limits::default())?);
//! let response = service.clone().oneshot(request).await?;
//! assert_eq!(response.headers()["in-session"], "false");
//! let session = &response.headers()["mcp-session-id"];
//!
//! let list = r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#;
//! let list = decode(list.into(), Limits::default())?;
//! let request = Request::builder().header("mcp-session-id", session).body(list.clone())?;
//! let response = service.clone().oneshot(request).await?;
//! assert_eq!(response.headers()["in-session"], "true");
//!
//! let response = service.oneshot(Request::new(list)).await?;
//! assert_eq!(response.status(), 400);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use http::{Request, Response};
//! use mcp_layers::session::{MemoryStore, SessionLayer};
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     jsonrpc::{Limits, decode},
//!     shutdown::Shutdown,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemoryStore::new()
//!     .with_max_sessions(0)
//!     .with_idle_lifetime(Duration::from_secs(600));
//! let shutdown = Shutdown::new();
//! let layer = SessionLayer::with_store(Arc::new(store)).optional().with_shutdown(shutdown.clone());
//! let service = layer.layer(service_fn(|_: Request<Inbound>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Outbound::Accepted))
//! }));
//!
//! let list = r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#;
//! let request = Request::new(decode(list.into(), Limits::default())?);
//! assert_eq!(service.clone().oneshot(request).await?.status(), 200);
//!
//! let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#;
//! let request = Request::new(decode(initialize.into(), Limits::default())?);
//! let response = service.oneshot(request).await?;
//! assert_eq!(response.status(), 503);
//! # Ok(())
//! # }
//! ```

mod admission;
mod ask;
mod end;
mod future;
mod layer;
mod live;
mod memory;
mod node;
mod record;
mod service;
mod shards;
mod store;
#[cfg(test)]
mod tests;

pub use end::{SessionEnd, SessionEndReason};
pub use future::ResponseFuture;
pub use layer::SessionLayer;
pub use memory::MemoryStore;
pub use record::{SessionChange, SessionRecord};
pub use service::Session;
pub use store::{Reservation, SessionStore, StoreError, StoreErrorKind, StoreFuture};
