//! Arguments that are repeated in headers.

use mcp_stack::{McpService, RawJson, Stack, Tool, testing::TestClient};
use serde_json::{Map, Value, json};

use crate::support::{TestResult, scripted, seen};

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "region": { "type": "string", "x-mcp-header": "Region" },
            "size": {
                "type": "object",
                "properties": { "cores": { "type": "integer", "x-mcp-header": "Cores" } },
            },
            "dry": { "type": "boolean", "x-mcp-header": "Dry" },
        },
    })
}

fn deploy() -> TestClient {
    let tool = Tool::new("deploy", |args: Map<String, Value>| args["region"].to_string())
        .with_input_schema(RawJson::from_value(&schema()).expect("JSON"));
    let service = McpService::new("deployer", "1.0.0").with_tool(tool).expect("a valid tool");
    TestClient::new(Stack::new(service).build())
}

#[tokio::test]
async fn they_are_learnt_from_the_list_or_from_the_refusal() -> TestResult {
    let arguments = [
        json!({ "region": "eu-west", "size": { "cores": 4 }, "dry": true }),
        json!({ "region": " zürich ", "size": { "cores": -4.0 }, "dry": false }),
        json!({ "region": "", "size": {} }),
        json!({ "region": "=?base64?x?=" }),
    ];
    for arguments in arguments {
        let expected = arguments["region"].to_string();
        let learning = deploy();
        assert_eq!(learning.call_tool("deploy", arguments.clone()).await?.text(), expected);
        let told = deploy();
        told.list_tools().await?;
        assert_eq!(told.call_tool("deploy", arguments).await?.text(), expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_was_spoiled_by_hand_is_not_mended() {
    let call = deploy().call_tool("deploy", json!({ "region": "eu" })).with_edit(|_| {});
    assert_eq!(call.await.expect_err("a header is missing").code(), Some(-32020));
}

#[tokio::test]
async fn a_call_is_mended_once() {
    let (client, log) = scripted(|seen| match seen.method() {
        "tools/list" => {
            seen.result(&json!({ "tools": [{ "name": "deploy", "inputSchema": schema() }] }))
        }
        _ => seen.error(400, -32020),
    });
    let arguments = json!({ "region": "eu", "size": { "cores": 1 }, "dry": null });
    let error = client.call_tool("deploy", arguments).await.expect_err("whatever it says");
    assert_eq!(error.code(), Some(-32020));
    let log = seen(&log);
    assert_eq!(log.len(), 3);
    assert_eq!(log[0].header("mcp-param-region"), None);
    assert_eq!(log[2].header("mcp-param-region"), Some("eu"));
    assert_eq!(log[2].header("mcp-param-cores"), Some("1"));
    assert_eq!(log[2].header("mcp-param-dry"), None);
}
