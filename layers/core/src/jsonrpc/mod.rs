//! JSON-RPC 2.0 as the Model Context Protocol uses it: ids, messages, errors.
//!
//! [`decode`] reads a body once and hands out slices of it; [`Message`] is an
//! encoded message on its way out.

mod decode;
mod error;
mod id;
mod members;
mod message;
mod raw;

pub use decode::{DecodeError, DecodeErrorKind, Limits, decode};
pub use error::{ErrorObject, code};
pub use id::{InvalidRequestId, RequestId};
pub use members::{Member, Members, Params};
pub use message::{Message, MessageKind, Overflow};
pub use raw::RawJson;
