use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context as TaskContext, Poll, ready},
    time::Duration,
};

use mcp_layers_core::{
    extensions::PendingReply,
    jsonrpc::{Message, RawJson, RequestId},
};
use serde::{Deserialize, Serialize};
use tokio::time::Sleep;

use super::{InputError, InputErrorKind, round::Wanted};
use crate::{Context, Input};

/// A question to the client: await it for the answer. See [`Context::elicit`].
///
/// Questions that are awaited together, by `tokio::join!`, are asked together. One that is
/// dropped before it is answered is cancelled at a legacy client.
#[must_use = "nothing is asked until this is awaited"]
pub struct Ask<I> {
    context: Context,
    key: String,
    input: I,
    timeout: Option<Duration>,
    waiting: Option<Waiting>,
}

/// A request on its way to a legacy client and back.
struct Waiting {
    reply: PendingReply,
    limit: Duration,
    timeout: Pin<Box<Sleep>>,
}

impl<I: Input> Ask<I> {
    pub(super) fn new(context: Context, key: String, input: I) -> Self {
        Self { context, key, input, timeout: None, waiting: None }
    }

    /// How long a legacy client may take, instead of what is set for the service
    /// (CANCEL-16).
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Either the answer that there is, or the request that was sent for it.
    fn begin(&self) -> Result<Begun<I::Answer>, InputError> {
        let Self { context, key, input, .. } = self;
        if let Some(answer) = context.answer(key, input)? {
            return Ok(Begun::Answered(answer));
        }
        let version = context.protocol_version();
        let asking = context.asking();
        let unreachable =
            |message: &'static str| InputError::new(InputErrorKind::Unreachable, message);
        if version.is_modern() && !asking.asks_by_result() {
            let message = "only tools, prompts and resources can ask the client";
            return Err(InputError::new(InputErrorKind::Unsupported, message));
        } else if !version.is_modern() && context.session().is_none() {
            return Err(unreachable("without a session the client cannot be asked")); // SESS-19
        }
        if let Some(path) = input.missing(context.client_capabilities(), version) {
            asking.refuse_capability(path);
            let message = format!("the client cannot be asked: it lacks {}", path.join("."));
            return Err(InputError::new(InputErrorKind::MissingCapability, message));
        }
        let params = input
            .params(version)
            .map_err(|fault| InputError::new(InputErrorKind::Unsupported, fault))?;
        let method = input.method();
        let wanted = Wanted { method, params: params.clone() };
        asking.round().want(key.clone(), wanted)?;
        // There is none in the modern era.
        let Some(session) = context.session().filter(|_| !version.is_modern()) else {
            return Err(InputError::required());
        };
        let reply = session.expect_reply();
        let request = Message::request(reply.id(), method, &params);
        if !context.emitter().emit(request) {
            asking.round().wanted.remove(key);
            return Err(unreachable("the client is no longer listening"));
        }
        Ok(Begun::Sent(reply))
    }

    fn read(&self, outcome: Result<RawJson, RawJson>) -> Result<I::Answer, InputError> {
        match outcome {
            Ok(result) => {
                let answer = self.context.read(&self.key, &self.input, &result)?;
                self.context.asking().round().answers.insert(self.key.clone(), result);
                Ok(answer)
            }
            Err(error) => Err(refused(&self.key, &error)),
        }
    }
}

impl<I> Ask<I> {
    /// Tells the client that its answer is not waited for any more (CANCEL-11).
    fn give_up(&mut self, reason: &str) {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Params<'a> {
            request_id: &'a RequestId,
            reason: &'a str,
        }
        let Some(Waiting { reply, .. }) = self.waiting.take() else { return };
        let params = Params { request_id: reply.id(), reason };
        let cancelled = Message::notification("notifications/cancelled", &params);
        self.context.emitter().emit(cancelled);
        self.context.asking().round().wanted.remove(&self.key);
    }
}

/// A handler may lose interest, as in `tokio::select!`.
impl<I> Drop for Ask<I> {
    fn drop(&mut self) {
        self.give_up("no longer needed");
    }
}

enum Begun<A> {
    Answered(A),
    Sent(PendingReply),
}

impl<I: Input> Future for Ask<I> {
    type Output = Result<I::Answer, InputError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.waiting.is_none() {
            let reply = match this.begin() {
                Ok(Begun::Answered(answer)) => return Poll::Ready(Ok(answer)),
                Ok(Begun::Sent(reply)) => reply,
                Err(error) => return Poll::Ready(Err(error)),
            };
            let limit = this.timeout.unwrap_or(this.context.offer().asking.timeout);
            let timeout = Box::pin(tokio::time::sleep(limit));
            this.waiting = Some(Waiting { reply, limit, timeout });
        }
        let waiting = this.waiting.as_mut().expect("begun above");
        let outcome = match Pin::new(&mut waiting.reply).poll(cx) {
            Poll::Ready(Ok(outcome)) => this.read(outcome),
            Poll::Ready(Err(reason)) => {
                Err(InputError::new(InputErrorKind::Unreachable, reason.to_string()))
            }
            Poll::Pending => {
                ready!(waiting.timeout.as_mut().poll(cx));
                let limit = waiting.limit;
                this.give_up("timed out"); // CANCEL-15
                let message = format!("the client did not answer {:?} within {limit:?}", this.key);
                Err(InputError::new(InputErrorKind::TimedOut, message))
            }
        };
        this.waiting = None;
        this.context.asking().round().wanted.remove(&this.key);
        Poll::Ready(outcome)
    }
}

/// Nothing in it is pinned in place.
impl<I> Unpin for Ask<I> {}

/// What the client's error says.
fn refused(key: &str, error: &RawJson) -> InputError {
    #[derive(Deserialize)]
    struct Error {
        code: i64,
        message: String,
    }
    match error.to::<Error>() {
        Ok(Error { code, message }) => {
            let message = format!("the client refused {key:?}: {message} ({code})");
            InputError::new(InputErrorKind::Refused(code), message)
        }
        Err(_) => {
            let message = format!("the client's answer to {key:?} is no valid error");
            InputError::new(InputErrorKind::Malformed, message)
        }
    }
}

impl<I> fmt::Debug for Ask<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask").field("key", &self.key).finish_non_exhaustive()
    }
}
