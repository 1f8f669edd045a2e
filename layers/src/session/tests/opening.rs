use std::{
    collections::HashSet,
    task::{Context, Waker},
};

use mcp_layers_core::{
    FromRejection, Rejection,
    extensions::{ClientCapabilities, ClientInfo},
    jsonrpc::{ErrorObject, Message},
};

use super::*;
use crate::support::{delete, id, refusal};

#[tokio::test]
async fn the_answer_to_initialize_carries_the_id_and_no_other_does() {
    // SESS-1
    for layer in both() {
        let server = Server::new(&layer);
        let session = server.open().await;
        for request in [call("tools/list"), notification("notifications/initialized")] {
            let response = server.send(request.within(&session)).await;
            assert!(!response.headers().contains_key("mcp-session-id"));
        }
    }
}

#[tokio::test]
async fn ids_are_128_random_bits_in_visible_ascii() {
    // SESS-2, SESS-3, SESS-4
    let server = Server::new(&SessionLayer::new());
    let mut seen = HashSet::new();
    let mut ones = [0_u32; 128];
    for _ in 0..1_000 {
        let session = server.open().await;
        assert!(session.as_bytes().iter().all(|byte| (0x21..=0x7e).contains(byte)));
        assert!(session.is_sensitive());
        let bits = SessionId::parse(session.as_bytes()).expect("ours").to_bits();
        assert!(seen.insert(bits));
        (0..128).for_each(|bit| ones[bit] += u32::from(bits >> bit & 1 == 1));
    }
    // Eleven standard deviations: every bit is drawn, none is fixed or counted up.
    assert!(ones.iter().all(|count| (325..=675).contains(count)), "{ones:?}");
}

#[tokio::test]
async fn an_initialize_that_fails_leaves_nothing_behind() {
    // INIT-12
    type Failure = fn(&Request<Inbound>) -> Response<Outbound>;
    let failures: [Failure; 4] = [
        |_| {
            let error = ErrorObject::invalid_params("no protocolVersion");
            Response::new(Outbound::Response(Message::error(Some(&id()), &error)))
        },
        |_| Outbound::from_rejection(Rejection::forbidden("no")),
        |_| Response::new(Outbound::Accepted),
        |request| {
            let mut response = answer(request);
            *response.status_mut() = http::StatusCode::BAD_GATEWAY;
            response
        },
    ];
    for failure in failures {
        let store = Arc::new(MemoryStore::new().with_max_sessions(1));
        let layer = SessionLayer::with_store(Arc::<MemoryStore>::clone(&store));
        let failing = Server::with_answer(&layer, failure);
        for _ in 0..3 {
            let response = failing.send(initialize()).await;
            assert!(!response.headers().contains_key("mcp-session-id"));
        }
        assert!(store.is_empty());
        Server::new(&layer).open().await;
    }
}

#[tokio::test]
async fn an_initialize_whose_client_goes_away_leaves_nothing_behind() {
    // INIT-12
    let store = Arc::new(MemoryStore::new().with_max_sessions(1));
    let layer = SessionLayer::with_store(Arc::<MemoryStore>::clone(&store));
    let pending = tower::service_fn(|_: Request<Inbound>| {
        std::future::pending::<Result<Response<Outbound>, Infallible>>()
    });
    let mut abandoned = Box::pin(layer.layer(pending).oneshot(initialize()));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(abandoned.as_mut().poll(&mut cx).is_pending());
    drop(abandoned);
    Server::new(&layer).open().await;
}

#[tokio::test]
async fn at_the_cap_initialize_gets_503_before_anything_is_done() {
    // INIT-12
    let store = Arc::new(MemoryStore::new().with_max_sessions(2));
    let server = Server::new(&SessionLayer::with_store(store));
    let first = server.open().await;
    server.open().await;
    let response = server.send(initialize()).await;
    assert_eq!(refusal(&response), (503, 503));
    let Outbound::Rejected(rejection) = response.body() else { panic!("refused") };
    assert_eq!(rejection.headers()["retry-after"], "30");
    assert_eq!(server.calls(), 2);
    server.send(delete().within(&first)).await;
    server.open().await;
}

#[tokio::test]
async fn what_initialize_declares_is_kept_for_its_session_alone() {
    // INIT-7, INIT-10
    for layer in both() {
        let server = Server::new(&layer);
        let declared = server.open().await;
        let bare = post(json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {} }));
        let bare = session_of(&server.send(bare).await);
        server.send(call("tools/list").within(&declared)).await;
        let seen = server.last_seen();
        let capabilities = ClientCapabilities::of(&seen).expect("declared");
        assert!(capabilities.has(&["roots", "listChanged"]));
        assert!(!capabilities.has(&["sampling"]));
        let info = ClientInfo::of(&seen).expect("declared");
        assert_eq!(info.name().as_deref(), Some("probe"));
        let handle = seen.get::<SessionHandle>().expect("inserted");
        assert_eq!(handle.client_capabilities().as_json(), capabilities.as_json());

        server.send(call("tools/list").within(&bare)).await;
        let seen = server.last_seen();
        assert!(!ClientCapabilities::of(&seen).expect("declared").has(&["roots"]));
        assert!(ClientInfo::of(&seen).is_none());
    }
}

#[tokio::test]
async fn a_declaration_too_long_to_keep_gets_400() {
    // INIT-10
    let server = Server::new(&SessionLayer::new());
    let sized = |len: usize| {
        post(json!({
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": { "capabilities": {}, "clientInfo": { "name": "n".repeat(len) } },
        }))
    };
    let fits = 16 * 1024 - r#"{}{"name":""}"#.len();
    session_of(&server.send(sized(fits)).await);
    assert_eq!(refusal(&server.send(sized(fits + 1)).await), (400, -32602));
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn a_store_that_fails_is_a_503_that_tells_no_more() {
    // SESS-4
    let server = Server::new(&SessionLayer::with_store(Arc::new(Broken)));
    let id = HeaderValue::from_static("0123456789abcdef0123456789abcdef");
    for request in [initialize(), call("ping").within(&id)] {
        let response = server.send(request).await;
        assert_eq!(refusal(&response), (503, 503));
        let Outbound::Rejected(rejection) = response.body() else { panic!("refused") };
        assert!(!rejection.error().message().contains("10.0.0.7"));
    }
    assert_eq!(server.calls(), 0);
}
