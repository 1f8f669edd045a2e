use proptest::prelude::*;

use super::*;
use crate::support::{delete, get, refusal};

const UNKNOWN: &str = "0123456789abcdef0123456789abcdef";

fn every_kind() -> Vec<Request<Inbound>> {
    vec![
        call("tools/list"),
        call("ping"),
        notification("notifications/initialized"),
        post(json!({ "jsonrpc": "2.0", "id": 9, "result": {} })),
        post(json!([{ "jsonrpc": "2.0", "id": 2, "method": "ping" }])),
        get(),
        delete(),
        initialize(),
    ]
}

#[tokio::test]
async fn a_post_or_delete_without_the_header_gets_400() {
    // SESS-5
    let server = Server::new(&SessionLayer::new());
    for request in every_kind() {
        match request.body() {
            Inbound::Open => continue,
            body if body.method() == Some(&Method::Initialize) => continue,
            _ => {}
        }
        assert_eq!(refusal(&server.send(request).await), (400, -32600));
    }
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn a_get_without_the_header_gets_405() {
    // SESS-19, D-18
    for layer in [SessionLayer::new(), SessionLayer::new().optional()] {
        let response = Server::new(&layer).send(get()).await;
        assert_eq!(refusal(&response).0, 405);
        let Outbound::Rejected(rejection) = response.body() else { panic!("refused") };
        assert_eq!(rejection.headers()["allow"], "POST, DELETE");
    }
}

#[tokio::test]
async fn initialize_needs_no_session_header() {
    // INIT-11, SESS-17
    for layer in both() {
        let response = Server::new(&layer).send(initialize()).await;
        assert!(matches!(response.body(), Outbound::Response(_)));
    }
}

#[tokio::test]
async fn an_unknown_or_malformed_session_id_gets_404_on_every_method() {
    // SESS-6, SESS-7, SESS-17
    for layer in both() {
        let server = Server::new(&layer);
        for id in [UNKNOWN, "x", "", "0123456789ABCDEF0123456789ABCDEF", &"1".repeat(4_000)] {
            let id = HeaderValue::from_str(id).expect("visible ASCII");
            for request in every_kind() {
                let response = server.send(request.within(&id)).await;
                assert_eq!(refusal(&response), (404, -32001), "{id:?}");
            }
        }
        assert_eq!(server.calls(), 0);
    }
}

#[tokio::test]
async fn a_session_unknown_ended_or_foreign_is_refused_in_the_same_words() {
    // SESS-7
    let server = Server::new(&SessionLayer::new());
    let foreign = session_of(&server.send(initialize().by("ann")).await);
    let ended = server.open().await;
    server.send(delete().within(&ended)).await;
    let mut answers = Vec::new();
    for id in [HeaderValue::from_static(UNKNOWN), HeaderValue::from_static("?"), foreign, ended] {
        let response = server.send(call("ping").within(&id)).await;
        let Outbound::Rejected(rejection) = response.body() else { panic!("refused") };
        answers.push((
            rejection.status(),
            rejection.to_message().into_bytes(),
            rejection.headers().clone(),
        ));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test]
async fn initialize_within_a_live_session_gets_400() {
    // SESS-16
    for layer in both() {
        let server = Server::new(&layer);
        let session = server.open().await;
        let response = server.send(initialize().within(&session)).await;
        assert_eq!(refusal(&response), (400, -32600));
        assert_eq!(server.calls(), 1);
    }
}

#[tokio::test]
async fn the_header_is_known_under_any_case() {
    // SESS-15
    let server = Server::new(&SessionLayer::new());
    let session = server.open().await;
    for name in ["MCP-Session-Id", "Mcp-Session-Id", "mcp-session-id"] {
        let mut request = call("ping");
        let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a header name");
        request.headers_mut().insert(name, session.clone());
        assert!(matches!(server.send(request).await.body(), Outbound::Response(_)));
    }
}

#[tokio::test]
async fn two_different_session_headers_get_400() {
    // SESS-12
    let server = Server::new(&SessionLayer::new());
    let (one, two) = (server.open().await, server.open().await);
    let mut same = call("ping").within(&one);
    same.headers_mut().append("mcp-session-id", one.clone());
    assert!(matches!(server.send(same).await.body(), Outbound::Response(_)));
    let mut different = call("ping").within(&one);
    different.headers_mut().append("mcp-session-id", two);
    assert_eq!(refusal(&server.send(different).await), (400, -32600));
}

#[tokio::test]
async fn where_sessions_are_optional_a_request_may_go_without() {
    // SESS-19
    let server = Server::new(&SessionLayer::new().optional());
    for request in [call("tools/list"), notification("notifications/initialized")] {
        server.send(request).await;
        assert!(server.last_seen().get::<SessionHandle>().is_none());
    }
    let session = server.open().await;
    server.send(call("tools/list").within(&session)).await;
    assert!(server.last_seen().get::<SessionHandle>().is_some());
    let unknown = call("ping").within(&HeaderValue::from_static(UNKNOWN));
    assert_eq!(refusal(&server.send(unknown).await), (404, -32001));
    assert_eq!(refusal(&server.send(delete()).await), (400, -32600));
}

#[tokio::test]
async fn a_modern_request_is_let_through_whatever_session_it_names() {
    // SESS-14
    let server = Server::new(&SessionLayer::new());
    let session = server.open().await;
    let unknown = HeaderValue::from_static(UNKNOWN);
    for request in every_kind() {
        for id in [&session, &unknown] {
            let request = request.clone().within(id).under(ProtocolVersion::V2026_07_28);
            let response = server.send(request).await;
            assert!(!response.headers().contains_key("mcp-session-id"));
            assert!(!matches!(response.body(), Outbound::Rejected(_)));
            assert!(server.last_seen().get::<SessionHandle>().is_none());
        }
    }
    assert!(matches!(
        server.send(call("ping").within(&session)).await.body(),
        Outbound::Response(_)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_header_is_taken_for_a_session_but_the_one_issued(value in "[!-~]{0,40}", bits: u128) { // SESS-7
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let server = Server::new(&SessionLayer::new());
            let session = server.open().await;
            let wire = SessionId::from_bits(bits).to_wire();
            for guess in [value, wire] {
                let guess = HeaderValue::from_str(&guess).expect("visible ASCII");
                prop_assume!(guess != session);
                let response = server.send(call("ping").within(&guess)).await;
                prop_assert_eq!(refusal(&response), (404, -32001));
            }
            Ok(())
        })?;
    }
}
