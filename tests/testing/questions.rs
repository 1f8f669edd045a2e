//! Questions of a legacy server: requests on the stream of a call.

use std::sync::{Arc, Mutex};

use mcp_stack::{
    ErrorObject, ProtocolVersion,
    testing::{CallErrorKind, Reply, TestClient},
};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use crate::support::{Log, TestResult, Writer, empty, scripted, seen, stream};

/// Asks all of `questions` on a call's stream, and answers the call once as many
/// replies have come, with the replies as its structured content.
fn asking(questions: &'static [(&'static str, &'static str)]) -> (TestClient, Log) {
    let open: Mutex<Option<(Writer, Value)>> = Mutex::default();
    let replies: Mutex<Vec<Value>> = Mutex::default();
    let (client, log) = scripted(move |seen| {
        if seen.method() == "tools/call" {
            let (writer, response) = stream();
            for (id, method) in questions {
                let params = json!({ "about": id });
                writer.event(
                    &json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }),
                );
            }
            *open.lock().expect("no panic") = Some((writer, seen.body["id"].clone()));
            return response;
        }
        let mut replies = replies.lock().expect("no panic");
        replies.push(seen.body.clone());
        if replies.len() == questions.len() {
            let (writer, id) = open.lock().expect("no panic").take().expect("a call is open");
            writer.result(&id, &json!({ "structuredContent": *replies }));
        }
        empty(202)
    });
    (client.legacy(ProtocolVersion::V2025_11_25), log)
}

#[tokio::test]
async fn each_question_is_answered_on_a_post_of_its_own() -> TestResult {
    let (client, log) = asking(&[
        ("e", "elicitation/create"),
        ("s", "sampling/createMessage"),
        ("r", "roots/list"),
        ("p", "ping"),
    ]);
    let client = client
        .on_elicit(|asked| {
            assert_eq!(asked.method, "elicitation/create");
            Reply::accept(json!({ "about": asked.params["about"] }))
        })
        .on_sample(async |_| Reply::text("Paris"))
        .on_roots(|_| Reply::roots(["file:///home/ada"]));
    let answer = client.call_tool("ask", Value::Null).await?;

    let mut replies: Vec<Value> = answer.structured()?;
    replies.sort_by_key(|reply| reply["id"].to_string());
    let results: Vec<_> = replies.iter().map(|reply| &reply["result"]).collect();
    assert_eq!(*results[0], json!({ "action": "accept", "content": { "about": "e" } }));
    assert_eq!(*results[1], json!({}));
    assert_eq!(*results[2], json!({ "roots": [{ "uri": "file:///home/ada" }] }));
    assert_eq!(results[3]["content"], json!({ "type": "text", "text": "Paris" }));
    for reply in &seen(&log)[1..] {
        assert_eq!(reply.header("mcp-protocol-version"), Some("2025-11-25"));
        assert_eq!(reply.body["jsonrpc"], "2.0");
    }
    Ok(())
}

#[tokio::test]
async fn what_no_closure_answers_is_refused() -> TestResult {
    let (client, _) = asking(&[("e", "elicitation/create"), ("s", "sampling/createMessage")]);
    let client = client.on_sample(|_| ErrorObject::new(-1, "the user refuses"));
    let answer = client.call_tool("ask", Value::Null).await?;
    let mut replies: Vec<Value> = answer.structured()?;
    replies.sort_by_key(|reply| reply["id"].to_string());
    assert_eq!(replies[0]["error"]["code"], -32601);
    assert_eq!(replies[1]["error"], json!({ "code": -1, "message": "the user refuses" }));
    Ok(())
}

#[tokio::test]
async fn the_stream_is_read_on_while_an_answer_is_thought_over() -> TestResult {
    let open: Arc<Mutex<Option<(Writer, Value)>>> = Arc::default();
    let shared = open.clone();
    let (client, _) = scripted(move |seen| {
        let mut open = shared.lock().expect("no panic");
        if seen.method() != "tools/call" {
            let (writer, id) = open.take().expect("a call is open");
            writer.result(&id, &json!({}));
            return empty(202);
        }
        let (writer, response) = stream();
        writer.event(&json!({ "jsonrpc": "2.0", "id": 1, "method": "elicitation/create" }));
        writer.event(&json!({ "jsonrpc": "2.0", "method": "notifications/progress" }));
        *open = Some((writer, seen.body["id"].clone()));
        response
    });
    let answered = Arc::new(Notify::new());
    let waiting = answered.clone();
    let client = client.legacy(ProtocolVersion::V2025_06_18).on_elicit(move |_| {
        let waiting = waiting.clone();
        async move {
            waiting.notified().await;
            Reply::cancel()
        }
    });
    let (answer, ()) = tokio::join!(client.call_tool("ask", Value::Null), async {
        client.next_notification().await;
        answered.notify_one();
    });
    assert_eq!(answer?.notifications().len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_answer_that_the_server_refuses_fails_the_call() {
    let (client, _) = scripted(|seen| {
        if seen.method() != "tools/call" {
            return empty(404);
        }
        let (writer, response) = stream();
        writer.event(&json!({ "jsonrpc": "2.0", "id": 1, "method": "roots/list" }));
        // The stream stays open: nothing else ends the call.
        tokio::spawn(async move { writer.dropped().await });
        response
    });
    let client = client.legacy(ProtocolVersion::V2025_06_18);
    let error = client.call_tool("ask", Value::Null).await.expect_err("the answer is lost");
    assert_eq!(error.kind(), CallErrorKind::Status);
    assert_eq!(error.status(), Some(http::StatusCode::NOT_FOUND));
}

/// Says that it was dropped.
struct Left(Arc<Notify>);

impl Drop for Left {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// Never answers; fires the first when it is asked, and the second when it is given up.
fn undecided(client: TestClient) -> (TestClient, Arc<Notify>, Arc<Notify>) {
    let (asked, left) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begun, leaving) = (asked.clone(), left.clone());
    let client = client.on_elicit(move |_| {
        begun.notify_one();
        let guard = Left(leaving.clone());
        async move {
            let _guard = guard;
            std::future::pending::<Reply>().await
        }
    });
    (client, asked, left)
}

#[tokio::test]
async fn dropping_a_call_ends_its_answers() {
    let (client, log) = asking(&[("e", "elicitation/create")]);
    let (client, asked, left) = undecided(client);
    tokio::select! {
        answer = client.call_tool("ask", Value::Null) => panic!("it never ends: {answer:?}"),
        () = asked.notified() => {}
    }
    left.notified().await;
    assert_eq!(seen(&log).len(), 1);
}

#[tokio::test]
async fn a_question_that_the_server_takes_back_is_not_answered() -> TestResult {
    let (sender, mut streams) = mpsc::unbounded_channel();
    let (client, log) = scripted(move |_| {
        let (writer, response) = stream();
        writer.event(&json!({ "jsonrpc": "2.0", "id": 7, "method": "elicitation/create" }));
        sender.send(writer).expect("the test listens");
        response
    });
    let (client, asked, left) = undecided(client.legacy(ProtocolVersion::V2025_11_25));
    let call = client.call_tool("ask", Value::Null).with_id("c");
    let (answer, ()) = tokio::join!(call, async {
        let writer = streams.recv().await.expect("a stream");
        asked.notified().await;
        writer.event(&json!({
            "jsonrpc": "2.0",
            "method": "notifications/cancelled",
            "params": { "requestId": 7 },
        }));
        left.notified().await;
        writer.result(&json!("c"), &json!({}));
    });
    assert_eq!(answer?.notifications().len(), 1);
    assert_eq!(seen(&log).len(), 1);
    Ok(())
}

#[tokio::test]
#[should_panic(expected = "unforeseen")]
async fn a_closure_that_panics_fails_the_test() {
    let (client, _) = scripted(|_| {
        let (writer, response) = stream();
        writer.event(&json!({ "jsonrpc": "2.0", "id": 1, "method": "roots/list" }));
        tokio::spawn(async move { writer.dropped().await });
        response
    });
    let client =
        client.legacy(ProtocolVersion::V2025_06_18).on_roots(|_| -> Reply { panic!("unforeseen") });
    let _ = client.call_tool("ask", Value::Null).await;
}
