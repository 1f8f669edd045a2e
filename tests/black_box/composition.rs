//! One server's items in another.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use mcp_stack::{
    CompletionRequest, Json, McpService, Prompt, ProtocolVersion, RawJson, RegisterErrorKind,
    Resource, ResourceTemplate, Source, Tool, Wanted,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::util::MapRequestLayer;

use crate::support::{Client, MODERN, TestServer};

fn service(name: &str) -> McpService {
    McpService::new(name, "1.0.0")
}

#[derive(Deserialize, JsonSchema)]
struct Place {
    place: String,
}

#[derive(Serialize, JsonSchema)]
struct Forecast {
    sky: String,
}

/// A server with one of everything, and more than one tool.
fn weather() -> McpService {
    let schema = r#"{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"A"}}}"#;
    let mirrored = Tool::new("mirrored", |arguments: Value| arguments.to_string())
        .with_input_schema(RawJson::parse(schema).expect("JSON"));
    let prompt = Prompt::new("ask", |place: Place| format!("How is {}?", place.place))
        .with_title("Ask")
        .with_completion("place", |typed: CompletionRequest| vec![format!("{}slo", typed.value)]);
    let template = ResourceTemplate::new("weather://{place}", "weather", |it: Place| it.place)
        .with_completion("place", |typed: CompletionRequest| vec![format!("{}ergen", typed.value)]);
    service("weather")
        .with_tool(Tool::new("forecast", |it: Place| Json(Forecast { sky: it.place })))
        .and_then(|service| service.with_tool(mirrored))
        .and_then(|service| service.with_prompt(prompt))
        .and_then(|service| service.with_resource(Resource::new("weather://now/x", "now", || "!")))
        .and_then(|service| service.with_resource_template(template))
        .expect("fit items")
}

fn says(name: &str) -> Tool {
    Tool::new(name, || "x")
}

async fn keys(client: &Client, method: &str, list: &str, key: &str) -> Vec<String> {
    let (mut params, mut keys) = (json!({}), Vec::new());
    loop {
        let page = client.result(method, params).await;
        let items = page[list].as_array().expect("a list").iter();
        keys.extend(items.map(|it| it[key].as_str().expect("text").to_owned()));
        match page.get("nextCursor") {
            Some(cursor) => params = json!({ "cursor": cursor }),
            None => return keys,
        }
    }
}

#[tokio::test]
async fn merged_items_follow_in_their_order() {
    // TOOL-4, TOOL-7
    let merged = service("host")
        .with_page_size(2)
        .with_tool(says("zebra"))
        .and_then(|host| host.merge(&weather()))
        .and_then(|host| host.with_tool(says("ant")))
        .expect("no name is taken");
    let server = TestServer::of(merged).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for _ in 0..2 {
            let tools = keys(&client, "tools/list", "tools", "name").await;
            assert_eq!(tools, ["zebra", "forecast", "mirrored", "ant"], "{version}");
        }
        assert_eq!(keys(&client, "prompts/list", "prompts", "name").await, ["ask"]);
    }
}

#[tokio::test]
async fn nested_items_keep_all_but_their_names() {
    // TOOL-4, TOOL-6, TOOL-9, TOOL-14, TOOL-25, PROMPT-3, COMP-2, RES-5, RES-20
    let nested = service("host").nest("w", &weather()).expect("no name is taken");
    let (server, plain) = (TestServer::of(nested).await, TestServer::of(weather()).await);
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let before = plain.client(version).await;
        for (method, list) in [("tools/list", "tools"), ("prompts/list", "prompts")] {
            let mut expected = before.result(method, json!({})).await[list].clone();
            for item in expected.as_array_mut().expect("a list") {
                item["name"] = format!("w_{}", item["name"].as_str().expect("text")).into();
            }
            assert_eq!(client.result(method, json!({})).await[list], expected, "{version}");
        }
        for (method, list) in
            [("resources/list", "resources"), ("resources/templates/list", "resourceTemplates")]
        {
            let expected = before.result(method, json!({})).await;
            assert_eq!(client.result(method, json!({})).await[list], expected[list], "{version}");
        }

        let result = client.tool("w_forecast", json!({ "place": "Oslo" })).await;
        if version >= ProtocolVersion::V2025_06_18 {
            assert_eq!(result["structuredContent"], json!({ "sky": "Oslo" }), "{version}");
        }
        let params = json!({ "name": "w_ask", "arguments": { "place": "Oslo" } });
        let result = client.result("prompts/get", params).await;
        assert_eq!(result["messages"][0]["content"]["text"], "How is Oslo?", "{version}");
        for uri in ["weather://now/x", "weather://oslo"] {
            client.result("resources/read", json!({ "uri": uri })).await;
        }
        for (reference, value) in [
            (json!({ "type": "ref/prompt", "name": "w_ask" }), "Oslo"),
            (json!({ "type": "ref/resource", "uri": "weather://{place}" }), "Oergen"),
        ] {
            let argument = json!({ "name": "place", "value": "O" });
            let params = json!({ "ref": reference, "argument": argument });
            let result = client.result("completion/complete", params).await;
            assert_eq!(result["completion"]["values"], json!([value]), "{version}");
        }
        for (method, params) in [
            ("tools/call", json!({ "name": "forecast", "arguments": { "place": "Oslo" } })),
            ("tools/call", json!({ "name": "w_" })),
            ("prompts/get", params_of("ask")),
        ] {
            assert_eq!(client.refusal(method, params).await.kind(), (200, -32602), "{version}");
        }
    }
}

fn params_of(name: &str) -> Value {
    json!({ "name": name, "arguments": { "place": "Oslo" } })
}

#[tokio::test]
async fn mirrored_headers_of_a_nested_tool_are_checked() {
    // META-25
    let nested = service("host").nest("w", &weather()).expect("no name is taken");
    let server = TestServer::of(nested).await;
    let client = server.client(MODERN).await;
    client.tool("w_mirrored", json!({})).await;
    let params = json!({ "name": "w_mirrored", "arguments": { "a": "no header repeats this" } });
    assert_eq!(client.refusal("tools/call", params).await.kind(), (400, -32020));
}

#[tokio::test]
async fn a_layer_goes_with_its_tool() {
    // TOOL-25
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let tool = says("counted").layer(MapRequestLayer::new(move |call: mcp_stack::Call| {
        counted.fetch_add(1, Ordering::Relaxed);
        call
    }));
    let inner = service("inner").with_tool(tool).expect("a fit tool");
    let host = service("host")
        .merge(&inner)
        .and_then(|host| host.nest("a", &inner))
        .and_then(|host| host.nest("b", &inner))
        .expect("no name is taken");
    let server = TestServer::of(host).await;
    let client = server.client(MODERN).await;
    for name in ["counted", "a_counted", "b_counted"] {
        client.tool(name, json!({})).await;
    }
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[test]
fn a_name_that_is_taken_undoes_the_whole_merge() {
    // TOOL-7
    let taken: [fn(McpService) -> McpService; 4] = [
        |host| host.with_tool(says("mirrored")).expect("fit"),
        |host| host.with_prompt(Prompt::new("ask", || "x")).expect("fit"),
        |host| host.with_resource(Resource::new("weather://now/x", "n", || "x")).expect("fit"),
        |host| {
            let template = ResourceTemplate::new("weather://{place}", "n", |_: Value| "x");
            host.with_resource_template(template).expect("fit")
        },
    ];
    for take in taken {
        let host = take(service("host"));
        let registry = host.registry();
        let error = host.merge(&weather()).expect_err("taken");
        assert_eq!(error.kind(), RegisterErrorKind::Duplicate, "{error}");
        assert!(!registry.has_tool("forecast"), "{error}");
    }
    let host = service("host").with_tool(says("w_mirrored")).expect("a fit tool");
    let registry = host.registry();
    let error = host.nest("w", &weather()).expect_err("taken");
    assert_eq!(error.kind(), RegisterErrorKind::Duplicate);
    assert!(!registry.has_tool("w_forecast") && !registry.has_prompt("w_ask"));
}

#[test]
fn a_prefix_gives_names_that_clients_take() {
    // TOOL-6, TOOL-8
    for prefix in ["", "a b", "é", "a:b"] {
        let error = service("host").nest(prefix, &weather()).expect_err(prefix);
        assert_eq!(error.kind(), RegisterErrorKind::InvalidName, "{prefix}");
    }
    let long = "x".repeat(120);
    let error = service("host").nest(&long, &weather()).expect_err("129 characters");
    assert_eq!(error.kind(), RegisterErrorKind::InvalidName);
}

#[tokio::test]
async fn what_changes_later_stays_where_it_is() {
    // TOOL-4
    let inner = service("inner").with_tool(says("first")).expect("a fit tool");
    let host = service("host").nest("in", &inner).expect("no name is taken");
    let server = TestServer::of(host).await;
    let client = server.client(MODERN).await;
    inner
        .registry()
        .update(|draft| {
            draft.remove_tool("first");
            draft.add_tool(says("second"))
        })
        .expect("a fit tool");
    assert_eq!(keys(&client, "tools/list", "tools", "name").await, ["in_first"]);
    assert_eq!(client.tool("in_first", json!({})).await["content"][0]["text"], "x");
}

#[tokio::test]
async fn sources_are_nested_with_their_names() {
    // TOOL-4, TOOL-21, PAGE-2
    let tools = Source::new(|| vec![says("d1"), says("d2")]).with_find(|wanted: Wanted| {
        let known = ["d1", "d2"].contains(&wanted.key.as_str());
        known.then(|| says(&wanted.key))
    });
    let prompts = Source::new(|| vec![Prompt::new("p", || "x")])
        .with_find(|wanted: Wanted| (wanted.key == "p").then(|| Prompt::new("p", || "x")));
    let inner = weather().with_tool_source(tools).with_prompt_source(prompts);
    let middle = service("middle").nest("b", &inner).expect("no name is taken");
    let host = service("host").nest("a", &middle).expect("no name is taken");
    let server = TestServer::of(host).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let tools = keys(&client, "tools/list", "tools", "name").await;
        assert_eq!(tools, ["a_b_forecast", "a_b_mirrored", "a_b_d1", "a_b_d2"], "{version}");
        assert_eq!(client.tool("a_b_d2", json!({})).await["content"][0]["text"], "x");
        client.result("prompts/get", json!({ "name": "a_b_p" })).await;
        for name in ["d2", "b_d2", "a_b_d3", "a_b_"] {
            let refusal = client.refusal("tools/call", json!({ "name": name })).await;
            assert_eq!(refusal.kind(), (200, -32602), "{version} {name}");
        }
    }
}
