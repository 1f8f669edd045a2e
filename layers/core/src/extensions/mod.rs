//! The typed request extensions by which layers speak to each other.
//!
//! Each has one inserter, any number of readers, and a documented meaning when
//! it is absent: never an error.
//!
//! | extension | inserted by | absent means |
//! |---|---|---|
//! | [`ClientAddr`] | `serve`, or the host | the peer's address is unknown |
//! | [`Principal`] | an authentication layer | the caller is anonymous |
//! | [`ProtocolVersion`](crate::protocol::ProtocolVersion) | `protocol_version`, narrowed by `session` | 2025-11-25 |
//! | [`ServedVersions`] | `protocol_version`, on the requests that ask for them | all revisions |
//! | [`ClientCapabilities`], [`ClientInfo`] | `request_metadata` (modern) | the session's, by their function `of`; else nothing was declared |
//! | [`TraceContext`] | `request_metadata` | no trace goes on |
//! | [`SessionHandle`] | `session` | there is no session |
//! | [`OpensSession`] | `session`, on `initialize` | no session will be opened |
//! | [`StreamControl`] | `resume` | a connection lasts as long as its stream |
//! | [`Cancellation`] | `cancellation` | dropping the future is the only cancellation |

mod cancellation;
mod client;
mod identity;
mod replies;
mod session;
mod stream_control;
#[cfg(test)]
mod tests;
mod trace_context;
mod versions;
mod watched;

pub use cancellation::{CancelReason, CancelToken, Cancellation, Cancelled, OnDisconnect};
pub use client::{ClientCapabilities, ClientInfo};
pub use identity::{ClientAddr, Principal};
pub use replies::PendingReply;
pub use session::{
    InvalidSessionId, OpensSession, SessionHandle, SessionId, SessionIdHasher, SessionMap,
    give_back,
};
pub use stream_control::StreamControl;
pub use trace_context::TraceContext;
pub use versions::ServedVersions;
pub use watched::{TooMany, Watched};
