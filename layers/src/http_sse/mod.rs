//! Serves clients of the oldest transport, with its stream and its address for messages,
//! by the Streamable HTTP endpoint inside.
//!
//! Spec: 2024-11-05 basic/transports §HTTP with SSE; LEGACY-SSE-1…LEGACY-SSE-9,
//! LEGACY-SSE-11…LEGACY-SSE-13. Era: legacy; everything else goes through untouched.
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | bytes |
//! | Reads | method, path and query; of a GET `Accept`, whose absence means every media type; `Principal`, absent: an anonymous caller; of the endpoint's answers `Content-Type`, `Mcp-Session-Id` and the `protocolVersion` of `initialize` |
//! | Inserts | nothing: what it asks inside has the extensions of the client's own request, or of the GET that opened the stream |
//! | Response | on a stream `Content-Type: text/event-stream`, `Cache-Control: no-cache` and `X-Accel-Buffering: no`; 202 to a POST that was taken |
//! | Rejects | 400 · -32600 · a POST whose query has no `sessionId`; 404 · -32001 · the stream is unknown, closed, or another caller's: all alike; 429 · 429 · 128 messages of the stream are at work; 503 · 503 with `Retry-After` · 1,000 streams are open, or the server drains. What the endpoint refuses before it knows whom it answers, such as a body that is too large, goes to the POST as it is |
//! | Order | outside `negotiate` (typed); inside `validate_host`, `validate_origin`, authentication and `rate_limit`, else they see no GET that opens a stream; any router by path must lead both paths here |
//! | If omitted | the two paths are nobody's: the endpoint answers the GET with 405 at once, as old clients expect (LEGACY-SSE-11, LEGACY-SSE-13) |
//! | To replace | no extension; any layer from `http::Request<B>` to an endpoint that takes [`RequestBody`] |
//! | State and cost | a compare of the path for what is not its own; per stream one task, a clone of the service, the headers of its GET, and up to 1 MiB of waiting events; per POST one task and one look-up under a short lock; no body is copied on its way in. It needs a tokio runtime with its timer; 700 instructions for a small call on another path |
//! | Security | the address for messages has 128 bits of the operating system's randomness, which log lines show the first 32 of, and serves only the principal that opened the stream (LEGACY-SSE-6). The number of streams is checked before anything is made of one. A client that reads nothing for 30 s loses its own stream. It checks no `Origin` and authenticates nobody; one caller may take all streams unless `rate_limit` stands outside |
//!
//! The client's GET is answered by an `endpoint` event with the address for its messages.
//! Each message POSTed there goes to the endpoint inside as a Streamable HTTP POST, and
//! what comes back goes on the stream, each JSON-RPC message a `message` event. The POST
//! itself is answered 202 as soon as the endpoint has read it, since the client may have to
//! send another before this one is done. The session that `initialize` opens is the
//! layer's to remember: it listens for what comes by itself once the client has sent
//! `notifications/initialized`, and ends the session with DELETE when the client closes the
//! stream. Without sessions inside, what is at work then runs to its end. While the server
//! drains, each stream ends as soon as none of its messages is at work.
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use http_body_util::{BodyExt, Full};
//! use mcp_layers::http_sse::{HttpSseLayer, RequestBody};
//! use tower::{Layer, Service, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # type Body = RequestBody<Full<Bytes>>;
//! // In earnest a whole endpoint: `NegotiateLayer` around the layers inside it.
//! let endpoint = service_fn(|request: Request<Body>| async move {
//!     assert_eq!(request.uri().path(), "/mcp");
//!     let answer = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
//!     let response = Response::builder().header("content-type", "application/json");
//!     Ok::<_, std::convert::Infallible>(response.body(Full::new(Bytes::from(answer))).unwrap())
//! });
//! let mut service = HttpSseLayer::new().layer(endpoint);
//!
//! let mut stream = service.call(Request::get("/sse").body(Full::default())?).await?.into_body();
//! let first = stream.frame().await.unwrap()?.into_data().unwrap();
//! let address = std::str::from_utf8(&first)?
//!     .strip_prefix("event: endpoint\ndata: ").unwrap()
//!     .trim_end();
//! assert!(address.starts_with("/messages?sessionId="));
//!
//! let ping = Full::from(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#);
//! assert_eq!(service.call(Request::post(address).body(ping)?).await?.status(), 202);
//! let event = stream.frame().await.unwrap()?.into_data().unwrap();
//! assert_eq!(
//!     event,
//!     "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n"
//! );
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! ```
//! use std::time::Duration;
//! use bytes::Bytes;
//! use http::{Request, Response, uri::PathAndQuery};
//! use http_body_util::{BodyExt, Full};
//! use mcp_layers::http_sse::{HttpSseLayer, RequestBody};
//! use mcp_layers_core::shutdown::Shutdown;
//! use tower::{Layer, Service, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # type Body = RequestBody<Full<Bytes>>;
//! let shutdown = Shutdown::new();
//! let mcp = PathAndQuery::from_static("/mcp");
//! let layer = HttpSseLayer::new()
//!     .with_stream_path(mcp.clone())
//!     .with_message_path(mcp)
//!     .with_public_message_path("/app/mcp")
//!     .with_max_streams(1)
//!     .with_max_posts_per_stream(16)
//!     .with_stream_budget(256 * 1024)
//!     .with_stall_timeout(Duration::from_secs(10))
//!     .with_heartbeat(Some(Duration::from_secs(30)))
//!     .with_shutdown(shutdown.clone());
//! let mut service = layer.layer(service_fn(|_: Request<Body>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::default()))
//! }));
//!
//! let open = || Request::get("/mcp").body(Full::<Bytes>::default());
//! let stream = service.call(open()?).await?;
//! assert_eq!(service.call(open()?).await?.status(), 503);
//! shutdown.drain();
//! let all = stream.into_body().collect().await?.to_bytes();
//! assert!(all.starts_with(b"event: endpoint\ndata: /app/mcp?sessionId="));
//! # Ok(())
//! # }
//! ```

mod bodies;
mod conversation;
mod decoder;
mod future;
mod inner;
mod layer;
mod messages;
mod queue;
mod request_body;
mod response_body;
mod route;
mod service;
mod stream;
mod streams;
#[cfg(test)]
mod tests;

pub use future::ResponseFuture;
pub use inner::InnerService;
pub use layer::HttpSseLayer;
pub use request_body::RequestBody;
pub use response_body::ResponseBody;
pub use service::HttpSse;
