//! Streams on which the server speaks of its own accord.

use mcp_stack::{ProtocolVersion, testing::CallErrorKind};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::support::{Seen, TestResult, Writer, empty, scripted, stream};

const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// A server whose streams the test writes to.
fn speaking() -> (mcp_stack::testing::TestClient, mpsc::UnboundedReceiver<(Writer, Seen)>) {
    let (sender, streams) = mpsc::unbounded_channel();
    let (client, _) = scripted(move |seen| {
        if seen.http == http::Method::POST && seen.method().is_empty() {
            sender.send((stream().0, seen.clone())).expect("the test listens");
            return empty(202);
        }
        let (writer, response) = stream();
        if seen.method() == "subscriptions/listen" {
            let meta = json!({ SUBSCRIPTION: seen.body["id"] });
            let honoured = json!({ "toolsListChanged": true });
            writer.event(&json!({
                "jsonrpc": "2.0",
                "method": "notifications/subscriptions/acknowledged",
                "params": { "notifications": honoured, "_meta": meta },
            }));
        }
        sender.send((writer, seen.clone())).expect("the test listens");
        response
    });
    (client, streams)
}

fn changed() -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed" })
}

#[tokio::test]
async fn a_modern_stream_begins_with_what_is_honoured_and_ends_with_a_result() -> TestResult {
    let (client, mut streams) = speaking();
    let filter = json!({ "toolsListChanged": true, "promptsListChanged": true });
    let listener = client.listen(filter.clone()).await?;
    assert_eq!(*listener.acknowledged(), json!({ "toolsListChanged": true }));
    let (writer, seen) = streams.recv().await.expect("a stream");
    assert_eq!(seen.body["params"]["notifications"], filter);
    assert_eq!(seen.header("mcp-method"), Some("subscriptions/listen"));

    writer.event(&changed());
    let notification = listener.next().await.expect("it is open");
    assert_eq!(notification.method, "notifications/tools/list_changed");
    assert_eq!(client.next_notification().await, notification);

    writer.result(&seen.body["id"], &json!({ "resultType": "complete" }));
    assert_eq!(listener.next().await, None);
    assert_eq!(listener.notifications(), [notification]);
    assert_eq!(listener.ended().await?, json!({ "resultType": "complete" }));
    Ok(())
}

#[tokio::test]
async fn a_modern_stream_that_begins_otherwise_is_an_error() {
    let (client, _) = scripted(|seen| match seen.body["params"]["notifications"].as_object() {
        Some(_) => {
            let (writer, response) = stream();
            writer.event(&changed());
            response
        }
        None => seen.error(200, -32602),
    });
    let error = client.listen(json!({})).await.expect_err("no acknowledgement");
    assert_eq!(error.kind(), CallErrorKind::Malformed);
    let error = client.listen(json!("all")).await.expect_err("no filter");
    assert_eq!(error.code(), Some(-32602));
}

#[tokio::test]
async fn a_legacy_stream_carries_notifications_and_questions() -> TestResult {
    let (client, mut streams) = speaking();
    let client = client.legacy(ProtocolVersion::V2025_11_25);
    let listener = client.open_stream(Some("e1")).await?;
    assert_eq!(*listener.acknowledged(), Value::Null);
    let (writer, seen) = streams.recv().await.expect("a stream");
    assert_eq!(seen.header("last-event-id"), Some("e1"));

    writer.event(&changed());
    writer.event(&json!({ "jsonrpc": "2.0", "id": "p", "method": "ping" }));
    assert!(listener.next().await.is_some());
    let (_, reply) = streams.recv().await.expect("an answer");
    assert_eq!(reply.body, json!({ "jsonrpc": "2.0", "id": "p", "result": {} }));

    drop(writer);
    assert_eq!(listener.next().await, None);
    assert_eq!(listener.ended().await.expect_err("no result").kind(), CallErrorKind::Cut);
    Ok(())
}

#[tokio::test]
async fn a_response_on_a_legacy_stream_is_an_error() -> TestResult {
    let (client, mut streams) = speaking();
    let listener = client.legacy(ProtocolVersion::V2025_11_25).open_stream(None).await?;
    let (writer, _) = streams.recv().await.expect("a stream");
    writer.result(&json!(1), &json!({}));
    assert_eq!(
        listener.ended().await.expect_err("it is not asked for").kind(),
        CallErrorKind::Malformed
    );
    Ok(())
}

#[tokio::test]
async fn dropping_a_listener_closes_its_stream() -> TestResult {
    let (client, mut streams) = speaking();
    let listener = client.listen(json!({})).await?;
    let (writer, _) = streams.recv().await.expect("a stream");
    drop(listener);
    writer.dropped().await;
    Ok(())
}

#[tokio::test]
async fn a_server_without_streams_refuses_them() {
    let (client, _) = scripted(|_| empty(405));
    let client = client.legacy(ProtocolVersion::V2025_11_25);
    let error = client.open_stream(None).await.expect_err("there are none");
    assert_eq!(error.status(), Some(http::StatusCode::METHOD_NOT_ALLOWED));
}
