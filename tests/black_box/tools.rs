//! Tools: how they are listed, called, and what they answer.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mcp_stack::{
    BoxError, Content, Context, InvalidArguments, Json, McpService, Meta, ProtocolVersion, RawJson,
    RegisterErrorKind, ResourceContents, ResourceLink, Tool, ToolAnnotations, ToolResult,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::{LEGACY, MODERN, TestServer};

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

async fn serve<const N: usize>(tools: [Tool; N]) -> TestServer {
    let service = tools
        .into_iter()
        .fold(service(), |service, tool| service.with_tool(tool).expect("a fit tool"));
    TestServer::of(service).await
}

fn raw(json: &Value) -> RawJson {
    RawJson::from_value(json).expect("a JSON tree serialises")
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Terms {
    a: i64,
    b: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Sum {
    sum: i64,
}

#[tokio::test]
async fn a_tool_is_listed_with_all_that_was_said_of_it() {
    // TOOL-2, TOOL-8, TOOL-9, TOOL-30
    let annotations = ToolAnnotations::new()
        .title("Adder")
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    let add = Tool::new("add", |terms: Terms| format!("{}", terms.a + terms.b))
        .with_title("Add")
        .with_description("Adds two integers")
        .with_annotations(annotations)
        .with_meta(Meta::new().with("com.example/cost", 1.5).expect("a valid key"));
    let server = serve([add]).await;
    for version in ProtocolVersion::ALL {
        let listed = server.client(version).await.result("tools/list", json!({})).await;
        let tool = &listed["tools"][0];
        assert_eq!(tool["name"], "add", "{version}");
        assert_eq!(tool["title"], "Add", "{version}");
        assert_eq!(tool["description"], "Adds two integers", "{version}");
        assert_eq!(
            tool["annotations"],
            json!({
                "title": "Adder", "readOnlyHint": true, "destructiveHint": false,
                "idempotentHint": true, "openWorldHint": false,
            }),
            "{version}"
        );
        assert_eq!(tool["_meta"], json!({ "com.example/cost": 1.5 }), "{version}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{version}");
        assert_eq!(tool["inputSchema"]["required"], json!(["a", "b"]), "{version}");
        assert_eq!(listed.get("nextCursor"), None, "{version}");
    }
}

#[tokio::test]
async fn a_tool_without_parameters_has_the_closed_empty_schema() {
    // TOOL-9, TOOL-10
    let server = serve([Tool::new("a", || "x"), Tool::new("b", |_: Context| "x")]).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let listed = client.result("tools/list", json!({})).await;
        for tool in listed["tools"].as_array().expect("a list") {
            let closed = json!({ "type": "object", "additionalProperties": false });
            assert_eq!(tool["inputSchema"], closed, "{version}");
        }
    }
}

#[test]
fn an_input_schema_that_is_not_of_an_object_is_refused() {
    // TOOL-9
    for schema in [
        json!({}),
        json!({ "type": "string" }),
        json!({ "type": ["object", "null"] }),
        json!({ "properties": {} }),
        json!({ "type": "object", "properties": 7 }),
        json!(true),
        json!(null),
    ] {
        let tool = Tool::new("t", || "x").with_input_schema(raw(&schema));
        let error = service().with_tool(tool).expect_err("no schema of an object");
        assert_eq!(error.kind(), RegisterErrorKind::InvalidSchema, "{schema}");
        assert!(error.to_string().contains("\"t\""), "{error}");
    }
}

#[test]
fn names_are_limited_in_length_and_letters() {
    // TOOL-6, TOOL-8
    let longest = "x".repeat(128);
    for name in ["a", "get_weather", "admin.tools-list", "A1/b", longest.as_str()] {
        assert!(service().with_tool(Tool::new(name, || "x")).is_ok(), "{name}");
    }
    let too_long = "x".repeat(129);
    for name in ["", "two words", "a,b", "naïve", "a\n", "a:b", "emoji🙂", too_long.as_str()] {
        let error = service().with_tool(Tool::new(name, || "x")).expect_err(name);
        assert_eq!(error.kind(), RegisterErrorKind::InvalidName, "{name}");
    }
}

#[tokio::test]
async fn every_keyword_of_a_schema_is_passed_through() {
    // TOOL-11
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.com/schemas/order",
        "$comment": "kept",
        "$defs": {
            "address": { "$anchor": "address", "type": "object", "required": ["street"] },
        },
        "type": "object",
        "properties": {
            "to": { "$ref": "#/$defs/address" },
            "from": { "$ref": "#address" },
            "kind": { "enum": ["a", "b"] },
        },
        "allOf": [{ "anyOf": [{ "required": ["to"] }, { "required": ["from"] }] }],
        "if": { "properties": { "kind": { "const": "a" } } },
        "then": { "required": ["to"] },
        "else": { "oneOf": [true] },
        "dependentRequired": { "to": ["from"] },
        "patternProperties": { "^x-": { "type": "string" } },
        "unevaluatedProperties": false,
        "x-vendor": [1, 2.5, null],
    });
    let tool =
        Tool::new("order", || "x").with_input_schema(raw(&schema)).with_output_schema(raw(&schema));
    let server = serve([tool]).await;
    for version in [ProtocolVersion::V2025_11_25, MODERN] {
        let client = server.client(version).await;
        let listed = client.result("tools/list", json!({})).await;
        assert_eq!(listed["tools"][0]["inputSchema"], schema, "{version}");
        assert_eq!(listed["tools"][0]["outputSchema"], schema, "{version}");
    }
}

#[tokio::test]
async fn structured_content_fits_its_schema_and_is_given_as_text_too() {
    // TOOL-14, TOOL-15
    let add = Tool::new("add", |terms: Terms| Json(Sum { sum: terms.a + terms.b }));
    let server = serve([add]).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let listed = client.result("tools/list", json!({})).await;
        let schema = &listed["tools"][0]["outputSchema"];
        let result = client.tool("add", json!({ "a": 1, "b": 2 })).await;
        let structured = &result["structuredContent"];
        assert_eq!(structured, &json!({ "sum": 3 }), "{version}");
        assert!(jsonschema::is_valid(schema, structured), "{version}: {schema}");
        let text = result["content"][0]["text"].as_str().expect("text");
        assert_eq!(&serde_json::from_str::<Value>(text).expect("JSON"), structured, "{version}");
    }
}

#[tokio::test]
async fn structured_content_that_is_no_object_is_for_the_modern_era() {
    // TOOL-12, TOOL-13
    for value in [json!([1, "two"]), json!(0.5), json!("text"), json!(false), json!(null)] {
        let answer = value.clone();
        let tool = Tool::new("any", move || ToolResult::structured(&answer))
            .with_output_schema(raw(&json!({ "const": value })));
        let server = serve([tool]).await;
        for version in ProtocolVersion::ALL {
            let client = server.client(version).await;
            let listed = client.result("tools/list", json!({})).await;
            let result = client.tool("any", json!({})).await;
            let expected = version.is_modern().then_some(&value);
            assert_eq!(result.get("structuredContent"), expected, "{version}");
            let schema = listed["tools"][0].get("outputSchema").map(|schema| &schema["const"]);
            assert_eq!(schema, expected, "{version}");
            assert_eq!(result["content"][0]["text"], value.to_string(), "{version}");
        }
    }
}

#[tokio::test]
async fn legacy_output_schemas_are_of_objects() {
    // TOOL-12
    let tool = |name: &str, schema: &Value| Tool::new(name, || "x").with_output_schema(raw(schema));
    let server = serve([
        tool("object", &json!({ "type": "object" })),
        tool("array", &json!({ "type": "array" })),
        tool("either", &json!({ "anyOf": [{ "type": "object" }] })),
    ])
    .await;
    for version in LEGACY {
        let client = server.client(version).await;
        let listed = client.result("tools/list", json!({})).await;
        let schemas: Vec<_> = (0..3).map(|at| listed["tools"][at].get("outputSchema")).collect();
        assert_eq!(schemas, [Some(&json!({ "type": "object" })), None, None], "{version}");
    }
}

#[tokio::test]
async fn a_result_that_breaks_its_schema_does_not_reach_the_client() {
    // TOOL-14, TOOL-31
    let schema = raw(&json!({ "type": "object", "required": ["sum"] }));
    let wrong = Tool::new("wrong", || ToolResult::structured(&json!({ "secret": 7 })))
        .with_output_schema(schema.clone());
    let missing = Tool::new("missing", || "no structured content");
    let failing = Tool::new("failing", || Err::<ToolResult, _>("disk full"));
    let refusing = Tool::new("refusing", || ToolResult::error("disk full"));
    let tools = [missing, failing, refusing].map(|tool| tool.with_output_schema(schema.clone()));
    let service = tools
        .into_iter()
        .chain([wrong])
        .fold(service().with_output_validation(true), |service, tool| {
            service.with_tool(tool).expect("a fit tool")
        });
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for name in ["wrong", "missing"] {
            let refusal = client.refusal("tools/call", json!({ "name": name })).await;
            assert_eq!(refusal.kind(), (200, -32603), "{version} {name}");
            assert!(!refusal.message.contains("secret"), "{}", refusal.message);
        }
        // A tool error promises nothing.
        for name in ["failing", "refusing"] {
            assert_eq!(client.tool(name, json!({})).await["isError"], true, "{version} {name}");
        }
    }
}

#[tokio::test]
async fn every_tool_result_has_content_if_only_an_empty_list() {
    // TOOL-16
    let server = serve([Tool::new("mute", || ()), Tool::new("echo", || "said")]).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        assert_eq!(client.tool("mute", json!({})).await["content"], json!([]), "{version}");
        let said = json!([{ "type": "text", "text": "said" }]);
        assert_eq!(client.tool("echo", json!({})).await["content"], said, "{version}");
    }
}

#[tokio::test]
async fn images_and_sound_are_base64_with_a_media_type() {
    // TOOL-17
    let bytes: Vec<u8> = (0..=255).collect();
    let (image, sound) = (bytes.clone(), bytes.clone());
    let server = serve([
        Tool::new("image", move || Content::image(&image, "image/png")),
        Tool::new("sound", move || Content::audio(&sound, "audio/wav")),
    ])
    .await;
    for (name, kind, media_type) in
        [("image", "image", "image/png"), ("sound", "audio", "audio/wav")]
    {
        for version in ProtocolVersion::ALL {
            if kind == "audio" && version == ProtocolVersion::V2024_11_05 {
                continue;
            }
            let result = server.client(version).await.tool(name, json!({})).await;
            let block = &result["content"][0];
            assert_eq!(block["type"], kind, "{version}");
            assert_eq!(block["mimeType"], media_type, "{version}");
            let data = block["data"].as_str().expect("text");
            assert_eq!(STANDARD.decode(data).as_ref(), Ok(&bytes), "{version}");
        }
    }
}

#[tokio::test]
async fn kinds_of_content_that_a_revision_does_not_know_become_text() {
    // TOOL-18
    let tool = Tool::new("mixed", || {
        vec![
            Content::text("plain"),
            Content::audio(b"beep", "audio/wav"),
            Content::resource_link(ResourceLink::new("docs://a", "a")),
            Content::resource(ResourceContents::text("docs://b", "b")),
        ]
    });
    let server = serve([tool]).await;
    for version in ProtocolVersion::ALL {
        let result = server.client(version).await.tool("mixed", json!({})).await;
        let blocks = result["content"].as_array().expect("a list");
        let kinds: Vec<_> = blocks.iter().map(|block| block["type"].clone()).collect();
        let audio = if version < ProtocolVersion::V2025_03_26 { "text" } else { "audio" };
        let link = if version < ProtocolVersion::V2025_06_18 { "text" } else { "resource_link" };
        assert_eq!(kinds, ["text", audio, link, "resource"], "{version}");
        if link == "text" {
            let text = blocks[2]["text"].as_str().expect("text");
            assert!(text.contains("docs://a"), "{version}: {text}");
        }
    }
}

#[tokio::test]
async fn a_link_may_name_a_resource_that_is_not_listed() {
    // TOOL-19
    let link = || Content::resource_link(ResourceLink::new("docs://a", "a").with_size(3));
    let server = serve([Tool::new("link", link)]).await;
    for version in [ProtocolVersion::V2025_06_18, ProtocolVersion::V2025_11_25, MODERN] {
        let result = server.client(version).await.tool("link", json!({})).await;
        let expected =
            json!({ "type": "resource_link", "uri": "docs://a", "name": "a", "size": 3 });
        assert_eq!(result["content"][0], expected, "{version}");
    }
}

#[tokio::test]
async fn an_unknown_tool_is_invalid_params() {
    // TOOL-21
    let server = serve([Tool::new("known", || "x")]).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for name in ["unknown", "Known", "known2"] {
            let answer = client.call("tools/call", json!({ "name": name })).send().await;
            let refusal = answer.finish().await.refusal();
            assert_eq!(refusal.code, -32602, "{version} {name:?}");
        }
        let refusal = client.refusal("tools/call", json!({ "name": "unknown" })).await;
        assert_eq!(refusal.kind(), (200, -32602), "{version}");
        assert!(refusal.message.contains("unknown"), "{version}: {}", refusal.message);
    }
}

#[tokio::test]
async fn params_that_do_not_fit_a_call_are_invalid_params() {
    // TOOL-22
    let server = serve([Tool::new("known", || "x")]).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for params in [
            json!({ "name": "known", "arguments": [] }),
            json!({ "name": "known", "arguments": "{}" }),
            json!({ "name": "known", "arguments": 7 }),
            json!({ "name": "known", "arguments": true }),
            json!({}),
            json!({ "name": 7 }),
            json!({ "name": null }),
            json!({ "name": ["known"] }),
        ] {
            let refusal = client.refusal("tools/call", params.clone()).await;
            assert_eq!(refusal.code, -32602, "{version} {params}");
        }
    }
}

#[tokio::test]
async fn arguments_that_fail_the_schema_are_for_the_model_from_2025_11_25_on() {
    // TOOL-23, TOOL-24
    let server = serve([Tool::new("add", |terms: Terms| format!("{}", terms.a + terms.b))]).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for arguments in [json!({}), json!({ "a": 1 }), json!({ "a": 1, "b": "two" })] {
            let params = json!({ "name": "add", "arguments": arguments });
            let answer = client.ask("tools/call", params).await;
            if version >= ProtocolVersion::V2025_11_25 {
                let result = answer.result();
                assert_eq!(result["isError"], true, "{version} {arguments}");
                let text = result["content"][0]["text"].as_str().expect("an explanation");
                assert!(text.contains('b'), "{version}: {text}");
            } else {
                let refusal = answer.refusal();
                assert_eq!(refusal.kind(), (200, -32602), "{version} {arguments}");
                assert!(refusal.message.contains('b'), "{version}: {}", refusal.message);
            }
        }
    }
}

#[tokio::test]
async fn a_handler_may_find_arguments_invalid_that_fit_the_schema() {
    // TOOL-23, TOOL-24
    let even = |terms: Terms| match terms.a % 2 {
        0 => Ok("even"),
        _ => Err(InvalidArguments::new("a is odd")),
    };
    #[derive(Deserialize, JsonSchema)]
    struct Address {
        #[schemars(with = "String")]
        address: std::net::IpAddr,
    }
    let server = serve([
        Tool::new("even", even),
        Tool::new("typed", |args: Address| args.address.to_string()),
    ])
    .await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (name, arguments, why) in [
            ("even", json!({ "a": 1, "b": 1 }), "a is odd"),
            ("typed", json!({ "address": "here" }), "IP address"),
        ] {
            let params = json!({ "name": name, "arguments": arguments });
            let answer = client.ask("tools/call", params).await;
            let said = if version >= ProtocolVersion::V2025_11_25 {
                assert_eq!(answer.result()["isError"], true, "{version} {name}");
                answer.result()["content"][0]["text"].to_string()
            } else {
                assert_eq!(answer.refusal().kind(), (200, -32602), "{version} {name}");
                answer.refusal().message
            };
            assert!(said.contains(why), "{version}: {said}");
        }
    }
}

#[tokio::test]
async fn a_tool_that_fails_says_so_to_the_model() {
    // TOOL-23, TOOL-24
    let server = serve([
        Tool::new("sync", || Err::<String, _>("the disk is full")),
        Tool::new("async", async || Err::<String, _>(std::io::Error::other("the disk is full"))),
        Tool::new("own", || ToolResult::error("the disk is full")),
    ])
    .await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for name in ["sync", "async", "own"] {
            let result = client.tool(name, json!({})).await;
            assert_eq!(result["isError"], true, "{version} {name}");
            let text = json!([{ "type": "text", "text": "the disk is full" }]);
            assert_eq!(result["content"], text, "{version} {name}");
        }
    }
}

#[tokio::test]
async fn a_handler_never_sees_arguments_that_fail_the_schema() {
    // TOOL-25
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let schema = json!({
        "type": "object",
        "properties": { "n": { "type": "integer", "minimum": 10 } },
        "additionalProperties": false,
    });
    let tool = Tool::new("count", move || {
        counter.fetch_add(1, Ordering::Relaxed);
        "counted"
    })
    .with_input_schema(raw(&schema));
    let server = serve([tool]).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for arguments in [json!({ "n": 9 }), json!({ "n": 10.5 }), json!({ "other": 1 })] {
            client.ask("tools/call", json!({ "name": "count", "arguments": arguments })).await;
        }
        assert_eq!(calls.load(Ordering::Relaxed), 0, "{version}");
    }
    server.client(MODERN).await.tool("count", json!({ "n": 10 })).await;
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn absent_arguments_are_an_empty_object() {
    // TOOL-26
    #[derive(Deserialize, JsonSchema)]
    struct Maybe {
        name: Option<String>,
    }
    let server = serve([
        Tool::new("maybe", |args: Maybe| args.name.unwrap_or_else(|| "nobody".into())),
        Tool::new("none", || "nobody"),
    ])
    .await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for name in ["maybe", "none"] {
            for params in [json!({ "name": name }), json!({ "name": name, "arguments": null })] {
                let result = client.result("tools/call", params).await;
                assert_eq!(result["content"][0]["text"], "nobody", "{version} {name}");
            }
        }
    }
}

#[tokio::test]
async fn output_cannot_break_out_of_its_frame() {
    // TOOL-29
    const TEXT: &str = "a\r\n\r\ndata: {}\n\nevent: x\rid: 1\u{2028}\u{0}\u{85}\"}\\";
    let server = serve([
        Tool::new("plain", || TEXT),
        Tool::new("stream", |cx: Context| {
            cx.progress(1.0, None, Some(TEXT));
            TEXT
        }),
        Tool::new("failing", || Err::<String, BoxError>(TEXT.into())),
    ])
    .await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for name in ["plain", "stream", "failing"] {
            let call = client.call("tools/call", json!({ "name": name }));
            let answer = call.with_progress(json!(1)).send().await.finish().await;
            assert_eq!(answer.result()["content"][0]["text"], TEXT, "{version} {name}");
            for notification in &answer.notifications {
                assert_eq!(notification["params"]["message"], TEXT, "{version}");
            }
            assert_eq!(answer.notifications.len(), usize::from(name == "stream"), "{version}");
        }
    }
}
