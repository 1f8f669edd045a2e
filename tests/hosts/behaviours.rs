//! What a client sees, whatever the host.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use mcp_stack::Tool;
use serde_json::json;

use crate::{
    client::{body, patiently},
    host::Host,
    probe::take,
};

/// How long the hosts let their calls finish.
const GRACE: Duration = Duration::from_secs(10);

pub(crate) async fn a_legacy_client_opens_a_session_and_is_told_the_tools(host: Host) {
    // SESS-1
    let session = host.session().await;
    let answer = host.legacy(Some(&session), "tools/list", json!({})).await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, "application/json"));
    let tools = answer.response().await["result"]["tools"].clone();
    let tools = tools.as_array().expect("a list").iter().map(|tool| tool["name"].clone());
    assert_eq!(tools.collect::<Vec<_>>(), ["wait", "stream", "fails", "caller", "ask"]);
}

pub(crate) async fn a_modern_client_calls_without_a_session(host: Host) {
    // META-2
    host.probe.gate.add_permits(1);
    let answer = host.modern("tools/call", json!({ "name": "wait" })).await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.header("mcp-session-id"), "");
    assert_eq!(answer.response().await["result"]["content"][0]["text"], "done");
}

pub(crate) async fn progress_comes_while_the_call_is_at_work(host: Host) {
    // SSE-1, SSE-3: the first comes before the handler may go on, so nobody buffers.
    let session = host.session().await;
    let params = json!({ "name": "stream", "_meta": { "progressToken": "p" } });
    let mut legacy = host.legacy(Some(&session), "tools/call", params.clone()).await;
    let mut modern = host.modern("tools/call", params).await;
    for answer in [&mut legacy, &mut modern] {
        assert!(answer.is_stream(), "{answer:?}");
        let first = answer.next().await.expect("a message");
        assert_eq!(first["params"], json!({ "progressToken": "p", "progress": 1, "total": 2 }));
    }
    host.probe.gate.add_permits(2);
    for answer in [legacy, modern] {
        let messages = answer.messages().await;
        assert_eq!(messages[0]["params"]["progress"], 2);
        assert_eq!(messages[1]["result"]["content"][0]["text"], "done");
    }
}

pub(crate) async fn what_goes_wrong_is_told_in_the_answer(host: Host) {
    // TOOL-21, TOOL-23, NEG-22, NEG-24
    let failed = host.modern("tools/call", json!({ "name": "fails" })).await.response().await;
    assert_eq!(failed["result"]["isError"], true, "{failed}");
    let unknown = host.modern("tools/call", json!({ "name": "unknown" })).await.response().await;
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    let answer = host.modern("no/such/method", json!({})).await;
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.response().await["error"]["code"], -32601);
    let request = host.request("POST").body(body("{")).expect("a valid request");
    let answer = host.send(request).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.response().await["error"]["code"], -32700);
}

pub(crate) async fn a_stream_tells_that_the_tools_changed(host: Host) {
    // TOOL-5
    let session = host.session().await;
    let request = host.in_session("GET", &session).body(body("")).expect("a valid request");
    let mut stream = host.send(request).await;
    assert_eq!(stream.status(), 200);
    let add = |draft: &mut mcp_stack::Draft| draft.add_tool(Tool::new("new", || "x"));
    host.registry.update(add).expect("a fit tool");
    let message = stream.next().await.expect("a message");
    assert_eq!(message["method"], "notifications/tools/list_changed");
}

pub(crate) async fn a_session_that_was_ended_is_gone(host: Host) {
    // SESS-6, SESS-9, SESS-10
    let session = host.session().await;
    let get = host.in_session("GET", &session).body(body("")).expect("a valid request");
    let mut stream = host.send(get).await;
    let delete = host.in_session("DELETE", &session).body(body("")).expect("a valid request");
    let answer = host.send(delete).await;
    assert!(answer.head.status.is_success(), "{answer:?}");
    assert_eq!(stream.next().await, None, "its stream has ended");
    let answer = host.legacy(Some(&session), "tools/list", json!({})).await;
    assert_eq!(answer.status(), 404);
}

pub(crate) async fn a_body_over_the_limit_is_refused_before_it_is_sent(host: Host) {
    // NEG-19: of what is announced, nothing comes.
    let announced = host.request("POST").header(header::CONTENT_LENGTH, 5 << 20);
    let never = StreamBody::new(stream::pending()).boxed_unsync();
    let answer = host.send(announced.body(never).expect("a valid request")).await;
    assert_eq!(answer.status(), 413);
}

pub(crate) async fn a_body_is_read_as_it_comes_and_no_further_than_the_limit(host: Host) {
    // NEG-19: it never ends, so nobody may wait for the whole of it.
    let part = Bytes::from_static(&[b' '; 64 << 10]);
    let parts = std::iter::repeat_n(part, 64).chain([Bytes::from_static(b" ")]);
    let parts = stream::iter(parts).chain(stream::pending());
    let body = StreamBody::new(parts.map(|part| Ok(Frame::data(part)))).boxed_unsync();
    let answer = host.send(host.request("POST").body(body).expect("a valid request")).await;
    assert_eq!(answer.status(), 413);
}

pub(crate) async fn a_foreign_host_or_origin_is_refused(host: Host) {
    // HOST-1, HOST-3, ORIGIN-2
    for (name, value) in [("host", "evil.example"), ("origin", "https://evil.example")] {
        let mut request = host.request("POST").body(body("{}")).expect("a valid request");
        let name = http::HeaderName::from_static(name);
        request.headers_mut().insert(name, value.parse().expect("a valid value"));
        assert_eq!(host.send(request).await.status(), 403, "{value}");
    }
}

pub(crate) async fn what_the_host_found_out_reaches_the_handler(host: Host) {
    let session = host.session().await;
    let params = json!({ "name": "caller" });
    let legacy = host.legacy(Some(&session), "tools/call", params.clone()).await;
    for answer in [legacy, host.modern("tools/call", params).await] {
        let response = answer.response().await;
        assert_eq!(response["result"]["content"][0]["text"], *host.caller, "{response}");
    }
}

pub(crate) async fn a_modern_call_stops_when_its_client_goes_away(host: Host) {
    // CANCEL-1
    let params = json!({ "name": "stream", "_meta": { "progressToken": "p" } });
    let mut answer = host.modern("tools/call", params).await;
    answer.next().await.expect("a message");
    patiently(take(&host.probe.waiting)).await;
    assert_eq!(host.probe.dropped.available_permits(), 0);
    answer.hang_up();
    patiently(take(&host.probe.dropped)).await;
}

pub(crate) async fn a_host_that_stops_drains_first(host: Host) {
    // LISTEN-11, LISTEN-14, SSE-18, SESS-18
    let session = host.session().await;
    let get = host.in_session("GET", &session).body(body("")).expect("a valid request");
    let mut own = host.send(get).await;
    let filter = json!({ "notifications": { "toolsListChanged": true } });
    let mut listening = host.modern("subscriptions/listen", filter).await;
    listening.next().await.expect("the acknowledgement");
    let params = json!({ "name": "stream", "_meta": { "progressToken": "p" } });
    let mut running = host.modern("tools/call", params).await;
    running.next().await.expect("progress");
    let mut asking = host.legacy(Some(&session), "tools/call", json!({ "name": "ask" })).await;
    let question = asking.next().await.expect("a question");

    host.stop();
    let messages = listening.messages().await;
    assert_eq!(messages[0]["result"]["resultType"], "complete", "{messages:?}");
    assert_eq!(own.next().await, None);
    let refused = host.legacy(None, "initialize", json!({})).await;
    assert_eq!((refused.status(), refused.header("retry-after")), (503, "5"));
    // What runs goes on, and its client is heard.
    let reply =
        json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "decline" } });
    let reply = host.in_session("POST", &session).body(body(reply.to_string()));
    assert_eq!(host.send(reply.expect("a valid request")).await.status(), 202);
    assert_eq!(asking.response().await["result"]["content"][0]["text"], "declined");
    host.probe.gate.add_permits(1);
    assert_eq!(running.response().await["result"]["content"][0]["text"], "done");
    host.refuses_connections().await;
    host.stopped().await;
}

pub(crate) async fn a_host_that_stops_cancels_what_does_not_end(host: Host) {
    // SESS-18
    let session = host.session().await;
    let params = json!({ "name": "stream", "_meta": { "progressToken": "p" } });
    let mut calls = [
        host.modern("tools/call", params.clone()).await,
        host.legacy(Some(&session), "tools/call", params).await,
    ];
    for call in &mut calls {
        call.next().await.expect("progress");
        patiently(take(&host.probe.waiting)).await;
    }
    host.stop();
    while host.legacy(None, "initialize", json!({})).await.status() != 503 {}
    tokio::time::pause();
    tokio::time::advance(GRACE + Duration::from_secs(1)).await;
    tokio::time::resume();
    for call in calls {
        assert_eq!(call.response().await["error"]["code"], 503);
        take(&host.probe.dropped).await;
    }
    host.stopped().await;
}
