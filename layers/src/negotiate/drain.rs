//! Makes one message of a stream, for a client that takes JSON alone.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use http::{Response, response::Parts};
use mcp_layers_core::{EventStream, jsonrpc::MessageKind};

use super::{
    body::ResponseBody,
    exchange::Exchange,
    response::{needs_stream, no_response, single},
};

/// How many events are passed over before other tasks get their turn.
const BURST: usize = 128;

pub(super) struct Drain {
    parts: Option<Parts>,
    events: EventStream,
}

impl Drain {
    pub(super) fn new(parts: Parts, events: EventStream) -> Self {
        Self { parts: Some(parts), events }
    }

    /// Waits for the response and drops the notifications before it (NEG-16).
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        exchange: &Exchange,
    ) -> Poll<Response<ResponseBody>> {
        for _ in 0..BURST {
            let message = match Pin::new(&mut self.events).poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(no_response(self.take_parts(), exchange)),
                Poll::Ready(Some(event)) => event.message,
            };
            match message {
                Some(message) if message.is_response() => {
                    return Poll::Ready(single(self.take_parts(), message, exchange));
                }
                // NEG-17. A modern stream holds no requests (SSE-9).
                Some(message)
                    if message.kind() == MessageKind::Request && !exchange.is_modern() =>
                {
                    return Poll::Ready(needs_stream(self.take_parts(), exchange));
                }
                _ => {}
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn take_parts(&mut self) -> Parts {
        self.parts.take().expect("polled after completion")
    }
}
