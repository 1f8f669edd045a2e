//! One request, from its making to its answer.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderValue, Request};
use http_body_util::Full;
use mcp_layers_core::{
    headers::MCP_SESSION_ID,
    jsonrpc::{RequestId, code},
    protocol::meta,
};
use serde_json::{Map, Value, json};

use super::{
    Answer, Notification, TestClient,
    endpoint::BoxFuture,
    error::{CallError, CallErrorKind},
};
use crate::ProtocolVersion;

/// A request that is sent once it is awaited or polled. Dropping it is what a client
/// that goes away does.
#[must_use = "futures do nothing unless polled"]
pub struct Call {
    id: RequestId,
    state: State,
}

enum State {
    /// `None` for the moment of a change.
    Draft(Option<Draft>),
    Running(BoxFuture<Result<Answer, CallError>>),
}

type Edit = Arc<dyn Fn(&mut Request<Full<Bytes>>) + Send + Sync>;

pub(super) struct Draft {
    client: TestClient,
    method: String,
    params: Map<String, Value>,
    edits: Vec<Edit>,
    /// Not sent at all, but taken up again after this event.
    resumed_after: Option<HeaderValue>,
}

impl Call {
    pub(super) fn new(client: TestClient, method: &str, params: Value) -> Self {
        let params = match params {
            Value::Object(params) => params,
            Value::Null => Map::new(),
            other => panic!("params are an object, and not {other}"),
        };
        let id = client.live.next_id();
        let method = method.to_owned();
        let draft = Draft { client, method, params, edits: Vec::new(), resumed_after: None };
        Self { id, state: State::Draft(Some(draft)) }
    }

    pub(super) fn resumed(client: TestClient, id: &RequestId, after: HeaderValue) -> Self {
        let mut call = Self::new(client, "", Value::Null).with_id(id.clone());
        call.draft().resumed_after = Some(after);
        call
    }

    /// The id; retries that carry input (modern) have ids of their own.
    #[must_use]
    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// Another id than the next number.
    pub fn with_id(mut self, id: impl Into<RequestId>) -> Self {
        self.id = id.into();
        self
    }

    /// Sets a member of `params`.
    pub fn with_param(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.draft().params.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a member of `params._meta`.
    ///
    /// # Panics
    ///
    /// If `_meta` was set to something that is no object.
    pub fn with_meta(mut self, key: &str, value: impl Into<Value>) -> Self {
        let meta = self.draft().params.entry("_meta").or_insert_with(|| json!({}));
        meta.as_object_mut().expect("`_meta` is an object").insert(key.to_owned(), value.into());
        self
    }

    /// Asks to be told of the progress, under a string or an integer.
    pub fn with_progress(self, token: impl Into<Value>) -> Self {
        self.with_meta(meta::PROGRESS_TOKEN, token)
    }

    /// Changes the HTTP request just before it is sent, such as to break a rule that
    /// the client would keep.
    pub fn with_edit(
        mut self,
        edit: impl Fn(&mut Request<Full<Bytes>>) + Send + Sync + 'static,
    ) -> Self {
        self.draft().edits.push(Arc::new(edit));
        self
    }

    /// # Panics
    ///
    /// Once the request was sent.
    fn draft(&mut self) -> &mut Draft {
        match &mut self.state {
            State::Draft(Some(draft)) => draft,
            _ => panic!("a call is changed before it is sent"),
        }
    }
}

impl Future for Call {
    type Output = Result<Answer, CallError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            self.state = match &mut self.state {
                State::Running(work) => return work.as_mut().poll(cx),
                State::Draft(draft) => {
                    let draft = draft.take().expect("a draft is there until it is sent");
                    State::Running(Box::pin(draft.run(self.id.clone())))
                }
            }
        }
    }
}

impl Draft {
    async fn run(mut self, mut id: RequestId) -> Result<Answer, CallError> {
        let mut notifications = Vec::new();
        let mut rounds = 0;
        loop {
            let answer = match self.round(&id, &mut notifications).await {
                Ok(answer) => answer,
                Err(error) if self.can_learn(&error) => {
                    self.client.list_tools().await?;
                    id = self.client.live.next_id();
                    self.round(&id, &mut notifications).await?
                }
                Err(error) => return Err(error.with_notifications(notifications)),
            };
            if !self.client.is_modern() || !answer.is_input_required() {
                return Ok(answer.with_notifications(notifications));
            }
            // Awaited apart, so that no borrow of the answer outlives the round.
            let Some(responses) =
                self.client.settings.closures.input_responses(answer.result()).await
            else {
                return Ok(answer.with_notifications(notifications));
            };
            if rounds == self.client.settings.max_rounds {
                let detail = format!("the server asked for input more than {rounds} times");
                return Err(
                    CallError::new(CallErrorKind::Rounds, detail).with_notifications(notifications)
                );
            }
            rounds += 1;
            self.answer(&answer, responses);
            id = self.client.live.next_id(); // MRTR-8
        }
    }

    /// Makes the params those of the retry, with what this round asked for alone.
    fn answer(&mut self, asked: &Answer, responses: Value) {
        self.params.remove("inputResponses");
        if asked.result().get("inputRequests").is_some() {
            self.params.insert("inputResponses".into(), responses);
        }
        match asked.result().get("requestState") {
            Some(state) => self.params.insert("requestState".into(), state.clone()),
            None => self.params.remove("requestState"),
        };
    }

    async fn round(
        &self,
        id: &RequestId,
        notifications: &mut Vec<Notification>,
    ) -> Result<Answer, CallError> {
        let mut request = match &self.resumed_after {
            Some(after) => self.client.get(Some(after.clone())),
            None => self.client.message(Some(id), &self.method, self.params.clone()),
        };
        self.edits.iter().for_each(|edit| edit(&mut request));
        let mut incoming = self.client.send(request).await?;
        let is_stream = incoming.is_stream();
        let notice = |notification| notifications.push(notification);
        let result = self.client.converse(&mut incoming, Some(id), notice).await?;
        let headers = incoming.headers;
        let answer = Answer { result, headers, notifications: Vec::new(), is_stream };
        self.learn(&answer);
        Ok(answer)
    }

    /// Takes note of what a handshake agrees on.
    fn learn(&self, answer: &Answer) {
        let mut learnt = self.client.live.learnt();
        match &*self.method {
            "initialize" if !self.client.is_modern() => {
                learnt.session = answer.headers.get(MCP_SESSION_ID).cloned();
                let version = answer["protocolVersion"].as_str();
                learnt.negotiated = version.and_then(ProtocolVersion::from_name);
                learnt.server = answer.result().clone();
            }
            "server/discover" => learnt.server = answer.result().clone(),
            _ => {}
        }
    }

    /// Whether the tool may have mirrored arguments that only its schema tells of.
    fn can_learn(&self, error: &CallError) -> bool {
        let name = self.params.get("name").and_then(Value::as_str);
        error.code() == Some(code::HEADER_MISMATCH)
            && self.method == "tools/call"
            && self.edits.is_empty()
            && name.is_some_and(|name| !self.client.live.learnt().mirrored.contains_key(name))
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("id", &self.id).finish_non_exhaustive()
    }
}
