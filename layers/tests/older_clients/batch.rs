//! Arrays of messages, from the bytes of a POST to the bytes of its answer.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use mcp_layers::{
    batch::BatchLayer,
    cancellation::CancellationLayer,
    negotiate::{NegotiateLayer, ResponseBody},
    protocol_version::ProtocolVersionLayer,
    session::SessionLayer,
};
use mcp_layers_core::{
    EventStream, Inbound, Outbound,
    extensions::Cancellation,
    jsonrpc::{Message, RawJson},
    queue,
};
use serde_json::{Value, json};
use tower::{ServiceBuilder, ServiceExt, service_fn, util::BoxCloneService};

type Server = BoxCloneService<Request<Full<Bytes>>, Response<ResponseBody>, Infallible>;

fn server() -> Server {
    let service = ServiceBuilder::new()
        .layer(NegotiateLayer::new())
        .layer(ProtocolVersionLayer::new())
        .layer(SessionLayer::new().optional())
        .layer(BatchLayer::new())
        .layer(CancellationLayer::new().with_timeout(Some(Duration::from_secs(60))))
        .service(service_fn(|request: Request<Inbound>| async move { Ok(serve(&request).await) }));
    BoxCloneService::new(service)
}

/// Says yes; `wait` waits for its token, and `progress` makes some.
async fn serve(request: &Request<Inbound>) -> Response<Outbound> {
    let Some(id) = request.body().request_id() else {
        return Response::new(Outbound::Accepted);
    };
    let result = Message::result(id, &RawJson::empty_object());
    Response::new(match request.body().method().expect("a request").as_str() {
        "wait" => {
            let cancellation = request.extensions().get::<Cancellation>().expect("it is there");
            cancellation.token().cancelled().await;
            std::future::pending().await
        }
        "progress" => {
            let (sender, receiver) = queue::channel(1 << 20);
            let progress = json!({ "progressToken": 1, "progress": 1 });
            sender.send(Message::notification("notifications/progress", &progress)).expect("open");
            sender.finish(Some(result)).expect("open");
            Outbound::Stream(EventStream::call(receiver))
        }
        _ => Outbound::Response(result),
    })
}

fn post() -> http::request::Builder {
    Request::post("/mcp").header("content-type", "application/json")
}

async fn send(server: &Server, builder: http::request::Builder, body: &Value) -> Response<String> {
    let request = builder.body(Full::new(body.to_string().into())).expect("a valid request");
    let Ok(response) = server.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await;
    let text = String::from_utf8(body.to_bytes().into()).expect("UTF-8");
    Response::from_parts(parts, text)
}

async fn open(server: &Server, version: &str) -> String {
    let initialize = json!({
        "jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": { "protocolVersion": version, "capabilities": {} },
    });
    let response = send(server, post(), &initialize).await;
    response.headers()["mcp-session-id"].to_str().expect("ASCII").to_owned()
}

fn call(id: i64, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method })
}

fn json_of(response: &Response<String>) -> Value {
    assert_eq!(response.headers()["content-type"], "application/json");
    serde_json::from_str(response.body()).expect("JSON")
}

#[tokio::test]
async fn the_session_s_revision_decides_whether_arrays_are_taken() {
    // RPC-19, RPC-24
    let server = server();
    for (version, status) in
        [("2024-11-05", 200), ("2025-03-26", 200), ("2025-06-18", 400), ("2025-11-25", 400)]
    {
        let session = open(&server, version).await;
        let body = json!([call(1, "ping"), call(2, "ping")]);
        let response = send(&server, post().header("mcp-session-id", session), &body).await;
        assert_eq!(response.status(), status, "{version}");
        match json_of(&response) {
            Value::Array(responses) => assert_eq!(responses.len(), 2),
            error => assert_eq!(error["error"]["code"], -32600, "{version}"),
        }
    }
}

#[tokio::test]
async fn an_array_with_neither_header_nor_session_is_of_2025_03_26() {
    // RPC-19, VER-10
    let body = json!([call(1, "ping"), { "jsonrpc": "2.0", "method": "x" }]);
    let response = send(&server(), post(), &body).await;
    assert_eq!(json_of(&response), json!([{ "jsonrpc": "2.0", "id": 1, "result": {} }]));
    let body = json!([{ "jsonrpc": "2.0", "method": "x" }]);
    let response = send(&server(), post(), &body).await;
    assert_eq!((response.status().as_u16(), response.body().len()), (202, 0)); // RPC-21
}

#[tokio::test]
async fn a_later_header_refuses_arrays() {
    // RPC-24, RPC-26
    for version in ["2025-06-18", "2025-11-25", "2026-07-28"] {
        let body = json!([call(1, "ping")]);
        let builder = post().header("mcp-protocol-version", version);
        let response = send(&server(), builder, &body).await;
        assert_eq!(response.status(), 400);
        assert_eq!(json_of(&response)["error"]["code"], -32600);
    }
}

#[tokio::test]
async fn a_batch_that_makes_progress_is_answered_by_events() {
    // RPC-23, RPC-27
    let body = json!([call(1, "ping"), call(2, "progress"), call(3, "ping")]);
    let response = send(&server(), post(), &body).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let events: Vec<Value> = response
        .body()
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).expect("JSON"))
        .collect();
    assert_eq!(events.iter().filter(|event| event.get("result").is_some()).count(), 3);
    assert!(events.iter().all(Value::is_object));

    let builder = post().header("accept", "application/json");
    let response = send(&server(), builder, &body).await;
    assert_eq!(json_of(&response).as_array().map(Vec::len), Some(3)); // RPC-22
}

#[tokio::test]
async fn a_request_can_be_cancelled_by_its_own_array() {
    // RPC-19, RPC-22: before the request or after it.
    let server = server();
    let session = open(&server, "2025-03-26").await;
    let cancel = json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 },
    });
    for body in [
        json!([call(1, "wait"), call(2, "ping"), cancel]),
        json!([cancel, call(1, "wait"), call(2, "ping")]),
    ] {
        let response = send(&server, post().header("mcp-session-id", &session), &body).await;
        assert_eq!(json_of(&response), json!([{ "jsonrpc": "2.0", "id": 2, "result": {} }]));
    }
}

#[tokio::test]
async fn an_id_that_is_in_flight_is_refused_within_an_array_too() {
    // RPC-15, RPC-22
    let server = server();
    let session = open(&server, "2025-03-26").await;
    let cancel = json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 },
    });
    let body = json!([call(1, "wait"), call(1, "ping"), cancel]);
    let response = send(&server, post().header("mcp-session-id", &session), &body).await;
    let responses = json_of(&response);
    assert_eq!(responses[0]["error"]["code"], -32600);
    assert_eq!(responses[0]["id"], 1);
}
