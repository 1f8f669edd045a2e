use std::collections::VecDeque;

use http::{HeaderMap, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use mcp_stack::ProtocolVersion;
use serde_json::Value;

use super::{schema, sse::Decoder};
use crate::shared::patiently;

/// A request that is being answered. Each message is checked as it comes in.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    version: ProtocolVersion,
    method: String,
    id: Value,
    body: Incoming,
    /// Only of an answer that is a stream.
    decoder: Option<Decoder>,
    waiting: VecDeque<String>,
    answered: bool,
}

/// All that came for a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The notifications before the response.
    pub(crate) notifications: Vec<Value>,
    /// The response.
    pub(crate) response: Value,
}

/// A JSON-RPC error and the HTTP status it came with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) data: Value,
}

impl Exchange {
    pub(super) fn new(
        response: Response<Incoming>,
        version: ProtocolVersion,
        method: String,
        id: Value,
    ) -> Self {
        let (parts, body) = response.into_parts();
        let streams = parts.headers.get(header::CONTENT_TYPE);
        let streams = streams.is_some_and(|media_type| media_type == "text/event-stream");
        Self {
            status: parts.status,
            headers: parts.headers,
            version,
            method,
            id,
            body,
            decoder: streams.then(Decoder::default),
            waiting: VecDeque::new(),
            answered: false,
        }
    }

    /// Whether the answer is a stream.
    pub(crate) fn is_stream(&self) -> bool {
        self.decoder.is_some()
    }

    /// The next message; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        let text = match &self.decoder {
            Some(_) => self.next_event().await?,
            None => self.rest_of_body().await?,
        };
        let message: Value = serde_json::from_str(&text).expect("a message is JSON");
        schema::check(self.version, &message, &self.method);
        assert!(!self.answered, "after the response came {message}");
        if message.get("method").is_none() {
            assert_eq!(message["id"], self.id, "the response has another id");
            self.answered = true;
        }
        Some(message)
    }

    /// Waits for the response and for the end after it.
    pub(crate) async fn finish(mut self) -> Answer {
        let mut messages = Vec::new();
        while let Some(message) = self.next().await {
            messages.push(message);
        }
        assert!(self.answered, "{}: no response among {messages:?}", self.status);
        let response = messages.pop().expect("the response is the last");
        Answer { status: self.status, headers: self.headers, notifications: messages, response }
    }

    async fn next_event(&mut self) -> Option<String> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let frame = patiently(self.body.frame()).await?.expect("the stream does not break");
            if let (Some(decoder), Ok(bytes)) = (&mut self.decoder, frame.into_data()) {
                let mut events = decoder.push(&bytes);
                // SSE-15, SSE-16: clients of older revisions would stumble over it.
                if self.version == ProtocolVersion::V2025_11_25 {
                    events.retain(|data| !data.is_empty());
                }
                self.waiting.extend(events);
            }
        }
    }

    async fn rest_of_body(&mut self) -> Option<String> {
        let mut body = Vec::new();
        while let Some(frame) = patiently(self.body.frame()).await {
            if let Ok(bytes) = frame.expect("the body does not break").into_data() {
                body.extend_from_slice(&bytes);
            }
        }
        (!body.is_empty()).then(|| String::from_utf8(body).expect("JSON is UTF-8"))
    }
}

impl Answer {
    /// The result, which came with 200.
    pub(crate) fn result(&self) -> &Value {
        let result = self.response.get("result");
        let result = result.unwrap_or_else(|| panic!("refused with {self:?}"));
        assert_eq!(self.status, StatusCode::OK, "a result comes with 200");
        result
    }

    /// The error.
    pub(crate) fn refusal(&self) -> Refusal {
        let error = &self.response["error"];
        Refusal {
            status: self.status.as_u16(),
            code: error["code"].as_i64().unwrap_or_else(|| panic!("not refused: {self:?}")),
            message: error["message"].as_str().expect("checked by the schema").to_owned(),
            data: error["data"].clone(),
        }
    }
}

impl Refusal {
    /// Status and code, for tables.
    pub(crate) fn kind(&self) -> (u16, i64) {
        (self.status, self.code)
    }
}
