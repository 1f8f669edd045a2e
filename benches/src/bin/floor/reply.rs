//! What goes out: typed results, and the one place that serialises them.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::tools::Tool;

/// The two wires a result is written for. Only modern results say that they are
/// complete, how long they may be cached and which server gave them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    Legacy,
    Modern,
}

/// Appends `{"jsonrpc":"2.0","id":…,"result":…}` to `out`.
pub(crate) fn write<R: Serialize>(out: &mut Vec<u8>, era: Era, id: &RawValue, result: R) {
    let modern = era == Era::Modern;
    let response = Response {
        jsonrpc: "2.0",
        id,
        result: Complete {
            result_type: modern.then_some("complete"),
            result,
            meta: modern.then_some(Meta { server_info: SERVER_INFO }),
        },
    };
    serde_json::to_writer(out, &response).expect("a vector takes every byte and keys are strings");
}

#[derive(Serialize)]
struct Response<'a, R> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    result: Complete<R>,
}

#[derive(Serialize)]
struct Complete<R> {
    #[serde(rename = "resultType", skip_serializing_if = "Option::is_none")]
    result_type: Option<&'static str>,
    #[serde(flatten)]
    result: R,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

#[derive(Serialize)]
struct Meta {
    #[serde(rename = "io.modelcontextprotocol/serverInfo")]
    server_info: ServerInfo,
}

#[derive(Serialize)]
pub(crate) struct ServerInfo {
    name: &'static str,
    version: &'static str,
}

pub(crate) const SERVER_INFO: ServerInfo = ServerInfo { name: "floor", version: "1.0.0" };

#[derive(Serialize)]
pub(crate) struct Empty {}

#[derive(Serialize)]
pub(crate) struct Initialized<'a> {
    #[serde(rename = "protocolVersion")]
    pub(crate) protocol_version: Cow<'a, str>,
    pub(crate) capabilities: Capabilities,
    #[serde(rename = "serverInfo")]
    pub(crate) server_info: ServerInfo,
}

#[derive(Serialize)]
pub(crate) struct Capabilities {
    pub(crate) tools: Empty,
}

#[derive(Serialize)]
pub(crate) struct ToolList<'a> {
    tools: &'a [Tool],
    #[serde(rename = "ttlMs", skip_serializing_if = "Option::is_none")]
    ttl_ms: Option<u32>,
    #[serde(rename = "cacheScope", skip_serializing_if = "Option::is_none")]
    cache_scope: Option<&'static str>,
}

impl<'a> ToolList<'a> {
    pub(crate) fn new(tools: &'a [Tool], era: Era) -> Self {
        let modern = era == Era::Modern;
        Self { tools, ttl_ms: modern.then_some(0), cache_scope: modern.then_some("private") }
    }
}

/// The result of a call: one text block, and the structured value if there is one.
#[derive(Serialize)]
pub(crate) struct CallResult<'a, T> {
    content: [Text<'a>; 1],
    #[serde(rename = "structuredContent", skip_serializing_if = "Option::is_none")]
    structured: Option<T>,
}

#[derive(Serialize)]
struct Text<'a> {
    r#type: &'static str,
    text: Cow<'a, str>,
}

impl<'a> CallResult<'a, Empty> {
    pub(crate) fn text(text: Cow<'a, str>) -> Self {
        Self { content: [Text { r#type: "text", text }], structured: None }
    }
}

impl<T: Serialize> CallResult<'static, T> {
    /// The value, and the same value as text for clients that read only text.
    pub(crate) fn structured(value: T) -> Self {
        let text = serde_json::to_string(&value).expect("keys are strings");
        Self { content: [Text { r#type: "text", text: text.into() }], structured: Some(value) }
    }
}

#[derive(Serialize)]
pub(crate) struct Sum {
    pub(crate) sum: i64,
}
