//! One HTTP request in, one HTTP response out.

use anyhow::Result;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::Incoming;
use serde_json::value::RawValue;

use crate::call::{Called, call};
use crate::reply::{self, Capabilities, Empty, Era, Initialized, SERVER_INFO, ToolList};
use crate::sessions::Sessions;
use crate::sse::Events;
use crate::tools::{Tool, catalogue};
use crate::wire::{Envelope, InitializeParams};

const SESSION: &str = "mcp-session-id";

pub(crate) type Body = Either<Full<Bytes>, Events>;

pub(crate) struct Floor {
    tools: Vec<Tool>,
    sessions: Option<Sessions>,
    /// Whether a single answer too goes out as an SSE event.
    always_sse: bool,
}

impl Floor {
    pub(crate) fn new(sessions: bool, always_sse: bool) -> Result<Self> {
        let sessions = sessions.then(Sessions::default);
        Ok(Self { tools: catalogue()?, sessions, always_sse })
    }

    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>> {
        let (head, body) = request.into_parts();
        match head.method {
            Method::POST => {
                let body = body.collect().await?.to_bytes();
                self.post(&head.headers, &body)
            }
            Method::DELETE => Ok(self.delete(&head.headers)),
            _ => Ok(status(StatusCode::METHOD_NOT_ALLOWED)),
        }
    }

    pub(crate) fn post(&self, headers: &HeaderMap, body: &[u8]) -> Result<Response<Body>> {
        let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(body) else {
            return Ok(status(StatusCode::BAD_REQUEST));
        };
        if envelope.method == "initialize" {
            return self.initialize(&envelope);
        }
        let era = era(headers);
        if era == Era::Legacy && !self.may_continue(headers) {
            return Ok(status(StatusCode::NOT_FOUND));
        }
        match envelope.id {
            None => Ok(status(StatusCode::ACCEPTED)),
            Some(id) => Ok(self
                .request(era, id, &envelope)
                .unwrap_or_else(|_| status(StatusCode::BAD_REQUEST))),
        }
    }

    fn request(
        &self,
        era: Era,
        id: &RawValue,
        envelope: &Envelope<'_>,
    ) -> serde_json::Result<Response<Body>> {
        let mut out = Vec::new();
        match &*envelope.method {
            "tools/call" => {
                let params = envelope.params.unwrap_or(RawValue::NULL);
                return Ok(match call(era, id, params)? {
                    Called::Done(json) => self.whole(json),
                    Called::Streaming(events) => typed("text/event-stream", Either::Right(events)),
                    Called::Unknown => status(StatusCode::NOT_FOUND),
                });
            }
            "tools/list" => {
                out.reserve(8 * 1024);
                reply::write(&mut out, era, id, ToolList::new(&self.tools, era));
            }
            "ping" => {
                out.reserve(256);
                reply::write(&mut out, era, id, Empty {});
            }
            _ => return Ok(status(StatusCode::NOT_FOUND)),
        }
        Ok(self.whole(out))
    }

    fn initialize(&self, envelope: &Envelope<'_>) -> Result<Response<Body>> {
        let (Some(id), Some(params)) = (envelope.id, envelope.params) else {
            return Ok(status(StatusCode::BAD_REQUEST));
        };
        let Ok(params) = serde_json::from_str::<InitializeParams<'_>>(params.get()) else {
            return Ok(status(StatusCode::BAD_REQUEST));
        };
        let result = Initialized {
            protocol_version: params.protocol_version,
            capabilities: Capabilities { tools: Empty {} },
            server_info: SERVER_INFO,
        };
        let mut out = Vec::with_capacity(256);
        reply::write(&mut out, Era::Legacy, id, result);
        let mut response = self.whole(out);
        if let Some(sessions) = &self.sessions {
            let id = HeaderValue::try_from(sessions.open()?)?;
            response.headers_mut().insert(SESSION, id);
        }
        Ok(response)
    }

    fn may_continue(&self, headers: &HeaderMap) -> bool {
        self.sessions
            .as_ref()
            .is_none_or(|sessions| session(headers).is_some_and(|id| sessions.is_open(id)))
    }

    pub(crate) fn delete(&self, headers: &HeaderMap) -> Response<Body> {
        status(match &self.sessions {
            None => StatusCode::METHOD_NOT_ALLOWED,
            Some(sessions) => match session(headers) {
                Some(id) if sessions.close(id) => StatusCode::NO_CONTENT,
                _ => StatusCode::NOT_FOUND,
            },
        })
    }

    fn whole(&self, json: Vec<u8>) -> Response<Body> {
        if !self.always_sse {
            return typed("application/json", Either::Left(Full::new(json.into())));
        }
        let event = [b"data: ", &*json, b"\n\n"].concat();
        typed("text/event-stream", Either::Left(Full::new(event.into())))
    }
}

/// The floor believes the header; a real server compares it with the body.
fn era(headers: &HeaderMap) -> Era {
    match headers.get("mcp-protocol-version") {
        Some(version) if version == "2026-07-28" => Era::Modern,
        _ => Era::Legacy,
    }
}

fn session(headers: &HeaderMap) -> Option<&str> {
    headers.get(SESSION)?.to_str().ok()
}

fn typed(media_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = status;
    response
}
