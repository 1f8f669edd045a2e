//! Streams that a client comes back to, over connections that break.

mod model;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use mcp_stack::{
    BoxError, Context, LogLevel, McpService, ProtocolVersion, RawJson, Resource, Stack, Tool,
    core::{Inbound, extensions::StreamControl},
    layers::resume::{MemoryEventLog, ResumeLayer},
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tower::ServiceBuilder;

use crate::{
    raw::{Caller, Connection, Event, patiently, until},
    support::{LEGACY, MODERN, TestServer},
};

const NEWEST: ProtocolVersion = ProtocolVersion::V2025_11_25;

/// A tool that counts, waiting for a permit after each number, and then answers.
fn counting(gate: &Arc<Semaphore>) -> McpService {
    let gate = Arc::clone(gate);
    let count = Tool::new("count", move |arguments: Value, cx: Context| {
        let gate = Arc::clone(&gate);
        async move {
            for n in 1..=arguments["to"].as_u64().unwrap_or(0) {
                cx.log(LogLevel::Emergency, json!({ "stream": arguments["name"], "n": n }));
                if arguments["leave_after"] == n {
                    cx.close_stream(Duration::from_millis(1_234));
                }
                gate.acquire().await?.forget();
            }
            Ok::<_, BoxError>(format!("{} ends", arguments["name"]))
        }
    });
    McpService::new("probe", "1.0.0")
        .with_logging()
        .with_stream_budget(16 << 20)
        .with_tool(count.with_input_schema(RawJson::parse(r#"{"type":"object"}"#).expect("JSON")))
        .and_then(|it| it.with_resource(Resource::new("a://b", "b", || "b")))
        .expect("fit items")
}

async fn serve(gate: &Arc<Semaphore>) -> TestServer {
    TestServer::start(Stack::new(counting(gate)).with_resume(ResumeLayer::new())).await
}

/// Calls the tool, and comes back with the stream.
async fn count(caller: &Caller, name: &str, to: u64) -> Connection {
    count_with(caller, json!({ "name": name, "to": to })).await
}

async fn count_with(caller: &Caller, arguments: Value) -> Connection {
    let params = json!({
        "name": "count",
        "arguments": arguments,
        "_meta": { "io.modelcontextprotocol/logLevel": "debug" },
    });
    caller.stream(&caller.request(arguments["name"].clone(), "tools/call", params)).await
}

/// The next event with a message, and its id.
async fn next(connection: &mut Connection) -> Option<(String, Value)> {
    while let Some(event) = connection.event().await {
        if let Some(message) = event.message() {
            return Some((event.id().expect("each message has an id").to_owned(), message));
        }
    }
    None
}

/// Reads so many messages that count, and gives the id of the last.
async fn numbers(
    connection: &mut Connection,
    name: &str,
    range: std::ops::RangeInclusive<u64>,
) -> String {
    let mut last = String::new();
    for n in range {
        let (id, message) = next(connection).await.expect("the stream goes on");
        assert_eq!(message["params"]["data"], json!({ "stream": name, "n": n }));
        last = id;
    }
    last
}

/// Reads the response and the end.
async fn end(connection: &mut Connection, name: &str) {
    let (_, message) = next(connection).await.expect("a response");
    assert_eq!(message["id"], name);
    assert_eq!(message["result"]["content"][0]["text"], format!("{name:?} ends"));
    assert!(next(connection).await.is_none(), "nothing follows the response");
}

#[tokio::test]
async fn a_stream_opens_with_an_id_and_no_data_in_the_newest_revision_alone() {
    // SSE-15, SSE-16, RESUME-1
    let gate = Arc::new(Semaphore::new(1_000));
    let server = serve(&gate).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let mut connection = count(&caller, "a", 1).await;
        let mut first = connection.event().await.expect("an event");
        if version == NEWEST {
            assert_eq!(first.data().as_deref(), Some(""), "{first:?}");
            assert_ne!(first.id().expect("an id"), "");
            first = connection.event().await.expect("an event");
        }
        assert_eq!(first.message().expect("a message")["params"]["data"]["n"], 1, "{version}");
        assert_ne!(first.id().expect("an id"), "");
        end(&mut connection, "a").await;
    }
}

#[tokio::test]
async fn what_was_missed_is_replayed_and_the_stream_goes_on() {
    // RESUME-4, RESUME-6, RESUME-7, CANCEL-4
    let gate = Arc::new(Semaphore::new(0));
    let server = serve(&gate).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let mut connection = count(&caller, "a", 4).await;
        gate.add_permits(1);
        let first = numbers(&mut connection, "a", 1..=1).await;
        numbers(&mut connection, "a", 2..=2).await;
        drop(connection);
        gate.add_permits(1);
        let mut connection = caller.stream(&caller.resume(&first)).await;
        // The third may be said before the client is back, or after: the fourth is after.
        let last = numbers(&mut connection, "a", 2..=3).await;
        gate.add_permits(1);
        numbers(&mut connection, "a", 4..=4).await;
        gate.add_permits(1);
        end(&mut connection, "a").await;
        // It is kept for whoever did not get the end.
        let mut connection = caller.stream(&caller.resume(&last)).await;
        numbers(&mut connection, "a", 4..=4).await;
        end(&mut connection, "a").await;
    }
}

#[tokio::test]
async fn a_client_that_saw_no_message_comes_back_with_the_first_id() {
    // SSE-15, RESUME-6
    let gate = Arc::new(Semaphore::new(0));
    let server = serve(&gate).await;
    let caller = Caller::of(server.addr(), NEWEST).await;
    let mut connection = count(&caller, "a", 2).await;
    let priming = connection.event().await.expect("the first event");
    drop(connection);
    gate.add_permits(2);
    let mut connection = caller.stream(&caller.resume(priming.id().expect("an id"))).await;
    numbers(&mut connection, "a", 1..=2).await;
    end(&mut connection, "a").await;
}

#[tokio::test]
async fn a_connection_closed_on_purpose_says_when_to_come_back() {
    // SSE-17, SSE-18
    let gate = Arc::new(Semaphore::new(0));
    let server = serve(&gate).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let arguments = json!({ "name": "a", "to": 2, "leave_after": 1 });
        let mut connection = count_with(&caller, arguments).await;
        let last = numbers(&mut connection, "a", 1..=1).await;
        if version == NEWEST {
            let event = connection.event().await.expect("a last event");
            assert_eq!((event.retry(), event.data()), (Some(1_234), None), "{event:?}");
            assert!(connection.event().await.is_none(), "the connection is closed");
            connection = caller.stream(&caller.resume(&last)).await;
        }
        // Older revisions know nothing of it: the connection stays.
        gate.add_permits(2);
        numbers(&mut connection, "a", 2..=2).await;
        end(&mut connection, "a").await;
    }
}

#[tokio::test]
async fn a_get_stream_closed_on_purpose_is_come_back_to_as_well() {
    // SSE-25, RESUME-4
    let service = counting(&Arc::new(Semaphore::new(0)));
    let registry = service.registry();
    let controls: Arc<Mutex<Vec<StreamControl>>> = Arc::default();
    let seen = Arc::clone(&controls);
    let watch = ServiceBuilder::new().map_request(move |request: http::Request<Inbound>| {
        if let (Inbound::Open, Some(control)) = (request.body(), request.extensions().get()) {
            seen.lock().expect("no panic").push(StreamControl::clone(control));
        }
        request
    });
    let stack = Stack::new(service).with_resume(ResumeLayer::new()).with_message_layer(watch);
    let server = TestServer::start(stack).await;
    let caller = Caller::of(server.addr(), NEWEST).await;
    let mut stream = caller.stream(&caller.get()).await;
    let priming = stream.event().await.expect("the first event");
    assert_eq!(priming.data().as_deref(), Some(""), "{priming:?}");
    let control = controls.lock().expect("no panic").pop().expect("there is one");
    assert!(control.close_connection(Duration::from_millis(7)));
    assert_eq!(stream.event().await.expect("a last event").retry(), Some(7));
    assert!(stream.event().await.is_none());
    // What happens meanwhile waits for the client.
    add_tool(&registry, "meanwhile");
    let mut stream = caller.stream(&caller.resume(priming.id().expect("an id"))).await;
    assert_eq!(next(&mut stream).await.expect("a message").1["method"], LIST_CHANGED);
}

const LIST_CHANGED: &str = "notifications/tools/list_changed";

fn add_tool(registry: &mcp_stack::Registry, name: &str) {
    registry.update(|draft| draft.add_tool(Tool::new(name, || "x"))).expect("a fit tool");
}

#[tokio::test]
async fn ids_are_unique_in_the_session_and_tell_their_stream() {
    // RESUME-2, RESUME-3, RESUME-5, SSE-23
    let gate = Arc::new(Semaphore::new(0));
    let service = counting(&gate);
    let registry = service.registry();
    let server = TestServer::start(Stack::new(service).with_resume(ResumeLayer::new())).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let mut own = caller.stream(&caller.get()).await;
        let mut a = count(&caller, "a", 3).await;
        let mut b = count(&caller, "b", 3).await;
        add_tool(&registry, version.as_str());
        gate.add_permits(6);
        let mut ids = HashSet::new();
        let mut streams = HashSet::new();
        for (connection, messages) in [(&mut own, 1), (&mut a, 4), (&mut b, 4)] {
            let mut of_stream = HashSet::new();
            for _ in 0..messages {
                let (id, message) = next(connection).await.expect("a message");
                let unrelated = message["method"] == LIST_CHANGED;
                assert_eq!(unrelated, messages == 1, "{version}: {message}");
                of_stream.insert(id.split('-').next().expect("a part").to_owned());
                assert!(ids.insert(id), "{version}: each id once");
            }
            assert_eq!(of_stream.len(), 1, "{version}");
            streams.extend(of_stream);
        }
        assert_eq!(streams.len(), 3, "{version}");
    }
}

#[tokio::test]
async fn no_stream_is_resumed_after_an_event_that_is_not_the_session_s() {
    // RESUME-8, RESUME-5
    let gate = Arc::new(Semaphore::new(1_000));
    let server = serve(&gate).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let other = Caller::of(server.addr(), version).await;
        let mut connection = count(&caller, "a", 2).await;
        let known = numbers(&mut connection, "a", 1..=2).await;
        let (stream, _) = known.split_once('-').expect("two parts");
        let mut foreign = count(&other, "a", 2).await;
        let foreign = numbers(&mut foreign, "a", 1..=2).await;
        let beyond = format!("{stream}-ff");
        let padded = format!("0{known}");
        let mut answers = HashSet::new();
        for id in ["", "x", "1", "-", "0-0", &beyond, &padded, stream, &foreign, "1-1-1", "é"] {
            let reply = caller.ask(&caller.resume(id)).await;
            assert_eq!(reply.refusal(), (400, -32600), "{version} {id:?}");
            answers.insert(reply.body);
        }
        assert_eq!(answers.len(), 1, "{version}: whatever is wrong with it");
        // The id itself is good, but not twice.
        let twice = String::from_utf8(caller.resume(&known).to_bytes()).expect("ASCII");
        let twice = twice.replacen("\r\n\r\n", &format!("\r\nLast-Event-ID: {known}\r\n\r\n"), 1);
        let mut connection = Connection::to(server.addr()).await;
        connection.write(twice.as_bytes()).await;
        assert_eq!(connection.reply().await.refusal(), (400, -32600), "{version}");
        end(&mut caller.stream(&caller.resume(&known)).await, "a").await;
    }
}

#[tokio::test]
async fn coming_back_takes_the_stream_over() {
    // RESUME-9, SSE-23
    let gate = Arc::new(Semaphore::new(0));
    let server = serve(&gate).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let mut before = count(&caller, "a", 2).await;
        let last = numbers(&mut before, "a", 1..=1).await;
        let mut now = caller.stream(&caller.resume(&last)).await;
        assert!(before.event().await.is_none(), "{version}: it ends, and says no more");
        gate.add_permits(2);
        numbers(&mut now, "a", 2..=2).await;
        end(&mut now, "a").await;
    }
}

#[tokio::test]
async fn a_second_stream_of_a_session_replaces_the_first() {
    // SSE-27, SSE-23
    let service = counting(&Arc::new(Semaphore::new(0)));
    let registry = service.registry();
    let server = TestServer::start(Stack::new(service).with_resume(ResumeLayer::new())).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let mut first = caller.stream(&caller.get()).await;
        let mut second = caller.stream(&caller.get()).await;
        while let Some(event) = first.event().await {
            assert!(event.message().is_none(), "{version}: {event:?}");
        }
        add_tool(&registry, &format!("of-{version}"));
        assert_eq!(next(&mut second).await.expect("a message").1["method"], LIST_CHANGED);
        add_tool(&registry, &format!("more-of-{version}"));
        let message = next(&mut second).await.expect("the next change").1;
        assert_eq!(message["method"], LIST_CHANGED, "{version}: each once");
    }
}

#[tokio::test]
async fn a_modern_request_names_no_event_and_gets_no_ids() {
    // SSE-14, RESUME-10
    let gate = Arc::new(Semaphore::new(1_000));
    let server = serve(&gate).await;
    let caller = Caller::of(server.addr(), MODERN).await;
    let arguments = json!({ "name": "a", "to": 3, "leave_after": 2 });
    let meta = json!({ "io.modelcontextprotocol/logLevel": "debug" });
    let params = json!({ "name": "count", "arguments": arguments, "_meta": meta });
    let request = caller.request("a", "tools/call", params);
    for request in [request.clone(), request.with("last-event-id", "0-0")] {
        let mut connection = caller.stream(&request).await;
        let mut messages = 0;
        while let Some(event) = connection.event().await {
            assert_eq!((event.id(), event.retry()), (None, None), "{event:?}");
            messages += usize::from(event.message().is_some());
        }
        assert_eq!(messages, 4);
    }
}

#[tokio::test]
async fn without_the_layer_an_event_id_is_passed_over() {
    // RESUME-11, SSE-16
    let gate = Arc::new(Semaphore::new(1_000));
    let service = counting(&gate);
    let registry = service.registry();
    let server = TestServer::of(service).await;
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let mut connection = count(&caller, "a", 2).await;
        while let Some(event) = connection.event().await {
            assert_eq!(event.id(), None, "{version}");
            assert_ne!(event.data().as_deref(), Some(""), "{version}");
        }
        let mut own = caller.stream(&caller.resume("1-1")).await;
        add_tool(&registry, version.as_str());
        let event: Event = own.event().await.expect("an event");
        assert_eq!(event.message().expect("a message")["method"], LIST_CHANGED, "{version}");
        assert_eq!(event.id(), None, "{version}");
    }
}

#[tokio::test]
async fn a_stream_whose_time_is_over_is_as_unknown_as_any() {
    // RESUME-8
    let gate = Arc::new(Semaphore::new(1_000));
    let log = Arc::new(MemoryEventLog::new().with_max_age(Duration::from_millis(50)));
    let layer = ResumeLayer::with_log(Arc::clone(&log) as Arc<_>);
    let server = TestServer::start(Stack::new(counting(&gate)).with_resume(layer)).await;
    let mut callers = Vec::new();
    for version in LEGACY {
        let caller = Caller::of(server.addr(), version).await;
        let mut connection = count(&caller, "a", 1).await;
        let last = numbers(&mut connection, "a", 1..=1).await;
        end(&mut connection, "a").await;
        let refused = async {
            loop {
                let mut connection = caller.send(&caller.resume(&last)).await;
                if connection.head().await.status == 400 {
                    break;
                }
            }
        };
        patiently(refused).await;
        callers.push(caller);
    }
    for caller in callers {
        assert_eq!(caller.ask(&caller.end()).await.status, 204);
    }
    until(|| log.bytes() == 0).await;
}
