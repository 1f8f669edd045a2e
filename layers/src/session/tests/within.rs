use mcp_layers_core::extensions::OpensSession;

use super::*;
use crate::support::{delete, get, refusal};

#[tokio::test]
async fn a_request_is_served_by_the_revision_negotiated() {
    // VER-11, VER-15, VER-16
    for layer in both() {
        let server = Server::new(&layer);
        let session = server.open().await;
        for header in [None, Some(ProtocolVersion::V2025_03_26), Some(ProtocolVersion::V2025_11_25)]
        {
            let request = call("tools/list").within(&session);
            server
                .send(match header {
                    Some(version) => request.under(version),
                    None => request,
                })
                .await;
            assert_eq!(server.last_seen().get(), Some(&ProtocolVersion::V2025_06_18));
        }
    }
}

#[tokio::test]
async fn every_kind_of_message_goes_through_with_its_handle() {
    // SESS-20, SESS-21, ROOTS-3
    for layer in both() {
        let server = Server::new(&layer);
        let session = server.open().await;
        let expected = SessionId::parse(session.as_bytes()).expect("ours");
        for request in [
            call("tools/call"),
            notification("notifications/roots/list_changed"),
            post(json!({ "jsonrpc": "2.0", "id": 9, "result": {} })),
            post(json!([])),
            get(),
        ] {
            let before = server.calls();
            server.send(request.within(&session)).await;
            assert_eq!(server.calls(), before + 1);
            let seen = server.last_seen();
            assert_eq!(seen.get::<SessionHandle>().expect("inserted").id(), expected);
        }
    }
}

#[tokio::test]
async fn other_extensions_and_headers_survive() {
    // SESS-12
    #[derive(Clone, PartialEq, Debug)]
    struct Marker(u8);
    let server = Server::new(&SessionLayer::new());
    let session = server.open().await;
    let mut request = call("tools/list").within(&session);
    request.extensions_mut().insert(Marker(7));
    server.send(request).await;
    assert_eq!(server.last_seen().get(), Some(&Marker(7)));
}

#[tokio::test]
async fn a_session_serves_only_the_caller_who_opened_it() {
    // SESS-7, SESS-11, SESS-12, SESS-13
    for layer in both() {
        let server = Server::new(&layer);
        let anns = session_of(&server.send(initialize().by("ann")).await);
        let anyones = server.open().await;
        let asked = |session: &HeaderValue| call("ping").within(session);
        for (request, served) in [
            (asked(&anns).by("ann"), true),
            (asked(&anns).by("bob"), false),
            (asked(&anns), false),
            (asked(&anyones), true),
            (asked(&anyones).by("ann"), false),
            (delete().within(&anns).by("bob"), false),
            (delete().within(&anns), false),
            (initialize().within(&anns).by("bob"), false),
            (get().within(&anns).by("bob"), false),
            (asked(&anns).by("ann"), true),
        ] {
            let response = server.send(request).await;
            match served {
                true => assert!(matches!(response.body(), Outbound::Response(_))),
                false => assert_eq!(refusal(&response), (404, -32001)),
            }
        }
    }
}

#[tokio::test]
async fn a_request_before_initialized_is_served() {
    // INIT-9
    let server = Server::new(&SessionLayer::new());
    let session = server.open().await;
    for request in [call("tools/list"), notification("notifications/initialized"), call("ping")] {
        let response = server.send(request.within(&session)).await;
        assert!(!matches!(response.body(), Outbound::Rejected(_)));
    }
}

#[tokio::test]
async fn where_it_is_required_little_is_served_before_initialized() {
    // INIT-9, PING-2
    for layer in both() {
        let server = Server::new(&layer.require_initialized());
        let session = server.open().await;
        for served in
            [call("ping"), set_level("info"), notification("notifications/cancelled"), get()]
        {
            let response = server.send(served.within(&session)).await;
            assert!(!matches!(response.body(), Outbound::Rejected(_)));
        }
        for refused in [call("tools/list"), post(json!([]))] {
            let response = server.send(refused.within(&session)).await;
            assert_eq!(refusal(&response), (400, -32600));
        }
        server.send(notification("notifications/initialized").within(&session)).await;
        let response = server.send(call("tools/list").within(&session)).await;
        assert!(matches!(response.body(), Outbound::Response(_)));
    }
}

#[tokio::test]
async fn initialized_is_marked_in_the_record() {
    // INIT-9
    let store = Arc::new(MemoryStore::new());
    let server = Server::new(&SessionLayer::with_store(Arc::<MemoryStore>::clone(&store)));
    let session = server.open().await;
    let id = SessionId::parse(session.as_bytes()).expect("ours");
    let record = || async { store.load(id).await.expect("it works").expect("it lives") };
    assert!(!record().await.initialized);
    server.send(notification("notifications/initialized").within(&session)).await;
    assert!(record().await.initialized);
}

#[tokio::test]
async fn a_log_level_set_on_one_node_holds_on_all() {
    // SESS-12
    let store = Arc::new(Remote::default());
    let node = || Server::new(&SessionLayer::with_store(Arc::<Remote>::clone(&store)));
    let (one, two) = (node(), node());
    let session = one.open().await;
    let level =
        |server: &Server| server.last_seen().get::<SessionHandle>().expect("inserted").log_level();
    two.send(call("ping").within(&session)).await;
    assert_eq!(level(&two), None);
    for (name, expected) in [("error", LogLevel::Error), ("debug", LogLevel::Debug)] {
        one.send(set_level(name).within(&session)).await;
        for server in [&two, &one] {
            server.send(call("ping").within(&session)).await;
            assert_eq!(level(server), Some(expected));
        }
    }
    let three = node();
    three.send(call("ping").within(&session)).await;
    assert_eq!(level(&three), Some(LogLevel::Debug));
}

#[tokio::test]
async fn requests_of_one_session_share_one_handle() {
    // SESS-18
    let server = Server::new(&SessionLayer::new());
    let (one, other) = (server.open().await, server.open().await);
    let mut handles = Vec::new();
    for session in [&one, &one, &other] {
        server.send(call("ping").within(session)).await;
        handles.push(server.last_seen().get::<SessionHandle>().expect("inserted").clone());
    }
    handles[0].set_log_level(LogLevel::Alert);
    assert_eq!(handles[1].log_level(), Some(LogLevel::Alert));
    assert_eq!(handles[2].log_level(), None);
}

#[tokio::test]
async fn initialize_is_told_that_it_opens_a_session() {
    // SESS-19
    let server = Server::new(&SessionLayer::new());
    let session = server.open().await;
    assert!(server.last_seen().get::<OpensSession>().is_some());
    server.send(call("tools/list").within(&session)).await;
    assert!(server.last_seen().get::<OpensSession>().is_none());
}
