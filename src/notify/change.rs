use std::hash::{DefaultHasher, Hash, Hasher as _};

use mcp_layers_core::jsonrpc::{Message, Overflow};
use serde::Serialize;

/// Something that clients may want to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Change<'a> {
    Tools,
    Prompts,
    /// The list of resources, or that of templates.
    Resources,
    /// What is to be read at this URI.
    Updated(&'a str),
}

#[derive(Serialize)]
struct Params<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'a str>,
}

impl Change<'_> {
    /// The one text that all legacy streams share.
    pub(super) fn message(self) -> Message {
        self.coalesced(Message::notification(self.method(), &self.params()))
    }

    /// The one text that all modern streams share, save for their subscription.
    pub(super) fn shared_message(self) -> Message {
        self.coalesced(Message::shared_notification(self.method(), &self.params()))
    }

    /// A reader that lags is told once: what counts is the list or the resource as it
    /// is when the client looks.
    fn coalesced(self, message: Message) -> Message {
        let mut key = DefaultHasher::new();
        self.hash(&mut key);
        message.with_overflow(Overflow::Latest(key.finish()))
    }

    fn method(self) -> &'static str {
        match self {
            Self::Tools => "notifications/tools/list_changed",
            Self::Prompts => "notifications/prompts/list_changed",
            Self::Resources => "notifications/resources/list_changed",
            Self::Updated(_) => "notifications/resources/updated",
        }
    }

    fn params(&self) -> Params<'_> {
        match self {
            Self::Updated(uri) => Params { uri: Some(uri) },
            _ => Params { uri: None },
        }
    }
}
