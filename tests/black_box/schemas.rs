//! JSON Schemas and icons: what is accepted, what is published.

use mcp_stack::{
    Icon, Json, McpService, Prompt, ProtocolVersion, RawJson, RegisterErrorKind, Resource,
    ResourceTemplate, Theme, Tool,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::{MODERN, TestServer};

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

fn tool_with(schema: &Value) -> Tool {
    let schema = RawJson::from_value(schema).expect("a JSON tree serialises");
    Tool::new("t", || "called").with_input_schema(schema)
}

/// Whether a tool with this schema takes these arguments.
async fn accepts(schema: &Value, arguments: &Value) -> bool {
    let service = service().with_tool(tool_with(schema)).expect("a fit schema");
    let server = TestServer::of(service).await;
    let result = server.client(MODERN).await.tool("t", arguments.clone()).await;
    result["content"][0]["text"] == "called"
}

/// Why a tool with this schema is not registered.
fn fault(schema: &Value) -> String {
    let error = service().with_tool(tool_with(schema)).expect_err("refused");
    assert_eq!(error.kind(), RegisterErrorKind::InvalidSchema, "{schema}");
    error.to_string()
}

#[tokio::test]
async fn a_schema_without_a_dialect_is_2020_12() {
    // SCHEMA-1
    // `prefixItems` came with 2020-12; before, it means nothing.
    let schema = json!({
        "type": "object",
        "properties": { "pair": { "prefixItems": [{ "type": "string" }] } },
    });
    assert!(accepts(&schema, &json!({ "pair": ["a"] })).await);
    assert!(!accepts(&schema, &json!({ "pair": [1] })).await);
}

#[tokio::test]
async fn a_schema_is_read_by_the_dialect_it_declares() {
    // SCHEMA-2
    for (dialect, knows_prefix_items) in [
        ("https://json-schema.org/draft/2020-12/schema", true),
        ("https://json-schema.org/draft/2019-09/schema", false),
        ("http://json-schema.org/draft-07/schema#", false),
        ("http://json-schema.org/draft-06/schema#", false),
        ("http://json-schema.org/draft-04/schema#", false),
    ] {
        let schema = json!({
            "$schema": dialect,
            "type": "object",
            "properties": { "pair": { "prefixItems": [{ "type": "string" }] } },
        });
        let accepted = accepts(&schema, &json!({ "pair": [1] })).await;
        assert_eq!(accepted, !knows_prefix_items, "{dialect}");
    }
}

#[test]
fn a_dialect_that_is_not_supported_is_refused_by_name() {
    // SCHEMA-2, SCHEMA-3
    for dialect in [json!("https://example.com/my-dialect"), json!("draft-07"), json!(7)] {
        let fault = fault(&json!({ "$schema": dialect, "type": "object" }));
        assert!(fault.contains(&dialect.to_string()), "{fault}");
        assert!(fault.contains("2020-12"), "{fault}");
    }
}

#[tokio::test]
async fn published_schemas_are_valid_in_their_dialect() {
    // SCHEMA-4
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "kind")]
    enum Shape {
        Circle { radius: f64 },
        Square { side: u32, label: Option<String> },
    }
    #[derive(Deserialize, JsonSchema)]
    struct Drawing {
        shapes: Vec<Shape>,
    }
    #[derive(Serialize, JsonSchema)]
    struct Area {
        area: f64,
    }
    let draw = Tool::new("draw", |drawing: Drawing| {
        let area = drawing.shapes.iter().map(|shape| match shape {
            Shape::Circle { radius } => radius * radius * 3.0,
            Shape::Square { side, label } => f64::from(*side) + label.iter().count() as f64,
        });
        Json(Area { area: area.sum() })
    });
    let service = service()
        .with_tool(draw)
        .and_then(|service| service.with_tool(Tool::new("nothing", || "x")))
        .expect("fit tools");
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let listed = client.result("tools/list", json!({})).await;
        for tool in listed["tools"].as_array().expect("a list") {
            for key in ["inputSchema", "outputSchema"] {
                if let Some(schema) = tool.get(key) {
                    assert!(jsonschema::meta::is_valid(schema), "{version} {key}: {schema}");
                }
            }
        }
        assert!(listed["tools"][0].get("outputSchema").is_some(), "{version}");
    }
}

#[test]
fn a_schema_that_is_not_valid_is_refused() {
    // SCHEMA-4
    for schema in [
        json!({ "type": "object", "required": "a" }),
        json!({ "type": "object", "properties": { "a": { "type": "text" } } }),
        json!({ "type": "object", "properties": { "a": { "pattern": "(" } } }),
        json!({ "type": "object", "properties": { "a": { "minimum": "1" } } }),
        json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/none" } } }),
    ] {
        let fault = fault(&schema);
        assert!(fault.contains("input schema"), "{fault}");
    }
}

#[test]
fn a_reference_to_the_network_is_never_followed_and_refused() {
    // SCHEMA-5, SCHEMA-6, SCHEMA-8
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("it can be asked without waiting");
    let url = format!("http://{}/schema.json", listener.local_addr().expect("bound"));
    for target in [url.as_str(), "https://example.com/schema.json", "file:///etc/hostname"] {
        for keyword in ["$ref", "$dynamicRef"] {
            fault(&json!({ "type": "object", "properties": { "a": { keyword: target } } }));
        }
    }
    let visited = listener.accept();
    assert_eq!(visited.expect_err("nobody came").kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn references_within_the_schema_are_followed() {
    // SCHEMA-5
    let schema = json!({
        "type": "object",
        "properties": { "tree": { "$ref": "#/$defs/node" } },
        "$defs": { "node": {
            "type": "object",
            "properties": { "next": { "$ref": "#/$defs/node" }, "n": { "type": "integer" } },
        } },
    });
    assert!(accepts(&schema, &json!({ "tree": { "next": { "n": 1 } } })).await);
    assert!(!accepts(&schema, &json!({ "tree": { "next": { "n": "1" } } })).await);
}

#[test]
fn a_schema_too_large_is_refused() {
    // SCHEMA-9
    let properties = |count: usize| -> Value {
        let names = (0..count).map(|n| (format!("property-{n}"), json!({ "type": "string" })));
        json!({ "type": "object", "properties": names.collect::<serde_json::Map<_, _>>() })
    };
    assert!(service().with_tool(tool_with(&properties(100))).is_ok());
    let fault = fault(&properties(20_000));
    assert!(fault.contains("larger than"), "{fault}");
}

#[tokio::test]
async fn icons_are_listed_as_given() {
    // ICON-1, ICON-2
    let icon = || {
        Icon::new("data:image/png;base64,AAAA")
            .with_mime_type("image/png")
            .add_size("48x48")
            .add_size("any")
            .with_theme(Theme::Dark)
    };
    let template = ResourceTemplate::new("t://{a}", "t", |_: Value| "x");
    let service = service()
        .with_tool(Tool::new("t", || "x").add_icon(icon()))
        .and_then(|service| service.with_prompt(Prompt::new("p", || "x").add_icon(icon())))
        .and_then(|service| {
            service.with_resource(Resource::new("r://1", "r", || "x").add_icon(icon()))
        })
        .and_then(|service| service.with_resource_template(template.add_icon(icon())))
        .expect("fit items");
    let server = TestServer::of(service).await;
    let expected = json!([{
        "src": "data:image/png;base64,AAAA", "mimeType": "image/png",
        "sizes": ["48x48", "any"], "theme": "dark",
    }]);
    for version in [ProtocolVersion::V2025_11_25, MODERN] {
        let client = server.client(version).await;
        for (method, list) in [
            ("tools/list", "tools"),
            ("prompts/list", "prompts"),
            ("resources/list", "resources"),
            ("resources/templates/list", "resourceTemplates"),
        ] {
            let listed = client.result(method, json!({})).await;
            assert_eq!(listed[list][0]["icons"], expected, "{version} {method}");
        }
    }
}

#[test]
fn an_icon_from_elsewhere_is_refused() {
    // ICON-1
    for src in ["", "icon.png", "http://example.com/i.png", "javascript:alert(1)", "file:///i.png"]
    {
        let icon = || Icon::new(src);
        let template = ResourceTemplate::new("t://{a}", "t", |_: Value| "x").add_icon(icon());
        let refused = [
            service().with_tool(Tool::new("t", || "x").add_icon(icon())).err(),
            service().with_prompt(Prompt::new("p", || "x").add_icon(icon())).err(),
            service().with_resource(Resource::new("r://1", "r", || "x").add_icon(icon())).err(),
            service().with_resource_template(template).err(),
        ];
        for error in refused {
            let error = error.unwrap_or_else(|| panic!("{src:?} was taken"));
            assert_eq!(error.kind(), RegisterErrorKind::InvalidPart, "{src}");
        }
    }
}
