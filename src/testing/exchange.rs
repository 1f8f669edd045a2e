//! Sends a message and follows its answer up to the response.

use std::{future::poll_fn, task::Poll};

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use mcp_layers_core::jsonrpc::RequestId;
use serde_json::{Value, json};
use tokio::task::{AbortHandle, JoinSet};

use super::{
    Notification, TestClient,
    error::{CallError, CallErrorKind},
    incoming::Incoming,
    input::Reply,
};
use crate::ErrorObject;

impl TestClient {
    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Incoming, CallError> {
        let response = self.endpoint.send(request).await.map_err(|error| {
            CallError::new(CallErrorKind::Service, "the service failed").with_source(error)
        })?;
        Ok(Incoming::new(response, self.live.clone()))
    }

    /// Sends what gets no response.
    pub(super) async fn deliver(&self, request: Request<Full<Bytes>>) -> Result<(), CallError> {
        let mut incoming = self.send(request).await?;
        if incoming.status.is_success() {
            return Ok(());
        }
        let message = poll_fn(|cx| incoming.poll_message(cx)).await;
        Err(refusal(&incoming, message))
    }

    /// Reads up to the response to `id`, and gives its result. Notifications go to
    /// `notice`, and to the inbox; questions are answered while reading goes on.
    pub(super) async fn converse(
        &self,
        incoming: &mut Incoming,
        id: Option<&RequestId>,
        mut notice: impl FnMut(Notification),
    ) -> Result<Value, CallError> {
        let id = id.map(|id| json!(id));
        // Dropped with the call, and then its answers stop too.
        let mut replies = JoinSet::new();
        let mut thinking = Vec::new();
        loop {
            let next = poll_fn(|cx| {
                while let Poll::Ready(Some(delivered)) = replies.poll_join_next(cx) {
                    if let Err(error) = unless_panicked(delivered) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                incoming.poll_message(cx)
            });
            let message = match next.await {
                Some(Ok(message)) => message,
                other => return Err(refusal(incoming, other)),
            };
            match (message.get("method").and_then(Value::as_str), message.get("id")) {
                (Some(_), None) => {
                    let notification = Notification::of(&message);
                    if notification.method == "notifications/cancelled" {
                        let cancelled = &notification.params["requestId"];
                        let is_meant = |(asked, _): &&(Value, AbortHandle)| asked == cancelled;
                        thinking.iter().filter(is_meant).for_each(|(_, task)| task.abort());
                    }
                    self.live.inbox.push(notification.clone());
                    notice(notification);
                }
                (Some(method), Some(_)) if self.is_modern() => {
                    let detail = format!("a modern server sent the request {method}");
                    return Err(malformed(incoming, detail)); // SSE-9
                }
                (Some(method), Some(asked)) => {
                    let answer = self.answer(method, asked.clone(), &message["params"]);
                    thinking.push((asked.clone(), replies.spawn(answer)));
                }
                (None, answered) => {
                    if answered != id.as_ref() && !is_unaddressed_error(&message) {
                        return Err(malformed(
                            incoming,
                            format!("a response to another: {message}"),
                        ));
                    }
                    replies.detach_all();
                    return match message.get("result") {
                        Some(result) if incoming.status == StatusCode::OK => Ok(result.clone()),
                        _ => Err(refusal(incoming, Some(Ok(message)))),
                    };
                }
            }
        }
    }

    /// Answers a question of a legacy server.
    fn answer(
        &self,
        method: &str,
        id: Value,
        params: &Value,
    ) -> impl Future<Output = Result<(), CallError>> + Send + 'static {
        let client = self.clone();
        let reply = self.settings.closures.answer(method, params);
        let unknown = Reply::from(ErrorObject::method_not_found(method));
        async move {
            let reply = match reply {
                Some(reply) => reply.await,
                None => unknown,
            };
            let message = match reply.0 {
                Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
                Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
            };
            client.deliver(client.post(&message)).await
        }
    }
}

/// An error that names no request is about the only one there is.
fn is_unaddressed_error(message: &Value) -> bool {
    message["id"].is_null() && message.get("error").is_some()
}

/// Why there is no result: what was read last, if anything was.
pub(super) fn refusal(incoming: &Incoming, last: Option<Result<Value, CallError>>) -> CallError {
    let error = match last {
        Some(Ok(message)) if message.get("error").is_some() => {
            CallError::refused(&message["error"])
        }
        Some(Ok(message)) if message.get("result").is_some() => {
            CallError::new(CallErrorKind::Status, "a result comes with status 200 OK")
        }
        Some(Ok(message)) => return malformed(incoming, format!("this is no response: {message}")),
        // Of an answer to a question, which has a status of its own.
        Some(Err(error)) if error.status().is_some() => return error,
        Some(Err(error)) => error,
        None if incoming.status == StatusCode::OK => {
            CallError::new(CallErrorKind::Cut, "the answer ended without a response")
        }
        None => CallError::new(CallErrorKind::Status, "the server answered without a message"),
    };
    error.with_head(incoming.status, &incoming.headers)
}

fn malformed(incoming: &Incoming, detail: String) -> CallError {
    CallError::new(CallErrorKind::Malformed, detail).with_head(incoming.status, &incoming.headers)
}

/// A closure that panics fails the test that wrote it.
fn unless_panicked(
    delivered: Result<Result<(), CallError>, tokio::task::JoinError>,
) -> Result<(), CallError> {
    match delivered {
        Ok(delivered) => delivered,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Ok(()),
        },
    }
}
