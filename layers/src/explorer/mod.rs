//! Shows a browser that opens the endpoint a page: what the server is, what it offers,
//! and forms to try it.
//!
//! Spec: RFC 9110 §12.5.1, CSP 3; NEG-4, NEG-6, NEG-7, NEG-14. Era: both.
//!
//! The page is itself a client of the endpoint it came from, in either era: it lists
//! tools, resources, templates and prompts with their schemas, makes a form of each,
//! shows progress and log messages as they arrive, puts the server's questions to
//! the person, and says what to paste into other clients' configuration. Off unless
//! this layer is added.
//!
//! # Contract
//!
//! | | |
//! |---|---|
//! | Zone | bytes |
//! | Reads | the method; of GET and HEAD `Accept`, where `text/html` must be named, and weigh at least as much as `text/event-stream`; absence, and `*/*` alone, mean no browser. `MCP-Protocol-Version`, `Mcp-Session-Id` and `Last-Event-ID`: whoever sends one is a client of the protocol, and is never shown the page |
//! | Inserts | nothing |
//! | Response | to a browser the page as 200 `text/html` with `Content-Length`, `Vary: accept`, `Cache-Control: no-store`, `Content-Security-Policy`, `X-Content-Type-Options`, `Referrer-Policy`, `Cross-Origin-Opener-Policy` and `Cross-Origin-Resource-Policy`; everything else goes in and comes out untouched |
//! | Rejects | nothing |
//! | Order | inside `validate_host`, `validate_origin` and `rate_limit`; outside `negotiate`, which answers browsers with 406, and outside authentication, since a browser has no token before there is a page to paste it into; else: outside authentication, a browser is answered 401 |
//! | If omitted | a browser is answered 406, or 405, with an error in JSON |
//! | To replace | leave it out, and serve a page of your own from another path |
//! | State and cost | none; for other methods than GET and HEAD one comparison, else the headers are read once; no look-up, no await. The page's bytes are part of the program, about 70 kB, and are not copied; 70 instructions for a call |
//! | Security | the page holds nothing of the server's: all it shows it asks for like any client, through every check that stands before the service, and puts on the screen as text alone. It loads nothing, runs nothing but its own script, which the policy names by its hash, connects to its own origin only, and cannot be framed. A token pasted into it stays in memory until the tab is closed. It is a convenience and hides nothing: whoever may not know what the server offers must be kept out by authentication |
//!
//! # Browsers and `Origin`
//!
//! The page's own requests carry the `Origin` it was loaded from. The default of the
//! `validate_origin` layer lets pages on loopback through; for a public name the
//! server's own origin must be allowed, such as
//! `ValidateOriginLayer::new().add_origin("https://mcp.example.com")?`. Without it the
//! page is shown, and says that it was refused.
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use mcp_layers::explorer::ExplorerLayer;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // In earnest a whole endpoint: `NegotiateLayer` around the layers inside it.
//! let service = ExplorerLayer::new().layer(service_fn(|_: Request<Bytes>| async {
//!     Ok::<_, std::convert::Infallible>(Response::new(Bytes::from("events")))
//! }));
//!
//! let browser = Request::get("/mcp").header("accept", "text/html,*/*;q=0.8");
//! let page = service.clone().oneshot(browser.body(Bytes::new())?).await?;
//! assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
//! assert!(page.body().starts_with(b"<!doctype html>"));
//!
//! let client = Request::get("/mcp").header("accept", "application/json, text/event-stream");
//! assert_eq!(service.oneshot(client.body(Bytes::new())?).await?.body(), "events");
//! # Ok(())
//! # }
//! ```
//!
//! # Example: configured
//!
//! For a public name, in front of authentication, with the page's own requests let
//! through by their origin. (In a `Stack` it goes into `with_bytes_layer`.)
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use mcp_layers::explorer::ExplorerLayer;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! async fn authenticated(request: Request<Bytes>) -> Result<Response<Bytes>, std::convert::Infallible> {
//!     let status = if request.headers().contains_key("authorization") { 200 } else { 401 };
//!     Ok(Response::builder().status(status).body(Bytes::new()).expect("a valid response"))
//! }
//!
//! let service = ServiceBuilder::new()
//!     // `ValidateHostLayer` and `ValidateOriginLayer` for the public name go here.
//!     .layer(ExplorerLayer::new())
//!     // Authentication goes here, and then `NegotiateLayer`.
//!     .service(service_fn(authenticated));
//!
//! let browser = Request::get("/mcp").header("accept", "text/html");
//! assert_eq!(service.clone().oneshot(browser.body(Bytes::new())?).await?.status(), 200);
//!
//! let call_without_token = Request::post("/mcp").header("origin", "https://mcp.example.com");
//! assert_eq!(service.oneshot(call_without_token.body(Bytes::new())?).await?.status(), 401);
//! # Ok(())
//! # }
//! ```

mod accept;
mod future;
mod layer;
mod page;
mod service;

#[cfg(test)]
mod tests;

pub use future::ResponseFuture;
pub use layer::ExplorerLayer;
pub use service::Explorer;
