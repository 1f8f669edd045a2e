//! What a client says of itself.

use mcp_stack::{LogLevel, ProtocolVersion, Stack, layers, testing::TestClient};
use serde_json::json;
use tower::Layer as _;

use crate::support::{LEGACY, Seen, TestResult, clients, empty, scripted, seen, service};

fn play(seen: &Seen) -> http::Response<crate::support::Script> {
    match seen.method() {
        "initialize" => {
            let mut response = seen.result(&json!({ "protocolVersion": "2025-06-18" }));
            response.headers_mut().insert("mcp-session-id", "s1".parse().expect("a value"));
            response
        }
        method if method.starts_with("notifications/") => empty(202),
        _ if seen.http == http::Method::DELETE => empty(204),
        _ => seen.result(&json!({})),
    }
}

#[tokio::test]
async fn a_legacy_client_opens_a_session_and_keeps_to_what_was_negotiated() -> TestResult {
    let (client, log) = scripted(play);
    let client =
        client.legacy(ProtocolVersion::V2025_11_25).on_elicit(|_| json!({})).connect().await?;
    client.ping().await?;
    client.terminate().await?;

    assert_eq!(client.session_id().as_deref(), Some("s1"));
    assert_eq!(client.protocol_version(), ProtocolVersion::V2025_06_18);
    assert_eq!(client.server()["protocolVersion"], "2025-06-18");
    let log = seen(&log);
    let methods: Vec<_> = log.iter().map(Seen::method).collect();
    assert_eq!(methods, ["initialize", "notifications/initialized", "ping", ""]);
    let params = &log[0].body["params"];
    assert_eq!(params["protocolVersion"], "2025-11-25");
    assert_eq!(params["capabilities"], json!({ "elicitation": { "form": {}, "url": {} } }));
    assert_eq!(log[0].header("mcp-protocol-version"), None);
    assert_eq!(log[0].header("mcp-session-id"), None);
    assert_eq!(log[1].body.get("id"), None);
    for later in &log[1..] {
        assert_eq!(later.header("mcp-protocol-version"), Some("2025-06-18"));
        assert_eq!(later.header("mcp-session-id"), Some("s1"));
        assert_eq!(later.header("mcp-method"), None);
    }
    assert_eq!(log[2].header("accept"), Some("application/json, text/event-stream"));
    assert_eq!(log[2].header("content-type"), Some("application/json"));
    assert_eq!(log[2].body.get("params"), None);
    Ok(())
}

#[tokio::test]
async fn a_revision_without_the_version_header_does_without_it() -> TestResult {
    let (client, log) = scripted(play);
    let client = client.legacy(ProtocolVersion::V2025_03_26);
    client.ping().await?;
    assert_eq!(seen(&log)[0].header("mcp-protocol-version"), None);
    Ok(())
}

#[tokio::test]
async fn a_modern_client_says_all_in_each_request() -> TestResult {
    let (client, log) = scripted(play);
    let client = client
        .with_header("authorization", "Bearer t")
        .with_uri("/other")
        .on_sample(|_| json!({}))
        .on_roots(|_| json!({}))
        .with_capabilities(json!({ "sampling": { "tools": {} } }));
    client.set_log_level(LogLevel::Warning).await?;
    client.get_prompt("héllo", json!({ "a": "b" })).with_progress(7).await?;
    client.read_resource("test://motd").await?;

    let log = seen(&log);
    let meta = &log[0].body["params"]["_meta"];
    assert_eq!(meta["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
    let declared = json!({ "sampling": { "tools": {} }, "roots": {} });
    assert_eq!(meta["io.modelcontextprotocol/clientCapabilities"], declared);
    assert_eq!(meta["io.modelcontextprotocol/logLevel"], "warning");
    assert_eq!(meta["progressToken"], 7);
    assert_eq!(log[0].body["params"]["arguments"], json!({ "a": "b" }));
    assert_eq!(log[0].header("mcp-protocol-version"), Some("2026-07-28"));
    assert_eq!(log[0].header("mcp-method"), Some("prompts/get"));
    assert_eq!(log[0].header("mcp-name"), Some("=?base64?aMOpbGxv?="));
    assert_eq!(log[0].header("authorization"), Some("Bearer t"));
    assert_eq!(log[1].header("mcp-name"), Some("test://motd"));
    assert_ne!(log[0].body["id"], log[1].body["id"]);
    Ok(())
}

#[tokio::test]
async fn the_stack_tells_each_client_who_it_is() {
    for client in clients().await {
        let server = client.server();
        let info = match client.protocol_version() {
            ProtocolVersion::V2026_07_28 => {
                assert_eq!(client.session_id(), None);
                &server["_meta"]["io.modelcontextprotocol/serverInfo"]
            }
            version => {
                assert!(client.session_id().is_some(), "{version}");
                assert_eq!(server["protocolVersion"], version.as_str());
                &server["serverInfo"]
            }
        };
        assert_eq!(info["name"], "one-of-each");
    }
}

#[tokio::test]
async fn two_clients_of_one_stack_are_two_and_clones_are_one() -> TestResult {
    let stack = Stack::new(service()).build();
    let first = TestClient::new(stack.clone()).legacy(LEGACY[2]).connect().await?;
    let second = TestClient::new(stack).legacy(LEGACY[2]).connect().await?;
    assert_ne!(first.session_id(), second.session_id());
    assert_eq!(first.clone().session_id(), first.session_id());

    first.terminate().await?;
    let gone = first.ping().await.expect_err("the session has ended");
    assert_eq!((gone.status(), gone.code()), (Some(http::StatusCode::NOT_FOUND), Some(-32001)));
    second.ping().await?;
    Ok(())
}

#[tokio::test]
async fn a_service_without_a_stack_is_served_in_both_eras() -> TestResult {
    for version in ProtocolVersion::ALL {
        let client = TestClient::of_messages(service());
        let client = if version.is_modern() { client.modern() } else { client.legacy(version) };
        let client = client.connect().await?;
        assert_eq!(client.call_tool("add", json!({ "a": 1, "b": 2 })).await?.text(), "3");
        assert_eq!(client.protocol_version(), version);
    }
    Ok(())
}

#[tokio::test]
async fn layers_of_the_host_are_called_too() -> TestResult {
    let stack = Stack::new(service()).build();
    let limit = layers::rate_limit::RateLimitLayer::new(
        layers::rate_limit::Rate::per_minute(1)?,
        layers::rate_limit::ByPrincipalOrAddr,
    );
    let addr = "192.0.2.1:5".parse::<std::net::SocketAddr>()?;
    let client = TestClient::new(limit.layer(stack))
        .with_extension(mcp_stack::core::extensions::ClientAddr::new(addr));
    client.call_tool("add", json!({ "a": 1, "b": 2 })).await?;
    let refused = client.list_tools().await.expect_err("one a minute");
    assert_eq!(refused.status(), Some(http::StatusCode::TOO_MANY_REQUESTS));
    assert!(refused.headers().contains_key("retry-after"));
    Ok(())
}

#[tokio::test]
async fn a_router_is_called_at_the_path_of_the_stack() -> TestResult {
    let stack = Stack::new(service()).build();
    let router = axum::Router::new().route_service("/tools", stack);
    let client = TestClient::new(router.layer(tower_http::trace::TraceLayer::new_for_http()));
    let client = client.with_uri("/tools").connect().await?;
    assert_eq!(client.call_tool("add", json!({ "a": 1, "b": 2 })).await?.text(), "3");
    let lost = client.with_uri("/elsewhere").ping().await.expect_err("there is no such route");
    assert_eq!(lost.status(), Some(http::StatusCode::NOT_FOUND));
    Ok(())
}

#[tokio::test]
async fn a_service_is_called_once_it_is_ready() -> TestResult {
    let stack = Stack::new(service()).build();
    // It panics if it is called before it is ready, which it is for one call at a time.
    let one_by_one = tower::limit::ConcurrencyLimitLayer::new(1).layer(stack);
    let client = TestClient::new(one_by_one);
    let (first, second) = tokio::join!(client.list_tools(), client.list_prompts());
    assert_eq!((first?.len(), second?.len()), (5, 1));
    Ok(())
}

#[tokio::test]
async fn a_client_and_its_calls_go_to_other_tasks() -> TestResult {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let client = TestClient::new(Stack::new(service()).build());
    is_shared(&client);
    let call = tokio::spawn(client.read_resource("test://motd"));
    let list = tokio::spawn(async move { client.connect().await?.list_tools().await });
    assert_eq!((call.await??.text(), list.await??.len()), ("be kind".to_owned(), 5));
    Ok(())
}

#[test]
#[should_panic(expected = "2026-07-28 is a modern revision")]
fn a_modern_revision_is_not_spoken_as_a_legacy_one() {
    let (client, _) = scripted(play);
    drop(client.legacy(ProtocolVersion::V2026_07_28));
}
