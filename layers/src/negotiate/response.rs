//! Turns what the inner service answers into HTTP.

use bytes::{BufMut, BytesMut};
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
    response::Parts,
};
use mcp_layers_core::{
    Event, EventStream, Outbound, Rejection, headers,
    jsonrpc::{ErrorObject, Message, MessageKind, code},
};

use super::{
    admit::not_acceptable,
    body::ResponseBody,
    drain::Drain,
    exchange::{Exchange, Subject},
    sse,
};

/// A response, or a stream of which a single message is still to be made.
pub(super) enum Answer {
    Done(Response<ResponseBody>),
    Drain(Drain),
}

pub(super) fn answer(response: Response<Outbound>, exchange: &Exchange) -> Answer {
    let (parts, outbound) = response.into_parts();
    Answer::Done(match (outbound, &exchange.subject) {
        (Outbound::Rejected(rejection), _) => refuse(parts, rejection, exchange),
        (Outbound::Stream(stream), Subject::Call { .. } | Subject::Batch | Subject::Terminate)
            if !exchange.accept.event_stream() =>
        {
            if !stream.is_subscription() {
                return Answer::Drain(Drain::new(parts, stream));
            }
            needs_stream(parts, exchange)
        }
        (outbound, Subject::OneWay) => one_way(parts, &outbound),
        (Outbound::Stream(stream), _) => events(parts, stream, exchange),
        // NEG-6
        (_, Subject::Open) => {
            refuse(parts, Rejection::method_not_allowed("POST, DELETE, OPTIONS"), exchange)
        }
        (Outbound::Response(message), _) => single(parts, message, exchange),
        (Outbound::Batch(messages), _) => several(parts, messages, exchange),
        (Outbound::Accepted, _) => empty(parts, StatusCode::ACCEPTED),
        (Outbound::NoContent, _) => empty(parts, StatusCode::NO_CONTENT),
        (_, _) => no_response(parts, exchange),
    })
}

/// One message: JSON, or an event where the client takes nothing else (NEG-16).
pub(super) fn single(
    mut parts: Parts,
    message: Message,
    exchange: &Exchange,
) -> Response<ResponseBody> {
    if parts.status == StatusCode::OK
        && let MessageKind::Error(code) = message.kind()
        && has_status_400(code)
    {
        parts.status = StatusCode::BAD_REQUEST; // NEG-26
    }
    if parts.status == StatusCode::OK && !exchange.accept.json() {
        let mut event = BytesMut::new();
        sse::encode(&Event::from(message), &mut event);
        set_stream_headers(&mut parts);
        return Response::from_parts(parts, ResponseBody::from(event.freeze()));
    }
    parts.headers.insert(CONTENT_TYPE, headers::APPLICATION_JSON);
    Response::from_parts(parts, ResponseBody::from(message.into_bytes()))
}

/// The responses to a batch: one array (D-20), or an event each (RPC-23, RPC-27).
pub(super) fn several(
    mut parts: Parts,
    messages: Vec<Message>,
    exchange: &Exchange,
) -> Response<ResponseBody> {
    if messages.is_empty() {
        return no_response(parts, exchange);
    }
    let mut out = BytesMut::new();
    if exchange.accept.json() || parts.status != StatusCode::OK {
        out.reserve(messages.iter().map(|message| message.bytes().len() + 1).sum::<usize>() + 1);
        for (at, message) in messages.iter().enumerate() {
            out.put_u8(if at == 0 { b'[' } else { b',' });
            out.put_slice(message.bytes());
        }
        out.put_u8(b']');
        parts.headers.insert(CONTENT_TYPE, headers::APPLICATION_JSON);
    } else {
        for message in messages {
            sse::encode(&Event::from(message), &mut out);
        }
        set_stream_headers(&mut parts);
    }
    Response::from_parts(parts, ResponseBody::from(out.freeze()))
}

/// 406: the answer is a stream, and the client takes JSON alone (NEG-17).
pub(super) fn needs_stream(parts: Parts, exchange: &Exchange) -> Response<ResponseBody> {
    let message = "the answer is a stream, and Accept excludes text/event-stream";
    refuse(parts, not_acceptable(message), exchange)
}

/// The request was given up: cancelled, or its stream closed. An error like any
/// other that comes up while a request is handled, so 200 (NEG-21).
pub(super) fn no_response(parts: Parts, exchange: &Exchange) -> Response<ResponseBody> {
    let error = ErrorObject::internal("the request ended without a response");
    single(parts, Message::error(exchange.request_id(), &error), exchange)
}

fn refuse(mut parts: Parts, rejection: Rejection, exchange: &Exchange) -> Response<ResponseBody> {
    // RPC-12; NEG-11: what is no request has no id to answer with.
    let id = match rejection.id() {
        Some(id) if !matches!(exchange.subject, Subject::OneWay) => Some(id),
        Some(_) => None,
        None => exchange.request_id(),
    };
    let id = id.cloned();
    let rejection = rejection.with_id(id);
    parts.status = match exchange.subject {
        Subject::OneWay | Subject::Open if rejection.status().is_success() => {
            StatusCode::BAD_REQUEST // NEG-10, NEG-6
        }
        _ => rejection.status(),
    };
    parts.headers.extend(rejection.headers().clone());
    let message = rejection.to_message();
    parts.extensions.insert(rejection);
    single(parts, message, exchange)
}

/// Whatever the inner service says, a notification gets no message (RPC-10) and an
/// error no 2xx (NEG-10).
fn one_way(parts: Parts, outbound: &Outbound) -> Response<ResponseBody> {
    let status = match outbound {
        Outbound::Response(message) if matches!(message.kind(), MessageKind::Error(_)) => {
            match parts.status {
                status if status.is_client_error() || status.is_server_error() => status,
                _ => StatusCode::BAD_REQUEST,
            }
        }
        _ => StatusCode::ACCEPTED,
    };
    empty(parts, status)
}

fn empty(mut parts: Parts, status: StatusCode) -> Response<ResponseBody> {
    parts.status = status;
    Response::from_parts(parts, ResponseBody::empty())
}

fn events(mut parts: Parts, stream: EventStream, exchange: &Exchange) -> Response<ResponseBody> {
    set_stream_headers(&mut parts);
    let heartbeat = exchange.settings.heartbeat();
    let body = ResponseBody::events(stream, exchange.is_modern(), heartbeat);
    Response::from_parts(parts, body)
}

fn set_stream_headers(parts: &mut Parts) {
    parts.headers.insert(CONTENT_TYPE, headers::TEXT_EVENT_STREAM);
    // SSE-10, SSE-11
    parts.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    parts.headers.insert(headers::X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
}

/// The modern errors whose status is 400, whoever found them.
fn has_status_400(code: i64) -> bool {
    matches!(
        code,
        code::HEADER_MISMATCH
            | code::MISSING_CLIENT_CAPABILITY
            | code::UNSUPPORTED_PROTOCOL_VERSION
    )
}
