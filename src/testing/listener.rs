//! Streams on which the server speaks of its own accord.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request};
use http_body_util::Full;
use mcp_layers_core::jsonrpc::RequestId;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::{
    Notification, TestClient,
    error::{CallError, CallErrorKind},
    inbox::Inbox,
    incoming::Incoming,
};

/// An open stream of notifications: the answer to GET (legacy), or to
/// `subscriptions/listen` (modern). Read by a task of its own; dropping it closes the
/// stream.
///
/// ```
/// # use mcp_stack::{BoxError, testing::TestClient};
/// # use serde_json::json;
/// # async fn test(client: TestClient) -> Result<(), BoxError> {
/// let listener = client.listen(json!({ "toolsListChanged": true })).await?;
/// assert_eq!(listener.acknowledged()["toolsListChanged"], true);
/// client.call_tool("add_a_tool", json!({})).await?;
/// let changed = listener.next().await.expect("the stream is open");
/// assert_eq!(changed.method, "notifications/tools/list_changed");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "dropping a listener closes its stream"]
pub struct Listener {
    inbox: Arc<Inbox>,
    acknowledged: Value,
    task: JoinHandle<Result<Value, CallError>>,
}

impl Listener {
    /// The oldest notification of this stream that was not taken yet; waits for one.
    /// `None` once the stream has ended.
    pub async fn next(&self) -> Option<Notification> {
        self.inbox.next().await
    }

    /// All notifications that came on this stream so far.
    #[must_use]
    pub fn notifications(&self) -> Vec<Notification> {
        self.inbox.all()
    }

    /// The filter that the server honours, as its acknowledgement says (modern).
    /// `null` of a GET stream.
    #[must_use]
    pub fn acknowledged(&self) -> &Value {
        &self.acknowledged
    }

    /// Waits for the end of the stream, and gives the closing result.
    ///
    /// # Errors
    ///
    /// [`CallError`]: of kind [`Cut`](CallErrorKind::Cut) if the stream ended without
    /// a result, as GET streams do.
    pub async fn ended(mut self) -> Result<Value, CallError> {
        match (&mut self.task).await {
            Ok(ended) => ended,
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(CallError::new(CallErrorKind::Cut, "the runtime stopped")),
            },
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TestClient {
    /// `subscriptions/listen` (modern), for what `filter` has, such as
    /// `{"toolsListChanged": true}`. Comes back with the acknowledgement.
    ///
    /// # Errors
    ///
    /// [`CallError`], of kind [`Malformed`](CallErrorKind::Malformed) if anything
    /// comes before the acknowledgement.
    pub async fn listen(&self, filter: Value) -> Result<Listener, CallError> {
        let id = self.live.next_id();
        let params = [("notifications".to_owned(), filter)].into_iter().collect();
        let mut incoming =
            self.open(self.message(Some(&id), "subscriptions/listen", params)).await?;
        let first = std::future::poll_fn(|cx| incoming.poll_message(cx)).await;
        let first = first.unwrap_or_else(|| {
            Err(CallError::new(CallErrorKind::Cut, "the stream ended without a message"))
        })?;
        if first["method"] != "notifications/subscriptions/acknowledged" {
            let detail = format!("no acknowledgement but {first}"); // LISTEN-2
            return Err(CallError::new(CallErrorKind::Malformed, detail));
        }
        let acknowledged = first["params"]["notifications"].clone();
        Ok(self.follow(incoming, Some(id), acknowledged))
    }

    /// The GET stream of the session (legacy). `last_event_id` resumes one that broke
    /// off after this event.
    ///
    /// # Errors
    ///
    /// [`CallError`], of kind [`Malformed`](CallErrorKind::Malformed) for an event id
    /// that no header can carry.
    pub async fn open_stream(&self, last_event_id: Option<&str>) -> Result<Listener, CallError> {
        let after = last_event_id.map(event_id).transpose()?;
        let incoming = self.open(self.get(after)).await?;
        Ok(self.follow(incoming, None, Value::Null))
    }

    /// The head of an answer that must be a stream.
    async fn open(&self, request: Request<Full<Bytes>>) -> Result<Incoming, CallError> {
        let mut incoming = self.send(request).await?;
        if incoming.status.is_success() && incoming.is_stream() {
            return Ok(incoming);
        }
        let message = std::future::poll_fn(|cx| incoming.poll_message(cx)).await;
        Err(super::exchange::refusal(&incoming, message))
    }

    fn follow(
        &self,
        mut incoming: Incoming,
        id: Option<RequestId>,
        acknowledged: Value,
    ) -> Listener {
        let inbox = Arc::new(Inbox::default());
        let (client, open) = (self.clone(), Open(inbox.clone()));
        let task = tokio::spawn(async move {
            client.converse(&mut incoming, id.as_ref(), |notice| open.0.push(notice)).await
        });
        Listener { inbox, acknowledged, task }
    }
}

/// Closes the inbox when the reading ends, however it does.
struct Open(Arc<Inbox>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// An event id as a header.
pub(super) fn event_id(id: &str) -> Result<HeaderValue, CallError> {
    HeaderValue::try_from(id).map_err(|error| {
        CallError::new(CallErrorKind::Malformed, format!("no header can carry the event id {id:?}"))
            .with_source(error.into())
    })
}
