//! The words every layer of `mcp-stack` shares.
//!
//! This crate holds what two or more layers must agree on and nothing that
//! decides anything: JSON-RPC messages ([`jsonrpc`]), the protocol's versions,
//! method names and error codes ([`protocol`]), the body types of the message
//! zone ([`Inbound`], [`Outbound`]), how a layer refuses ([`Rejection`]), the
//! typed extensions by which layers speak to each other ([`extensions`]) and how all of
//! them stop together ([`shutdown`]).
//!
//! It depends on no runtime.

mod authority;
mod clipped;
pub mod extensions;
mod future;
pub mod headers;
mod inbound;
pub mod jsonrpc;
pub mod media_type;
mod outbound;
pub mod protocol;
pub mod queue;
mod rejection;
pub mod shutdown;
mod zone;

pub use authority::{Authority, InvalidAuthority};
pub use future::ResponseFuture;
pub use inbound::{Batch, Inbound, Notification, Reply, Request};
pub use outbound::{Event, EventStream, Outbound};
pub use rejection::{FromRejection, Rejection};
pub use zone::MessageService;
