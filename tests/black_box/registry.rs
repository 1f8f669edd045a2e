//! A registry that changes while the server runs.

use std::sync::Arc;

use mcp_stack::{
    BoxError, Json, McpService, Prompt, ProtocolVersion, RegisterErrorKind, Resource,
    ResourceTemplate, Tool,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tower::limit::ConcurrencyLimitLayer;

use crate::support::{Client, LEGACY, MODERN, TestServer};

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

fn says(name: &str, text: &'static str) -> Tool {
    Tool::new(name, move || text)
}

async fn names(client: &Client) -> Vec<String> {
    let listed = client.result("tools/list", json!({})).await;
    let tools = listed["tools"].as_array().expect("a list").iter();
    tools.map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn a_name_that_is_taken_is_refused() {
    // TOOL-7
    let service = service()
        .with_tool(says("add", "x"))
        .and_then(|service| service.with_tool(says("Add", "another")))
        .expect("names are case-sensitive");
    let error = service.with_tool(says("add", "y")).expect_err("taken");
    assert_eq!(error.kind(), RegisterErrorKind::Duplicate);
    assert!(error.to_string().contains("\"add\""), "{error}");
}

#[test]
fn every_sort_of_item_is_unique() {
    // TOOL-7
    let registry = service().registry();
    let twice = [
        registry.update(|draft| {
            draft.add_prompt(Prompt::new("p", || "x"))?;
            draft.add_prompt(Prompt::new("p", || "y"))
        }),
        registry.update(|draft| {
            draft.add_resource(Resource::new("r://1", "a", || "x"))?;
            draft.add_resource(Resource::new("r://1", "b", || "x"))
        }),
        registry.update(|draft| {
            draft.add_resource_template(ResourceTemplate::new("t://{a}", "a", |_: Value| "x"))?;
            draft.add_resource_template(ResourceTemplate::new("t://{a}", "b", |_: Value| "x"))
        }),
    ];
    for refused in twice {
        assert_eq!(refused.expect_err("taken").kind(), RegisterErrorKind::Duplicate);
    }
    assert!(!registry.has_prompt("p") && !registry.has_resource("r://1"));
}

#[tokio::test]
async fn names_that_differ_in_case_are_two_tools() {
    // TOOL-7
    let service = service()
        .with_tool(says("add", "small"))
        .and_then(|service| service.with_tool(says("Add", "large")))
        .expect("two names");
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        assert_eq!(names(&client).await, ["add", "Add"], "{version}");
        for (name, text) in [("add", "small"), ("Add", "large")] {
            let result = client.tool(name, json!({})).await;
            assert_eq!(result["content"][0]["text"], text, "{version}");
        }
    }
}

#[tokio::test]
async fn a_change_is_seen_by_the_next_request() {
    // TOOL-4
    let service = service().with_tool(says("a", "first")).expect("a fit tool");
    let registry = service.registry();
    let server = TestServer::of(service).await;
    let client = server.client(MODERN).await;
    assert_eq!(names(&client).await, ["a"]);

    registry
        .update(|draft| {
            draft.add_tool(says("b", "x"))?;
            draft.add_tool(says("c", "x"))
        })
        .expect("fit tools");
    assert_eq!(names(&client).await, ["a", "b", "c"]);

    registry
        .update(|draft| {
            assert!(draft.remove_tool("b"));
            assert!(!draft.remove_tool("b"));
            draft.replace_tool(says("a", "second"))
        })
        .expect("a fit tool");
    assert_eq!(names(&client).await, ["a", "c"], "what is replaced keeps its place");
    assert_eq!(client.tool("a", json!({})).await["content"][0]["text"], "second");
    let refusal = client.refusal("tools/call", json!({ "name": "b" })).await;
    assert_eq!(refusal.kind(), (200, -32602));
}

#[tokio::test]
async fn a_change_that_fails_leaves_nothing_behind() {
    // TOOL-7
    let service = service().with_tool(says("a", "first")).expect("a fit tool");
    let registry = service.registry();
    let server = TestServer::of(service).await;
    let client = server.client(MODERN).await;
    let refused = registry.update(|draft| {
        draft.remove_tool("a");
        draft.add_tool(says("b", "x"))?;
        draft.add_tool(says("not a name", "x"))
    });
    assert_eq!(refused.expect_err("no name").kind(), RegisterErrorKind::InvalidName);
    assert_eq!(names(&client).await, ["a"]);
    assert!(registry.has_tool("a") && !registry.has_tool("b"));
}

#[tokio::test]
async fn a_feature_that_lost_its_last_item_stays_advertised() {
    // INIT-6, DISC-5, TOOL-1
    let service = service();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    let client = server.client(MODERN).await;
    let tools = async || {
        let discovered = client.result("server/discover", json!({})).await;
        discovered["capabilities"].get("tools").is_some()
    };
    assert!(!tools().await);
    registry.update(|draft| draft.add_tool(says("a", "x"))).expect("a fit tool");
    assert!(tools().await);
    registry.update(|draft| Ok(draft.remove_tool("a"))).expect("removing does not fail");
    assert!(tools().await, "a client may still ask for the list");
    assert_eq!(names(&client).await, [""; 0]);
}

#[tokio::test]
async fn a_call_at_work_outlives_its_tool() {
    let gate = Arc::new(Semaphore::new(0));
    let (entered, started) = (Arc::new(Semaphore::new(0)), Arc::clone(&gate));
    let signal = Arc::clone(&entered);
    let slow = Tool::new("slow", move || {
        let (signal, gate) = (Arc::clone(&signal), Arc::clone(&started));
        async move {
            signal.add_permits(1);
            gate.acquire().await?.forget();
            Ok::<_, BoxError>("done")
        }
    });
    let service = service().with_tool(slow).expect("a fit tool");
    let registry = service.registry();
    let server = TestServer::of(service).await;
    let client = server.client(MODERN).await;
    let (result, ()) = tokio::join!(client.tool("slow", json!({})), async {
        entered.acquire().await.expect("open").forget();
        registry.update(|draft| Ok(draft.remove_tool("slow"))).expect("removing does not fail");
        gate.add_permits(1);
    });
    assert_eq!(result["content"][0]["text"], "done");
}

#[tokio::test]
async fn all_sorts_of_items_come_and_go() {
    let service = service();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    registry
        .update(|draft| {
            draft.add_prompt(Prompt::new("p", || "one"))?;
            draft.replace_prompt(Prompt::new("p", || "two"))?;
            draft.add_resource(Resource::new("r://1", "r", || "one"))?;
            draft.replace_resource(Resource::new("r://1", "r", || "two"))?;
            draft.add_resource_template(ResourceTemplate::new("t://{a}", "t", |_: Value| "one"))?;
            draft.replace_resource_template(ResourceTemplate::new("t://{a}", "t", |_: Value| "two"))
        })
        .expect("fit items");
    let client = server.client(MODERN).await;
    for (method, params, at) in [
        ("prompts/get", json!({ "name": "p" }), "/messages/0/content/text"),
        ("resources/read", json!({ "uri": "r://1" }), "/contents/0/text"),
        ("resources/read", json!({ "uri": "t://1" }), "/contents/0/text"),
    ] {
        let result = client.result(method, params).await;
        assert_eq!(result.pointer(at), Some(&json!("two")), "{method}");
    }
    registry
        .update(|draft| {
            assert!(draft.remove_prompt("p"));
            assert!(draft.remove_resource("r://1"));
            assert!(draft.remove_resource_template("t://{a}"));
            assert!(!draft.remove_resource_template("t://{a}"));
            Ok(())
        })
        .expect("removing does not fail");
    for (method, params) in [
        ("prompts/get", json!({ "name": "p" })),
        ("resources/read", json!({ "uri": "r://1" })),
        ("resources/read", json!({ "uri": "t://1" })),
    ] {
        assert_eq!(client.refusal(method, params).await.kind(), (200, -32602), "{method}");
    }
}

#[tokio::test]
async fn every_era_sees_the_same_registry() {
    // TOOL-4
    #[derive(Serialize, JsonSchema)]
    struct Answer {
        n: u8,
    }
    let service = service();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    registry
        .update(|draft| {
            draft.add_tool(says("b", "x"))?;
            draft.add_tool(Tool::new("a", || Json(Answer { n: 1 })))
        })
        .expect("fit tools");
    for version in LEGACY.into_iter().chain([MODERN]) {
        let client = server.client(version).await;
        assert_eq!(names(&client).await, ["b", "a"], "{version}");
    }
}

#[tokio::test]
async fn a_layer_around_one_item_leaves_the_others_alone() {
    let limited = says("limited", "x").layer(ConcurrencyLimitLayer::new(1));
    let prompt = Prompt::new("limited", || "x").layer(ConcurrencyLimitLayer::new(1));
    let resource = Resource::new("r://1", "r", || "x").layer(ConcurrencyLimitLayer::new(1));
    let service = service()
        .with_tool(limited)
        .and_then(|service| service.with_tool(says("free", "x")))
        .and_then(|service| service.with_prompt(prompt))
        .and_then(|service| service.with_resource(resource))
        .expect("fit items");
    let server = TestServer::of(service).await;
    let client = server.client(MODERN).await;
    for name in ["limited", "free", "limited"] {
        assert_eq!(client.tool(name, json!({})).await["content"][0]["text"], "x", "{name}");
    }
    client.result("prompts/get", json!({ "name": "limited" })).await;
    client.result("resources/read", json!({ "uri": "r://1" })).await;
}
