use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use http::Response;
use mcp_layers_core::{
    EventStream, FromRejection as _, Outbound,
    extensions::{CancelReason, Cancellation, Cancelled, OnDisconnect},
    jsonrpc::{ErrorObject, Message, RequestId},
    queue::Receiver,
    shutdown::{self, WorkGuard},
};

use super::emitter::Finished;
use crate::dispatch::{Answer, Pending};

/// One request being worked on: a future of its HTTP answer.
///
/// Once it has answered with a stream, the rest of it runs on a task.
pub(crate) struct Work(Option<Running>);

struct Running {
    handler: Pending,
    cancelled: Option<Box<Cancelled>>,
    /// Kept until the work is done: it is what makes the request in flight.
    cancellation: Cancellation,
}

impl Work {
    pub(crate) fn new(handler: Pending, cancellation: Cancellation) -> Self {
        Self(Some(Running { handler, cancelled: None, cancellation }))
    }
}

impl Future for Work {
    type Output = Response<Outbound>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let running = self.0.as_mut().expect("polled after completion");
        if let Poll::Ready(end) = running.poll_end(cx) {
            let answer = running.answer(end);
            self.0 = None;
            return Poll::Ready(answer);
        }
        match running.handler.context().emitter().upgrade_or_wait(cx.waker()) {
            None => Poll::Pending,
            Some(receiver) => {
                let running = self.0.take().expect("there until there is an answer");
                tokio::spawn(running.on_task());
                Poll::Ready(stream(receiver))
            }
        }
    }
}

impl Drop for Work {
    /// The client is gone before the answer was (CANCEL-1, CANCEL-4).
    fn drop(&mut self) {
        let Some(running) = self.0.take() else { return };
        let context = running.handler.context();
        // What it emits from now on has no reader.
        context.emitter().finish(None);
        if context.cancel_token().reason().is_none_or(|it| *it == CancelReason::Disconnected) {
            context.disconnect();
        }
        if running.detaches()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(running.on_task());
        }
    }
}

/// How the work ended.
enum End {
    Answered(Answer),
    Panicked,
    Cancelled(CancelReason),
}

impl Running {
    /// Polls the handler and, while that waits, the token.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        #[cfg(feature = "log_forwarding")]
        let _entered = crate::log_forwarding::Entered::new(self.handler.context());
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.handler).poll(cx)));
        match polled {
            Ok(Poll::Ready(answer)) => Poll::Ready(End::Answered(answer)),
            Err(panic) => {
                let panic = panic_text(&*panic);
                tracing::error!(id = %self.handler.id(), panic, "a handler panicked");
                Poll::Ready(End::Panicked)
            }
            Ok(Poll::Pending) => {
                let cancelled = self.cancelled.get_or_insert_with(|| {
                    Box::new(self.handler.context().cancel_token().cancelled())
                });
                Pin::new(&mut **cancelled).poll(cx).map(End::Cancelled)
            }
        }
    }

    /// The HTTP answer, when the work ended in place.
    fn answer(&self, end: End) -> Response<Outbound> {
        let rejection = match &end {
            End::Answered(Answer::Rejected(rejection)) => Some(rejection.clone()),
            _ => None,
        };
        match (
            self.handler.context().emitter().finish(end.into_message(self.handler.id())),
            rejection,
        ) {
            (Finished::Silent(_), Some(rejection)) => Outbound::from_rejection(rejection),
            (Finished::Silent(Some(answer)), None) => Response::new(Outbound::Response(answer)),
            (Finished::Stream(receiver), _) => stream(receiver),
            (Finished::Silent(None) | Finished::Streamed, _) => {
                Response::new(Outbound::Stream(EventStream::unanswered()))
            }
        }
    }

    fn on_task(self) -> OnTask {
        let work = self.handler.context().offer().shutdown.track(shutdown::Work::Call);
        OnTask { running: self, disconnected: false, _work: work }
    }

    fn detaches(&self) -> bool {
        self.cancellation.on_disconnect() == OnDisconnect::Detach
    }
}

impl End {
    /// What goes to the client, if anything does.
    fn into_message(self, id: &RequestId) -> Option<Message> {
        let error = match self {
            Self::Answered(Answer::Message(message)) => return Some(message),
            Self::Answered(Answer::Rejected(rejection)) => rejection.error().clone(),
            // The detail is in the log, not on the wire.
            Self::Panicked => ErrorObject::internal("the handler failed"),
            Self::Cancelled(reason) => reason.to_error_object()?,
        };
        Some(Message::error(Some(id), &error))
    }
}

/// Work that has its stream, or whose client is gone.
struct OnTask {
    running: Running,
    /// Whether the stream's reader is known to be gone.
    disconnected: bool,
    /// Here as well as in the guard of the cancellation, which may be absent.
    _work: WorkGuard,
}

impl Future for OnTask {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { running, disconnected, .. } = &mut *self;
        if let Poll::Ready(end) = running.poll_end(cx) {
            running.handler.context().emitter().finish(end.into_message(running.handler.id()));
            return Poll::Ready(());
        }
        let context = running.handler.context();
        if !*disconnected && context.emitter().poll_closed(cx).is_ready() {
            *disconnected = true;
            // Modern: a client that closes its stream cancels (CANCEL-1).
            if !running.detaches() {
                context.cancel_token().cancel(CancelReason::Disconnected);
            }
            context.disconnect();
            if !running.detaches() {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }
}

fn stream(receiver: Receiver) -> Response<Outbound> {
    Response::new(Outbound::Stream(EventStream::call(receiver)))
}

/// What a panic says, for the log.
fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no message)")
}
