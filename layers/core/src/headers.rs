//! Header names of the protocol, and values that several layers write.

use std::time::Duration;

use http::{HeaderName, HeaderValue};

/// `MCP-Protocol-Version`.
pub const MCP_PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
/// `Mcp-Session-Id`.
pub const MCP_SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
/// `Last-Event-ID`.
pub const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// `Mcp-Method`.
pub const MCP_METHOD: HeaderName = HeaderName::from_static("mcp-method");
/// `Mcp-Name`.
pub const MCP_NAME: HeaderName = HeaderName::from_static("mcp-name");
/// What the names of mirrored parameters begin with, in lower case.
pub const MCP_PARAM_PREFIX: &str = "mcp-param-";
/// `X-Accel-Buffering`.
pub const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// `application/json`.
pub const APPLICATION_JSON: HeaderValue = HeaderValue::from_static("application/json");
/// `text/event-stream`.
pub const TEXT_EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// A duration as `Retry-After` writes it: whole seconds, rounded up.
///
/// ```
/// use std::time::Duration;
/// use mcp_layers_core::headers::delay_seconds;
///
/// assert_eq!(delay_seconds(Duration::from_millis(1001)), "2");
/// ```
#[must_use]
pub fn delay_seconds(delay: Duration) -> HeaderValue {
    HeaderValue::from(delay.as_secs().saturating_add(u64::from(delay.subsec_nanos() > 0)))
}
