//! Reads a request's body under a limit.

use std::{
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::StatusCode;
use http_body::Body;
use mcp_layers_core::{Rejection, jsonrpc::ErrorObject};
use pin_project_lite::pin_project;

/// How much is reserved on the word of a client that announces a size.
const MAX_AHEAD: usize = 64 * 1024;

pin_project! {
    /// The whole body, or why there is none.
    pub(super) struct ReadBody<B> {
        #[pin]
        body: B,
        held: Held,
        limit: usize,
    }
}

impl<B> ReadBody<B> {
    pub(super) fn new(body: B, limit: usize) -> Self {
        Self { body, held: Held::Nothing, limit }
    }
}

impl<B: Body> Future for ReadBody<B> {
    type Output = Result<Bytes, Rejection>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        while !this.body.is_end_stream() {
            let frame = match ready!(this.body.as_mut().poll_frame(cx)) {
                None => break,
                Some(Ok(frame)) => frame,
                Some(Err(_)) => {
                    return Poll::Ready(Err(Rejection::invalid_request(
                        "the body could not be read to its end",
                    )));
                }
            };
            let Ok(data) = frame.into_data() else { continue };
            // NEG-19
            if data.remaining() > *this.limit - this.held.len() {
                return Poll::Ready(Err(too_large(*this.limit)));
            }
            let announced = usize::try_from(this.body.size_hint().lower()).unwrap_or(MAX_AHEAD);
            this.held.push(data, announced.min(MAX_AHEAD));
        }
        Poll::Ready(Ok(mem::take(this.held).into_bytes()))
    }
}

/// 413, naming the limit.
pub(super) fn too_large(limit: usize) -> Rejection {
    Rejection::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        ErrorObject::invalid_request(format!("the body is over {limit} bytes")),
    )
}

/// What was read so far. A body of one frame is never copied.
#[derive(Default)]
enum Held {
    #[default]
    Nothing,
    One(Bytes),
    Many(BytesMut),
}

impl Held {
    fn len(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::One(bytes) => bytes.len(),
            Self::Many(bytes) => bytes.len(),
        }
    }

    fn push(&mut self, mut data: impl Buf, ahead: usize) {
        let more = data.remaining();
        match self {
            _ if more == 0 => {}
            Self::Nothing => *self = Self::One(data.copy_to_bytes(more)),
            Self::One(first) => {
                let mut all = BytesMut::with_capacity(first.len() + more + ahead);
                all.put_slice(first);
                all.put(data);
                *self = Self::Many(all);
            }
            Self::Many(all) => all.put(data),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes.freeze(),
        }
    }
}
