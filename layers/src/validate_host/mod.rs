//! Answers only for the hosts it is meant to serve, so that no web page reaches a
//! local server by DNS rebinding.
//!
//! Spec: 2025-11-25 and 2026-07-28 basic/transports §Security Warning, RFC 9110
//! §7.2, RFC 9113 §8.3.1; HOST-1…HOST-4. Era: both.
//!
//! A page whose own name is made to resolve to 127.0.0.1 is same-origin with the
//! local server it then talks to, and sends no `Origin` on a GET. But its requests
//! still carry the page's name in `Host`.
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | bytes |
//! | Reads | `Host`; the authority of the request's target (`:authority` on HTTP/2 and later, the absolute form on HTTP/1.1), which stands in when `Host` is absent; where both are there both must be allowed |
//! | Inserts | nothing |
//! | Response | nothing |
//! | Rejects | 403 · 403 · the host is not allowed. 400 · -32600 · there is neither `Host` nor authority, more than one `Host`, or no valid host in it: empty, with a user name, an IPv6 zone, or a port over 65,535 |
//! | Order | outermost, beside `validate_origin`; else: outside whatever reads the body, keeps state, or trusts `Host` |
//! | If omitted | any page on the web can reach a server on loopback that asks for no credentials |
//! | To replace | leave it out where a gateway already checks `Host`; nothing reads what it found |
//! | State and cost | one `Arc` of the list, shared by all clones; one comparison per entry; no lookup, no await, no allocation for a host written in lower case; 700 instructions for a loopback host |
//! | Security | protects a local server from DNS rebinding; it authenticates nobody, since whoever is no browser sends any `Host` it likes. It does not fold a trailing dot, other spellings of 127.0.0.1, or international names: those are other hosts |
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use mcp_layers::validate_host::ValidateHostLayer;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ValidateHostLayer::new().layer(service_fn(|_: Request<Bytes>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Bytes::new()))
//! }));
//!
//! let local = Request::post("/mcp").header("host", "localhost:3000").body(Bytes::new())?;
//! assert_eq!(service.clone().oneshot(local).await?.status(), 200);
//!
//! let rebound = Request::post("/mcp").header("host", "evil.example").body(Bytes::new())?;
//! assert_eq!(service.oneshot(rebound).await?.status(), 403);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use mcp_layers::validate_host::ValidateHostLayer;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Loopback, one name on every port, and one on a single port.
//! let layer = ValidateHostLayer::new()
//!     .add_host("mcp.example.com")?
//!     .add_host("staging.example.com:8443")?;
//! let service = layer.layer(service_fn(|_: Request<Bytes>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Bytes::new()))
//! }));
//!
//! for (host, status) in [
//!     ("MCP.example.com:8080", 200),
//!     ("staging.example.com:8443", 200),
//!     ("staging.example.com:9000", 403),
//! ] {
//!     let request = Request::post("/mcp").header("host", host).body(Bytes::new())?;
//!     assert_eq!(service.clone().oneshot(request).await?.status(), status, "{host}");
//! }
//!
//! assert!(ValidateHostLayer::new().add_host("https://mcp.example.com").is_err());
//! # Ok(())
//! # }
//! ```

mod allowed;
mod layer;
mod service;

#[cfg(test)]
mod tests;

pub use allowed::InvalidHost;
pub use layer::ValidateHostLayer;
pub use mcp_layers_core::ResponseFuture;
pub use service::ValidateHost;
