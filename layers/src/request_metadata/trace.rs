use std::borrow::Cow;

use mcp_layers_core::{extensions::TraceContext, jsonrpc::Members, protocol::meta};

/// The most bytes a `tracestate` or `baggage` may have: what W3C Baggage asks
/// implementations to carry.
const MAX_LEN: usize = 8192;

/// Reads the trace off `_meta`, where its keys have no prefix (OTEL-1). What is
/// malformed is as good as absent (OTEL-2).
pub(super) fn read(members: &Members) -> Option<TraceContext> {
    let traceparent = members.string(meta::TRACEPARENT)?;
    let list = |key| members.string(key).filter(|value: &Cow<'_, str>| is_list(value));
    let (tracestate, baggage) = (list(meta::TRACESTATE), list(meta::BAGGAGE));
    TraceContext::new(&traceparent, tracestate.as_deref(), baggage.as_deref())
}

/// Whether it is a list of `key=value` in printable ASCII, as both specifications
/// have it: fit to be written to a header, or to a log, as it is.
fn is_list(value: &str) -> bool {
    let is_pair =
        |member: &str| member.split_once('=').is_some_and(|(key, _)| !key.trim().is_empty());
    value.len() <= MAX_LEN
        && value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
        && value.contains('=')
        && value.split(',').all(|member| member.trim().is_empty() || is_pair(member))
}
