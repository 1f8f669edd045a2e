//! Reads the messages of an answer as they come.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::{HeaderMap, Response, StatusCode, header};
use http_body::Body as _;
use serde_json::Value;

use super::{
    endpoint::Frames,
    error::{CallError, CallErrorKind},
    live::Live,
    sse::{SseEvent, SseParser},
};

pub(super) struct Incoming {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    frames: Frames,
    form: Form,
    live: Arc<Live>,
}

enum Form {
    /// Anything but a stream: one message, or nothing.
    Whole(Vec<u8>),
    Events {
        parser: SseParser,
        waiting: VecDeque<SseEvent>,
    },
    Done,
}

impl Incoming {
    pub(super) fn new(response: Response<Frames>, live: Arc<Live>) -> Self {
        let (parts, frames) = response.into_parts();
        let media_type = parts.headers.get(header::CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let form = match media_type.starts_with("text/event-stream") {
            true => Form::Events { parser: SseParser::default(), waiting: VecDeque::new() },
            false => Form::Whole(Vec::new()),
        };
        Self { status: parts.status, headers: parts.headers, frames, form, live }
    }

    pub(super) fn is_stream(&self) -> bool {
        matches!(self.form, Form::Events { .. })
    }

    /// The next message; `None` at the end.
    pub(super) fn poll_message(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Value, CallError>>> {
        loop {
            if let Form::Events { waiting, .. } = &mut self.form {
                while let Some(event) = waiting.pop_front() {
                    if let Some(id) = event.id {
                        self.live.learnt().last_event_id = Some(id);
                    }
                    let is_message = event.name.is_none_or(|name| name == "message");
                    if is_message && !event.data.is_empty() {
                        return Poll::Ready(Some(parse(event.data.as_bytes())));
                    }
                }
            }
            let frame = match &self.form {
                Form::Done => return Poll::Ready(None),
                _ => ready!(Pin::new(&mut self.frames).poll_frame(cx)),
            };
            match frame {
                Some(Ok(frame)) => {
                    let Ok(data) = frame.into_data() else { continue };
                    match &mut self.form {
                        Form::Whole(body) => body.extend_from_slice(&data),
                        Form::Events { parser, waiting } => waiting.extend(parser.push(&data)),
                        Form::Done => {}
                    }
                }
                Some(Err(error)) => {
                    self.form = Form::Done;
                    let cut = CallError::new(CallErrorKind::Cut, "the answer broke off");
                    return Poll::Ready(Some(Err(cut.with_source(error))));
                }
                None => match std::mem::replace(&mut self.form, Form::Done) {
                    Form::Whole(body) if !body.is_empty() => {
                        return Poll::Ready(self.is_message().then(|| parse(&body)));
                    }
                    _ => return Poll::Ready(None),
                },
            }
        }
    }

    /// A body of another media type is none of the protocol's.
    fn is_message(&self) -> bool {
        let media_type = self.headers.get(header::CONTENT_TYPE);
        media_type.is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
    }
}

fn parse(text: &[u8]) -> Result<Value, CallError> {
    serde_json::from_slice(text).map_err(|error| {
        let text = String::from_utf8_lossy(text);
        CallError::new(CallErrorKind::Malformed, format!("this is no message: {text}"))
            .with_source(error.into())
    })
}
