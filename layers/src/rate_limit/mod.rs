//! Refuses callers that ask too often, each held to a rate of its own.
//!
//! Spec: 2025-11-25 and 2026-07-28 server/tools and server/utilities/completion
//! §Security Considerations, RFC 6585 §4, draft-ietf-httpapi-ratelimit-headers;
//! RATE-1, RATE-2, TOOL-28, COMP-8, D-32. Era: both.
//!
//! A key says who shares a bucket, and which requests the limit is about:
//!
//! | key | one bucket for each | where it is missing | zone |
//! |---|---|---|---|
//! | [`ByPrincipalOrAddr`] | authenticated caller, else client address | one bucket for all unknown | either |
//! | [`ByPrincipal`] | authenticated caller | not limited | either |
//! | [`ByClientAddr`] | IPv4 address, IPv6 /64 | one bucket for all unknown | either |
//! | [`BySession`] | session | not limited | either |
//! | [`ByHeader`] | value of a header that a proxy sets | one bucket for all without | either |
//! | [`ByToolName`] | tool called | not limited | message |
//! | [`ForMethods`] | as another key, for some methods | not limited | message |
//! | a pair, a function, your own [`Key`] | … | `None` is not limited | either |
//!
//! Some clients take 429 as the end of the connection. Choose rates that a client in
//! good order never meets.
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | either |
//! | Reads | what its key reads: `Principal`, `ClientAddr`, `SessionHandle`, a header, the message; the table above says what absence means |
//! | Inserts | nothing |
//! | Response | on a refusal alone `Retry-After` in whole seconds, `RateLimit` and `RateLimit-Policy` |
//! | Rejects | 429 · 429 · the key's bucket is empty |
//! | Order | inside whoever inserts what the key reads: an authentication layer for `Principal`, `session` for `SessionHandle`; `ByToolName` and `ForMethods` inside `negotiate` (typed) and inside `batch`, else a batch counts once and the calls in it are not seen |
//! | If omitted | callers are limited only by the caps of other layers |
//! | To replace | leave it out where a gateway limits; nothing reads what it found |
//! | State and cost | one table per layer, shared by all clones: at most 100,000 buckets by default, about 32 bytes each; the key is hashed once, one of 32 locks is taken for one look-up, no await, no allocation unless it refuses; 600 instructions for a small call by client address |
//! | Security | keeps one caller from crowding out the others; keys are not kept, and nobody can aim at another's bucket. A full table forgets those who have used least, so new keys neither use up memory nor free a caller who is at its limit. It is no defence against many callers at once, and each node counts for itself |
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use mcp_layers::rate_limit::{ByPrincipalOrAddr, Rate, RateLimitLayer};
//! use mcp_layers_core::extensions::Principal;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let layer = RateLimitLayer::new(Rate::per_minute(1)?, ByPrincipalOrAddr);
//! let service = layer.layer(service_fn(|_: Request<Bytes>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Bytes::new()))
//! }));
//!
//! for (caller, status) in [("alice", 200), ("alice", 429), ("bob", 200)] {
//!     let request = Request::post("/mcp").extension(Principal::new(caller)).body(Bytes::new())?;
//!     let response = service.clone().oneshot(request).await?;
//!     assert_eq!(response.status(), status);
//!     assert_eq!(response.headers().contains_key("retry-after"), status == 429);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! Each caller may call each tool ten times a second, and twenty times at once.
//!
//! ```
//! use http::{Request, Response};
//! use mcp_layers::rate_limit::{ByPrincipalOrAddr, ByToolName, Rate, RateLimitLayer};
//! use mcp_layers_core::{
//!     Inbound, Outbound,
//!     jsonrpc::{Limits, decode},
//! };
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let rate = Rate::per_second(10)?.with_burst(20)?;
//! let service = RateLimitLayer::new(rate, (ByPrincipalOrAddr, ByToolName))
//!     .with_name("tool-calls")?
//!     .with_max_keys(10_000)
//!     .layer(service_fn(|_: Request<Inbound>| async {
//!         Ok::<_, std::convert::Infallible>(Response::new(Outbound::Accepted))
//!     }));
//!
//! let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search"}}"#;
//! let call = decode(call.into(), Limits::default())?;
//! for _ in 0..20 {
//!     let request = Request::post("/mcp").body(call.clone())?;
//!     assert_eq!(service.clone().oneshot(request).await?.status(), 200);
//! }
//! # Ok(())
//! # }
//! ```

mod caller;
mod key;
mod layer;
mod limit;
mod message;
mod rate;
mod service;
mod table;

#[cfg(test)]
mod tests;

pub use caller::{
    ByClientAddr, ByHeader, ByPrincipal, ByPrincipalOrAddr, BySession, MirroredHeader,
};
pub use key::Key;
pub use layer::RateLimitLayer;
pub use limit::InvalidName;
pub use mcp_layers_core::ResponseFuture;
pub use message::{ByToolName, ForMethods};
pub use rate::{InvalidRate, Rate};
pub use service::RateLimit;
