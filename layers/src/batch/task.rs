use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response};
use mcp_layers_core::{Inbound, Outbound, queue::Sender};
use tokio::runtime::Handle;
use tower_service::Service;

use super::run::Run;

/// How many messages are passed on before other tasks get their turn.
const BURST: usize = 128;

/// A batch that has its stream, or whose client is gone.
pub(super) struct OnTask<S, F> {
    run: Run<S, F>,
    sender: Option<Sender>,
    drop_on_disconnect: bool,
}

impl<S, F> OnTask<S, F> {
    pub(super) fn streaming(run: Run<S, F>, sender: Sender, drop_on_disconnect: bool) -> Self {
        Self { run, sender: Some(sender), drop_on_disconnect }
    }

    pub(super) fn detached(run: Run<S, F>) -> Self {
        Self { run, sender: None, drop_on_disconnect: false }
    }
}

/// Nothing is there to be pinned: the elements are boxed.
impl<S, F> Unpin for OnTask<S, F> {}

impl<S, F, E> Future for OnTask<S, F>
where
    S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F> + Clone,
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        for _ in 0..BURST {
            match (this.run.poll_next(cx), &this.sender) {
                (Poll::Ready(None), _) => return Poll::Ready(()),
                (Poll::Ready(Some(message)), Some(sender)) => {
                    // A stream that is closed has no reader, and the work goes on.
                    let _ = sender.send(message);
                }
                (Poll::Ready(Some(_)), None) => {}
                (Poll::Pending, Some(sender)) if this.drop_on_disconnect => {
                    return sender.poll_closed(cx);
                }
                (Poll::Pending, _) => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Nothing happens outside a tokio runtime: the work is dropped.
pub(super) fn spawn<S, F, E>(task: OnTask<S, F>)
where
    S: Service<Request<Inbound>, Response = Response<Outbound>, Error = E, Future = F>,
    S: Clone + Send + 'static,
    F: Future<Output = Result<Response<Outbound>, E>> + Send + 'static,
{
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(task);
    }
}
