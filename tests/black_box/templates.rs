//! Resource templates by RFC 6570: what they match, what they keep out, and the links
//! built from them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use mcp_stack::{
    Call, Content, ExpandErrorKind, McpService, ProtocolVersion, RegisterErrorKind,
    ResourceTemplate, Tool,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tower::util::MapRequestLayer;

use crate::support::{Client, MODERN, TestServer};

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

/// A template that answers with its variables.
fn echo(template: &str) -> ResourceTemplate {
    ResourceTemplate::new(template, "echo", |values: BTreeMap<String, Value>| {
        json!(values).to_string()
    })
}

async fn serve(template: ResourceTemplate) -> TestServer {
    TestServer::of(service().with_resource_template(template).expect("a fit template")).await
}

async fn read(client: &Client, uri: &str) -> Value {
    let contents = client.result("resources/read", json!({ "uri": uri })).await;
    let text = contents["contents"][0]["text"].as_str().expect("text");
    serde_json::from_str(text).expect("JSON")
}

#[tokio::test]
async fn every_form_of_variable_reaches_its_handler() {
    // RES-7, RES-20
    let server = serve(echo("shop://{city}{/path*}{;sort}{?tag*,page}")).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (uri, expected) in [
            ("shop://oslo", json!({ "city": "oslo" })),
            ("shop://oslo/a/b", json!({ "city": "oslo", "path": ["a", "b"] })),
            ("shop://oslo;sort=up", json!({ "city": "oslo", "sort": "up" })),
            (
                "shop://S%C3%A3o%20Paulo?page=2&tag=x&tag=y",
                json!({ "city": "São Paulo", "page": "2", "tag": ["x", "y"] }),
            ),
        ] {
            assert_eq!(read(&client, uri).await, expected, "{version} {uri}");
        }
    }
}

#[tokio::test]
async fn what_leads_a_path_astray_is_not_found() {
    // RES-7, RES-12
    let server = serve(echo("file:///{name}/{+path}")).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for uri in [
            "file:///../x",
            "file:///%2e%2e/x",
            "file:///%2E/x",
            "file:///a%2Fb/x",
            "file:///a%5Cb/x",
            "file:///a%00b/x",
            "file:///a/../x",
            "file:///a/b/%2e%2e/x",
            "file:///a/b%2f..",
            "file:///a/..%5Cx",
            "file:///a/x%00",
        ] {
            let refusal = client.refusal("resources/read", json!({ "uri": uri })).await;
            let code = if version.is_modern() { -32602 } else { -32002 };
            assert_eq!(refusal.kind(), (200, code), "{version} {uri}");
        }
        let expected = json!({ "name": "a..b", "path": "x/.y/z..w" });
        assert_eq!(read(&client, "file:///a..b/x/.y/z..w").await, expected, "{version}");
        let once = json!({ "name": "%2e%2e", "path": "x" });
        assert_eq!(read(&client, "file:///%252e%252e/x").await, once, "decoded once alone");
    }
}

#[tokio::test]
async fn a_variable_may_be_allowed_any_value() {
    // RES-7
    let template = echo("search://{scope}{?query}").dangerously_allow_any_value("query");
    let server = serve(template).await;
    let client = server.client(MODERN).await;
    let expected = json!({ "scope": "all", "query": "../and/or" });
    assert_eq!(read(&client, "search://all?query=..%2Fand%2For").await, expected);
    let refused = json!({ "uri": "search://a%2Fb?query=x" });
    assert_eq!(client.refusal("resources/read", refused).await.kind(), (200, -32602));
    let unknown =
        service().with_resource_template(echo("a://{b}").dangerously_allow_any_value("c"));
    assert_eq!(unknown.expect_err("no variable").kind(), RegisterErrorKind::InvalidPart);
}

#[tokio::test]
async fn a_layer_around_a_template_sees_each_reading() {
    // RES-20
    let readings = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&readings);
    let template = echo("a://{b}").layer(MapRequestLayer::new(move |call: Call| {
        counted.fetch_add(1, Ordering::Relaxed);
        call
    }));
    let server = serve(template).await;
    let client = server.client(MODERN).await;
    for name in ["1", "2"] {
        assert_eq!(read(&client, &format!("a://{name}")).await, json!({ "b": name }));
    }
    client.refusal("resources/read", json!({ "uri": "a://1/2" })).await;
    assert_eq!(readings.load(Ordering::Relaxed), 2);
}

#[test]
fn a_template_that_cannot_be_matched_is_refused_by_name() {
    // RES-20
    for (template, fault) in [
        ("a://{b}{c}", "\"b\""),
        ("a://{b}-{c}", "'-'"),
        ("a://{b:3}", "prefix"),
        ("a://{b}/{b}", "twice"),
        ("a://{b", "without"),
        ("a://b", "no variable"),
    ] {
        let error = service().with_resource_template(echo(template)).expect_err(template);
        assert_eq!(error.kind(), RegisterErrorKind::InvalidName, "{template}");
        let text = error.to_string();
        assert!(text.contains(template) && text.contains(fault), "{text}");
    }
}

#[test]
fn a_handler_must_take_what_its_variables_give() {
    // RES-7
    #[derive(Deserialize, JsonSchema)]
    struct Tagged {
        #[serde(rename = "tag")]
        _tags: Vec<String>,
    }
    let with = |template: &str| {
        service().with_resource_template(ResourceTemplate::new(template, "t", |_: Tagged| "x"))
    };
    assert!(with("a://b{?tag*}").is_ok());
    let error = with("a://b{?tag}").expect_err("a string is no list");
    assert_eq!(error.kind(), RegisterErrorKind::InvalidPart);
}

#[tokio::test]
async fn a_tool_links_to_a_resource_of_a_template() {
    // RES-20, TOOL-19
    let template = echo("users://{id}{?part}")
        .with_title("User")
        .with_description("One user")
        .with_mime_type("application/json");
    let service = service().with_resource_template(template).expect("a fit template");
    let registry = service.registry();
    let links = registry.clone();
    let tool = Tool::new("newest", move || {
        links.resource_link("echo", [("id", "a b"), ("part", "x&y")]).map(Content::resource_link)
    });
    let server = TestServer::of(service.with_tool(tool).expect("a fit tool")).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let block = client.tool("newest", json!({})).await["content"][0].clone();
        let uri = "users://a%20b?part=x%26y";
        if version >= ProtocolVersion::V2025_06_18 {
            let expected = json!({
                "type": "resource_link", "uri": uri, "name": "echo", "title": "User",
                "description": "One user", "mimeType": "application/json",
            });
            assert_eq!(block, expected, "{version}");
        }
        assert_eq!(read(&client, uri).await, json!({ "id": "a b", "part": "x&y" }), "{version}");
    }

    let kind = |name: &str, values: &[(&str, &str)]| {
        let values = values.iter().copied();
        registry.resource_uri(name, values).expect_err("refused").kind()
    };
    assert_eq!(kind("nobody", &[]), ExpandErrorKind::UnknownTemplate);
    assert_eq!(kind("echo", &[("id", "1"), ("ID", "1")]), ExpandErrorKind::UnknownVariable);
    assert_eq!(kind("echo", &[("part", "1")]), ExpandErrorKind::Unreadable);
    assert_eq!(kind("echo", &[("id", "../1")]), ExpandErrorKind::Unreadable);
}
