//! What a request is answered with.

use std::ops::Index;

use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Notification;

/// The result of a request, and what came with it.
///
/// Members of the result are reached by indexing, as in `answer["content"][0]["text"]`;
/// one that is not there is `null`.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) result: Value,
    pub(super) headers: HeaderMap,
    pub(super) notifications: Vec<Notification>,
    pub(super) is_stream: bool,
}

impl Answer {
    /// The result as it came.
    #[must_use]
    pub fn result(&self) -> &Value {
        &self.result
    }

    /// The result as a type of your own.
    ///
    /// # Errors
    ///
    /// As [`serde_json::from_value`].
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_value(self.result.clone())
    }

    /// The texts in it, joined by line breaks: of a tool's `content`, of a
    /// resource's `contents`, of a prompt's `messages`. Empty if there is none.
    #[must_use]
    pub fn text(&self) -> String {
        let items = |name: &str| self.result[name].as_array().into_iter().flatten();
        let content = items("content").chain(items("contents"));
        let messages = items("messages").map(|message| &message["content"]);
        let texts = content.chain(messages).filter_map(|item| item["text"].as_str());
        texts.collect::<Vec<_>>().join("\n")
    }

    /// A tool's structured content as a type of your own.
    ///
    /// # Errors
    ///
    /// As [`serde_json::from_value`]; content that is not there is read as `null`.
    pub fn structured<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_value(self["structuredContent"].clone())
    }

    /// Whether a tool says that it failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self["isError"] == true
    }

    /// Whether the server asks for input which the client has no closure for
    /// (modern). `answer["inputRequests"]` says what for; the retry is yours to
    /// make, with [`Call::with_param`](super::Call::with_param).
    #[must_use]
    pub fn is_input_required(&self) -> bool {
        self["resultType"] == "input_required"
    }

    /// What came before the result, in order, of all its rounds.
    #[must_use]
    pub fn notifications(&self) -> &[Notification] {
        &self.notifications
    }

    /// The HTTP headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Whether it came as server-sent events, and not as JSON.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.is_stream
    }
}

impl Index<&str> for Answer {
    type Output = Value;

    fn index(&self, member: &str) -> &Value {
        &self.result[member]
    }
}
