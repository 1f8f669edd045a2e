use std::collections::BTreeSet;

use mcp_layers_core::protocol::ProtocolVersion;
use serde_json::{Value, json};

use super::SamplingContent;
use crate::Role;

/// One message of the conversation with a model.
#[derive(Debug, Clone)]
#[must_use]
pub struct SamplingMessage {
    role: Role,
    content: Vec<SamplingContent>,
}

impl SamplingMessage {
    /// What the person says.
    pub fn user(content: impl Into<SamplingContent>) -> Self {
        Self { role: Role::User, content: vec![content.into()] }
    }

    /// What the model said.
    pub fn assistant(content: impl Into<SamplingContent>) -> Self {
        Self { role: Role::Assistant, content: vec![content.into()] }
    }

    /// What the tools gave that the model asked for in the message before (SAMP-6):
    /// [`ToolUse::result`](super::ToolUse::result) of each.
    pub fn tool_results(results: impl IntoIterator<Item = super::ToolUseResult>) -> Self {
        let content = results.into_iter().map(Into::into).collect();
        Self { role: Role::User, content }
    }

    /// Adds a block. Clients older than 2025-11-25, to whom a message is one block, get
    /// it as a message of its own (SAMP-10).
    pub fn add_content(mut self, content: impl Into<SamplingContent>) -> Self {
        self.content.push(content.into());
        self
    }

    pub(super) fn of(role: Role, content: Vec<SamplingContent>) -> Self {
        Self { role, content }
    }

    pub(super) fn speaks_of_tools(&self) -> bool {
        use SamplingContent as C;
        self.content.iter().any(|block| matches!(block, C::ToolUse(_) | C::ToolResult(_)))
    }

    /// The message as this revision knows it; one for each block, if it must be.
    pub(super) fn wire(&self, version: ProtocolVersion) -> Vec<Value> {
        let mut blocks: Vec<_> = self.content.iter().map(|block| block.wire(version)).collect();
        let message = |content: Value| json!({ "role": self.role, "content": content });
        if version < ProtocolVersion::V2025_11_25 {
            return blocks.into_iter().map(message).collect(); // SAMP-10
        }
        let content = if blocks.len() == 1 { blocks.remove(0) } else { blocks.into() };
        vec![message(content)]
    }

    fn tool_uses(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        for block in &self.content {
            if let SamplingContent::ToolUse(tool) = block {
                ids.push(tool.id());
            }
        }
        ids
    }

    fn results(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        for block in &self.content {
            if let SamplingContent::ToolResult(result) = block {
                ids.push(&*result.id);
            }
        }
        ids
    }

    fn check(&self) -> Result<(), String> {
        let (uses, results) = (self.tool_uses(), self.results());
        if self.content.is_empty() {
            return Err("a message of a sampling is empty".into());
        }
        if self.role == Role::User && !uses.is_empty() {
            return Err("a message of the user cannot use a tool".into());
        }
        if self.role == Role::Assistant && !results.is_empty() {
            return Err("a message of the assistant cannot have the result of a tool".into());
        }
        if !results.is_empty() && results.len() < self.content.len() {
            return Err("a message with results of tools has nothing else in it".into()); // SAMP-5
        }
        self.content.iter().try_for_each(|block| match block {
            SamplingContent::ToolUse(tool) => tool.check(),
            _ => Ok(()),
        })
    }
}

/// Whether these messages may be sent: SAMP-4, SAMP-5, SAMP-6.
pub(super) fn check(messages: &[SamplingMessage]) -> Result<(), String> {
    if messages.is_empty() {
        return Err("a sampling needs at least one message".into());
    }
    messages.iter().try_for_each(SamplingMessage::check)?;
    let mut open = Vec::new();
    for message in messages {
        let results = message.results();
        let expected: BTreeSet<_> = open.iter().copied().collect();
        let given: BTreeSet<_> = results.iter().copied().collect();
        if expected != given || [results.len(), open.len()] != [expected.len(); 2] {
            return Err(unmatched());
        }
        open = message.tool_uses();
    }
    if open.is_empty() { Ok(()) } else { Err(unmatched()) }
}

fn unmatched() -> String {
    "each use of a tool has its result in the message right after, and no other result is \
     there; an id is used once in a message"
        .into()
}
