use std::{
    convert::Infallible,
    fmt, mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};
use mcp_layers_core::{
    EventStream,
    jsonrpc::{Message, MessageKind},
};

use super::{chunk::Chunk, heartbeat::Heartbeat};

/// How many bytes of events that are ready go into one frame; the event that
/// passes it is still taken whole.
const FRAME: usize = 16 * 1024;

/// The body of a response outside [`Negotiate`](super::Negotiate): nothing, bytes
/// of known length, or a stream of server-sent events.
///
/// Bytes give an exact size hint, so that the HTTP server sets `Content-Length`.
/// It can be made from [`Bytes`], so layers of the bytes zone can refuse with it.
#[derive(Debug, Default)]
pub struct ResponseBody(Repr);

#[derive(Debug)]
enum Repr {
    Full(Bytes),
    Events(Events),
}

impl ResponseBody {
    /// A body of zero length.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Repr::Full(Bytes::new()))
    }

    /// Streams events. Requests to the client are left out if the exchange is
    /// modern (SSE-9).
    pub(super) fn events(source: EventStream, modern: bool, heartbeat: Option<Heartbeat>) -> Self {
        Self(Repr::Events(Events { source: Some(source), modern, heartbeat }))
    }
}

impl Default for Repr {
    fn default() -> Self {
        Self::Full(Bytes::new())
    }
}

impl From<Bytes> for ResponseBody {
    fn from(bytes: Bytes) -> Self {
        Self(Repr::Full(bytes))
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = match &mut self.0 {
            Repr::Full(bytes) if bytes.is_empty() => None,
            Repr::Full(bytes) => Some(mem::take(bytes)),
            Repr::Events(events) => ready!(events.poll_data(cx)),
        };
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Repr::Full(bytes) => bytes.is_empty(),
            Repr::Events(events) => events.source.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Repr::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Repr::Events(_) => SizeHint::default(),
        }
    }
}

struct Events {
    /// `None` once it has ended: it is dropped at that moment.
    source: Option<EventStream>,
    modern: bool,
    heartbeat: Option<Heartbeat>,
}

impl Events {
    /// Everything that is ready, up to a frame's worth; else a heartbeat when one
    /// is due.
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut chunk = Chunk::default();
        while let Some(source) = &mut self.source
            && chunk.len() < FRAME
        {
            match Pin::new(source).poll_next(cx) {
                Poll::Ready(Some(event)) => {
                    let kind = event.message.as_ref().map(Message::kind);
                    if !self.modern || kind != Some(MessageKind::Request) {
                        chunk.push(&event);
                    }
                }
                Poll::Ready(None) => self.source = None,
                Poll::Pending => break,
            }
        }
        if !chunk.is_empty() {
            self.heartbeat.iter_mut().for_each(Heartbeat::postpone);
            return Poll::Ready(Some(chunk.into_bytes()));
        }
        if self.source.is_none() {
            return Poll::Ready(None);
        }
        match &mut self.heartbeat {
            Some(heartbeat) => heartbeat.poll(cx).map(|()| Some(Heartbeat::COMMENT)),
            None => Poll::Pending,
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("source", &self.source).finish_non_exhaustive()
    }
}
