//! Refuses requests that a foreign web page makes, by their `Origin`.
//!
//! Spec: 2025-11-25 and 2026-07-28 basic/transports §Security Warning, RFC 6454,
//! Fetch §3.2; ORIGIN-1…ORIGIN-9, ORIGIN-11. Era: both.
//!
//! A browser names the page that makes a request in `Origin`, and the page cannot
//! forge it. Clients that are no browsers send none, and pass.
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | bytes |
//! | Reads | `Origin`, on every HTTP method; absent means no browser, and passes |
//! | Inserts | nothing |
//! | Response | nothing |
//! | Rejects | 403 · 403 · the origin is not allowed, is `null` without being listed, is not scheme, host and optional port, or comes in two lines |
//! | Order | outermost, beside `validate_host`, and inside a CORS layer, which answers `OPTIONS`; else: outside whatever reads the body or keeps state |
//! | If omitted | any page that a user visits can call the tools of a server that this user's browser reaches |
//! | To replace | leave it out where a gateway already checks `Origin`; nothing reads what it found |
//! | State and cost | one `Arc` of the list, shared by all clones; one comparison per entry; no lookup, no await, no allocation for an origin as browsers write it; 200 instructions for a request without `Origin` |
//! | Security | protects from cross-site requests and, with `validate_host`, from DNS rebinding; it authenticates nobody, since whoever is no browser sends any `Origin` it likes, or none |
//!
//! # CORS
//!
//! An origin that is allowed here may call; whether its page may read the answer is
//! for a CORS layer outside this one to say. With the feature `cors`,
//! `ValidateOriginLayer::cors` gives tower-http's for the same pages (ORIGIN-11). It
//! stands outside authentication and rate limits too: a browser's preflight carries no
//! credentials, and one that is refused looks to the page like a server that is down.
//!
//! Another CORS layer must allow the methods `GET`, `POST` and `DELETE` and the headers
//! [`CORS_ALLOW_HEADERS`] (`Content-Type`, `Accept`, `Authorization`,
//! `MCP-Protocol-Version`, `Mcp-Session-Id`, `Last-Event-ID`, `Mcp-Method`, `Mcp-Name`)
//! and each tool's own `Mcp-Param-*`, and expose [`CORS_EXPOSE_HEADERS`]
//! (`Mcp-Session-Id`, `WWW-Authenticate`, `Retry-After`).
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use mcp_layers::validate_origin::ValidateOriginLayer;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = ValidateOriginLayer::new().layer(service_fn(|_: Request<Bytes>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Bytes::new()))
//! }));
//!
//! let no_browser = Request::post("/mcp").body(Bytes::new())?;
//! assert_eq!(service.clone().oneshot(no_browser).await?.status(), 200);
//!
//! let local = Request::post("/mcp").header("origin", "http://localhost:5173");
//! assert_eq!(service.clone().oneshot(local.body(Bytes::new())?).await?.status(), 200);
//!
//! let foreign = Request::post("/mcp").header("origin", "https://evil.example");
//! assert_eq!(service.oneshot(foreign.body(Bytes::new())?).await?.status(), 403);
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use mcp_layers::validate_origin::ValidateOriginLayer;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // One page and the previews of one host, and loopback no longer.
//! let layer = ValidateOriginLayer::new()
//!     .with_origins(["https://app.example.com"])?
//!     .with_predicate(|origin| {
//!         origin.scheme() == "https" && origin.host().ends_with(".preview.example.com")
//!     });
//! let service = layer.layer(service_fn(|_: Request<Bytes>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Bytes::new()))
//! }));
//!
//! for (origin, status) in [
//!     ("https://app.example.com:443", 200),
//!     ("https://pr-7.preview.example.com", 200),
//!     ("http://app.example.com", 403),
//!     ("http://localhost", 403),
//!     ("null", 403),
//! ] {
//!     let request = Request::post("/mcp").header("origin", origin).body(Bytes::new())?;
//!     assert_eq!(service.clone().oneshot(request).await?.status(), status, "{origin}");
//! }
//!
//! assert!(ValidateOriginLayer::new().add_origin("https://app.example.com/").is_err());
//! # Ok(())
//! # }
//! ```

mod allowed;
mod cors;
mod layer;
mod origin;
mod service;

#[cfg(test)]
mod tests;

pub use cors::{CORS_ALLOW_HEADERS, CORS_EXPOSE_HEADERS};
pub use layer::ValidateOriginLayer;
pub use mcp_layers_core::ResponseFuture;
pub use origin::{InvalidOrigin, Origin};
pub use service::ValidateOrigin;
