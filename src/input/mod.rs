//! What a handler can ask of the client, and how the answers are read.
//!
//! An [`Input`] knows four things: its method, the capabilities it needs, its params
//! in each revision, and how to read the answer. How it travels (a request on the
//! call's stream, or an entry of `inputRequests`) is not its concern.

mod elicited;
mod form;
mod roots;
mod sampling;
mod uri;
mod url;

use mcp_layers_core::{
    extensions::ClientCapabilities, jsonrpc::RawJson, protocol::ProtocolVersion,
};

pub use elicited::Elicited;
pub use form::{Field, Form, InvalidForm, field};
pub use roots::{ListRoots, Root};
pub use sampling::{
    IncludeContext, Media, ModelPreferences, Sampled, Sampling, SamplingContent, SamplingMessage,
    SamplingTool, StopReason, ToolChoice, ToolUse, ToolUseResult,
};
pub use url::UrlElicitation;

/// A path into the client's capabilities, such as `["elicitation", "url"]`.
pub(crate) type Capability = &'static [&'static str];

/// What a handler can ask of the client: a [`Form`], a [`UrlElicitation`], a
/// [`Sampling`] or [`ListRoots`]. Sealed.
pub trait Input: sealed::Sealed + Send + Sync + 'static {
    /// What the client answers.
    type Answer: Send + 'static;

    /// The method of the request (MRTR-5).
    #[doc(hidden)]
    fn method(&self) -> &'static str;

    /// A capability that this needs and the client did not declare (MRTR-6): the
    /// first, where there are several. What a revision does not know counts as not
    /// declared.
    #[doc(hidden)]
    fn missing(
        &self,
        declared: Option<&ClientCapabilities>,
        version: ProtocolVersion,
    ) -> Option<Capability>;

    /// The params as this revision knows them: a JSON object.
    ///
    /// # Errors
    ///
    /// What is wrong with the question, or what the revision cannot express.
    #[doc(hidden)]
    fn params(&self, version: ProtocolVersion) -> Result<RawJson, String>;

    /// Reads and checks the client's result (MRTR-17).
    ///
    /// # Errors
    ///
    /// What does not fit.
    #[doc(hidden)]
    fn read(&self, result: &RawJson) -> Result<Self::Answer, String>;
}

/// What [`Context::elicit`](crate::Context::elicit) asks a person: a [`Form`] or a
/// [`UrlElicitation`].
pub trait Elicitation: Input {}

impl<T> Elicitation for Form<T> where Self: Input {}
impl Elicitation for UrlElicitation {}

mod sealed {
    pub trait Sealed {}
}

/// Whether the client declared this capability.
fn declares(declared: Option<&ClientCapabilities>, path: Capability) -> bool {
    declared.is_some_and(|capabilities| capabilities.has(path))
}

/// Says that what the client sent is not `what`, without repeating it: answers are
/// personal (SAMP-11).
fn unfit(what: &str, error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.split_once(" at line ") {
        Some((missing, _)) if missing.starts_with("missing field") => format!("{what}: {missing}"),
        _ => format!("{what} has a member of another type or value than it should"),
    }
}
