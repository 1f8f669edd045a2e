//! Makes one JSON body of a stream, for a client that takes JSON alone.

use std::{
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use http::{Response, response::Parts};
use mcp_layers_core::{
    EventStream,
    jsonrpc::{Message, MessageKind},
};

use super::{
    body::ResponseBody,
    exchange::{Exchange, Subject},
    response::{needs_stream, several, single},
};

/// How many events are passed over before other tasks get their turn.
const BURST: usize = 128;

pub(super) struct Drain {
    parts: Option<Parts>,
    events: EventStream,
    /// The responses to a batch so far.
    responses: Vec<Message>,
}

impl Drain {
    pub(super) fn new(parts: Parts, events: EventStream) -> Self {
        Self { parts: Some(parts), events, responses: Vec::new() }
    }

    /// Waits for the response, or all responses to a batch, and drops the
    /// notifications before (NEG-16).
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        exchange: &Exchange,
    ) -> Poll<Response<ResponseBody>> {
        for _ in 0..BURST {
            let message = match Pin::new(&mut self.events).poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => {
                    let responses = mem::take(&mut self.responses);
                    return Poll::Ready(several(self.take_parts(), responses, exchange));
                }
                Poll::Ready(Some(event)) => event.message,
            };
            match message {
                Some(message)
                    if message.is_response() && matches!(exchange.subject, Subject::Batch) =>
                {
                    self.responses.push(message);
                }
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
