//! What a server says unasked: that a list has changed, or a resource.
//!
//! The registry announces each [`Change`] to its [`Hub`], which hands it to every
//! open stream that wants it: the GET streams of legacy sessions, and the modern
//! `subscriptions/listen` streams.

mod change;
mod filter;
mod hub;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use change::Change;
pub(crate) use filter::Filter;
pub(crate) use hub::{Hub, Limits};
pub(crate) use stream::{Closing, Listen, listen, open};
