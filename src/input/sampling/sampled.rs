use std::fmt;

use mcp_layers_core::jsonrpc::RawJson;
use serde::Deserialize;

use super::{SamplingContent, SamplingMessage, ToolUse, unfit};
use crate::Role;

/// What the client's model answered. It was checked for its form alone (SAMP-8): the
/// words are a model's, or a person's.
#[derive(Clone)]
pub struct Sampled {
    role: Role,
    content: Vec<SamplingContent>,
    model: String,
    stop_reason: Option<StopReason>,
}

/// Why the model stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// It was done.
    EndTurn,
    /// It came to a stop sequence.
    StopSequence,
    /// It came to the limit of tokens.
    MaxTokens,
    /// It asks for tools.
    ToolUse,
    /// A reason of the client's own.
    Other(String),
}

impl Sampled {
    /// Who speaks; nearly always the assistant.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The blocks, at least one.
    #[must_use]
    pub fn content(&self) -> &[SamplingContent] {
        &self.content
    }

    /// All text, joined.
    #[must_use]
    pub fn text(&self) -> String {
        let mut all = String::new();
        for block in &self.content {
            if let SamplingContent::Text(text) = block {
                all.push_str(text);
            }
        }
        all
    }

    /// The tools the model asks for.
    pub fn tool_uses(&self) -> impl Iterator<Item = &ToolUse> {
        self.content.iter().filter_map(|block| match block {
            SamplingContent::ToolUse(tool) => Some(tool),
            _ => None,
        })
    }

    /// The model's name.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Why it stopped, if the client says so.
    #[must_use]
    pub fn stop_reason(&self) -> Option<&StopReason> {
        self.stop_reason.as_ref()
    }

    /// The answer as a message, to go on with the conversation.
    pub fn into_message(self) -> SamplingMessage {
        SamplingMessage::of(self.role, self.content)
    }
}

impl fmt::Debug for Sampled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampled")
            .field("role", &self.role)
            .field("blocks", &self.content.len())
            .field("model", &self.model)
            .field("stop_reason", &self.stop_reason)
            .finish_non_exhaustive() // SAMP-11
    }
}

impl From<String> for StopReason {
    fn from(reason: String) -> Self {
        match reason.as_str() {
            "endTurn" => Self::EndTurn,
            "stopSequence" => Self::StopSequence,
            "maxTokens" => Self::MaxTokens,
            "toolUse" => Self::ToolUse,
            _ => Self::Other(reason),
        }
    }
}

/// Reads a `CreateMessageResult`, with one block or an array of them, whatever the
/// revision: an array is no harder to read where one block was meant.
pub(super) fn read(result: &RawJson) -> Result<Sampled, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Speaker {
        User,
        Assistant,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct CreateMessageResult {
        role: Speaker,
        content: RawJson,
        model: String,
        stop_reason: Option<String>,
    }
    let what = "the result of a sampling";
    if !result.is_object() {
        return Err(format!("{what} must be an object"));
    }
    let CreateMessageResult { role, content, model, stop_reason } =
        result.to().map_err(|error| unfit(what, &error))?;
    let blocks = match content.is_object() {
        true => vec![content],
        false => content.to::<Vec<RawJson>>().map_err(|error| unfit("its content", &error))?,
    };
    if blocks.is_empty() {
        return Err(format!("{what} has no content"));
    }
    let role = match role {
        Speaker::User => Role::User,
        Speaker::Assistant => Role::Assistant,
    };
    let content = blocks.iter().map(SamplingContent::read).collect::<Result<_, _>>()?;
    Ok(Sampled { role, content, model, stop_reason: stop_reason.map(StopReason::from) })
}
