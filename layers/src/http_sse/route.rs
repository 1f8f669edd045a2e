use http::{HeaderMap, Method, Uri, header::ACCEPT, request::Parts, uri::PathAndQuery};
use mcp_layers_core::{
    headers::{LAST_EVENT_ID, MCP_PROTOCOL_VERSION, MCP_SESSION_ID},
    protocol::Era,
};

use super::layer::Rules;

/// The name of the query's parameter that names a stream.
pub(super) const SESSION_ID: &str = "sessionId";

/// Whose a request is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// It opens a stream.
    Open,
    /// It brings a message for the stream of this name, if it has any.
    Message(Option<&'a str>),
    /// The inner service's.
    Inner,
}

impl<'a> Route<'a> {
    pub(super) fn of(request: &'a Parts, rules: &Rules) -> Self {
        let path = request.uri.path();
        let shared = path == rules.endpoint_path.path();
        match request.method {
            Method::GET if path == rules.stream_path.path() && takes_events(&request.headers) => {
                // LEGACY-SSE-12
                if shared && is_streamable(&request.headers) { Self::Inner } else { Self::Open }
            }
            Method::POST if path == rules.message_path.path() => {
                let id = session_id(request.uri.query());
                if shared && id.is_none() { Self::Inner } else { Self::Message(id) }
            }
            _ => Self::Inner,
        }
    }
}

/// A browser that looks at the address is no client, though it takes anything.
fn takes_events(headers: &HeaderMap) -> bool {
    let accepts = |what: &str| {
        headers
            .get_all(ACCEPT)
            .iter()
            .any(|line| line.to_str().is_ok_and(|line| line.to_ascii_lowercase().contains(what)))
    };
    !headers.contains_key(ACCEPT)
        || accepts("text/event-stream")
        || (accepts("*/*") && !accepts("text/html"))
}

/// A GET that no client of the old transport sends.
fn is_streamable(headers: &HeaderMap) -> bool {
    let is_modern = |value: &http::HeaderValue| {
        value.to_str().is_ok_and(|name| Era::of_name(name.trim()) == Era::Modern)
    };
    headers.contains_key(MCP_SESSION_ID)
        || headers.contains_key(LAST_EVENT_ID)
        || headers.get(MCP_PROTOCOL_VERSION).is_some_and(is_modern)
}

/// An id of this library's has nothing that would be escaped.
fn session_id(query: Option<&str>) -> Option<&str> {
    let mut parameters = query?.split('&').filter_map(|parameter| parameter.split_once('='));
    parameters.find(|(name, _)| *name == SESSION_ID).map(|(_, id)| id)
}

/// The same URI with another path.
pub(super) fn readdress(uri: Uri, path: &PathAndQuery) -> Uri {
    let mut parts = uri.into_parts();
    parts.path_and_query = Some(path.clone());
    Uri::from_parts(parts).unwrap_or_else(|_| Uri::from(path.clone()))
}
