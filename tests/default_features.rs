//! What a server with the default features does in the place of validating by schema:
//! arguments are read into the handler's own type.
#![cfg(not(feature = "validation"))]

use mcp_stack::{
    BoxError, McpService, Prompt, ProtocolVersion, RegisterErrorKind, Stack, Tool,
    testing::TestClient,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

type TestResult = Result<(), BoxError>;

#[derive(Deserialize, JsonSchema)]
struct Line {
    points: Vec<Point>,
    dashed: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
struct Point {
    x: u8,
    y: u8,
}

fn draw(line: Line) -> String {
    let sum: u32 = line.points.iter().map(|point| u32::from(point.x) + u32::from(point.y)).sum();
    format!("{sum} {}", line.dashed.unwrap_or_default())
}

async fn client(version: ProtocolVersion) -> Result<TestClient, BoxError> {
    let service = McpService::new("probe", "1.0.0")
        .with_tool(Tool::new("draw", draw))?
        .with_tool(Tool::new("echo", |anything: Value| anything.to_string()))?
        .with_tool(Tool::new("nothing", || "ran"))?;
    let client = TestClient::new(Stack::new(service).build());
    Ok(match version.is_modern() {
        true => client.connect().await?,
        false => client.legacy(version).connect().await?,
    })
}

/// What does not fit, and what is said of it.
fn unfit() -> Vec<(&'static str, Value, &'static str)> {
    let point = json!({ "x": 1, "y": 2 });
    vec![
        ("draw", json!({}), "missing field `points`"),
        ("draw", json!({ "points": 7 }), "/points: invalid type: integer `7`"),
        ("draw", json!({ "points": [point, { "x": 1 }] }), "/points/1: missing field `y`"),
        ("draw", json!({ "points": [{ "x": "1", "y": 2 }] }), "/points/0/x: invalid type: string"),
        ("draw", json!({ "points": [{ "x": 256, "y": 2 }] }), "/points/0/x: invalid value"),
        ("draw", json!({ "points": [], "dashed": "no" }), "/dashed: invalid type"),
        ("nothing", json!({ "a": 1 }), "nothing is allowed here"),
    ]
}

#[tokio::test]
async fn arguments_that_do_not_fit_their_type_are_told_to_the_model_with_their_place() -> TestResult
{
    // TOOL-23, TOOL-25, D-13
    for version in [ProtocolVersion::V2025_11_25, ProtocolVersion::V2026_07_28] {
        let client = client(version).await?;
        for (tool, arguments, fault) in unfit() {
            let answer = client.call_tool(tool, arguments.clone()).await?;
            assert!(answer.is_error(), "{version}: {arguments}");
            let text = answer.text();
            assert!(text.starts_with("invalid arguments: "), "{version}: {text}");
            assert!(text.contains(fault) && !text.contains("line"), "{version}: {text}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn older_clients_get_a_protocol_error_for_them() -> TestResult {
    // TOOL-24, TOOL-25
    for version in [ProtocolVersion::V2025_03_26, ProtocolVersion::V2025_06_18] {
        let client = client(version).await?;
        for (tool, arguments, fault) in unfit() {
            let error = client.call_tool(tool, arguments.clone()).await.expect_err("refused");
            assert_eq!(error.code(), Some(-32602), "{version}: {arguments}");
            assert!(error.to_string().contains(fault), "{version}: {error}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn arguments_that_fit_reach_the_handler() -> TestResult {
    // TOOL-25
    for version in ProtocolVersion::ALL {
        let client = client(version).await?;
        let line = json!({ "points": [{ "x": 1, "y": 2 }, { "x": 255, "y": 0 }], "dashed": true });
        assert_eq!(client.call_tool("draw", line).await?.text(), "258 true", "{version}");
        let anything = json!({ "a": [1, null], "b": {} });
        let echoed = client.call_tool("echo", anything.clone()).await?.text();
        assert_eq!(serde_json::from_str::<Value>(&echoed)?, anything, "{version}");
        assert_eq!(client.call_tool("nothing", json!({})).await?.text(), "ran", "{version}");
    }
    Ok(())
}

#[test]
fn a_limit_that_reading_does_not_check_is_refused_at_registration() {
    // TOOL-25
    #[derive(Deserialize, JsonSchema)]
    struct Page {
        #[schemars(range(max = 100))]
        size: u32,
    }
    let tool = Tool::new("list", |page: Page| page.size.to_string());
    let error = McpService::new("probe", "1.0.0").with_tool(tool).expect_err("a limit");
    assert_eq!(error.kind(), RegisterErrorKind::InvalidSchema);
    let message = error.to_string();
    for said in ["\"list\"", "/properties/size/maximum", "the feature \"validation\""] {
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn nor_is_a_limit_on_a_prompts_argument_passed_over() {
    // PROMPT-8
    #[derive(Deserialize, JsonSchema)]
    struct Greet {
        #[schemars(length(max = 80))]
        name: String,
    }
    let prompt = Prompt::new("greet", |greet: Greet| greet.name);
    let error = McpService::new("probe", "1.0.0").with_prompt(prompt).expect_err("a limit");
    assert_eq!(error.kind(), RegisterErrorKind::InvalidSchema);
    assert!(error.to_string().contains("/properties/name/maxLength"), "{error}");
}
