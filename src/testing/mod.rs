//! A client for tests: it calls a stack in place, without a socket, in either era.
//!
//! [`TestClient`] drives any tower service that speaks HTTP: what
//! [`Stack::build`](crate::Stack::build) gives, alone or inside a router and layers of
//! your own. It keeps the rules that a client must keep: the handshake, the session,
//! `_meta`, the headers that repeat parts of the body, the choice between JSON and
//! server-sent events. Bodies are read as they come, so a handler that streams is seen
//! streaming, and a [`Call`] that is dropped is a client that went away. It needs the
//! feature `testing`, of the dev-dependency alone, and a tokio runtime.
//!
//! ```
//! use mcp_stack::{McpService, ProtocolVersion, Stack, Tool, testing::TestClient};
//! use serde_json::json;
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! struct Greet { name: String }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), mcp_stack::BoxError> {
//! let greet = Tool::new("greet", |args: Greet| format!("Hello, {}!", args.name));
//! let stack = Stack::new(McpService::new("greeter", "1.0.0").with_tool(greet)?).build();
//!
//! let modern = TestClient::new(stack.clone()).connect().await?;
//! let legacy = TestClient::new(stack).legacy(ProtocolVersion::V2025_06_18).connect().await?;
//! for client in [modern, legacy] {
//!     let answer = client.call_tool("greet", json!({ "name": "Ada" })).await?;
//!     assert_eq!(answer.text(), "Hello, Ada!");
//!
//!     let refused = client.call_tool("nope", json!({})).await.unwrap_err();
//!     assert_eq!(refused.code(), Some(-32602));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Questions from the server
//!
//! [`on_elicit`](TestClient::on_elicit), [`on_sample`](TestClient::on_sample) and
//! [`on_roots`](TestClient::on_roots) declare that the client can be asked, and answer
//! in the way of its era: by a message of its own while the call's stream is read on
//! (legacy), or by repeating the call with the answer (modern). A question without a
//! closure is refused (legacy), or handed to the test as the call's
//! [answer](Answer::is_input_required) (modern).
//!
//! ```
//! use mcp_stack::testing::{Reply, TestClient};
//! use serde_json::json;
//!
//! fn client(stack: TestClient) -> TestClient {
//!     stack
//!         .on_elicit(|asked| match asked.params["message"].as_str() {
//!             Some("Really?") => Reply::decline(),
//!             _ => Reply::accept(json!({ "name": "Ada" })),
//!         })
//!         .on_sample(async |_| Reply::text("Paris"))
//! }
//! # let _ = client;
//! ```
//!
//! # What happens meanwhile
//!
//! Notifications are kept per call, in its [`Answer`] or [`CallError`], and for the
//! client as a whole. To act while a call is under way, poll both:
//!
//! ```
//! use mcp_stack::{Context, McpService, Stack, Tool, testing::TestClient};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), mcp_stack::BoxError> {
//! let walk = Tool::new("walk", async |cx: Context| {
//!     cx.progress(1.0, Some(2.0), None);
//!     "done"
//! });
//! let stack = Stack::new(McpService::new("walker", "1.0.0").with_tool(walk)?).build();
//! let client = TestClient::new(stack);
//!
//! let call = client.call_tool("walk", json!({})).with_progress("steps");
//! let (answer, first) = tokio::join!(call, client.next_notification());
//! assert_eq!(first.params["progress"], 1.0);
//! assert_eq!(answer?.notifications(), [first]);
//! # Ok(())
//! # }
//! ```
//!
//! A stream on which the server speaks of its own accord is a [`Listener`]: see
//! [`listen`](TestClient::listen) and [`open_stream`](TestClient::open_stream).
//!
//! A client waits as long as it takes: give a test that may hang a time limit, such as
//! `tokio::time::timeout`.

mod answer;
mod call;
mod client;
mod endpoint;
mod error;
mod exchange;
mod inbox;
mod incoming;
mod input;
mod listener;
mod live;
mod methods;
mod request;
mod rounds;
mod settings;
mod sse;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use call::Call;
pub use client::TestClient;
pub use error::{CallError, CallErrorKind};
pub use inbox::Notification;
pub use input::{Asked, IntoReply, Reply};
pub use listener::Listener;
