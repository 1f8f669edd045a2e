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
use mcp_layers_core::{jsonrpc::RequestId, protocol::meta};
use serde_json::{Map, Value, json};

use super::{Answer, CallError, TestClient, endpoint::BoxFuture};

/// A request that is sent once it is awaited or polled. Dropping it is what a client
/// that goes away does.
///
/// ```
/// # use mcp_stack::{BoxError, testing::TestClient};
/// # use serde_json::json;
/// # async fn test(client: TestClient) -> Result<(), BoxError> {
/// let call = client.call_tool("wait", json!({})).with_progress("started");
/// let id = call.id().clone();
/// let (answer, cancelled) = tokio::join!(call, async {
///     client.next_notification().await;
///     client.cancel(&id).await
/// });
/// cancelled?;
/// assert!(answer.is_err());
///
/// let nameless = client.call_tool("add", json!({ "a": 1, "b": 2 })).with_edit(|request| {
///     request.headers_mut().remove("mcp-name");
/// });
/// assert_eq!(nameless.await.unwrap_err().code(), Some(-32020));
/// # Ok(())
/// # }
/// ```
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
    pub(super) client: TestClient,
    pub(super) method: String,
    pub(super) params: Map<String, Value>,
    pub(super) edits: Vec<Edit>,
    /// Not sent at all, but taken up again after this event.
    pub(super) resumed_after: Option<HeaderValue>,
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

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("id", &self.id).finish_non_exhaustive()
    }
}
