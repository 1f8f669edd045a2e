use http::{HeaderMap, HeaderName, HeaderValue};
use mcp_layers_core::{
    Rejection, Request,
    headers::{MCP_METHOD, MCP_NAME},
    protocol::Method,
};

use super::base64_form::{self, InvalidMirroredValue};

/// `Mcp-Method` repeats the body's method, letter for letter (META-8, META-11).
/// It has no Base64 form.
pub(super) fn check_method(headers: &HeaderMap, method: &str) -> Result<(), Rejection> {
    if !headers.contains_key(MCP_METHOD) {
        return Err(missing(&MCP_METHOD));
    }
    // META-16: `to_str` fails for bytes outside visible ASCII, space and tab.
    let is_equal = |line: &HeaderValue| line.to_str().is_ok_and(|text| text.trim_ascii() == method);
    match headers.get_all(MCP_METHOD).iter().all(is_equal) {
        true => Ok(()),
        false => Err(Rejection::header_mismatch(
            "the header `mcp-method` is not what the body has as `method`",
        )),
    }
}

/// `Mcp-Name` repeats the param that names what the request is about (META-9).
pub(super) fn check_name(headers: &HeaderMap, request: &Request) -> Result<(), Rejection> {
    let Some(source) = source_of_name(&request.method) else { return Ok(()) }; // META-10
    match (request.params.string(source), headers.contains_key(MCP_NAME)) {
        (Some(name), true) => expect(headers, &MCP_NAME, |value| value == name),
        (Some(_), false) => Err(missing(&MCP_NAME)),
        (None, true) => Err(Rejection::header_mismatch(format!(
            "the header `mcp-name` stands for `params.{source}`, which is not there or no string"
        ))),
        (None, false) => Ok(()), // the service refuses the params
    }
}

/// Whether every line of this header, decoded, is what the body says.
pub(super) fn expect(
    headers: &HeaderMap,
    name: &HeaderName,
    is_equal: impl Fn(&str) -> bool,
) -> Result<(), Rejection> {
    for line in headers.get_all(name) {
        let value = base64_form::decode(line.as_bytes()).map_err(|error| invalid(name, error))?;
        if !is_equal(&value) {
            return Err(Rejection::header_mismatch(format!(
                "the header `{name}` is {value:?}, which is not what the body says"
            )));
        }
    }
    Ok(())
}

pub(super) fn missing(name: &HeaderName) -> Rejection {
    Rejection::header_mismatch(format!("the header `{name}` is missing"))
}

fn invalid(name: &HeaderName, error: InvalidMirroredValue) -> Rejection {
    Rejection::header_mismatch(format!("the header `{name}` {error}"))
}

/// The param that `Mcp-Name` repeats.
fn source_of_name(method: &Method) -> Option<&'static str> {
    match method {
        Method::ToolsCall | Method::PromptsGet => Some("name"),
        Method::ResourcesRead => Some("uri"),
        Method::TasksGet | Method::TasksUpdate | Method::TasksCancel => Some("taskId"), // TASK-27
        _ => None,
    }
}
