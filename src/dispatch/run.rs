use std::{
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use crate::{Arguments, BoxError, Context, Handler, HandlerFuture};

/// A handler that is called when it is first polled, so that a panic in either is
/// caught in one place.
pub(super) struct Run<T> {
    /// Kept for another round; `None` where there is nothing to run.
    handler: Option<Handler<T>>,
    state: RunState<T>,
}

enum RunState<T> {
    Ready(Option<(Arguments, Context)>),
    Running(HandlerFuture<T>),
}

impl<T: 'static> Run<T> {
    pub(super) fn new(handler: Handler<T>, arguments: Arguments, context: Context) -> Self {
        Self { handler: Some(handler), state: RunState::Ready(Some((arguments, context))) }
    }

    /// What has its output already.
    pub(super) fn done(output: Result<T, BoxError>) -> Self {
        Self { handler: None, state: RunState::Running(HandlerFuture::ready(output)) }
    }

    /// Another round.
    #[cfg(feature = "asking")]
    pub(super) fn restart(&mut self, arguments: Arguments, context: Context) {
        self.state = RunState::Ready(Some((arguments, context)));
    }

    pub(super) fn poll(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<T, BoxError>> {
        if let RunState::Ready(call) = &mut self.state {
            let (arguments, context) = call.take().expect("called once");
            let handler = self.handler.as_ref().expect("what is ready to run has a handler");
            self.state = RunState::Running(handler.call(arguments, context));
        }
        match &mut self.state {
            RunState::Running(work) => Pin::new(work).poll(cx),
            RunState::Ready(_) => unreachable!("called above"),
        }
    }
}
