//! What a server says unasked: that a list has changed, or a resource; on the GET
//! streams of legacy sessions and on modern listen streams.

use std::time::Duration;

use mcp_stack::{
    Context, Draft, LogLevel, McpService, Prompt, ProtocolVersion, RegisterError, Registry,
    Resource, ResourceTemplate, Stack, Tool, layers::resume::ResumeLayer,
};
use serde_json::{Value, json};

use crate::{
    raw::{Stage, patiently, take, until},
    support::{Client, Exchange, LEGACY, MODERN, TestServer},
};

const TOOLS: &str = "notifications/tools/list_changed";
const PROMPTS: &str = "notifications/prompts/list_changed";
const RESOURCES: &str = "notifications/resources/list_changed";
const UPDATED: &str = "notifications/resources/updated";
const ACKNOWLEDGED: &str = "notifications/subscriptions/acknowledged";
const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// A service with an item of each sort, and a tool that talks.
fn service() -> McpService {
    let talk = Tool::new("talk", |cx: Context| {
        cx.progress(1.0, None, None);
        cx.log(LogLevel::Emergency, "said");
        "done"
    });
    McpService::new("probe", "1.0.0")
        .with_logging()
        .with_tool(talk)
        .and_then(|it| it.with_prompt(Prompt::new("p", || "x")))
        .and_then(|it| it.with_resource(Resource::new("a://b", "b", || "x")))
        .expect("fit items")
}

fn all() -> Value {
    json!({
        "toolsListChanged": true,
        "promptsListChanged": true,
        "resourcesListChanged": true,
    })
}

fn template(name: &str) -> ResourceTemplate {
    ResourceTemplate::new(format!("{name}://{{a}}"), name, |_: Value| "x")
}

/// The stream on which a client of its revision hears of the lists.
async fn hear(client: &Client, version: ProtocolVersion) -> Exchange {
    if version.is_modern() { listen(client, 1, all()).await } else { client.open().await }
}

/// A listen stream that has been acknowledged.
async fn listen(client: &Client, id: impl Into<Value>, notifications: Value) -> Exchange {
    let mut stream = begin(client, id, notifications).await;
    assert!(stream.is_stream(), "{:?}", stream.next().await);
    assert_eq!(stream.next().await.expect("the first message")["method"], ACKNOWLEDGED);
    stream
}

async fn begin(client: &Client, id: impl Into<Value>, notifications: Value) -> Exchange {
    let params = json!({ "notifications": notifications });
    client.call("subscriptions/listen", params).with_id(id.into()).send().await
}

async fn method(stream: &mut Exchange) -> String {
    let message = stream.next().await.expect("the stream goes on");
    message["method"].as_str().expect("no response").to_owned()
}

type Change = fn(&mut Draft) -> Result<(), RegisterError>;

/// Adds a tool: whoever hears of that next has heard of all that came before.
fn mark(registry: &Registry) {
    registry
        .update(|draft| {
            draft.remove_tool("mark");
            draft.add_tool(Tool::new("mark", || "x"))
        })
        .expect("a fit tool");
}

#[tokio::test]
async fn each_change_of_a_list_is_announced() {
    // TOOL-5, RES-19, PROMPT-11, SSE-19, LISTEN-7
    let service = service();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let mut stream = hear(&client, version).await;
        let changes: [(&str, Change); 12] = [
            (TOOLS, |it| it.add_tool(Tool::new("t", || "x"))),
            (TOOLS, |it| it.replace_tool(Tool::new("t", || "y"))),
            (TOOLS, |it| {
                assert!(it.remove_tool("t"));
                Ok(())
            }),
            (PROMPTS, |it| it.add_prompt(Prompt::new("q", || "x"))),
            (PROMPTS, |it| it.replace_prompt(Prompt::new("q", || "y"))),
            (PROMPTS, |it| {
                assert!(it.remove_prompt("q"));
                Ok(())
            }),
            (RESOURCES, |it| it.add_resource(Resource::new("a://c", "c", || "x"))),
            (RESOURCES, |it| it.replace_resource(Resource::new("a://c", "c", || "y"))),
            (RESOURCES, |it| {
                assert!(it.remove_resource("a://c"));
                Ok(())
            }),
            (RESOURCES, |it| it.add_resource_template(template("t"))),
            (RESOURCES, |it| it.replace_resource_template(template("t"))),
            (RESOURCES, |it| {
                assert!(it.remove_resource_template("t://{a}"));
                Ok(())
            }),
        ];
        for (expected, change) in changes {
            registry.update(change).expect("a fit change");
            assert_eq!(method(&mut stream).await, expected, "{version}");
        }
        // Several at once are told of each once, and what has not changed is not.
        registry
            .update(|draft| {
                draft.add_tool(Tool::new("t1", || "x"))?;
                draft.add_tool(Tool::new("t2", || "x"))?;
                draft.add_resource(Resource::new("a://d", "d", || "x"))
            })
            .expect("a fit change");
        assert_eq!(method(&mut stream).await, TOOLS, "{version}");
        assert_eq!(method(&mut stream).await, RESOURCES, "{version}");
        let listed = client.result("tools/list", json!({})).await;
        assert!(listed.to_string().contains(r#""name":"t2""#), "{version}: {listed}");
        registry
            .update(|draft| {
                draft.remove_tool("t1");
                draft.remove_tool("t2");
                draft.remove_resource("a://d");
                Ok(())
            })
            .expect("a fit change");
    }
}

#[tokio::test]
async fn what_belongs_to_a_call_stays_on_its_stream() {
    // SSE-7, SSE-20, SSE-21, LISTEN-8, SSE-28
    let service = service();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let mut stream = hear(&client, version).await;
        let call = client
            .call("tools/call", json!({ "name": "talk" }))
            .with_progress(json!("token"))
            .with_meta("io.modelcontextprotocol/logLevel", json!("debug"));
        let answer = call.send().await.finish().await;
        let methods: Vec<_> = answer.notifications.iter().map(|sent| &sent["method"]).collect();
        assert_eq!(methods, ["notifications/progress", "notifications/message"], "{version}");
        client.result("tools/list", json!({})).await;
        mark(&registry);
        assert_eq!(method(&mut stream).await, TOOLS, "{version}: nothing was there before");
    }
}

#[tokio::test]
async fn a_session_is_told_of_the_resources_it_watches() {
    // RES-16, RES-17, RES-7
    let service = service();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    for version in LEGACY {
        let (client, other) = (server.client(version).await, server.client(version).await);
        let ask = async |method: &str, uri: &str| {
            let result = client.result(method, json!({ "uri": uri })).await;
            assert_eq!(result, json!({}), "{version} {method}");
        };
        ask("resources/subscribe", "a://b").await;
        let mut stream = client.open().await;
        let mut deaf = other.open().await;
        ask("resources/subscribe", "a://later").await;
        for uri in ["a://b", "a://c", "a://bc", "a://b/part", "a://later"] {
            registry.notify_resource_updated(uri);
        }
        for uri in ["a://b", "a://b/part", "a://later"] {
            let message = stream.next().await.expect("the stream goes on");
            assert_eq!(message["method"], UPDATED, "{version}");
            assert_eq!(message["params"], json!({ "uri": uri }), "{version}");
        }
        ask("resources/unsubscribe", "a://b").await;
        // Also one that it does not watch.
        ask("resources/unsubscribe", "a://never").await;
        registry.notify_resource_updated("a://b");
        mark(&registry);
        assert_eq!(method(&mut stream).await, TOOLS, "{version}: no more of a://b");
        assert_eq!(method(&mut deaf).await, TOOLS, "{version}: of another session");
        let refusal = client.refusal("resources/subscribe", json!({ "uri": "no uri" })).await;
        assert_eq!(refusal.code, -32602, "{version}");
    }
}

#[tokio::test]
async fn without_resources_there_is_nothing_to_watch() {
    // RES-16, RES-18
    let server = TestServer::of(Stage::new().service()).await;
    for version in LEGACY {
        let client = server.client(version).await;
        for method in ["resources/subscribe", "resources/unsubscribe"] {
            let refusal = client.refusal(method, json!({ "uri": "a://b" })).await;
            assert_eq!(refusal.code, -32601, "{version} {method}");
        }
    }
    let server = TestServer::of(service()).await;
    let modern = server.client(MODERN).await;
    for method in ["resources/subscribe", "resources/unsubscribe"] {
        let refusal = modern.refusal(method, json!({ "uri": "a://b" })).await;
        assert_eq!(refusal.kind(), (404, -32601), "the modern era has listen streams: {method}");
    }
}

#[tokio::test]
async fn a_listen_request_without_an_object_of_notifications_is_refused() {
    // LISTEN-1
    let server = TestServer::of(service()).await;
    let client = server.client(MODERN).await;
    for params in [
        json!({}),
        json!({ "notifications": null }),
        json!({ "notifications": [] }),
        json!({ "notifications": "toolsListChanged" }),
        json!({ "notifications": { "toolsListChanged": 1 } }),
        json!({ "notifications": { "resourceSubscriptions": "a://b" } }),
    ] {
        let refusal = client.refusal("subscriptions/listen", params.clone()).await;
        assert_eq!(refusal.code, -32602, "{params}");
    }
}

#[tokio::test]
async fn the_acknowledgement_is_the_first_message_and_says_what_is_honoured() {
    // LISTEN-2, LISTEN-3, LISTEN-4
    let stage = Stage::new();
    let tools_alone = TestServer::of(stage.service()).await;
    let server = TestServer::of(service()).await;
    let wish = json!({
        "toolsListChanged": true,
        "promptsListChanged": true,
        "resourcesListChanged": false,
        "resourceSubscriptions": ["a://b"],
    });
    let whole = json!({
        "toolsListChanged": true,
        "promptsListChanged": true,
        "resourceSubscriptions": ["a://b"],
    });
    for (server, honoured) in
        [(&server, whole), (&tools_alone, json!({ "toolsListChanged": true }))]
    {
        let client = server.client(MODERN).await;
        for id in [json!(7), json!("7"), json!("ü \" \\"), json!(u64::MAX)] {
            let mut stream = begin(&client, id.clone(), wish.clone()).await;
            assert_eq!((stream.status.as_u16(), stream.is_stream()), (200, true));
            let first = stream.next().await.expect("the first message");
            assert_eq!(first["method"], ACKNOWLEDGED);
            assert_eq!(first["params"]["_meta"][SUBSCRIPTION], id);
            assert_eq!(first["params"]["notifications"], honoured);
        }
    }
}

#[tokio::test]
async fn a_listen_stream_carries_what_it_asked_for_and_no_more() {
    // LISTEN-4, LISTEN-5, LISTEN-6, LISTEN-7, LISTEN-9
    let service = service();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    let client = server.client(MODERN).await;
    let everything = json!({
        "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
        "resourceSubscriptions": ["a://b", "a://c"],
    });
    let mut streams = Vec::new();
    for (id, wish, expected) in [
        (json!(1), json!({ "toolsListChanged": true }), vec![TOOLS]),
        (json!("1"), json!({ "promptsListChanged": true }), vec![PROMPTS]),
        (
            json!("two"),
            json!({ "toolsListChanged": true, "resourceSubscriptions": ["a://b"] }),
            vec![UPDATED, TOOLS],
        ),
        (
            json!(3),
            json!({ "toolsListChanged": true, "resourcesListChanged": true }),
            vec![RESOURCES, TOOLS],
        ),
        (json!(4), everything.clone(), vec![PROMPTS, RESOURCES, UPDATED, UPDATED, TOOLS]),
        // The same again, by the same client.
        (json!(5), everything, vec![PROMPTS, RESOURCES, UPDATED, UPDATED, TOOLS]),
    ] {
        streams.push((listen(&client, id.clone(), wish).await, id, expected));
    }
    let prompt = |name: &str| {
        let prompt = Prompt::new(name, || "x");
        registry.update(|draft| draft.add_prompt(prompt)).expect("a fit prompt");
    };
    prompt("one");
    let resource = Resource::new("a://x", "x", || "x");
    registry.update(|draft| draft.add_resource(resource)).expect("a fit resource");
    registry.notify_resource_updated("a://b/part");
    registry.notify_resource_updated("a://c");
    registry.notify_resource_updated("a://d");
    mark(&registry);
    for (stream, id, expected) in &mut streams {
        for expected in expected {
            let message = stream.next().await.expect("the stream goes on");
            assert_eq!(message["method"], *expected, "{id}");
            assert_eq!(message["params"]["_meta"][SUBSCRIPTION], *id);
        }
    }
    // What they do not want would come before this.
    prompt("two");
    mark(&registry);
    for (stream, id, expected) in &mut streams {
        let next = if expected.contains(&PROMPTS) { PROMPTS } else { TOOLS };
        assert_eq!(method(stream).await, next, "{id}");
    }
}

#[tokio::test]
async fn a_stream_that_is_closed_makes_room_and_is_forgotten() {
    // LISTEN-10, LISTEN-12, LISTEN-15, SSE-24
    let service = service().with_max_listeners(1);
    let registry = service.registry();
    let server = TestServer::of(service).await;
    let modern = server.client(MODERN).await;
    let legacy = server.client(ProtocolVersion::V2025_11_25).await;
    let stream = listen(&modern, 1, all()).await;
    let refusal = begin(&modern, 2, all()).await.finish().await.refusal();
    assert_eq!(refusal.kind().0, 503, "refused before a stream opens: {refusal:?}");
    assert_eq!(legacy.open().await.status, 503, "of both eras together");
    drop(stream);
    // The server sees the connection go.
    let opens = async {
        loop {
            let stream = begin(&modern, 3, json!({ "promptsListChanged": true })).await;
            if stream.is_stream() {
                return stream;
            }
        }
    };
    let mut stream = patiently(opens).await;
    assert_eq!(method(&mut stream).await, ACKNOWLEDGED);
    mark(&registry);
    registry.update(|draft| draft.add_prompt(Prompt::new("q", || "x"))).expect("a fit prompt");
    assert_eq!(method(&mut stream).await, PROMPTS, "what was asked for earlier is forgotten");
}

#[tokio::test]
async fn a_caller_has_so_many_listen_streams_and_no_more() {
    // LISTEN-15
    let service = service().with_max_listeners_per_principal(2);
    let server = TestServer::of_users(service).await;
    let client = server.client_of(MODERN, "alice").await;
    let _open = [listen(&client, 1, all()).await, listen(&client, 2, all()).await];
    let refusal = begin(&client, 3, all()).await.finish().await.refusal();
    assert_eq!(refusal.kind(), (429, 429));
}

#[tokio::test]
async fn a_server_with_nothing_to_listen_to_knows_no_listen_request() {
    // LISTEN-13
    let server = TestServer::of(McpService::new("probe", "1.0.0")).await;
    let client = server.client(MODERN).await;
    let refusal = begin(&client, 1, all()).await.finish().await.refusal();
    assert_eq!(refusal.kind(), (404, -32601));
}

#[tokio::test]
async fn a_server_that_stops_answers_its_listen_streams_and_closes_the_others() {
    // LISTEN-4, LISTEN-11, LISTEN-14, SESS-18, SSE-24
    let stack = Stack::new(service());
    let server = TestServer::start_with_grace(stack, Duration::from_secs(3_600)).await;
    let modern = server.client(MODERN).await;
    let mut streams = Vec::new();
    for id in [json!(1), json!("one")] {
        streams.push((listen(&modern, id.clone(), all()).await, id));
    }
    let mut own = Vec::new();
    for version in LEGACY {
        let client = server.client(version).await;
        own.push((client.open().await, version));
    }
    server.stop();
    for (stream, id) in streams {
        let answer = stream.finish().await;
        assert_eq!(answer.notifications, [Value::Null; 0], "no cancellation comes first");
        let result = answer.result();
        assert_eq!(result["resultType"], "complete");
        assert_eq!(result["_meta"][SUBSCRIPTION], id);
    }
    for (mut stream, version) in own {
        assert_eq!(stream.next().await, None, "{version}");
    }
    until(|| server.has_stopped()).await;
}

#[tokio::test]
async fn a_session_that_ends_closes_its_stream() {
    // SESS-18, SSE-24
    let plain = TestServer::of(service()).await;
    let service = service();
    let resumable = TestServer::start(Stack::new(service).with_resume(ResumeLayer::new())).await;
    for server in [&plain, &resumable] {
        for version in LEGACY {
            let (client, other) = (server.client(version).await, server.client(version).await);
            let mut stream = client.open().await;
            let _kept = other.open().await;
            client.end().await;
            assert_eq!(stream.next().await, None, "{version}");
            assert_eq!(client.open().await.status, 404, "{version}");
            other.result("tools/list", json!({})).await;
        }
    }
}

#[tokio::test]
async fn a_call_in_flight_hears_nothing_of_changes() {
    // SSE-7, SSE-8, SSE-23
    let stage = Stage::new();
    let service = stage.service();
    let registry = service.registry();
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let mut stream = hear(&client, version).await;
        let call = client.call("tools/call", json!({ "name": "streaming" }));
        let call = call.with_progress(json!(1)).send().await;
        take(&stage.started).await;
        mark(&registry);
        assert_eq!(method(&mut stream).await, TOOLS, "{version}");
        stage.gate.add_permits(1);
        let answer = call.finish().await;
        assert_eq!(answer.notifications.len(), 1, "{version}: its progress alone");
    }
}
