//! What happens while a call is under way.

use std::{future::Future as _, pin::pin, task::Poll};

use http::StatusCode;
use mcp_stack::{
    Context, LogLevel, McpService, ProtocolVersion, Stack, Tool,
    testing::{CallErrorKind, TestClient},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::support::{TestResult, clients, scripted, stream};

#[tokio::test]
async fn progress_and_log_messages_come_before_the_result() -> TestResult {
    for client in clients().await {
        client.set_log_level(LogLevel::Debug).await?;
        let answer = client.call_tool("walk", Value::Null).with_progress("steps").await?;
        assert!(answer.is_stream());
        assert_eq!(answer.text(), "arrived");
        let [progress, message] = answer.notifications() else { panic!("{answer:?}") };
        assert_eq!(progress.method, "notifications/progress");
        assert_eq!(progress.params["progressToken"], "steps");
        assert_eq!(message.params["data"], "half way");
        assert_eq!(client.notifications(), answer.notifications());
        assert_eq!(client.next_notification().await, *progress);
        assert_eq!(client.next_notification().await, *message);
    }
    Ok(())
}

#[tokio::test]
async fn messages_are_seen_when_they_come_and_not_at_the_end() -> TestResult {
    let (sender, receiver) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let (client, _) = scripted(move |_| {
        let (writer, response) = stream();
        sender.lock().expect("no panic").send(writer).expect("the test listens");
        response
    });
    let mut call = pin!(client.call_tool("slow", Value::Null));
    assert!(std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await);
    let writer = receiver.recv()?;
    writer.event(&json!({ "jsonrpc": "2.0", "method": "notifications/x" }));
    tokio::select! {
        biased;
        answer = &mut call => panic!("nothing was answered: {answer:?}"),
        notification = client.next_notification() => assert_eq!(notification.method, "notifications/x"),
    }
    writer.result(&json!(call.id()), &json!({}));
    call.await?;
    Ok(())
}

#[tokio::test]
async fn a_legacy_call_is_cancelled_by_a_message() -> TestResult {
    for client in clients().await.into_iter().skip(1) {
        let call = client.call_tool("wait", Value::Null).with_progress(1);
        let id = call.id().clone();
        let (answer, cancelled) = tokio::join!(call, async {
            client.next_notification().await;
            client.cancel(&id).await
        });
        cancelled?;
        let error = answer.expect_err("cancelled");
        assert_eq!(error.kind(), CallErrorKind::Cut);
        assert_eq!(error.notifications().len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn dropping_a_call_is_a_client_that_goes_away() -> TestResult {
    struct Gone(mpsc::UnboundedSender<()>);
    impl Drop for Gone {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }
    let (gone, mut dropped) = mpsc::unbounded_channel();
    let wait = Tool::new("wait", move |cx: Context| {
        let gone = Gone(gone.clone());
        async move {
            cx.progress(0.0, None, None);
            std::future::pending::<()>().await;
            drop(gone);
            "never"
        }
    });
    let stack = Stack::new(McpService::new("waiter", "1.0.0").with_tool(wait)?).build();
    let client = TestClient::new(stack);
    tokio::select! {
        _ = client.call_tool("wait", Value::Null).with_progress(1) => panic!("it never ends"),
        _ = client.next_notification() => {}
    }
    dropped.recv().await.expect("the handler is dropped");
    Ok(())
}

#[tokio::test]
async fn a_call_that_breaks_off_is_taken_up_again() -> TestResult {
    let (client, log) = scripted(|seen| {
        let (writer, response) = stream();
        if seen.http == http::Method::GET {
            writer.event(&json!({ "jsonrpc": "2.0", "method": "notifications/late" }));
            writer
                .result(&json!("first"), &json!({ "content": [{ "type": "text", "text": "x" }] }));
        } else {
            writer.raw(": beat\nid: e7\ndata:\n\nid: e8\nretry: 5\n\n");
        }
        response
    });
    let client = client.legacy(ProtocolVersion::V2025_11_25);
    let call = client.call_tool("slow", Value::Null).with_id("first");
    let id = call.id().clone();
    let cut = call.await.expect_err("the stream is closed");
    assert_eq!((cut.kind(), cut.status()), (CallErrorKind::Cut, Some(StatusCode::OK)));
    let last = client.last_event_id().expect("the events had ids");
    assert_eq!(last, "e8");

    let answer = client.reconnect(&id, &last)?.await?;
    assert_eq!(answer.text(), "x");
    assert_eq!(answer.notifications().len(), 1);
    let resumed = crate::support::seen(&log).pop().expect("two requests");
    assert_eq!(resumed.header("last-event-id"), Some("e8"));
    assert_eq!(resumed.header("accept"), Some("text/event-stream"));
    assert!(client.reconnect(&id, "a\nb").is_err());
    Ok(())
}
