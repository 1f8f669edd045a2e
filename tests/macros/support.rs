//! Asks a service, without a stack around it.

use http::Request;
use mcp_stack::{
    McpService, ProtocolVersion, Tool,
    core::{
        Inbound, Outbound,
        jsonrpc::{Limits, decode},
    },
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// The service's answer to one request of the newest revision.
pub(crate) async fn ask(service: &McpService, method: &str, params: Value) -> Value {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let body = decode(message.to_string().into(), Limits::default()).expect("a valid message");
    let mut request: Request<Inbound> = Request::new(body);
    request.extensions_mut().insert(ProtocolVersion::V2026_07_28);
    let Ok(response) = service.clone().oneshot(request).await;
    match response.into_body() {
        Outbound::Response(message) => serde_json::from_slice(message.bytes()).expect("JSON"),
        other => panic!("not a single response: {other:?}"),
    }
}

/// The entries of a list.
pub(crate) async fn list(service: &McpService, method: &str, member: &str) -> Value {
    ask(service, method, json!({})).await["result"][member].clone()
}

/// A server with this tool, and its entry in the list.
pub(crate) async fn listed(tool: Tool) -> (McpService, Value) {
    let service = McpService::new("test", "1").with_tool(tool).expect("a valid tool");
    let entry = list(&service, "tools/list", "tools").await[0].clone();
    (service, entry)
}

/// What a tool answers: the text of its content.
pub(crate) async fn call(service: &McpService, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    let answer = ask(service, "tools/call", params).await;
    answer["result"]["content"][0]["text"].clone()
}

/// What reading a resource gives: its first item's text.
pub(crate) async fn read(service: &McpService, uri: &str) -> Value {
    let answer = ask(service, "resources/read", json!({ "uri": uri })).await;
    answer["result"]["contents"][0]["text"].clone()
}

/// What a prompt writes: the text of its first message.
pub(crate) async fn prompted(service: &McpService, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    let answer = ask(service, "prompts/get", params).await;
    answer["result"]["messages"][0]["content"]["text"].clone()
}
