use std::sync::atomic::{AtomicUsize, Ordering};

use mcp_layers_core::{
    FromRejection as _, Rejection,
    extensions::Principal,
    jsonrpc::{MessageKind, RequestId},
};
use tokio::sync::Barrier;

use super::*;
use crate::support::refusal;

#[tokio::test]
async fn every_message_has_the_headers_and_extensions_of_its_post() {
    // RPC-19
    let mut request = batch([call(1, "a"), notification("b"), reply(3), call(2, "c")]);
    request.headers_mut().insert("mcp-session-id", "s".parse().expect("a header value"));
    request.extensions_mut().insert(Principal::new("alice"));
    let (_, calls) = send(BatchLayer::new(), request, |request| async move {
        assert_eq!(request.headers()["mcp-session-id"], "s");
        assert_eq!(request.extensions().get(), Some(&Principal::new("alice")));
        assert_eq!(ProtocolVersion::of(request.extensions()), ProtocolVersion::V2025_03_26);
        assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/mcp"));
        Ok(answer(&request))
    })
    .await;
    assert_eq!(calls.len(), 4);
}

#[tokio::test]
async fn requests_are_at_work_side_by_side_and_answered_in_any_order() {
    // RPC-22: the first cannot end before the second has begun.
    let barrier = Arc::new(Barrier::new(2));
    let (response, _) =
        send(BatchLayer::new(), batch([call(1, "a"), call(2, "b")]), move |request| {
            let barrier = Arc::clone(&barrier);
            async move {
                barrier.wait().await;
                Ok(answer(&request))
            }
        })
        .await;
    assert_eq!(responses(&response).len(), 2);
}

#[tokio::test]
async fn only_so_many_requests_are_at_work_at_once() {
    // RPC-25
    for (layer, limit) in [(BatchLayer::new(), 8), (BatchLayer::new().with_concurrency(3), 3)] {
        let (now, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let seen = Arc::clone(&most);
        let calls: Vec<_> = (0..20).map(|id| call(id, "x")).collect();
        let (response, _) = send(layer, batch(calls), move |request| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                now.fetch_sub(1, Ordering::Relaxed);
                Ok(answer(&request))
            }
        })
        .await;
        assert_eq!(responses(&response).len(), 20);
        assert_eq!(seen.load(Ordering::Relaxed), limit);
    }
}

#[tokio::test]
async fn a_notification_never_waits_for_a_request() {
    // RPC-19: the request ends when the notification has come, which stands behind it.
    let notify = Arc::new(tokio::sync::Notify::new());
    let layer = BatchLayer::new().with_concurrency(1);
    let messages = [call(1, "wait"), call(2, "wait"), notification("go"), notification("go")];
    let (response, _) = send(layer, batch(messages), move |request| {
        let notify = Arc::clone(&notify);
        async move {
            match request.body().request_id() {
                Some(_) => notify.notified().await,
                None => {
                    tokio::task::yield_now().await;
                    notify.notify_one();
                }
            }
            Ok(answer(&request))
        }
    })
    .await;
    assert_eq!(responses(&response).len(), 2);
}

#[tokio::test]
async fn a_cancellation_follows_its_request_wherever_it_stands() {
    // RPC-19
    for messages in [
        [cancelled(2), call(1, "a"), call(2, "b")],
        [call(1, "a"), cancelled(2), call(2, "b")],
        [call(1, "a"), call(2, "b"), cancelled(2)],
    ] {
        let layer = BatchLayer::new().with_concurrency(1);
        let (_, calls) =
            send(layer, batch(messages), |request| async move { Ok(answer(&request)) }).await;
        assert_eq!(calls, ["a", "b", "notifications/cancelled"]);
    }
    // What names another's request has nothing to wait for.
    let (_, calls) = send_plain(batch([cancelled(7), call(1, "a")])).await;
    assert_eq!(calls.len(), 2);
}

#[tokio::test]
async fn one_message_that_fails_costs_the_others_nothing() {
    // RPC-22
    let methods = ["panic", "panic_in_call", "refuse", "nothing", "well"];
    let messages: Vec<_> = (1..).zip(methods).map(|(id, method)| call(id, method)).collect();
    let (response, _) = send(BatchLayer::new(), batch(messages), |request| {
        let method = request.body().method().expect("a request").as_str().to_owned();
        assert_ne!(method, "panic_in_call");
        async move {
            assert_ne!(method, "panic");
            tokio::task::yield_now().await;
            Ok(match &*method {
                "refuse" => Outbound::from_rejection(Rejection::forbidden("no")),
                "nothing" => Response::new(Outbound::Accepted),
                _ => answer(&request),
            })
        }
    })
    .await;
    let codes: Vec<_> =
        responses(&response).iter().map(|message| message["error"]["code"].as_i64()).collect();
    assert_eq!(codes, [Some(-32603), Some(-32603), Some(403), Some(-32603), None]);
}

#[tokio::test]
async fn an_error_of_the_service_is_one_message_s() {
    // RPC-22
    let inner = service_fn(|request: Request<Inbound>| async move {
        match request.body().request_id() {
            Some(id) if *id == RequestId::from(1) => Err("broken"),
            _ => Ok(answer(&request)),
        }
    });
    let service = BatchLayer::new().layer(inner);
    let response = service.oneshot(batch([call(1, "a"), call(2, "b")])).await.expect("no error");
    let responses = responses(&response);
    assert_eq!(responses[0]["error"]["code"], -32603);
    assert_eq!(responses[1]["result"], json!({}));
}

#[tokio::test]
async fn a_refused_notification_speaks_where_nothing_else_is_answered() {
    // RPC-21, RPC-10
    let inner = |request: Request<Inbound>| async move {
        Ok(match request.body().request_id() {
            Some(_) => answer(&request),
            None => Outbound::from_rejection(Rejection::forbidden("no")),
        })
    };
    let (response, _) = send(BatchLayer::new(), batch([notification("x")]), inner).await;
    assert_eq!(refusal(&response), (403, 403));
    let messages = [notification("x"), call(1, "a")];
    let (response, _) = send(BatchLayer::new(), batch(messages), inner).await;
    let Outbound::Batch(messages) = response.body() else { panic!("no array") };
    assert!(matches!(messages[..], [ref message] if message.kind() == MessageKind::Result));
}
