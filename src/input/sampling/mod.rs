//! Asking the client's model.

mod content;
mod message;
mod preferences;
mod sampled;
mod tool;

use std::fmt;

use mcp_layers_core::{
    extensions::ClientCapabilities, jsonrpc::RawJson, protocol::ProtocolVersion,
};
use serde::Serialize;
use serde_json::Value;

pub use content::{Media, SamplingContent, ToolUse, ToolUseResult};
pub use message::SamplingMessage;
pub use preferences::{IncludeContext, ModelPreferences};
pub use sampled::{Sampled, StopReason};
pub use tool::{SamplingTool, ToolChoice};

use super::{Capability, Input, declares, sealed::Sealed, unfit};

/// Asks the client's model to go on with a conversation.
///
/// The client may change, shorten or refuse what is asked, and picks the model. A loop
/// of tool uses needs a limit of its own (SAMP-7). What is asked and answered may be
/// sensitive: `Debug` shows neither (SAMP-11).
///
/// ```
/// use mcp_stack::{Sampling, SamplingMessage};
///
/// let sampling = Sampling::new([SamplingMessage::user("What is the capital of France?")], 100)
///     .with_system_prompt("Answer in one word.")
///     .with_temperature(0.2);
/// # let _ = sampling;
/// ```
#[derive(Clone)]
#[must_use]
pub struct Sampling {
    messages: Vec<SamplingMessage>,
    max_tokens: u32,
    system_prompt: Option<String>,
    temperature: Option<f64>,
    stop_sequences: Vec<String>,
    preferences: Option<ModelPreferences>,
    include_context: IncludeContext,
    metadata: Option<Value>,
    tools: Vec<SamplingTool>,
    tool_choice: Option<ToolChoice>,
}

impl Sampling {
    /// Asks what follows `messages`, in at most `max_tokens` tokens. There is at least
    /// one message.
    pub fn new(messages: impl IntoIterator<Item = SamplingMessage>, max_tokens: u32) -> Self {
        Self {
            messages: messages.into_iter().collect(),
            max_tokens,
            system_prompt: None,
            temperature: None,
            stop_sequences: Vec::new(),
            preferences: None,
            include_context: IncludeContext::None,
            metadata: None,
            tools: Vec::new(),
            tool_choice: None,
        }
    }

    /// Adds a message.
    pub fn add_message(mut self, message: SamplingMessage) -> Self {
        self.messages.push(message);
        self
    }

    /// The system prompt, which the client may change or leave out.
    pub fn with_system_prompt(mut self, prompt: impl Into<String>) -> Self {
        self.system_prompt = Some(prompt.into());
        self
    }

    /// The temperature: a finite number, in the model's own scale.
    pub fn with_temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Adds a text at which the model stops.
    pub fn add_stop_sequence(mut self, text: impl Into<String>) -> Self {
        self.stop_sequences.push(text.into());
        self
    }

    /// Which model would be best.
    pub fn with_model_preferences(mut self, preferences: ModelPreferences) -> Self {
        self.preferences = Some(preferences);
        self
    }

    /// Adds context from servers; the default is none. From 2025-11-25 on the client must
    /// have declared `sampling.context` (SAMP-3). Best left alone: it is deprecated.
    pub fn with_include_context(mut self, include: IncludeContext) -> Self {
        self.include_context = include;
        self
    }

    /// What the provider of the model is told: a JSON object, whose members are its own.
    pub fn with_metadata(mut self, metadata: Value) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Adds a tool that the model may ask for. The client must have declared
    /// `sampling.tools` (SAMP-2), which clients older than 2025-11-25 cannot.
    pub fn add_tool(mut self, tool: SamplingTool) -> Self {
        self.tools.push(tool);
        self
    }

    /// Whether the model uses tools; by default it decides. Needs what
    /// [`add_tool`](Self::add_tool) needs.
    pub fn with_tool_choice(mut self, choice: ToolChoice) -> Self {
        self.tool_choice = Some(choice);
        self
    }

    fn speaks_of_tools(&self) -> bool {
        !self.tools.is_empty()
            || self.tool_choice.is_some()
            || self.messages.iter().any(SamplingMessage::speaks_of_tools)
    }
}

impl fmt::Debug for Sampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampling")
            .field("messages", &self.messages.len())
            .field("max_tokens", &self.max_tokens)
            .field("tools", &self.tools.len())
            .finish_non_exhaustive() // SAMP-11
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
        version: ProtocolVersion,
    ) -> Option<Capability> {
        const SAMPLING: Capability = &["sampling"];
        const TOOLS: Capability = &["sampling", "tools"];
        const CONTEXT: Capability = &["sampling", "context"];
        let known = version >= ProtocolVersion::V2025_11_25;
        if !declares(declared, SAMPLING) {
            Some(SAMPLING) // SAMP-1
        } else if self.speaks_of_tools() && !(known && declares(declared, TOOLS)) {
            Some(TOOLS) // SAMP-2, SAMP-10
        } else if self.include_context != IncludeContext::None
            && known
            && !declares(declared, CONTEXT)
        {
            Some(CONTEXT) // SAMP-3
        } else {
            None
        }
    }

    fn params(&self, version: ProtocolVersion) -> Result<RawJson, String> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Params<'a> {
            messages: Vec<Value>,
            max_tokens: u32,
            #[serde(skip_serializing_if = "Option::is_none")]
            system_prompt: &'a Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            temperature: Option<f64>,
            #[serde(skip_serializing_if = "<[String]>::is_empty")]
            stop_sequences: &'a [String],
            #[serde(skip_serializing_if = "Option::is_none")]
            model_preferences: &'a Option<ModelPreferences>,
            #[serde(skip_serializing_if = "IncludeContext::is_none")]
            include_context: IncludeContext,
            #[serde(skip_serializing_if = "Option::is_none")]
            metadata: &'a Option<Value>,
            #[serde(skip_serializing_if = "<[SamplingTool]>::is_empty")]
            tools: &'a [SamplingTool],
            #[serde(skip_serializing_if = "Option::is_none")]
            tool_choice: Option<ToolChoice>,
        }
        if self.speaks_of_tools() && version < ProtocolVersion::V2025_11_25 {
            return Err(format!("{version} knows no tools in sampling")); // SAMP-10
        }
        if self.temperature.is_some_and(|temperature| !temperature.is_finite()) {
            return Err("the temperature of a sampling must be a finite number".into());
        }
        if self.metadata.as_ref().is_some_and(|metadata| !metadata.is_object()) {
            return Err("the metadata of a sampling must be a JSON object".into());
        }
        self.tools.iter().try_for_each(SamplingTool::check)?;
        message::check(&self.messages)?;
        let messages = self.messages.iter().flat_map(|message| message.wire(version)).collect();
        RawJson::from_value(&Params {
            messages,
            max_tokens: self.max_tokens,
            system_prompt: &self.system_prompt,
            temperature: self.temperature,
            stop_sequences: &self.stop_sequences,
            model_preferences: &self.preferences,
            include_context: self.include_context,
            metadata: &self.metadata,
            tools: &self.tools,
            tool_choice: self.tool_choice,
        })
        .map_err(|error| error.to_string())
    }

    fn read(&self, result: &RawJson) -> Result<Sampled, String> {
        sampled::read(result)
    }
}
