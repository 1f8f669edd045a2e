use mcp_layers_core::{
    extensions::ClientCapabilities, jsonrpc::RawJson, protocol::ProtocolVersion,
};

use super::{Capability, Input, declares, sealed::Sealed};
use crate::Role;

/// Asks the client's model for a completion.
#[derive(Debug, Clone)]
#[must_use]
pub struct Sampling {
    messages: Vec<SamplingMessage>,
    max_tokens: u32,
}

/// A message.
#[derive(Debug, Clone)]
pub struct SamplingMessage {
    role: Role,
    text: String,
}

/// A block of a message.
#[derive(Debug, Clone)]
pub struct SamplingContent;
/// A tool the model may ask for.
#[derive(Debug, Clone)]
pub struct SamplingTool;
/// Preferences.
#[derive(Debug, Clone)]
pub struct ModelPreferences;
/// Whether tools are used.
#[derive(Debug, Clone, Copy)]
pub enum ToolChoice {}
/// Whose context is added.
#[derive(Debug, Clone, Copy)]
pub enum IncludeContext {}
/// Why it stopped.
#[derive(Debug, Clone)]
pub enum StopReason {}
/// What the model answered.
#[derive(Debug, Clone)]
pub struct Sampled;

impl SamplingMessage {
    /// What the person says.
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, text: text.into() }
    }
}

impl Sampling {
    /// Asks for an answer to `messages` of at most `max_tokens` tokens.
    pub fn new(messages: impl IntoIterator<Item = SamplingMessage>, max_tokens: u32) -> Self {
        Self { messages: messages.into_iter().collect(), max_tokens }
    }
}

impl Sealed for Sampling {}

impl Input for Sampling {
    type Answer = Sampled;

    fn method(&self) -> &'static str {
        "sampling/createMessage"
    }

    fn missing(
        &self,
        declared: Option<&ClientCapabilities>,
        _: ProtocolVersion,
    ) -> Option<Capability> {
        const SAMPLING: Capability = &["sampling"];
        (!declares(declared, SAMPLING)).then_some(SAMPLING) // SAMP-1
    }

    fn params(&self, _: ProtocolVersion) -> Result<RawJson, String> {
        let first = self.messages.first().map(|message| (message.role, &message.text));
        Err(format!("not yet: {first:?} {}", self.max_tokens))
    }

    fn read(&self, _: &RawJson) -> Result<Sampled, String> {
        Err("not yet".into())
    }
}
