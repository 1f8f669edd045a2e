//! Asking the client, in either era, from one handler source.
//!
//! [`Context::elicit`], [`Context::sample`] and [`Context::list_roots`] ask under a
//! key. In the legacy era the question goes out on the call's stream and the answer is
//! awaited. In the modern era the handler ends where an answer is missing, the client
//! is told what is wanted, and its retry runs the handler again with the answers so
//! far. [`InputRequired`] is for authors who write rounds by hand.

mod asking;
mod context;
mod error;
mod future;
mod keys;
mod page_tokens;
mod required;
mod round;
mod seal;
mod settings;
mod url_required;

pub(crate) use asking::Asking;
pub(crate) use round::Unmet;
pub(crate) use settings::Settings;

pub use error::{InputError, InputErrorKind};
pub use future::Ask;
pub use page_tokens::{InvalidPageToken, PageTokens};
pub use required::InputRequired;
pub use url_required::UrlElicitationRequired;
