//! What can be judged before the body is read.

use http::{HeaderMap, Method, StatusCode, header, request::Parts};
use mcp_layers_core::{
    Rejection, headers, jsonrpc::ErrorObject, media_type::MediaType, protocol::Era,
};

use super::{accept::Accept, body_in::too_large, layer::Settings};

/// The methods of the endpoint.
pub(super) const ALLOWED: &str = "POST, GET, DELETE, OPTIONS";

/// What is to become of a request.
pub(super) enum Admitted {
    Post(Accept),
    Open,
    Terminate,
    Options,
}

/// Judges method, media types and announced size, in this order (ERR-8).
pub(super) fn admit(
    parts: &Parts,
    announced: u64,
    settings: &Settings,
) -> Result<Admitted, Rejection> {
    match parts.method {
        Method::POST => post(&parts.headers, announced, settings).map(Admitted::Post),
        Method::OPTIONS => Ok(Admitted::Options),
        // NEG-4
        Method::GET | Method::DELETE if names_modern(&parts.headers) => {
            Err(Rejection::method_not_allowed("POST"))
        }
        Method::DELETE => Ok(Admitted::Terminate),
        Method::GET => match accept(&parts.headers, settings) {
            Some(accept) if accept.event_stream() => Ok(Admitted::Open),
            _ => Err(not_acceptable("GET answers with text/event-stream, which Accept excludes")),
        },
        _ => Err(Rejection::method_not_allowed(ALLOWED)), // NEG-5
    }
}

/// Whether `MCP-Protocol-Version` names a modern revision.
pub(super) fn names_modern(headers: &HeaderMap) -> bool {
    headers
        .get(headers::MCP_PROTOCOL_VERSION)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|name| Era::of_name(name.trim()) == Era::Modern)
}

pub(super) fn not_acceptable(message: &'static str) -> Rejection {
    Rejection::new(StatusCode::NOT_ACCEPTABLE, ErrorObject::invalid_request(message))
}

fn post(headers: &HeaderMap, announced: u64, settings: &Settings) -> Result<Accept, Rejection> {
    if !has_json(headers) {
        return Err(Rejection::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorObject::invalid_request("the Content-Type of a POST is application/json"),
        ));
    }
    let accept = match accept(headers, settings) {
        Some(accept) if settings.strict && accept != Accept::BOTH => None,
        Some(accept) if !accept.json() && !accept.event_stream() => None,
        accept => accept,
    }
    .ok_or_else(|| match settings.strict {
        true => not_acceptable("Accept must list application/json and text/event-stream"),
        false => not_acceptable("Accept excludes application/json and text/event-stream"),
    })?;
    // A body that knows its size has it from the header.
    let announced = match announced {
        0 => content_length(headers),
        known => known,
    };
    if announced > settings.max_body_bytes as u64 {
        return Err(too_large(settings.max_body_bytes)); // NEG-19
    }
    Ok(accept)
}

fn content_length(headers: &HeaderMap) -> u64 {
    let value = headers.get(header::CONTENT_LENGTH);
    value.and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
}

/// A client that says nothing accepts both, unless the profile is strict (NEG-15).
fn accept(headers: &HeaderMap, settings: &Settings) -> Option<Accept> {
    Accept::parse(headers).or_else(|| (!settings.strict).then_some(Accept::BOTH))
}

/// NEG-18. Two `Content-Type` lines say nothing that could be relied on.
fn has_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => {
            value == headers::APPLICATION_JSON
                || MediaType::parse(value.as_bytes())
                    .is_some_and(|media_type| media_type.is("application", "json"))
        }
        _ => false,
    }
}
