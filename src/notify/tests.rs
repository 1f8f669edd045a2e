//! Changes, from the registry to the streams.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use futures_core::Stream as _;
use http::{Request, Response};
use mcp_layers_core::{
    Event, EventStream, Inbound, Outbound,
    extensions::{
        CancelReason, CancelToken, Cancellation, ClientCapabilities, OnDisconnect, Principal,
        SessionHandle, SessionId,
    },
    jsonrpc::{Limits, Message, RequestId, code, decode},
    protocol::ProtocolVersion,
};
use serde_json::{Value, json};
use tower_service::Service as _;

use crate::{McpService, Prompt, Resource, Tool};

fn service() -> McpService {
    let service = McpService::new("test", "1").with_tool(Tool::new("one", || "1")).expect("valid");
    service.with_resource(Resource::new("a://b", "b", || "b")).expect("valid")
}

fn session(bits: u128) -> SessionHandle {
    SessionHandle::new(
        SessionId::from_bits(bits),
        ProtocolVersion::V2025_11_25,
        ClientCapabilities::default(),
        None,
        CancelToken::new(),
    )
}

fn send(service: &McpService, request: Request<Inbound>) -> Response<Outbound> {
    let future = pin!(service.clone().call(request));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => panic!("answered at once"),
    }
}

fn post(body: &Value) -> Request<Inbound> {
    let body = decode(body.to_string().into(), Limits::default()).expect("a message");
    Request::new(body)
}

fn listen(id: &Value, filter: &Value) -> Request<Inbound> {
    let mut request = post(&json!({
        "jsonrpc": "2.0", "id": id, "method": "subscriptions/listen",
        "params": { "notifications": filter },
    }));
    request.extensions_mut().insert(ProtocolVersion::V2026_07_28);
    request
}

fn within(session: &SessionHandle, mut request: Request<Inbound>) -> Request<Inbound> {
    request.extensions_mut().insert(session.clone());
    request.extensions_mut().insert(ProtocolVersion::V2025_11_25);
    request
}

fn stream(response: Response<Outbound>) -> EventStream {
    match response.into_body() {
        Outbound::Stream(stream) => stream,
        other => panic!("no stream: {other:?}"),
    }
}

fn status(response: &Response<Outbound>) -> u16 {
    match response.body() {
        Outbound::Rejected(rejection) => rejection.status().as_u16(),
        _ => response.status().as_u16(),
    }
}

/// What waits in the stream, and whether it has ended.
fn read(stream: &mut EventStream) -> (Vec<Event>, bool) {
    let mut events = Vec::new();
    loop {
        match Pin::new(&mut *stream).poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(event)) => events.push(event),
            Poll::Ready(None) => return (events, true),
            Poll::Pending => return (events, false),
        }
    }
}

fn message(event: &Event) -> &Message {
    event.message.as_ref().expect("a message")
}

fn json(event: &Event) -> Value {
    let message = message(event);
    let mut text = message.bytes().to_vec();
    if let Some(at) = message.gap() {
        let own = event.subscription.clone().expect("each stream's own");
        text.splice(at..at, own);
    }
    serde_json::from_slice(&text).expect("JSON")
}

fn methods(stream: &mut EventStream) -> Vec<String> {
    let (events, _) = read(stream);
    events.iter().map(|event| json(event)["method"].as_str().expect("one").to_owned()).collect()
}

const TOOLS: &str = "notifications/tools/list_changed";
const PROMPTS: &str = "notifications/prompts/list_changed";
const RESOURCES: &str = "notifications/resources/list_changed";
const UPDATED: &str = "notifications/resources/updated";
const KEY: &str = "io.modelcontextprotocol/subscriptionId";

#[test]
fn one_change_reaches_a_thousand_streams_as_one_text() {
    // LISTEN-4, LISTEN-7, LISTEN-9
    let service = service();
    let mut streams: Vec<_> = (0..1000)
        .map(|id| {
            let request = listen(&json!(id), &json!({ "toolsListChanged": true }));
            stream(send(&service, request))
        })
        .collect();
    for stream in &mut streams {
        assert_eq!(read(stream).0.len(), 1, "the acknowledgement");
    }
    service.registry().update(|draft| draft.add_tool(Tool::new("two", || "2"))).expect("valid");
    let events: Vec<_> = streams.iter_mut().flat_map(|stream| read(stream).0).collect();
    assert_eq!(events.len(), 1000);
    let text = message(&events[0]).bytes().as_ptr();
    for (id, event) in events.iter().enumerate() {
        assert_eq!(message(event).bytes().as_ptr(), text, "built once, shared by all");
        assert_eq!(json(event)["params"]["_meta"][KEY], id);
        assert_eq!(json(event)["method"], TOOLS);
    }
}

#[test]
fn the_acknowledgement_comes_first_and_names_what_is_honoured() {
    // LISTEN-2, LISTEN-3, LISTEN-4
    let service = service();
    let asked = json!({
        "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": false,
        "resourceSubscriptions": ["a://b"],
    });
    let id = json!("listen \u{e9}");
    let mut open = stream(send(&service, listen(&id, &asked)));
    let (events, ended) = read(&mut open);
    assert!(!ended);
    let first = json(&events[0]);
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
    assert_eq!(first["params"]["_meta"][KEY], id);
    // There are no prompts.
    let honoured = json!({ "toolsListChanged": true, "resourceSubscriptions": ["a://b"] });
    assert_eq!(first["params"]["notifications"], honoured);
}

#[test]
fn a_filter_that_is_no_object_is_refused() {
    // LISTEN-1
    let service = service();
    let wrong = [json!(null), json!([]), json!("tools"), json!({ "toolsListChanged": "yes" })];
    for filter in wrong {
        let response = send(&service, listen(&json!(1), &filter));
        let Outbound::Response(message) = response.body() else { panic!("{response:?}") };
        let answer: Value = serde_json::from_slice(message.bytes()).expect("JSON");
        assert_eq!(answer["error"]["code"], code::INVALID_PARAMS, "{filter}");
    }
    assert_eq!(service.registry().hub().len(), 0);
}

#[test]
fn a_stream_carries_only_what_was_asked_for() {
    // LISTEN-5, LISTEN-6
    let service = service();
    let registry = service.registry();
    registry.update(|draft| draft.add_prompt(Prompt::new("p", || "p"))).expect("valid");
    let all = json!({
        "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
        "resourceSubscriptions": ["a://b"],
    });
    let mut streams = [
        (json!({}), vec![]),
        (json!({ "promptsListChanged": true }), vec![PROMPTS]),
        (json!({ "resourceSubscriptions": ["a://b"] }), vec![UPDATED]),
        (json!({ "resourceSubscriptions": ["a://c"] }), vec![]),
        (all, vec![TOOLS, PROMPTS, RESOURCES, UPDATED]),
    ]
    .map(|(filter, expected)| {
        let mut open = stream(send(&service, listen(&json!(1), &filter)));
        read(&mut open);
        (open, expected)
    });
    registry
        .update(|draft| {
            draft.remove_tool("one");
            draft.remove_prompt("p");
            draft.add_resource(Resource::new("a://x", "x", || "x"))
        })
        .expect("valid");
    registry.notify_resource_updated("a://b/part");
    for (open, expected) in &mut streams {
        assert_eq!(methods(open), *expected);
    }
}

#[test]
fn a_change_that_fails_is_not_announced() {
    let service = service();
    let mut open = stream(send(&service, within(&session(1), Request::new(Inbound::Open))));
    let refused = service.registry().update(|draft| {
        draft.add_tool(Tool::new("two", || "2"))?;
        draft.add_tool(Tool::new("two", || "2"))
    });
    assert!(refused.is_err());
    assert_eq!(methods(&mut open), [""; 0]);
}

#[test]
fn a_reader_that_lags_hears_of_each_thing_once_and_holds_nobody_up() {
    let service = service();
    let registry = service.registry();
    let mut lagging = stream(send(&service, within(&session(1), Request::new(Inbound::Open))));
    let mut reading = stream(send(&service, within(&session(2), Request::new(Inbound::Open))));
    for n in 0..500 {
        let tool = Tool::new(format!("t{n}"), || "1");
        registry.update(|draft| draft.add_tool(tool)).expect("valid");
        assert_eq!(methods(&mut reading), [TOOLS]);
    }
    registry.update(|draft| draft.add_prompt(Prompt::new("p", || "p"))).expect("valid");
    assert_eq!(methods(&mut lagging), [TOOLS, PROMPTS]);
}

#[test]
fn a_session_hears_of_the_resources_it_subscribed_to() {
    // RES-16, RES-17, RES-23
    let service = service();
    let registry = service.registry();
    let (one, other) = (session(1), session(2));
    let ask = |session: &SessionHandle, method: &str, uri: &str| {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": { "uri": uri } });
        let response = send(&service, within(session, post(&body)));
        let Outbound::Response(message) = response.body() else { panic!("{response:?}") };
        serde_json::from_slice::<Value>(message.bytes()).expect("JSON")
    };
    // Subscribing comes before the stream as well as after it.
    assert_eq!(ask(&one, "resources/subscribe", "a://b")["result"], json!({}));
    let mut hears = stream(send(&service, within(&one, Request::new(Inbound::Open))));
    let mut hears_not = stream(send(&service, within(&other, Request::new(Inbound::Open))));
    registry.notify_resource_updated("a://b");
    let (events, _) = read(&mut hears);
    assert_eq!(json(&events[0])["params"], json!({ "uri": "a://b" }));
    assert_eq!(methods(&mut hears_not), [""; 0]);
    assert_eq!(ask(&other, "resources/unsubscribe", "a://b")["result"], json!({}));
    assert_eq!(ask(&one, "resources/unsubscribe", "a://b")["result"], json!({}));
    registry.notify_resource_updated("a://b");
    assert_eq!(methods(&mut hears), [""; 0]);
    assert_eq!(ask(&one, "resources/subscribe", "no uri")["error"]["code"], code::INVALID_PARAMS);
}

#[test]
fn a_second_get_stream_takes_the_place_of_the_first() {
    // SSE-23, SSE-27
    let service = service();
    let session = session(1);
    let mut first = stream(send(&service, within(&session, Request::new(Inbound::Open))));
    let mut second = stream(send(&service, within(&session, Request::new(Inbound::Open))));
    service.registry().update(|draft| Ok(draft.remove_tool("one"))).expect("valid");
    assert!(matches!(read(&mut first), (events, true) if events.is_empty()));
    drop(first);
    assert_eq!(methods(&mut second), [TOOLS]);
    assert_eq!(service.registry().hub().len(), 1);
}

#[test]
fn a_get_stream_does_not_keep_its_session_in_use_and_ends_with_it() {
    // SESS-18
    let service = service();
    let session = session(1);
    let mut open = stream(send(&service, within(&session, Request::new(Inbound::Open))));
    assert!(!session.is_in_use());
    session.ended().cancel(CancelReason::SessionEnded);
    assert!(matches!(read(&mut open), (events, true) if events.is_empty()));
}

#[test]
fn a_subscription_that_the_server_ends_is_answered() {
    // LISTEN-11, LISTEN-14, CANCEL-12
    let service = service();
    let token = CancelToken::new();
    let big = RequestId::parse("98765432109876543210").expect("an id");
    let mut request = listen(&json!(1), &json!({ "toolsListChanged": true }));
    let Inbound::Request(asked) = request.body_mut() else { panic!() };
    asked.id = big;
    request.extensions_mut().insert(Cancellation::new(token.clone(), OnDisconnect::Drop));
    let mut open = stream(send(&service, request));
    read(&mut open);
    token.cancel(CancelReason::ShuttingDown);
    let (events, ended) = read(&mut open);
    assert!(ended && events.len() == 1);
    let text = std::str::from_utf8(message(&events[0]).bytes()).expect("UTF-8");
    assert!(
        text.contains(r#""id":98765432109876543210,"result":{"resultType":"complete""#),
        "{text}"
    );
    assert!(text.contains(&format!(r#""{KEY}":98765432109876543210}}"#)), "{text}");
}

#[test]
fn a_stream_that_is_dropped_leaves_nothing_behind() {
    // LISTEN-10, LISTEN-12
    let service = service();
    let open = stream(send(&service, listen(&json!(1), &json!({ "toolsListChanged": true }))));
    let other = stream(send(&service, within(&session(1), Request::new(Inbound::Open))));
    assert_eq!(service.registry().hub().len(), 2);
    drop((open, other));
    assert_eq!(service.registry().hub().len(), 0);
}

#[test]
fn streams_are_bounded_in_all_and_per_principal() {
    // LISTEN-15
    let service = service().with_max_listeners(3).with_max_listeners_per_principal(1);
    let ask = |principal: Option<&str>| {
        let mut request = listen(&json!(1), &json!({ "toolsListChanged": true }));
        if let Some(principal) = principal {
            request.extensions_mut().insert(Principal::new(principal));
        }
        send(&service, request)
    };
    let alice = stream(ask(Some("alice")));
    assert_eq!(status(&ask(Some("alice"))), 429);
    let _bob = stream(ask(Some("bob")));
    let _anonymous = stream(ask(None));
    assert_eq!(status(&ask(None)), 503);
    drop(alice);
    let _again = stream(ask(Some("alice")));
}

#[test]
fn resources_watched_are_bounded() {
    // LISTEN-15
    let service = service().with_max_watched_resources(1);
    let asked = json!({ "resourceSubscriptions": ["a://b", "a://c"] });
    let response = send(&service, listen(&json!(1), &asked));
    let Outbound::Rejected(rejection) = response.body() else { panic!("{response:?}") };
    assert_eq!((rejection.status().as_u16(), rejection.error().code()), (200, -32602));
    assert_eq!(service.registry().hub().len(), 0);
}

#[test]
fn without_a_session_there_is_no_get_stream_and_no_subscription() {
    // SESS-19, RES-16
    let service = service();
    assert_eq!(status(&send(&service, Request::new(Inbound::Open))), 405);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/subscribe", "params": { "uri": "a://b" } });
    let response = send(&service, post(&body));
    let Outbound::Response(message) = response.body() else { panic!("{response:?}") };
    let answer: Value = serde_json::from_slice(message.bytes()).expect("JSON");
    assert_eq!(answer["error"]["code"], code::METHOD_NOT_FOUND);
}
