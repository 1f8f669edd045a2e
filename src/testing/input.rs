//! What the server asks the client, and the closures that answer.

use std::{
    fmt,
    future::{Future, ready},
    sync::Arc,
};

use serde_json::{Map, Value, json};

use super::endpoint::BoxFuture;
use crate::{Async, Blocking, ErrorObject, ProtocolVersion};

/// A question from the server: a JSON-RPC request (legacy), or an entry of
/// `inputRequests` (modern).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Asked {
    /// `elicitation/create`, `sampling/createMessage` or `roots/list`.
    pub method: String,
    /// Its params; `null` if it has none.
    pub params: Value,
}

/// An answer to a question from the server. Any other result is made of JSON, and a
/// refusal of an [`ErrorObject`]:
///
/// ```
/// use mcp_stack::{ErrorObject, testing::Reply};
/// use serde_json::json;
///
/// let blue = Reply::accept(json!({ "colour": "blue" }));
/// assert_eq!(blue, json!({ "action": "accept", "content": { "colour": "blue" } }).into());
/// let refused = Reply::from(ErrorObject::new(-1, "the user refuses"));
/// # let _ = refused;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Reply(pub(super) Result<Value, ErrorObject>);

impl Reply {
    /// The user filled in the form.
    #[must_use]
    pub fn accept(content: Value) -> Self {
        Self(Ok(json!({ "action": "accept", "content": content })))
    }

    /// The user said no.
    #[must_use]
    pub fn decline() -> Self {
        Self(Ok(json!({ "action": "decline" })))
    }

    /// The user made no choice.
    #[must_use]
    pub fn cancel() -> Self {
        Self(Ok(json!({ "action": "cancel" })))
    }

    /// The model, named `test-model`, said this and was done.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(Ok(json!({
            "role": "assistant",
            "content": { "type": "text", "text": text },
            "model": "test-model",
            "stopReason": "endTurn",
        })))
    }

    /// The roots with these `file://` URIs.
    #[must_use]
    pub fn roots<'a>(uris: impl IntoIterator<Item = &'a str>) -> Self {
        let roots: Vec<_> = uris.into_iter().map(|uri| json!({ "uri": uri })).collect();
        Self(Ok(json!({ "roots": roots })))
    }
}

/// A whole result.
impl From<Value> for Reply {
    fn from(result: Value) -> Self {
        Self(Ok(result))
    }
}

/// A JSON-RPC error. The modern era has no place for one: the call then ends with
/// the answer that asks for input.
impl From<ErrorObject> for Reply {
    fn from(error: ErrorObject) -> Self {
        Self(Err(error))
    }
}

/// What a closure may return: a [`Reply`], or a future of one. `Marker` tells the
/// two apart, and is inferred.
pub trait IntoReply<Marker> {
    /// Converts.
    fn into_reply(self) -> impl Future<Output = Reply> + Send + 'static;
}

impl<T: Into<Reply>> IntoReply<Blocking> for T {
    fn into_reply(self) -> impl Future<Output = Reply> + Send + 'static {
        ready(self.into())
    }
}

impl<F> IntoReply<Async> for F
where
    F: Future<Output: Into<Reply>> + Send + 'static,
{
    async fn into_reply(self) -> Reply {
        self.await.into()
    }
}

type Closure = Arc<dyn Fn(Asked) -> BoxFuture<Reply> + Send + Sync>;

/// A closure for each question that can be answered.
#[derive(Clone, Default)]
pub(super) struct Closures {
    pub(super) elicit: Option<Closure>,
    pub(super) sample: Option<Closure>,
    pub(super) roots: Option<Closure>,
}

pub(super) fn closure<F, R, Marker>(answer: F) -> Option<Closure>
where
    F: Fn(Asked) -> R + Send + Sync + 'static,
    R: IntoReply<Marker>,
{
    Some(Arc::new(move |asked| Box::pin(answer(asked).into_reply())))
}

impl Closures {
    /// The capabilities that follow from there being closures.
    pub(super) fn capabilities(&self, version: ProtocolVersion) -> Map<String, Value> {
        let mut capabilities = Map::new();
        if self.elicit.is_some() {
            let modes = match version >= ProtocolVersion::V2025_11_25 {
                true => json!({ "form": {}, "url": {} }),
                false => json!({}),
            };
            capabilities.insert("elicitation".into(), modes);
        }
        for (name, closure) in [("sampling", &self.sample), ("roots", &self.roots)] {
            if closure.is_some() {
                capabilities.insert(name.into(), json!({}));
            }
        }
        capabilities
    }

    /// The answer to a question; `None` if there is no closure for it.
    pub(super) fn answer(&self, method: &str, params: &Value) -> Option<BoxFuture<Reply>> {
        let closure = match method {
            "ping" => return Some(Box::pin(ready(json!({}).into()))),
            "elicitation/create" => &self.elicit,
            "sampling/createMessage" => &self.sample,
            "roots/list" => &self.roots,
            _ => &None,
        };
        let closure = closure.as_ref()?;
        Some(closure(Asked { method: method.to_owned(), params: params.clone() }))
    }

    /// The `inputResponses` to a modern result that asks for input; `None` if one
    /// of its questions cannot be answered.
    pub(super) async fn input_responses(&self, result: &Value) -> Option<Value> {
        let mut responses = Map::new();
        for (key, asked) in result["inputRequests"].as_object().into_iter().flatten() {
            let reply = self.answer(asked["method"].as_str()?, &asked["params"])?.await;
            responses.insert(key.clone(), reply.0.ok()?);
        }
        Some(responses.into())
    }
}

impl fmt::Debug for Closures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.capabilities(ProtocolVersion::V2026_07_28);
        f.debug_set().entries(names.keys()).finish()
    }
}
