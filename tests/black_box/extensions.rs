//! Extensions of the protocol: advertised by the server, declared by the client.

use mcp_stack::{BoxError, Context, ErrorObject, McpService, ProtocolVersion, Tool};
use serde_json::{Value, json};

use crate::support::{Client, LEGACY, MODERN, TestServer};

const ID: &str = "com.example/maps";

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

/// Tools that say, and demand, what the client declared.
async fn serve() -> TestServer {
    let offer = || -> Result<_, BoxError> {
        Ok(service()
            .with_extension(ID, json!({ "zoom": [1, 2], "a": {} }))?
            .with_extension("io.modelcontextprotocol/ui", json!({}))?
            .with_tool(Tool::new("declared", |cx: Context| {
                cx.extension(ID).map_or("nothing".to_owned(), |settings| settings.as_str().into())
            }))?
            .with_tool(Tool::new("demand", |cx: Context| {
                cx.require_capability(&["extensions", ID])?;
                Ok::<_, ErrorObject>("granted")
            }))?)
    };
    TestServer::of(offer().expect("a fit service")).await
}

async fn client(server: &TestServer, version: ProtocolVersion, declared: Value) -> Client {
    let mut client = Client::new(server, version).with_capabilities(declared);
    if !version.is_modern() {
        client.initialize().await;
        client.notify("notifications/initialized").await;
    }
    client
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().expect("text")
}

#[tokio::test]
async fn extensions_are_advertised_with_their_settings() {
    // EXT-1, EXT-4
    let server = serve().await;
    let expected = json!({ ID: { "zoom": [1, 2], "a": {} }, "io.modelcontextprotocol/ui": {} });
    for version in LEGACY {
        let result = Client::new(&server, version).initialize().await;
        assert_eq!(result["capabilities"]["extensions"], expected, "{version}");
    }
    let client = Client::new(&server, MODERN);
    let result = client.result("server/discover", json!({})).await;
    assert_eq!(result["capabilities"]["extensions"], expected);
}

#[test]
fn an_extension_has_a_prefix_a_name_and_an_object() {
    // EXT-1
    for id in ["com.example/maps", "io.modelcontextprotocol/ui", "x/1", "a-b.c/d_e.f"] {
        assert!(service().with_extension(id, json!({})).is_ok(), "{id}");
    }
    for id in ["", "maps", "/maps", "com.example/", "1x.y/a", "com..example/a", "a b/c", "a/b/c"] {
        let error = service().with_extension(id, json!({})).expect_err(id);
        assert!(error.to_string().contains(&format!("{id:?}")), "{error}");
    }
    for settings in [json!(null), json!(true), json!([]), json!("x"), json!(1)] {
        let error = service().with_extension(ID, &settings).expect_err("no object");
        assert!(error.to_string().contains("object"), "{settings}: {error}");
    }
}

#[tokio::test]
async fn a_handler_sees_the_extension_that_the_client_declared() {
    // EXT-2, EXT-4
    let server = serve().await;
    let settings = json!({ "tiles": { "size": 256 }, "x": [null] });
    for version in ProtocolVersion::ALL {
        let declared = json!({ "extensions": { ID: settings, "com.example/other": {} } });
        let client = client(&server, version, declared).await;
        let seen: Value = serde_json::from_str(text(&client.tool("declared", json!({})).await))
            .expect("the settings");
        assert_eq!(seen, settings, "{version}");
        assert_eq!(text(&client.tool("demand", json!({})).await), "granted", "{version}");
    }
}

#[tokio::test]
async fn an_extension_that_was_not_declared_is_not_there() {
    // EXT-2
    let server = serve().await;
    for declared in [
        json!({}),
        json!({ "extensions": {} }),
        json!({ "extensions": { "com.example/other": {} } }),
        json!({ ID: {} }),
    ] {
        for version in ProtocolVersion::ALL {
            let client = client(&server, version, declared.clone()).await;
            let result = client.tool("declared", json!({})).await;
            assert_eq!(text(&result), "nothing", "{version}: {declared}");
        }
    }
}

#[tokio::test]
async fn a_call_that_needs_an_undeclared_extension_is_refused() {
    // EXT-2, META-6, META-7
    let server = serve().await;
    let params = json!({ "name": "demand" });
    let refusal =
        client(&server, MODERN, json!({})).await.refusal("tools/call", params.clone()).await;
    assert_eq!(refusal.kind(), (400, -32021));
    assert_eq!(refusal.data, json!({ "requiredCapabilities": { "extensions": { ID: {} } } }));
    for version in LEGACY {
        let client = client(&server, version, json!({})).await;
        assert_eq!(client.refusal("tools/call", params.clone()).await.kind(), (200, -32602));
    }
}

#[tokio::test]
async fn what_one_request_declares_is_not_another_s() {
    // EXT-2, META-5
    let server = serve().await;
    let with = client(&server, MODERN, json!({ "extensions": { ID: {} } })).await;
    let without = client(&server, MODERN, json!({})).await;
    assert_eq!(text(&with.tool("declared", json!({})).await), "{}");
    assert_eq!(text(&without.tool("declared", json!({})).await), "nothing");
}
