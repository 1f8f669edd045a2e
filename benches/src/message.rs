//! Requests as bytes, written once; only the id changes from one to the next.

use std::fmt::Write as _;

use memchr::memmem;

use crate::http::Target;
use crate::workload::{Era, Workload};

const ID_DIGITS: usize = 10;

/// The first id. All ids have ten digits, so that every request has the same length.
pub const FIRST_ID: u64 = 1_000_000_000;

/// The header a legacy session's id travels in.
pub const SESSION_HEADER: &str = "Mcp-Session-Id";

/// A request of which everything but the id is fixed.
#[derive(Debug, Clone)]
pub struct Template {
    bytes: Vec<u8>,
    id_at: usize,
}

impl Template {
    /// The workload's request for one connection; `session` is the legacy session's id.
    #[must_use]
    pub fn new(target: &Target, era: Era, workload: Workload, session: Option<&str>) -> Self {
        let bytes = post(target, &headers(era, workload, session), &body(era, workload));
        let marker = format!("\"id\":{FIRST_ID}");
        let id_at = memmem::rfind(&bytes, marker.as_bytes()).expect("the body has the marker")
            + marker.len()
            - ID_DIGITS;
        Self { bytes, id_at }
    }

    /// The request with this id, which must have ten digits.
    pub fn with_id(&mut self, mut id: u64) -> &[u8] {
        for digit in self.bytes[self.id_at..][..ID_DIGITS].iter_mut().rev() {
            *digit = b'0' + (id % 10) as u8;
            id /= 10;
        }
        &self.bytes
    }
}

/// A POST of a JSON body, as an MCP client sends it.
#[must_use]
pub fn post(target: &Target, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = head("POST", target, headers);
    write!(
        text,
        "Content-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len(),
    )
    .expect("a string takes every byte");
    text.into_bytes()
}

/// A request without a body.
#[must_use]
pub fn bare(method: &str, target: &Target, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = head(method, target, headers);
    text.push_str("\r\n");
    text.into_bytes()
}

/// The headers of a legacy client after the handshake.
#[must_use]
pub fn legacy_headers(session: Option<&str>) -> Vec<(&'static str, &str)> {
    let mut headers = vec![("MCP-Protocol-Version", Era::Legacy.version())];
    headers.extend(session.map(|id| (SESSION_HEADER, id)));
    headers
}

fn head(method: &str, target: &Target, headers: &[(&str, &str)]) -> String {
    let Target { authority, path } = target;
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {authority}\r\n");
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").expect("a string takes every byte");
    }
    text
}

/// The headers of a request, without those of every HTTP request.
#[must_use]
pub fn headers(era: Era, workload: Workload, session: Option<&str>) -> Vec<(&'static str, &str)> {
    if era == Era::Legacy {
        return legacy_headers(session);
    }
    let mut headers =
        vec![("MCP-Protocol-Version", era.version()), ("Mcp-Method", workload.method())];
    headers.extend(workload.call().map(|(name, _)| ("Mcp-Name", name)));
    headers
}

/// The JSON of a request, with the first id.
#[must_use]
pub fn body(era: Era, workload: Workload) -> String {
    let mut meta = Vec::new();
    if era == Era::Modern {
        meta.extend([
            format!(r#""io.modelcontextprotocol/protocolVersion":"{}""#, era.version()),
            r#""io.modelcontextprotocol/clientInfo":{"name":"mcp-bench","version":"1.0.0"}"#
                .to_owned(),
            r#""io.modelcontextprotocol/clientCapabilities":{"sampling":{},"elicitation":{}}"#
                .to_owned(),
        ]);
    }
    if workload.notifications() > 0 {
        meta.push(r#""progressToken":"token-1""#.to_owned());
    }
    let mut params = Vec::new();
    if !meta.is_empty() {
        params.push(format!(r#""_meta":{{{}}}"#, meta.join(",")));
    }
    if let Some((name, arguments)) = workload.call() {
        params.push(format!(r#""name":"{name}","arguments":{arguments}"#));
    }
    format!(
        r#"{{"jsonrpc":"2.0","id":{FIRST_ID},"method":"{}","params":{{{}}}}}"#,
        workload.method(),
        params.join(","),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_is_json_of_the_stated_length_with_the_id_asked_for() {
        let target = "http://127.0.0.1:1/mcp".parse().expect("valid");
        for era in Era::ALL {
            for workload in Workload::ALL {
                let mut template = Template::new(&target, era, workload, Some("session"));
                let text = std::str::from_utf8(template.with_id(FIRST_ID + 42)).expect("text");
                let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
                assert!(head.contains(&format!("Content-Length: {}", body.len())));
                let json: serde_json::Value = serde_json::from_str(body).expect("JSON");
                assert_eq!(json["id"], FIRST_ID + 42);
                assert_eq!(json["method"], workload.method());
                assert_eq!(head.contains("Mcp-Session-Id"), era == Era::Legacy);
                assert_eq!(head.contains("Mcp-Method"), era == Era::Modern);
            }
        }
    }
}
