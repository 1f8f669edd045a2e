use http::{HeaderName, header};
use mcp_layers_core::headers;

/// The request headers a browser must be allowed to send: for
/// `Access-Control-Allow-Headers` (ORIGIN-11).
///
/// A tool that mirrors parameters also needs each of its `Mcp-Param-…` headers by
/// name: there is no prefix form, and `*` does not cover `Authorization`. Mirroring
/// the request's `Access-Control-Request-Headers` allows them all.
pub const CORS_ALLOW_HEADERS: [HeaderName; 8] = [
    header::CONTENT_TYPE,
    header::ACCEPT,
    header::AUTHORIZATION,
    headers::MCP_PROTOCOL_VERSION,
    headers::MCP_SESSION_ID,
    headers::LAST_EVENT_ID,
    headers::MCP_METHOD,
    headers::MCP_NAME,
];

/// The response headers a page must be able to read: for
/// `Access-Control-Expose-Headers` (ORIGIN-11).
pub const CORS_EXPOSE_HEADERS: [HeaderName; 2] =
    [headers::MCP_SESSION_ID, header::WWW_AUTHENTICATE];
