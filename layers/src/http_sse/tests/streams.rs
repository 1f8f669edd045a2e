use std::time::Duration;

use tokio::time::{Instant, pause};

use super::*;

#[tokio::test]
async fn the_first_event_is_the_endpoint_and_each_message_is_one() {
    // LEGACY-SSE-1, LEGACY-SSE-2, LEGACY-SSE-3, LEGACY-SSE-4, LEGACY-SSE-5
    let server = server(&HttpSseLayer::new(), |request| async move { plain(&request) });
    let Ok(response) = server.clone().oneshot(get("/sse")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-cache");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let mut client = Client::open(&server).await;
    for id in 1..=3 {
        let response = client.post(&call(id, "ping")).await;
        assert_eq!((response.status().as_u16(), response.body().len()), (202, 0));
        let expected = json!({ "jsonrpc": "2.0", "id": id, "result": {} });
        assert_eq!(client.next().await, Some(expected));
    }
    let response = client.post(&notification("x")).await;
    assert_eq!((response.status().as_u16(), response.body().len()), (202, 0));
    assert!(client.is_waiting());
}

#[tokio::test]
async fn json_over_several_lines_is_one_line_of_data() {
    // LEGACY-SSE-3
    let server = server(&HttpSseLayer::new(), |_| async {
        respond(200, "application/json", "{\"jsonrpc\":\"2.0\",\r\n\"id\":1,\n\"result\":{}}")
    });
    let mut client = Client::open(&server).await;
    client.post(&call(1, "x")).await;
    assert_eq!(client.next().await.expect("a message")["id"], 1);
}

#[tokio::test]
async fn the_post_is_answered_before_the_call_is() {
    // LEGACY-SSE-4, LEGACY-SSE-5: a reply to the server must be able to come in between.
    let (go, gone) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let (wait, done) = (Arc::clone(&go), Arc::clone(&gone));
    let server = server(&HttpSseLayer::new(), move |request| {
        let (wait, done) = (Arc::clone(&wait), Arc::clone(&done));
        async move {
            if request.body().contains("slow") {
                wait.notified().await;
                done.notify_one();
            } else {
                wait.notify_one();
            }
            plain(&request)
        }
    });
    let mut client = Client::open(&server).await;
    assert_eq!(client.post(&call(1, "slow")).await.status(), 202);
    assert!(client.is_waiting());
    assert_eq!(client.post(&notification("go")).await.status(), 202);
    gone.notified().await;
    assert_eq!(client.next().await.expect("a message")["id"], 1);
}

#[tokio::test]
async fn an_idle_stream_gets_comments() {
    // LEGACY-SSE-3
    pause();
    let server = server(&HttpSseLayer::new(), |request| async move { plain(&request) });
    let mut client = Client::open(&server).await;
    let start = Instant::now();
    for beat in 1..=2 {
        assert_eq!(client.frame().await.as_deref(), Some(":\n\n"));
        assert_eq!(start.elapsed().as_secs(), beat * 15);
    }
    tokio::time::advance(Duration::from_secs(10)).await;
    client.post(&call(1, "ping")).await;
    client.next().await.expect("a message");
    assert_eq!(client.frame().await.as_deref(), Some(":\n\n"));
    assert_eq!(start.elapsed().as_secs(), 55);
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_its_own_stream_only() {
    // LEGACY-SSE-8
    pause();
    let layer = HttpSseLayer::new()
        .with_stream_budget(256)
        .with_heartbeat(None)
        .with_stall_timeout(Duration::from_secs(5));
    let seen = Seen::default();
    let log = seen.clone();
    let server = server(&layer, move |request| {
        let response = plain(&request);
        log.add(request);
        async move { response }
    });
    let (mut slow, mut live) = (Client::open(&server).await, Client::open(&server).await);
    slow.initialize().await;
    for id in 0..20 {
        slow.post(&call(id, "ping")).await;
        live.post(&call(id, "ping")).await;
        assert_eq!(live.next().await.expect("a message")["id"], id);
    }
    assert_eq!(layer.open_streams(), 2);
    tokio::time::advance(Duration::from_secs(6)).await;
    seen.wait("DELETE", 1).await;
    assert_eq!(layer.open_streams(), 1);
    assert_eq!(slow.post(&call(1, "ping")).await.status(), 404);
    assert_eq!(slow.next().await, None);
    assert_eq!(live.post(&call(21, "ping")).await.status(), 202);
    assert_eq!(live.next().await.expect("a message")["id"], 21);
}

#[tokio::test]
async fn a_slow_client_that_reads_loses_nothing() {
    // LEGACY-SSE-4
    let layer = HttpSseLayer::new().with_stream_budget(128);
    let server = server(&layer, |request| async move { plain(&request) });
    let mut client = Client::open(&server).await;
    for id in 0..20 {
        assert_eq!(client.post(&call(id, "ping")).await.status(), 202);
    }
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(client.next().await.expect("a message")["id"].as_i64().expect("an id"));
    }
    ids.sort_unstable();
    assert_eq!(ids, (0..20).collect::<Vec<_>>());
}
