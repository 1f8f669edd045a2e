use std::{
    fmt, mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep};

use super::stream::Stream;

pin_project! {
    /// The body of a response outside [`HttpSse`](super::HttpSse): the inner service's
    /// own, bytes, or a stream of the old transport.
    ///
    /// It can be made from [`Bytes`], so layers outside can refuse with it.
    pub struct ResponseBody<R> {
        #[pin]
        repr: Repr<R>,
    }
}

pin_project! {
    #[project = ReprProj]
    enum Repr<R> {
        Inner { #[pin] body: R },
        Full { bytes: Bytes },
        Events { events: Events },
    }
}

impl<R> ResponseBody<R> {
    pub(super) fn inner(body: R) -> Self {
        Self { repr: Repr::Inner { body } }
    }

    /// The stream, which begins with these bytes.
    pub(super) fn events(stream: Arc<Stream>, first: Bytes, heartbeat: Option<Duration>) -> Self {
        let events = Events { stream, first, heartbeat, timer: None };
        Self { repr: Repr::Events { events } }
    }
}

impl<R> From<Bytes> for ResponseBody<R> {
    fn from(bytes: Bytes) -> Self {
        Self { repr: Repr::Full { bytes } }
    }
}

impl<R> Default for ResponseBody<R> {
    fn default() -> Self {
        Bytes::new().into()
    }
}

impl<R: Body> Body for ResponseBody<R> {
    type Data = Bytes;
    type Error = R::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
        let data = match self.project().repr.project() {
            ReprProj::Inner { body } => {
                let frame = ready!(body.poll_frame(cx));
                let into_bytes = |frame: Frame<R::Data>| {
                    frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))
                };
                return Poll::Ready(frame.map(|frame| frame.map(into_bytes)));
            }
            ReprProj::Full { bytes } if bytes.is_empty() => None,
            ReprProj::Full { bytes } => Some(mem::take(bytes)),
            ReprProj::Events { events } => ready!(events.poll_data(cx)),
        };
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        match &self.repr {
            Repr::Inner { body } => body.is_end_stream(),
            Repr::Full { bytes } => bytes.is_empty(),
            Repr::Events { .. } => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.repr {
            Repr::Inner { body } => body.size_hint(),
            Repr::Full { bytes } => SizeHint::with_exact(bytes.len() as u64),
            Repr::Events { .. } => SizeHint::default(),
        }
    }
}

struct Events {
    stream: Arc<Stream>,
    first: Bytes,
    heartbeat: Option<Duration>,
    /// Made when there first is nothing to send.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Events {
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if !self.first.is_empty() {
            return Poll::Ready(Some(mem::take(&mut self.first)));
        }
        if let Poll::Ready(event) = self.stream.queue().poll_next(cx) {
            self.postpone();
            return Poll::Ready(event);
        }
        let Some(interval) = self.heartbeat else { return Poll::Pending };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(interval)));
        ready!(timer.as_mut().poll(cx));
        self.postpone();
        Poll::Ready(Some(Bytes::from_static(b":\n\n")))
    }

    fn postpone(&mut self) {
        if let (Some(timer), Some(interval)) = (&mut self.timer, self.heartbeat) {
            timer.as_mut().reset(Instant::now() + interval);
        }
    }
}

impl Drop for Events {
    /// LEGACY-SSE-8
    fn drop(&mut self) {
        self.stream.abandon();
    }
}

impl<R> fmt::Debug for ResponseBody<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}
