use mcp_layers_core::shutdown::Shutdown;
use tokio::sync::{Notify, Semaphore};

use super::*;

fn by(mut request: Request<ClientBody>, principal: &'static str) -> Request<ClientBody> {
    request.extensions_mut().insert(Principal::new(principal));
    request
}

#[tokio::test]
async fn a_post_without_a_session_parameter_gets_400_and_an_unknown_one_404() {
    // LEGACY-SSE-5
    let server = server(&HttpSseLayer::new(), |request| async move { plain(&request) });
    let client = Client::open(&server).await;
    let other = "0123456789abcdef0123456789abcdef";
    for (address, expected) in [
        ("/messages".to_owned(), (400, -32600)),
        ("/messages?x=1".to_owned(), (400, -32600)),
        ("/messages?sessionId=".to_owned(), (404, -32001)),
        ("/messages?sessionId=x".to_owned(), (404, -32001)),
        (format!("/messages?sessionId={other}"), (404, -32001)),
        (
            client.address.to_uppercase().replace("/MESSAGES?SESSIONID", "/messages?sessionId"),
            (404, -32001),
        ),
    ] {
        let response = send(&server, post(&address, &call(1, "ping"))).await;
        assert_eq!(refusal(&response), expected, "{address}");
    }
    assert_eq!(client.post(&call(1, "ping")).await.status(), 202);
}

#[tokio::test]
async fn a_stream_serves_only_the_principal_that_opened_it() {
    // LEGACY-SSE-6
    let server = server(&HttpSseLayer::new(), |request| async move { plain(&request) });
    let alice = Client::open_with(&server, by(get("/sse"), "alice")).await;
    let nobody = Client::open(&server).await;
    let ping = call(1, "ping");
    for (request, status) in [
        (by(post(&alice.address, &ping), "alice"), 202),
        (by(post(&alice.address, &ping), "mallory"), 404),
        (post(&alice.address, &ping), 404),
        (post(&nobody.address, &ping), 202),
        (by(post(&nobody.address, &ping), "alice"), 404),
    ] {
        assert_eq!(send(&server, request).await.status(), status);
    }
}

#[tokio::test]
async fn the_address_is_relative_and_its_token_unguessable() {
    // LEGACY-SSE-2, LEGACY-SSE-6
    let layer = HttpSseLayer::new();
    let server = server(&layer, |request| async move { plain(&request) });
    let (one, two) = (Client::open(&server).await, Client::open(&server).await);
    for client in [&one, &two] {
        let token = client.address.strip_prefix("/messages?sessionId=").expect("the message path");
        assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    assert_ne!(one.address, two.address);
    assert_eq!(layer.open_streams(), 2);
}

#[tokio::test]
async fn what_is_printed_for_a_log_has_no_secrets() {
    // LEGACY-SSE-6
    let layer = HttpSseLayer::new();
    let server = server(&layer, |request| async move { plain(&request) });
    let mut request = get("/sse");
    request.headers_mut().insert("authorization", "Bearer hush".parse().expect("a header value"));
    let client = Client::open_with(&server, request).await;
    let token = client.address.rsplit('=').next().expect("a token");
    let printed = format!("{layer:?}");
    assert!(!printed.contains("hush") && !printed.contains(token), "{printed}");
    assert!(printed.contains(&token[..8]), "{printed}");
}

#[tokio::test]
async fn too_many_streams_are_refused_until_one_is_closed() {
    // LEGACY-SSE-8
    let layer = HttpSseLayer::new().with_max_streams(2);
    let server = server(&layer, |request| async move { plain(&request) });
    let (one, _two) = (Client::open(&server).await, Client::open(&server).await);
    let response = send(&server, get("/sse")).await;
    assert_eq!(refusal(&response), (503, 503));
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(layer.open_streams(), 2);
    let address = one.address.clone();
    drop(one);
    while layer.open_streams() == 2 {
        tokio::task::yield_now().await;
    }
    Client::open(&server).await;
    let response = send(&server, post(&address, &call(1, "ping"))).await;
    assert_eq!(refusal(&response), (404, -32001));
}

#[tokio::test]
async fn too_many_messages_of_one_stream_are_refused() {
    // LEGACY-SSE-5
    let go = Arc::new(Notify::new());
    let gate = Arc::clone(&go);
    let layer = HttpSseLayer::new().with_max_posts_per_stream(2);
    let server = server(&layer, move |request| {
        let gate = Arc::clone(&gate);
        async move {
            gate.notified().await;
            plain(&request)
        }
    });
    let (mut busy, idle) = (Client::open(&server).await, Client::open(&server).await);
    assert_eq!(busy.post(&call(1, "x")).await.status(), 202);
    assert_eq!(busy.post(&call(2, "x")).await.status(), 202);
    assert_eq!(refusal(&busy.post(&call(3, "x")).await), (429, 429));
    assert_eq!(idle.post(&call(1, "x")).await.status(), 202);
    go.notify_waiters();
    busy.next().await.expect("a response");
    busy.next().await.expect("a response");
    while busy.post(&call(4, "x")).await.status() == 429 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_the_endpoint_refuses_without_an_id_is_the_post_s_answer() {
    // LEGACY-SSE-4, LEGACY-SSE-5
    let body = r#"{"jsonrpc":"2.0","error":{"code":-32600,"message":"no"}}"#;
    let server = server(&HttpSseLayer::new(), move |_| async move {
        let mut response = respond(413, "application/json", body);
        response.headers_mut().insert("retry-after", "1".parse().expect("a header value"));
        response
    });
    let mut client = Client::open(&server).await;
    let response = client.post(&call(1, "x")).await;
    assert_eq!((response.status().as_u16(), &response.body()[..]), (413, body.as_bytes()));
    assert_eq!(response.headers()["retry-after"], "1");
    assert!(client.is_waiting());
}

#[tokio::test]
async fn what_the_endpoint_refuses_with_an_id_is_on_the_stream() {
    // LEGACY-SSE-4
    let error = json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -32602, "message": "no" } });
    let sent = error.clone();
    let server = server(&HttpSseLayer::new(), move |_| {
        let body = sent.to_string();
        async move { respond(400, "application/json", body) }
    });
    let mut client = Client::open(&server).await;
    let response = client.post(&call(1, "x")).await;
    assert_eq!((response.status().as_u16(), response.body().len()), (202, 0));
    assert_eq!(client.next().await, Some(error));
}

#[tokio::test]
async fn a_stream_ends_with_the_server_and_none_is_opened_after() {
    // LEGACY-SSE-8
    let shutdown = Shutdown::new();
    let layer = HttpSseLayer::new().with_shutdown(shutdown.clone());
    let seen = Seen::default();
    let log = seen.clone();
    let server = server(&layer, move |request| {
        let response = plain(&request);
        log.add(request);
        async move { response }
    });
    let mut client = Client::open(&server).await;
    client.initialize().await;
    assert!(client.is_waiting());
    shutdown.cancel();
    assert_eq!(client.next().await, None);
    seen.wait("DELETE", 1).await;
    assert_eq!(layer.open_streams(), 0);
    assert_eq!(refusal(&send(&server, get("/sse")).await), (503, 503));
    assert_eq!(client.post(&call(1, "x")).await.status(), 404);
    shutdown.ended().await;
}

#[tokio::test]
async fn a_stream_is_drained_when_its_messages_are_answered() {
    // LEGACY-SSE-8
    let shutdown = Shutdown::new();
    let layer = HttpSseLayer::new().with_shutdown(shutdown.clone());
    let gate = Arc::new(Semaphore::new(0));
    let server = server(&layer, {
        let gate = Arc::clone(&gate);
        move |request| {
            let (gate, slow) = (Arc::clone(&gate), request.body().contains("slow"));
            async move {
                if slow {
                    gate.acquire().await.expect("not closed").forget();
                }
                plain(&request)
            }
        }
    });
    let (mut busy, mut idle) = (Client::open(&server).await, Client::open(&server).await);
    busy.initialize().await;
    idle.initialize().await;
    assert_eq!(busy.post(&call(7, "slow")).await.status(), 202);
    shutdown.drain();
    assert_eq!(refusal(&send(&server, get("/sse")).await), (503, 503));
    assert_eq!(idle.next().await, None);
    // The client may be asked something for the call.
    assert_eq!(busy.post(&notification("x")).await.status(), 202);
    assert!(busy.is_waiting());
    gate.add_permits(1);
    assert_eq!(busy.next().await.expect("an answer")["id"], 7);
    assert_eq!(busy.next().await, None);
    shutdown.finished().await;
    assert_eq!(layer.open_streams(), 0);
}
