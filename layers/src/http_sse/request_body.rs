use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of a request inside [`HttpSse`](super::HttpSse): the client's own, or none.
    ///
    /// Its data are [`Bytes`], which costs no copy where the client's are too.
    pub struct RequestBody<B> {
        #[pin]
        client: Option<B>,
        watch: Option<Arc<AtomicBool>>,
    }
}

impl<B: Body> RequestBody<B> {
    pub(super) fn empty() -> Self {
        Self { client: None, watch: None }
    }

    /// The client's body, handed through.
    pub(super) fn through(body: B) -> Self {
        Self { client: Some(body), watch: None }
    }

    /// The client's body, and whether it was read to its end.
    pub(super) fn watched(body: B) -> (Self, Arc<AtomicBool>) {
        let read = Arc::new(AtomicBool::new(body.is_end_stream()));
        (Self { client: Some(body), watch: Some(Arc::clone(&read)) }, read)
    }
}

impl<B: Body> Body for RequestBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        let Some(mut client) = this.client.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let frame = ready!(client.as_mut().poll_frame(cx));
        if (frame.is_none() || client.is_end_stream())
            && let Some(read) = this.watch.take()
        {
            read.store(true, Ordering::Release);
        }
        Poll::Ready(frame.map(|frame| {
            frame.map(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining())))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.client.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.client.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl<B> fmt::Debug for RequestBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").finish_non_exhaustive()
    }
}
