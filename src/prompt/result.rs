use std::borrow::Cow;

use serde::Serialize;

use crate::{
    BoxError, Content, IntoOutput, Meta, Role,
    result::{ResultWriter, View},
};

/// One message of a prompt.
///
/// ```
/// use mcp_stack::PromptMessage;
///
/// let messages = [
///     PromptMessage::user("Is this a bug?"),
///     PromptMessage::assistant("Show me the code."),
/// ];
/// # let _ = messages;
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct PromptMessage {
    role: Role,
    content: Content,
}

impl PromptMessage {
    /// Said by the person.
    pub fn user(content: impl Into<Content>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// Said by the model.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

/// What a prompt answers with.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct PromptResult {
    description: Option<String>,
    messages: Vec<PromptMessage>,
    meta: Option<Meta>,
}

impl PromptResult {
    /// These messages.
    pub fn new(messages: impl IntoIterator<Item = PromptMessage>) -> Self {
        Self { messages: messages.into_iter().collect(), ..Self::default() }
    }

    /// What the messages are for.
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Adds `_meta`.
    pub fn with_meta(mut self, meta: Meta) -> Self {
        self.meta = Some(meta);
        self
    }

    pub(crate) fn write(self, out: &mut ResultWriter<'_>, view: View<'_>) -> Option<Meta> {
        if let Some(description) = &self.description {
            out.member("description", description);
        }
        #[derive(Serialize)]
        struct Sent<'a> {
            role: Role,
            content: Cow<'a, Content>,
        }
        let sent = self.messages.iter().map(|message| Sent {
            role: message.role,
            content: message.content.for_version(view.version),
        });
        out.member("messages", &sent.collect::<Vec<_>>());
        self.meta
    }

    pub(crate) fn size_hint(&self) -> usize {
        128 + self.messages.iter().map(|message| 32 + message.content.size_hint()).sum::<usize>()
    }
}

impl IntoOutput<Self> for PromptResult {
    fn into_output(self) -> Result<Self, BoxError> {
        Ok(self)
    }
}

impl IntoOutput<PromptResult> for PromptMessage {
    fn into_output(self) -> Result<PromptResult, BoxError> {
        Ok(PromptResult::new([self]))
    }
}

impl IntoOutput<PromptResult> for Vec<PromptMessage> {
    fn into_output(self) -> Result<PromptResult, BoxError> {
        Ok(PromptResult::new(self))
    }
}

impl IntoOutput<PromptResult> for String {
    fn into_output(self) -> Result<PromptResult, BoxError> {
        PromptMessage::user(self).into_output()
    }
}

impl IntoOutput<PromptResult> for &'static str {
    fn into_output(self) -> Result<PromptResult, BoxError> {
        PromptMessage::user(self).into_output()
    }
}

impl<const N: usize> IntoOutput<PromptResult> for [PromptMessage; N] {
    fn into_output(self) -> Result<PromptResult, BoxError> {
        Ok(PromptResult::new(self))
    }
}
