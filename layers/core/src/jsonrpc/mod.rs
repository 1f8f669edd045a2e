//! JSON-RPC 2.0 as the Model Context Protocol uses it: ids, messages, errors.
//!
//! [`decode`] reads a body once and hands out slices of it; [`Message`] is an
//! encoded message on its way out.

mod bytes;
mod decode;
mod decode_error;
mod elements;
mod envelope;
mod error;
mod id;
mod members;
mod message;
mod raw;
mod scan;
#[cfg(test)]
mod tests;
mod text;

pub use bytes::write_string;
pub(crate) use decode::decode_element;
pub use decode::{Limits, decode};
pub use decode_error::{DecodeError, DecodeErrorKind};
pub(crate) use elements::Elements;
pub use error::{ErrorObject, code};
pub use id::{InvalidRequestId, RequestId};
pub use members::{Member, Members, Params};
pub use message::{Message, MessageKind, Overflow};
pub use raw::RawJson;
