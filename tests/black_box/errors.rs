//! What goes wrong, and by which code a client learns of it.

use std::{future::pending, time::Duration};

use mcp_stack::{
    BoxError, ErrorObject, McpService, ProtocolVersion, Resource, Stack, Tool, ToolResult,
    UrlElicitation, UrlElicitationRequired, layers::cancellation::CancellationLayer,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{LEGACY, MODERN, TestServer};

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

#[derive(Deserialize, JsonSchema)]
struct With {
    code: i64,
}

/// A tool that refuses with the code it is called with.
fn refuses() -> Tool {
    Tool::new("refuse", |with: With| -> Result<ToolResult, ErrorObject> {
        Err(ErrorObject::new(with.code, "no").with_data(&json!({ "why": [1] })))
    })
}

async fn serve(tool: Tool) -> TestServer {
    TestServer::of(service().with_tool(tool).expect("a fit tool")).await
}

fn refuse(code: i64) -> Value {
    json!({ "name": "refuse", "arguments": { "code": code } })
}

#[tokio::test]
async fn an_error_has_a_code_a_message_and_perhaps_data() {
    // RPC-9, ERR-5
    let server = serve(refuses()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let answer = client.ask("tools/call", refuse(1001)).await;
        let expected = json!({ "code": 1001, "message": "no", "data": { "why": [1] } });
        assert_eq!(answer.response["error"], expected, "{version}");
        assert_eq!(answer.refusal().kind(), (200, 1001), "{version}");
        let answer = client.ask("tools/call", json!({ "name": "unknown" })).await;
        assert_eq!(answer.response["error"].get("data"), None, "{version}");
    }
}

#[tokio::test]
async fn the_codes_of_json_rpc_keep_their_meaning() {
    // ERR-1
    let service = service()
        .with_tool(Tool::new("panics", || -> String { panic!("the secret detail") }))
        .and_then(|service| service.with_tool(refuses()))
        .expect("fit tools");
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let code = async |method, params| client.refusal(method, params).await.code;
        assert_eq!(code("acme/unknown", json!({})).await, -32601, "{version}");
        assert_eq!(code("tools/call", json!({ "name": "unknown" })).await, -32602, "{version}");
        assert_eq!(code("tools/call", json!({ "name": "panics" })).await, -32603, "{version}");
        for own in [-32600, -32601, -32602, -32603, -32700] {
            assert_eq!(code("tools/call", refuse(own)).await, own, "{version}");
        }
    }
}

#[tokio::test]
async fn a_panic_is_internal_and_keeps_its_detail() {
    // ERR-1
    let service = service()
        .with_tool(Tool::new("now", || -> String { panic!("the secret detail") }))
        .and_then(|service| {
            service.with_tool(Tool::new("later", async || -> Result<String, BoxError> {
                tokio::task::yield_now().await;
                panic!("the secret detail")
            }))
        })
        .expect("fit tools");
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for name in ["now", "later"] {
            let refusal = client.refusal("tools/call", json!({ "name": name })).await;
            assert_eq!(refusal.kind(), (200, -32603), "{version} {name}");
            assert!(!refusal.message.contains("secret"), "{}", refusal.message);
        }
    }
}

#[tokio::test]
async fn a_handler_cannot_send_a_code_that_the_modern_era_forbids() {
    // ERR-2, ERR-3, ERR-4, ERR-10
    let server = serve(refuses()).await;
    let client = server.client(MODERN).await;
    let reserved = [-32002, -32042, -32000, -32001, -32005, -32019, -32023, -32050, -32099];
    for code in reserved {
        let refusal = client.refusal("tools/call", refuse(code)).await;
        assert_eq!(refusal.kind(), (200, -32603), "{code}");
        assert_eq!(refusal.message, "no", "{code}");
    }
}

#[tokio::test]
async fn codes_of_authors_lie_outside_the_reserved_range() {
    // ERR-5
    let server = serve(refuses()).await;
    let client = server.client(MODERN).await;
    for code in [-32100, -32500, -32599, -32604, -32701, -32768] {
        assert_eq!(client.refusal("tools/call", refuse(code)).await.code, -32603, "{code}");
    }
    for code in [-32769, -31999, -1, 0, 1, 429, i64::from(i32::MAX)] {
        assert_eq!(client.refusal("tools/call", refuse(code)).await.code, code);
    }
}

#[tokio::test]
async fn a_resource_that_does_not_exist_is_all_that_gets_32002() {
    // ERR-7
    let service = service()
        .with_tool(refuses())
        .and_then(|service| service.with_resource(Resource::new("r://1", "r", || "x")))
        .expect("fit items");
    let server = TestServer::of(service).await;
    for version in LEGACY {
        let client = server.client(version).await;
        for (method, params, code) in [
            ("resources/read", json!({ "uri": "r://2" }), -32002),
            ("resources/read", json!({ "uri": 2 }), -32602),
            ("tools/call", json!({ "name": "unknown" }), -32602),
        ] {
            assert_eq!(client.refusal(method, params).await.kind(), (200, code), "{version}");
        }
    }
}

#[tokio::test]
async fn pages_to_visit_are_all_that_gets_32042() {
    // ELICIT-21, ERR-7
    let visit = || -> Result<ToolResult, UrlElicitationRequired> {
        let page = |name: &str| UrlElicitation::new(name, format!("https://example.com/{name}"));
        Err(UrlElicitationRequired::new(page("key")).and(page("terms")))
    };
    let service = service().with_tool(refuses()).expect("a fit tool");
    let server = TestServer::of(service.with_tool(Tool::new("visit", visit)).expect("fit")).await;
    for version in LEGACY {
        let capabilities = json!({ "elicitation": { "url": {} } });
        let client = server.client_with(version, capabilities).await;
        // What is in it is checked by the schema.
        let refusal = client.refusal("tools/call", json!({ "name": "visit" })).await;
        let known = version == ProtocolVersion::V2025_11_25;
        assert_eq!(refusal.kind(), (200, if known { -32042 } else { -32602 }), "{version}");
        let listed = refusal.data["elicitations"].as_array().map(Vec::len);
        assert_eq!(listed, known.then_some(2), "{version}");
        // Nobody sends it by hand, without a list or with an unfit one.
        let refusal = client.refusal("tools/call", refuse(-32042)).await;
        assert_eq!(refusal.kind(), (200, -32603), "{version}");
        assert_eq!(refusal.data, Value::Null, "{version}");
    }
}

#[tokio::test]
async fn a_timeout_has_a_code_of_its_own_outside_the_reserved_range() {
    // ERR-9, ERR-5
    let stuck = Tool::new("stuck", async || -> Result<String, BoxError> { pending().await });
    let service = service().with_tool(stuck).expect("a fit tool");
    let limit = CancellationLayer::new().with_timeout(Some(Duration::from_millis(20)));
    let server = TestServer::start(Stack::new(service).with_cancellation(limit)).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let refusal = client.refusal("tools/call", json!({ "name": "stuck" })).await;
        assert!(!(-32768..=-32000).contains(&refusal.code), "{version}: {refusal:?}");
        assert!(refusal.message.contains("timed out"), "{version}: {}", refusal.message);
    }
}
