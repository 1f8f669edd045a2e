use mcp_layers_core::{
    extensions::{CancelReason, CancelToken},
    shutdown::Shutdown,
};
use tokio::time::{advance, sleep};

use super::*;
use crate::support::{delete, get, refusal};

const MINUTE: Duration = Duration::from_secs(60);

async fn token(server: &Server, session: &HeaderValue) -> CancelToken {
    server.send(call("ping").within(session)).await;
    server.last_seen().get::<SessionHandle>().expect("inserted").ended().clone()
}

/// The inner service's record of calls holds handles, which count as use.
fn forget_calls(server: &Server) {
    server.seen.lock().expect("not poisoned").clear();
}

#[tokio::test]
async fn delete_ends_the_session_for_good() {
    // SESS-6, SESS-9, SESS-10, SESS-18
    for layer in both() {
        let server = Server::new(&layer);
        let (session, other) = (server.open().await, server.open().await);
        let (ended, lives) = (token(&server, &session).await, token(&server, &other).await);
        let response = server.send(delete().within(&session)).await;
        assert_eq!(response.status(), 204);
        assert!(matches!(response.body(), Outbound::NoContent));
        assert_eq!(ended.reason(), Some(&CancelReason::SessionEnded));
        for request in [call("ping"), delete(), initialize(), get()] {
            assert_eq!(refusal(&server.send(request.within(&session)).await), (404, -32001));
        }
        assert!(!lives.is_cancelled());
    }
}

#[tokio::test]
async fn delete_never_reaches_the_inner_service() {
    // SESS-9
    let server = Server::new(&SessionLayer::new());
    let session = server.open().await;
    server.send(delete().within(&session)).await;
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn delete_may_be_refused() {
    // SESS-6, SESS-9
    let server = Server::new(&SessionLayer::new().without_delete());
    let session = server.open().await;
    for request in [delete(), delete().within(&session)] {
        let response = server.send(request).await;
        assert_eq!(refusal(&response).0, 405);
        let Outbound::Rejected(rejection) = response.body() else { panic!("refused") };
        assert_eq!(rejection.headers()["allow"], "POST");
    }
    let unknown = HeaderValue::from_static("0123456789abcdef0123456789abcdef");
    assert_eq!(refusal(&server.send(delete().within(&unknown)).await), (404, -32001));
    token(&server, &session).await;
}

#[tokio::test]
async fn a_session_deleted_on_another_node_ends_here_when_it_is_next_named() {
    // SESS-10, SESS-18
    let store = Arc::new(Remote::default());
    let node = || Server::new(&SessionLayer::with_store(Arc::<Remote>::clone(&store)));
    let (one, two) = (node(), node());
    let session = one.open().await;
    let ended = token(&two, &session).await;
    one.send(delete().within(&session)).await;
    assert!(!ended.is_cancelled());
    assert_eq!(refusal(&two.send(call("ping").within(&session)).await), (404, -32001));
    assert_eq!(ended.reason(), Some(&CancelReason::SessionEnded));
}

#[tokio::test]
async fn a_session_that_ends_while_a_node_first_sees_it_leaves_nothing_there() {
    // SESS-10, SESS-18
    let store = Arc::new(Remote { fickle: true, ..Remote::default() });
    let node = || SessionLayer::with_store(Arc::<Remote>::clone(&store));
    let (one, two) = (node(), node());
    let session = Server::new(&one).open().await;
    let server = Server::new(&two);
    assert_eq!(refusal(&server.send(call("ping").within(&session)).await), (404, -32001));
    assert_eq!((server.calls(), two.at_work()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_expires_without_further_traffic() {
    // SESS-7, SESS-8, SESS-18
    for layer in both() {
        let server = Server::new(&layer);
        let session = server.open().await;
        let ended = token(&server, &session).await;
        forget_calls(&server);
        sleep(29 * MINUTE).await;
        assert!(!ended.is_cancelled());
        sleep(3 * MINUTE).await;
        assert_eq!(ended.reason(), Some(&CancelReason::SessionEnded));
        assert_eq!(layer.at_work(), 0);
        assert_eq!(refusal(&server.send(call("ping").within(&session)).await), (404, -32001));
    }
}

#[tokio::test(start_paused = true)]
async fn use_keeps_a_session_alive_up_to_its_longest_life() {
    // SESS-7, SESS-8
    let server = Server::new(&SessionLayer::new());
    let session = server.open().await;
    for _ in 0..24 * 60 / 20 - 1 {
        sleep(20 * MINUTE).await;
        token(&server, &session).await;
        forget_calls(&server);
    }
    sleep(21 * MINUTE).await;
    assert_eq!(refusal(&server.send(call("ping").within(&session)).await), (404, -32001));
}

#[tokio::test(start_paused = true)]
async fn work_in_progress_keeps_a_session_alive_up_to_its_longest_life() {
    // SESS-18
    for layer in both() {
        let server = Server::new(&layer);
        let session = server.open().await;
        // An open stream, say: it holds the handle.
        let ended = token(&server, &session).await;
        sleep(23 * 60 * MINUTE).await;
        assert!(!ended.is_cancelled());
        sleep(80 * MINUTE).await;
        assert_eq!(ended.reason(), Some(&CancelReason::SessionEnded));
    }
}

#[tokio::test(start_paused = true)]
async fn an_expired_session_is_gone_at_once_whether_or_not_it_was_swept() {
    // SESS-7
    let server = Server::new(&SessionLayer::new());
    let session = server.open().await;
    let ended = token(&server, &session).await;
    forget_calls(&server);
    advance(30 * MINUTE).await;
    assert_eq!(refusal(&server.send(call("ping").within(&session)).await), (404, -32001));
    assert!(ended.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn a_session_used_on_another_node_alone_is_kept_here() {
    // SESS-18
    let store = Arc::new(Remote::default());
    let node = || Server::new(&SessionLayer::with_store(Arc::<Remote>::clone(&store)));
    let (one, two) = (node(), node());
    let session = one.open().await;
    let ended = token(&one, &session).await;
    forget_calls(&one);
    for _ in 0..6 {
        sleep(20 * MINUTE).await;
        token(&two, &session).await;
        forget_calls(&two);
        assert!(!ended.is_cancelled());
    }
    sleep(32 * MINUTE).await;
    assert!(ended.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn the_store_is_asked_about_a_quiet_session_only_now_and_then() {
    // SESS-18
    let store = Arc::new(Remote::default());
    let asked = || store.asked.swap(0, Ordering::Relaxed);
    let server = Server::new(&SessionLayer::with_store(Arc::<Remote>::clone(&store)));
    let session = server.open().await;
    // Used every 20 minutes: nobody asks but the requests.
    for _ in 0..6 {
        sleep(20 * MINUTE).await;
        token(&server, &session).await;
        forget_calls(&server);
    }
    assert_eq!(asked(), 6);
    // At work all the time: once in 15 minutes.
    token(&server, &session).await;
    sleep(120 * MINUTE).await;
    assert!((7..=10).contains(&asked()));
}

#[tokio::test]
async fn shutdown_ends_the_work_of_every_session() {
    // SESS-18
    for layer in both() {
        let shutdown = Shutdown::new();
        let layer = layer.with_shutdown(shutdown.clone());
        let server = Server::new(&layer);
        let session = server.open().await;
        let ended = token(&server, &session).await;
        shutdown.drain();
        assert!(!ended.is_cancelled());
        shutdown.cancel();
        assert_eq!(ended.reason(), Some(&CancelReason::ShuttingDown));
        // The sweeping task as well.
        shutdown.ended().await;
        assert_eq!(layer.at_work(), 0);
        let late = server.send(call("ping").within(&session)).await;
        assert_eq!(refusal(&late), (503, 503));
        assert_eq!(layer.at_work(), 0);
    }
}

#[tokio::test]
async fn a_server_that_drains_opens_no_session_and_serves_those_it_has() {
    // SESS-18
    for layer in both() {
        let shutdown = Shutdown::new();
        let server = Server::new(&layer.with_shutdown(shutdown.clone()));
        let session = server.open().await;
        shutdown.drain();
        let calls = server.calls();
        let response = server.send(initialize()).await;
        assert_eq!(refusal(&response), (503, 503));
        let Outbound::Rejected(rejection) = response.body() else { panic!("refused") };
        assert_eq!(rejection.headers()["retry-after"], "5");
        assert_eq!(server.calls(), calls);
        token(&server, &session).await;
        assert_eq!(server.send(delete().within(&session)).await.status(), 204);
    }
}

/// A layer that keeps the ends it is told of.
fn watched(layer: SessionLayer) -> (SessionLayer, Arc<Mutex<Vec<SessionEnd>>>) {
    let ends = Arc::<Mutex<Vec<SessionEnd>>>::default();
    let told = Arc::clone(&ends);
    (layer.on_end(move |end| told.lock().expect("not poisoned").push(end.clone())), ends)
}

#[tokio::test(start_paused = true)]
async fn each_end_of_a_session_is_told_once_with_its_reason() {
    // SESS-18
    for layer in both() {
        let shutdown = Shutdown::new();
        let (layer, ends) = watched(layer.with_shutdown(shutdown.clone()));
        let server = Server::new(&layer);
        let told = |reason| {
            let ended = ends.lock().expect("not poisoned").pop().expect("told");
            assert!(ends.lock().expect("not poisoned").is_empty(), "told once");
            assert_eq!(ended.reason, reason);
            assert!(ended.session.ended().is_cancelled());
            (ended.session.id().to_header_value(), ended.principal)
        };

        let alices = session_of(&server.send(initialize().by("alice")).await);
        server.send(delete().within(&alices).by("alice")).await;
        assert_eq!(told(SessionEndReason::Deleted), (alices, Some(Principal::new("alice"))));

        let idle = server.open().await;
        sleep(32 * MINUTE).await;
        assert_eq!(told(SessionEndReason::Expired), (idle, None));

        let last = server.open().await;
        // Neither the end of a request nor the drain is an end of the session.
        token(&server, &last).await;
        shutdown.drain();
        sleep(MINUTE).await;
        assert!(ends.lock().expect("not poisoned").is_empty());
        shutdown.cancel();
        shutdown.ended().await;
        assert_eq!(told(SessionEndReason::ShuttingDown), (last, None));
    }
}

#[tokio::test]
async fn a_session_of_another_node_that_is_deleted_here_is_told_of_here() {
    // SESS-18
    let store = Arc::new(Remote::default());
    let node = || watched(SessionLayer::with_store(Arc::<Remote>::clone(&store)));
    let ((one, at_one), (two, at_two)) = (node(), node());
    let session = Server::new(&one).open().await;
    Server::new(&two).send(delete().within(&session)).await;
    let reasons = |ends: &Mutex<Vec<SessionEnd>>| {
        ends.lock().expect("not poisoned").iter().map(|end| end.reason).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&at_two), [SessionEndReason::Deleted]);
    assert_eq!(reasons(&at_one), []);
    Server::new(&one).send(call("ping").within(&session)).await;
    assert_eq!(reasons(&at_one), [SessionEndReason::Expired]);
}

#[tokio::test(start_paused = true)]
async fn the_sweeping_task_ends_with_the_layer() {
    // SESS-8
    let layer = SessionLayer::new();
    let server = Server::new(&layer);
    server.open().await;
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    assert_eq!(tasks(), 1);
    drop((layer, server));
    tokio::task::yield_now().await;
    assert_eq!(tasks(), 0);
}
