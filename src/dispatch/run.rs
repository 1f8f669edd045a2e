use std::{
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use crate::{Arguments, BoxError, Context, Handler, HandlerFuture};

/// A handler at work. It is called when this is first polled, so that a panic in either
/// is caught in one place.
pub(super) enum Run<T> {
    Ready(Option<(Arguments, Context)>),
    Running(HandlerFuture<T>),
}

impl<T: 'static> Run<T> {
    pub(super) fn new(arguments: Arguments, context: Context) -> Self {
        Self::Ready(Some((arguments, context)))
    }

    /// What has its output already.
    pub(super) fn done(output: Result<T, BoxError>) -> Self {
        Self::Running(HandlerFuture::ready(output))
    }

    pub(super) fn poll(
        &mut self,
        handler: &Handler<T>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Result<T, BoxError>> {
        if let Self::Ready(call) = self {
            let (arguments, context) = call.take().expect("called once");
            *self = Self::Running(handler.call(arguments, context));
        }
        match self {
            Self::Running(work) => Pin::new(work).poll(cx),
            Self::Ready(_) => unreachable!("called above"),
        }
    }
}
