//! Opening, discovery, and what a server says it can do.

use http::HeaderValue;
use mcp_stack::{
    BoxError, CompletionRequest, Context, Icon, Implementation, McpService, Prompt, PromptArgument,
    ProtocolVersion, Resource, Tool,
};
use serde_json::{Value, json};

use crate::support::{Client, LEGACY, MODERN, TestServer};

/// One feature and nothing else.
type Feature = (&'static str, fn(McpService) -> McpService);

const FEATURES: [Feature; 5] = [
    ("tools", |service| service.with_tool(Tool::new("t", || "done")).expect("a fit tool")),
    ("resources", |service| {
        service.with_resource(Resource::new("r://1", "r", || "text")).expect("a fit resource")
    }),
    ("prompts", |service| service.with_prompt(Prompt::new("p", || "text")).expect("a fit prompt")),
    ("completions", |service| {
        let prompt = Prompt::new("p", || "text")
            .add_argument(PromptArgument::optional("a"))
            .with_completion("a", |_: CompletionRequest| Vec::<String>::new());
        service.with_prompt(prompt).expect("a fit prompt")
    }),
    ("logging", McpService::with_logging),
];

/// A request for each method, and the capability behind it.
fn probes() -> Vec<(&'static str, &'static str, Value)> {
    let complete = json!({
        "ref": { "type": "ref/prompt", "name": "p" },
        "argument": { "name": "a", "value": "" },
    });
    vec![
        ("tools", "tools/list", json!({})),
        ("tools", "tools/call", json!({ "name": "t" })),
        ("resources", "resources/list", json!({})),
        ("resources", "resources/templates/list", json!({})),
        ("resources", "resources/read", json!({ "uri": "r://1" })),
        ("prompts", "prompts/list", json!({})),
        ("prompts", "prompts/get", json!({ "name": "p" })),
        ("completions", "completion/complete", complete),
        ("logging", "logging/setLevel", json!({ "level": "info" })),
    ]
}

fn nothing() -> McpService {
    McpService::new("probe", "1.2.3")
}

fn everything() -> McpService {
    // The completions bring the prompt along.
    FEATURES
        .iter()
        .filter(|(capability, _)| *capability != "prompts")
        .fold(nothing(), |service, (_, add)| add(service))
}

async fn capabilities(server: &TestServer, version: ProtocolVersion) -> Value {
    if version.is_modern() {
        let client = server.client(version).await;
        client.result("server/discover", json!({})).await["capabilities"].clone()
    } else {
        Client::new(server, version).initialize().await["capabilities"].clone()
    }
}

#[tokio::test]
async fn initialize_is_answered_with_version_capabilities_and_server_info() {
    // INIT-1
    let server = TestServer::of(nothing().with_instructions("Ask nicely.")).await;
    for version in LEGACY {
        let result = Client::new(&server, version).initialize().await;
        let expected = json!({
            "protocolVersion": version.as_str(),
            "capabilities": {},
            "serverInfo": { "name": "probe", "version": "1.2.3" },
            "instructions": "Ask nicely.",
        });
        assert_eq!(result, expected, "{version}");
    }
    let server = TestServer::of(nothing()).await;
    let result = Client::new(&server, ProtocolVersion::LATEST_LEGACY).initialize().await;
    assert_eq!(result.get("instructions"), None);
}

#[tokio::test]
async fn a_server_may_describe_itself_in_full() {
    // INIT-1, DISC-3, META-34, ICON-1
    let icon =
        Icon::new("https://example.com/icon.png").with_mime_type("image/png").add_size("any");
    let info = Implementation::new("probe", "1.2.3")
        .with_title("Probe")
        .with_description("Looks")
        .with_website_url("https://example.com")
        .add_icon(icon);
    let server = TestServer::of(McpService::with_info(&info)).await;
    let expected = json!({
        "name": "probe", "version": "1.2.3", "title": "Probe", "description": "Looks",
        "websiteUrl": "https://example.com",
        "icons": [{
            "src": "https://example.com/icon.png", "mimeType": "image/png", "sizes": ["any"],
        }],
    });
    let opened = Client::new(&server, ProtocolVersion::LATEST_LEGACY).initialize().await;
    assert_eq!(opened["serverInfo"], expected);
    let client = server.client(MODERN).await;
    let discovered = client.result("server/discover", json!({})).await;
    assert_eq!(discovered["_meta"]["io.modelcontextprotocol/serverInfo"], expected);
}

#[tokio::test]
async fn initialize_without_its_parts_is_refused() {
    // INIT-5
    let server = TestServer::of(nothing()).await;
    let client = Client::new(&server, ProtocolVersion::LATEST_LEGACY);
    let whole = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": { "name": "black-box", "version": "1" },
    });
    assert_eq!(client.result("initialize", whole.clone()).await["protocolVersion"], "2025-11-25");
    for key in ["protocolVersion", "capabilities", "clientInfo"] {
        for wrong in [None, Some(json!(7)), Some(json!([])), Some(json!(null))] {
            let mut params = whole.clone();
            match &wrong {
                None => drop(params.as_object_mut().expect("an object").remove(key)),
                Some(wrong) => params[key] = wrong.clone(),
            }
            let refusal = client.refusal("initialize", params).await;
            assert_eq!(refusal.kind(), (200, -32602), "{key} {wrong:?}");
            assert!(refusal.message.contains(key), "{}", refusal.message);
        }
    }
}

#[tokio::test]
async fn what_is_advertised_is_served_and_nothing_else_is() {
    // INIT-6, DISC-5, ERR-6, TOOL-1, RES-1, PROMPT-1, COMP-1, COMP-4, LOG-1
    for (_, add) in FEATURES {
        let server = TestServer::of(add(nothing())).await;
        for version in ProtocolVersion::ALL {
            let capabilities = capabilities(&server, version).await;
            let client = server.client(version).await;
            for (capability, method, params) in probes() {
                let answer = client.ask(method, params).await;
                let exists = !(method == "logging/setLevel" && version.is_modern());
                if capabilities.get(capability).is_some() && exists {
                    assert!(answer.result().is_object(), "{version} {method}");
                } else {
                    let status = if version.is_modern() { 404 } else { 200 };
                    assert_eq!(answer.refusal().kind(), (status, -32601), "{version} {method}");
                }
            }
        }
    }
}

#[tokio::test]
async fn each_feature_is_advertised_by_its_name() {
    // INIT-6, DISC-5, TOOL-1, RES-1, PROMPT-1, COMP-1, LOG-1
    for (capability, add) in FEATURES {
        let server = TestServer::of(add(nothing())).await;
        for version in ProtocolVersion::ALL {
            let capabilities = capabilities(&server, version).await;
            assert!(capabilities[capability].is_object(), "{version} {capability}");
        }
    }
    let server = TestServer::of(nothing()).await;
    for version in ProtocolVersion::ALL {
        assert_eq!(capabilities(&server, version).await, json!({}), "{version}");
    }
}

#[tokio::test]
async fn subscribing_is_advertised_only_where_it_is_served() {
    // RES-1
    let server = TestServer::of(everything()).await;
    for version in LEGACY {
        let advertised = capabilities(&server, version).await["resources"]["subscribe"] == true;
        let client = server.client(version).await;
        for method in ["resources/subscribe", "resources/unsubscribe"] {
            let answer = client.ask(method, json!({ "uri": "r://1" })).await;
            assert_eq!(answer.response.get("result").is_some(), advertised, "{version} {method}");
            if !advertised {
                assert_eq!(answer.refusal().kind(), (200, -32601), "{version} {method}");
            }
        }
    }
}

#[tokio::test]
async fn ping_is_answered_with_an_empty_result_before_initialized_too() {
    // PING-1, PING-2
    let server = TestServer::of(nothing()).await;
    for version in LEGACY {
        let mut client = Client::new(&server, version);
        client.initialize().await;
        assert_eq!(client.result("ping", json!({})).await, json!({}), "{version}");
        client.notify("notifications/initialized").await;
        assert_eq!(client.result("ping", json!({})).await, json!({}), "{version}");
    }
}

#[tokio::test]
async fn legacy_methods_do_not_exist_in_the_modern_era() {
    // VER-4, PING-5, LOG-9, RES-18, NEG-22
    let server = TestServer::of(everything()).await;
    let client = server.client(MODERN).await;
    for (method, params) in [
        (
            "initialize",
            json!({
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": { "name": "black-box", "version": "1" },
            }),
        ),
        ("ping", json!({})),
        ("logging/setLevel", json!({ "level": "info" })),
        ("resources/subscribe", json!({ "uri": "r://1" })),
        ("resources/unsubscribe", json!({ "uri": "r://1" })),
    ] {
        let refusal = client.refusal(method, params).await;
        assert_eq!(refusal.kind(), (404, -32601), "{method}");
        assert!(refusal.message.contains(method), "{}", refusal.message);
    }
}

#[tokio::test]
async fn modern_methods_do_not_exist_in_the_legacy_era() {
    // NEG-23
    let server = TestServer::of(everything()).await;
    for version in LEGACY {
        let client = server.client(version).await;
        for method in ["server/discover", "subscriptions/listen"] {
            let refusal = client.refusal(method, json!({})).await;
            assert_eq!(refusal.kind(), (200, -32601), "{version} {method}");
        }
    }
}

#[tokio::test]
async fn an_unknown_method_is_not_found_as_each_era_says_it() {
    // NEG-22, NEG-23, ERR-1
    let server = TestServer::of(everything()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for method in ["acme/unknown", "tools", "TOOLS/LIST", "notifications/initialized"] {
            let answer = client.ask(method, json!({})).await;
            let status = if version.is_modern() { 404 } else { 200 };
            assert_eq!(answer.refusal().kind(), (status, -32601), "{version} {method}");
            assert_eq!(answer.headers["content-type"], "application/json", "{version} {method}");
        }
    }
}

#[tokio::test]
async fn discovery_says_all_that_a_client_needs() {
    // DISC-1, DISC-2, DISC-3, DISC-4, CACHE-1
    let server = TestServer::of(everything().with_instructions("Ask nicely.")).await;
    let client = server.client(MODERN).await;
    let result = client.result("server/discover", json!({})).await;
    assert_eq!(result["supportedVersions"], json!(["2026-07-28"]));
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["ttlMs"], 0);
    assert_eq!(result["cacheScope"], "private");
    assert_eq!(result["instructions"], "Ask nicely.");
    let info = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(info, &json!({ "name": "probe", "version": "1.2.3" }));
    for capability in ["tools", "resources", "prompts", "completions", "logging"] {
        assert!(result["capabilities"][capability].is_object(), "{capability}");
    }
}

#[tokio::test]
async fn nothing_needs_discovery_first() {
    // DISC-6
    let server = TestServer::of(everything()).await;
    let client = Client::new(&server, MODERN);
    assert_eq!(client.tool("t", json!({})).await["content"][0]["text"], "done");
}

#[tokio::test]
async fn every_result_is_an_object_of_its_era() {
    // RPC-6, RPC-7, RPC-8, META-34, META-35
    let server = TestServer::of(everything()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let mut requests = probes();
        match version.is_modern() {
            true => requests.push(("", "server/discover", json!({}))),
            false => requests.push(("", "ping", json!({}))),
        }
        for (_, method, params) in requests {
            if method == "logging/setLevel" && version.is_modern() {
                continue;
            }
            let result = client.result(method, params).await;
            let members = result.as_object().unwrap_or_else(|| panic!("{method}: {result}"));
            if version.is_modern() {
                assert_eq!(members["resultType"], "complete", "{method}");
                let info = &members["_meta"]["io.modelcontextprotocol/serverInfo"];
                assert_eq!(info, &json!({ "name": "probe", "version": "1.2.3" }), "{method}");
            } else {
                for key in ["resultType", "ttlMs", "cacheScope", "_meta"] {
                    assert_eq!(members.get(key), None, "{version} {method}");
                }
            }
        }
    }
}

#[tokio::test]
async fn who_the_client_says_it_is_changes_nothing() {
    // META-4
    let server = TestServer::of(everything()).await;
    let client = server.client(MODERN).await;
    let mut answers = Vec::new();
    for info in [
        None,
        Some(json!({ "name": "inspector", "version": "1" })),
        Some(json!({ "name": "", "version": "" })),
    ] {
        let mut call = client.call("tools/list", json!({})).with_id(json!("same"));
        if let Some(info) = info {
            call = call.with_meta("io.modelcontextprotocol/clientInfo", info);
        }
        answers.push(call.send().await.finish().await.response);
    }
    assert_eq!(answers[0]["result"]["tools"][0]["name"], "t");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn a_capability_that_was_not_declared_is_named_in_the_refusal() {
    // META-6, META-7, ERR-6
    let tool = Tool::new("needs", |cx: Context| -> Result<&'static str, BoxError> {
        cx.require_capability(&["sampling"])?;
        cx.require_capability(&["extensions", "com.example/maps"])?;
        Ok("served")
    });
    let server = TestServer::of(nothing().with_tool(tool).expect("a fit tool")).await;
    let all = json!({ "sampling": {}, "extensions": { "com.example/maps": {} } });
    for (declared, missing) in [
        (json!({}), json!({ "sampling": {} })),
        (json!({ "roots": {} }), json!({ "sampling": {} })),
        (json!({ "sampling": {} }), json!({ "extensions": { "com.example/maps": {} } })),
    ] {
        let client = server.client_with(MODERN, declared.clone()).await;
        let refusal = client.refusal("tools/call", json!({ "name": "needs" })).await;
        assert_eq!(refusal.kind(), (400, -32021), "{declared}");
        assert_eq!(refusal.data, json!({ "requiredCapabilities": missing }), "{declared}");
    }
    let client = server.client_with(MODERN, all).await;
    assert_eq!(client.tool("needs", json!({})).await["content"][0]["text"], "served");
}

#[tokio::test]
async fn capabilities_reach_the_handler_as_they_were_declared() {
    // EXT-4
    let tool = Tool::new("declared", |cx: Context| {
        let declared = cx.client_capabilities().cloned().unwrap_or_default();
        declared.as_json().as_str().to_owned()
    });
    let server = TestServer::of(nothing().with_tool(tool).expect("a fit tool")).await;
    let declared = json!({
        "extensions": { "com.example/maps": { "zoom": [1, 2.5], "deep": { "er": null } } },
        "unknown": true,
    });
    for version in [ProtocolVersion::V2025_06_18, ProtocolVersion::V2025_11_25, MODERN] {
        let client = server.client_with(version, declared.clone()).await;
        let result = client.tool("declared", json!({})).await;
        let text = result["content"][0]["text"].as_str().expect("text");
        assert_eq!(serde_json::from_str::<Value>(text).expect("JSON"), declared, "{version}");
    }
}

#[tokio::test]
async fn a_header_of_the_http_request_reaches_the_handler() {
    let tool = Tool::new("accepts", |cx: Context| {
        let accept = cx.headers().get("accept").map(HeaderValue::as_bytes).unwrap_or_default();
        String::from_utf8_lossy(accept).into_owned()
    });
    let server = TestServer::of(nothing().with_tool(tool).expect("a fit tool")).await;
    let client = server.client(MODERN).await;
    let result = client.tool("accepts", json!({})).await;
    assert_eq!(result["content"][0]["text"], "application/json, text/event-stream");
}
