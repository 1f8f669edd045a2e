//! MCP Apps: views, the tools that have them, and clients without either.

use std::time::Duration;

use mcp_stack::{
    BoxError, CacheHints, Context, McpService, Meta, ProtocolVersion, RegisterErrorKind, Resource,
    ResourceContents, ResourceTemplate, Source, Tool,
    apps::{self, Csp, Permission, ToolView, ViewSettings},
};
use serde_json::{Value, json};

use crate::support::{Client, MODERN, TestServer};

const PAGE: &str = "<!DOCTYPE html><title>Weather</title>";
const URI: &str = "ui://weather/today";

fn settings() -> ViewSettings {
    let csp = Csp::new()
        .add_connect("https://api.example.com")
        .add_connect("wss://live.example.com")
        .add_resource("https://*.example.com")
        .add_frame("https://video.example.com")
        .add_base_uri("https://cdn.example.com");
    ViewSettings::new()
        .with_csp(csp)
        .add_permission(Permission::Camera)
        .add_permission(Permission::Microphone)
        .add_permission(Permission::Geolocation)
        .add_permission(Permission::ClipboardWrite)
        .with_domain("abc.example.net")
        .with_border(false)
}

/// As the extension writes `settings()`.
fn settings_on_the_wire() -> Value {
    json!({
        "csp": {
            "connectDomains": ["https://api.example.com", "wss://live.example.com"],
            "resourceDomains": ["https://*.example.com"],
            "frameDomains": ["https://video.example.com"],
            "baseUriDomains": ["https://cdn.example.com"],
        },
        "permissions": { "camera": {}, "microphone": {}, "geolocation": {}, "clipboardWrite": {} },
        "domain": "abc.example.net",
        "prefersBorder": false,
    })
}

fn offer() -> Result<McpService, BoxError> {
    let meta = Meta::new().with("com.example/build", 7)?;
    let today = Tool::new("today", |cx: Context| match apps::supported_by(&cx) {
        true => "Sunny; see the view.",
        false => "Sunny, 21 °C, light wind.",
    });
    Ok(McpService::new("weather", "1.0.0")
        .with_apps()
        .with_page_size(2)
        .with_resource(Resource::new(URI, "today", || PAGE).with_view(settings()))?
        .with_tool(today.with_view(ToolView::new(URI)).with_meta(meta))?
        .with_tool(
            Tool::new("refresh", || "Cloudy").with_view(ToolView::new(URI).for_view_alone()),
        )?
        .with_tool(Tool::new("forget", || "done").with_view(ToolView::none().for_model_alone()))?
        .with_tool(Tool::new("plain", || "done"))?)
}

async fn serve() -> TestServer {
    TestServer::of(offer().expect("a fit service")).await
}

async fn client(server: &TestServer, version: ProtocolVersion, views: bool) -> Client {
    let declared = match views {
        true => json!({ "extensions": { apps::EXTENSION: { "mimeTypes": [apps::MIME_TYPE] } } }),
        false => json!({}),
    };
    let mut client = Client::new(server, version).with_capabilities(declared);
    if !version.is_modern() {
        client.initialize().await;
        client.notify("notifications/initialized").await;
    }
    client
}

/// Names and `_meta` of all tools, over all pages.
async fn tools(client: &Client) -> Vec<(String, Value)> {
    let (mut found, mut params) = (Vec::new(), json!({}));
    loop {
        let page = client.result("tools/list", params).await;
        for tool in page["tools"].as_array().expect("a list") {
            found.push((tool["name"].as_str().expect("a name").into(), tool["_meta"].clone()));
        }
        match page.get("nextCursor") {
            Some(cursor) => params = json!({ "cursor": cursor }),
            None => return found,
        }
    }
}

#[tokio::test]
async fn the_extension_is_advertised() {
    // EXT-1, EXT-4
    let server = serve().await;
    let client = Client::new(&server, MODERN);
    let result = client.result("server/discover", json!({})).await;
    let expected = json!({ "io.modelcontextprotocol/ui": {} });
    assert_eq!(result["capabilities"]["extensions"], expected);
    let result = Client::new(&server, ProtocolVersion::V2025_11_25).initialize().await;
    assert_eq!(result["capabilities"]["extensions"], expected);
}

#[tokio::test]
async fn a_client_with_views_is_told_the_view_of_each_tool() {
    // EXT-2
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let expected = [
            ("today", json!({ "com.example/build": 7, "ui": { "resourceUri": URI } })),
            ("refresh", json!({ "ui": { "resourceUri": URI, "visibility": ["app"] } })),
            ("forget", json!({ "ui": { "visibility": ["model"] } })),
            ("plain", Value::Null),
        ];
        let expected = expected.map(|(name, meta)| (name.to_owned(), meta));
        assert_eq!(tools(&client(&server, version, true).await).await, expected, "{version}");
    }
}

#[tokio::test]
async fn a_client_without_views_gets_the_same_tools_without_them() {
    // EXT-2, EXT-3
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let expected = [
            ("today", json!({ "com.example/build": 7 })),
            ("forget", Value::Null),
            ("plain", Value::Null),
        ];
        let expected = expected.map(|(name, meta)| (name.to_owned(), meta));
        assert_eq!(tools(&client(&server, version, false).await).await, expected, "{version}");
    }
}

#[tokio::test]
async fn a_handler_knows_whether_the_client_has_views() {
    // EXT-2
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        for (views, text) in [(true, "Sunny; see the view."), (false, "Sunny, 21 °C, light wind.")]
        {
            let result = client(&server, version, views).await.tool("today", json!({})).await;
            assert_eq!(result["content"][0]["text"], text, "{version}");
        }
    }
}

#[tokio::test]
async fn a_view_is_read_with_its_media_type_and_settings() {
    // EXT-2: for hosts that fetch views ahead, too.
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        for views in [true, false] {
            let client = client(&server, version, views).await;
            let contents = json!([{
                "uri": URI,
                "mimeType": "text/html;profile=mcp-app",
                "text": PAGE,
                "_meta": { "ui": settings_on_the_wire() },
            }]);
            let read = client.result("resources/read", json!({ "uri": URI })).await;
            assert_eq!(read["contents"], contents, "{version}");
            let listed = client.result("resources/list", json!({})).await;
            assert_eq!(listed["resources"][0]["mimeType"], "text/html;profile=mcp-app");
            assert_eq!(listed["resources"][0]["_meta"]["ui"], settings_on_the_wire());
        }
    }
}

#[tokio::test]
async fn a_view_says_nothing_that_was_not_set() {
    let template = ResourceTemplate::new("ui://pages/{id}", "page", || PAGE);
    let own = Meta::new().with("ui", json!({ "prefersBorder": true })).expect("fit");
    let service = McpService::new("probe", "1.0.0")
        .with_resource_template(template.with_view(ViewSettings::new()))
        .expect("a fit template")
        .with_resource(
            Resource::new("ui://own", "own", move || {
                ResourceContents::text("", PAGE).with_meta(own.clone())
            })
            .with_view(ViewSettings::new().with_border(false)),
        )
        .expect("a fit resource");
    let server = TestServer::of(service).await;
    let client = client(&server, MODERN, true).await;
    let read = client.result("resources/read", json!({ "uri": "ui://pages/1" })).await;
    assert_eq!(read["contents"][0]["_meta"], json!({ "ui": {} }));
    assert_eq!(read["contents"][0]["mimeType"], apps::MIME_TYPE);
    let read = client.result("resources/read", json!({ "uri": "ui://own" })).await;
    assert_eq!(read["contents"][0]["_meta"], json!({ "ui": { "prefersBorder": true } }));
}

#[tokio::test]
async fn a_source_s_tools_have_views_for_the_same_clients() {
    // EXT-2
    let source = Source::new(async |_: mcp_stack::PageRequest| {
        let tool = |name: &str| Tool::new(name, || "done");
        Ok::<_, BoxError>(mcp_stack::Page::new([
            tool("hidden").with_view(ToolView::none().for_view_alone()),
            tool("shown").with_view(ToolView::new(URI)),
        ]))
    });
    let server = TestServer::of(McpService::new("probe", "1.0.0").with_tool_source(source)).await;
    let with = tools(&client(&server, MODERN, true).await).await;
    let without = tools(&client(&server, MODERN, false).await).await;
    assert_eq!(with.len(), 2);
    assert_eq!(with[1], ("shown".into(), json!({ "ui": { "resourceUri": URI } })));
    assert_eq!(without, [("shown".to_owned(), Value::Null)]);
}

#[tokio::test]
async fn a_list_that_differs_by_client_is_not_public() {
    // CACHE-6
    let public = CacheHints::public(Duration::from_secs(60));
    let tools = |service: McpService| async {
        let server = TestServer::of(service.with_cache(public)).await;
        let client = client(&server, MODERN, false).await;
        client.result("tools/list", json!({})).await["cacheScope"].clone()
    };
    let plain = McpService::new("probe", "1.0.0").with_tool(Tool::new("plain", || "done"));
    assert_eq!(tools(plain.expect("a fit tool")).await, "public");
    assert_eq!(tools(offer().expect("a fit service")).await, "private");
}

#[tokio::test]
async fn a_nested_server_s_tools_keep_their_views() {
    let service = McpService::new("outer", "1.0.0").nest("w", &offer().expect("a fit service"));
    let server = TestServer::of(service.expect("fit")).await;
    let names = |tools: Vec<(String, Value)>| tools.into_iter().map(|it| it.0).collect::<Vec<_>>();
    let with = tools(&client(&server, MODERN, true).await).await;
    assert_eq!(with[1].1, json!({ "ui": { "resourceUri": URI, "visibility": ["app"] } }));
    assert_eq!(names(with), ["w_today", "w_refresh", "w_forget", "w_plain"]);
    let without = tools(&client(&server, MODERN, false).await).await;
    assert_eq!(names(without), ["w_today", "w_forget", "w_plain"]);
}

#[test]
fn a_view_is_at_a_ui_uri_and_names_fit_origins() {
    let service = || McpService::new("probe", "1.0.0");
    for uri in ["https://example.com/view", "ui:view", "ui://", "file:///view"] {
        let view = Resource::new(uri, "view", || PAGE).with_view(ViewSettings::new());
        let error = service().with_resource(view).expect_err(uri);
        assert_eq!(error.kind(), RegisterErrorKind::InvalidPart, "{error}");
        let tool = Tool::new("t", || "done").with_view(ToolView::new(uri));
        let error = service().with_tool(tool).expect_err(uri);
        assert_eq!(error.kind(), RegisterErrorKind::InvalidPart, "{error}");
    }
    for origin in ["", "a b", "a;script-src *", "a,b", "'unsafe-eval'", "\"", "é.example.com"] {
        for csp in [
            Csp::new().add_connect(origin),
            Csp::new().add_resource(origin),
            Csp::new().add_frame(origin),
            Csp::new().add_base_uri(origin),
        ] {
            let view =
                Resource::new(URI, "v", || PAGE).with_view(ViewSettings::new().with_csp(csp));
            assert!(service().with_resource(view).is_err(), "{origin}");
        }
    }
}
