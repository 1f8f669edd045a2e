//! Lets a legacy client whose connection broke come back to its stream: each event gets
//! an id and is kept, and GET with `Last-Event-ID` goes on after it.
//!
//! Spec: 2025-03-26…2025-11-25 basic/transports §Resumability and Redelivery,
//! §Sending Messages to the Server, §Listening for Messages from the Server;
//! SSE-14…SSE-18, SSE-23, SSE-25, SSE-27, RESUME-1…RESUME-11, CANCEL-4. Era: legacy; a
//! modern request goes through untouched, whatever event it names (SSE-14, RESUME-10).
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | message |
//! | Reads | `SessionHandle`, absent: the request goes through untouched; `ProtocolVersion`, absent: 2025-11-25; `Last-Event-ID` on GET, absent: an ordinary GET |
//! | Inserts | `StreamControl` on requests and GET of a session; it closes connections of clients that speak 2025-11-25 alone |
//! | Response | no header; each event of a stream gets an `id`; in 2025-11-25 a stream opens with an event that has an id and no data, and a connection that is closed on purpose ends with a `retry` |
//! | Rejects | 400 · -32600 · a `Last-Event-ID` that is malformed, given twice, unknown, of another session, or so old that what followed it is gone: all alike. 503 · 503 with `Retry-After` · the event log fails on a GET with `Last-Event-ID` |
//! | Order | inside `session`, else nothing is resumable; outside `batch`, `cancellation` and the service, else the client's end of a stream is not the one that is kept |
//! | If omitted | no event has an id, GET with `Last-Event-ID` is an ordinary GET, and what a call says after its connection broke is lost (RESUME-11) |
//! | To replace | give the events ids and answer GET with `Last-Event-ID` yourself; to keep the layer and move the events, implement [`EventLog`] |
//! | State and cost | a plain answer: the handle is cloned, and a small `StreamControl` made; no task, no lock. A stream: one task, which moves it into the log, unless it is complete; with the log in memory two short locks per event. Up to 32 streams per session, those included that ended less than 5 minutes ago; 4 MiB of events per session and 64 MiB in all. One task for each session that has streams. Tasks and timers are tokio's; outside its runtime streams go through as they are; 1,000 instructions for a small call, 200 for a modern one |
//! | Security | a stream is looked up within the session of the request alone, and `session` has bound that to its principal; ids are no secrets. A client that does not read delays nobody, its work included, and costs no more than the log's limits. Events are kept as they are: a log outside this process holds what tools answered. Sessions share the log's room, so that whoever may open many can push out what others have not fetched yet: put `rate_limit` outside |
//!
//! The client's connection is a place in the log and no more: the inner service's stream
//! runs on when it breaks (CANCEL-4), and whoever comes back reads from where they were.
//! Coming back to a stream that still has a connection ends that one first (RESUME-9). A
//! second standalone stream replaces the first (SSE-27); a service that sends a message to
//! one of several streams of a session must make the same choice at the moment that it is
//! asked for the second.
//!
//! A stream that has ended is kept for a time, as its answer may not have arrived. When
//! the session ends its streams do too: work that was cancelled by that has a second for
//! its last word, and then all is dropped. A client that falls so far behind that the log
//! has dropped something it has not seen is disconnected, since it may not miss it in
//! silence. Progress and log messages are dropped first; those it may miss, and is told how
//! many of the latter.
//!
//! While the server drains, a standalone stream ends with the `retry` that the service
//! gives, and the streams of calls with their answers. Once it cancels, the layer's tasks
//! end; what is in the log stays there, for a node that shares it.
//!
//! # Example
//!
//! ```
//! use std::{future::poll_fn, pin::pin};
//! use futures_core::Stream;
//! use http::{Request, Response};
//! use mcp_layers::resume::ResumeLayer;
//! use mcp_layers_core::{
//!     EventStream, Inbound, Outbound,
//!     extensions::{CancelToken, ClientCapabilities, SessionHandle, SessionId},
//!     jsonrpc::{Limits, Message, RawJson, RequestId, decode},
//!     protocol::ProtocolVersion,
//!     queue,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ResumeLayer::new().layer(service_fn(|_: Request<Inbound>| async {
//!     let (sender, receiver) = queue::channel(1024);
//!     let _ = sender.send(Message::notification("notifications/progress", "halfway"));
//!     let _ = sender.finish(Some(Message::result(&RequestId::from(1), &RawJson::empty_object())));
//!     Ok::<_, std::convert::Infallible>(Response::new(Outbound::Stream(EventStream::call(receiver))))
//! }));
//! # let (version, id) = (ProtocolVersion::V2025_06_18, SessionId::from_bits(1));
//! # let (capabilities, ended) = (ClientCapabilities::default(), CancelToken::new());
//! let session = SessionHandle::new(id, version, capabilities, None, ended);
//!
//! let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait"}}"#;
//! let mut request = Request::new(decode(call.into(), Limits::default())?);
//! request.extensions_mut().insert(session.clone());
//! let Outbound::Stream(stream) = service.clone().oneshot(request).await?.into_body() else { panic!() };
//! let mut stream = pin!(stream);
//! let progress = poll_fn(|cx| stream.as_mut().poll_next(cx)).await.expect("an event");
//!
//! // The connection breaks here, and the client comes back.
//! let last = progress.id.expect("each event has an id");
//! let mut request = Request::get("/mcp").header("last-event-id", &*last).body(Inbound::Open)?;
//! request.extensions_mut().insert(session);
//! let Outbound::Stream(stream) = service.oneshot(request).await?.into_body() else { panic!() };
//! let mut stream = pin!(stream);
//! let answer = poll_fn(|cx| stream.as_mut().poll_next(cx)).await.expect("an event");
//! assert!(answer.message.expect("not empty").is_response());
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use http::{Request, Response};
//! use mcp_layers::resume::{MemoryEventLog, ResumeLayer};
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     extensions::{CancelToken, ClientCapabilities, SessionHandle, SessionId},
//!     protocol::ProtocolVersion,
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let log = MemoryEventLog::new()
//!     .with_max_bytes(256 << 20)
//!     .with_max_bytes_per_session(1 << 20)
//!     .with_max_age(Duration::from_secs(60));
//! let layer = ResumeLayer::with_log(Arc::new(log)).with_max_streams_per_session(8);
//! let service = layer.layer(service_fn(|_: Request<Inbound>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Outbound::Accepted))
//! }));
//! # let (version, id) = (ProtocolVersion::V2025_06_18, SessionId::from_bits(1));
//! # let (capabilities, ended) = (ClientCapabilities::default(), CancelToken::new());
//! let session = SessionHandle::new(id, version, capabilities, None, ended);
//!
//! let mut request = Request::get("/mcp").header("last-event-id", "17").body(Inbound::Open)?;
//! request.extensions_mut().insert(session);
//! assert_eq!(service.oneshot(request).await?.status(), 400);
//! # Ok(())
//! # }
//! ```

mod connection;
#[cfg(any(test, feature = "testing"))]
pub mod contract;
mod event_id;
mod feed;
mod future;
mod keeper;
mod layer;
mod log;
mod memory;
mod node;
mod pump;
mod service;
#[cfg(test)]
mod tests;

pub use event_id::{EventId, InvalidEventId};
pub use future::ResponseFuture;
pub use layer::ResumeLayer;
pub use log::{EventLog, LogError, LogFuture, Page};
pub use memory::MemoryEventLog;
pub use service::Resume;
