//! What only the legacy era has: requests of the server's, in a session.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::Full;
use mcp_stack::{
    BoxError, Completion, CompletionRequest, Context, Elicited, InputError, InputErrorKind,
    InputRequired, McpService, Prompt, ProtocolVersion, Stack, Tool,
    layers::session::SessionLayer,
    testing::{CallErrorKind, Reply, TestClient},
};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use crate::support::{
    Name, TestResult, accepted, endpoint, name, refusal, service_of, tapped, ways,
};

const LEGACY: [ProtocolVersion; 2] = [ProtocolVersion::V2025_06_18, ProtocolVersion::V2025_11_25];

async fn greet(cx: Context) -> Result<String, InputError> {
    Ok(match cx.elicit("name", name()).await? {
        Elicited::Accept(Name { name }) => format!("Hello, {name}!"),
        Elicited::Decline | Elicited::Cancel => "Hello, stranger!".to_owned(),
    })
}

/// Tells the outside why it was not answered.
fn telling(
    tell: mpsc::UnboundedSender<InputErrorKind>,
    timeout: Option<Duration>,
) -> Result<McpService, BoxError> {
    Ok(McpService::new("asking", "1.0.0").with_tool(Tool::new("ask", move |cx: Context| {
        let tell = tell.clone();
        async move {
            let question = cx.elicit("name", name());
            let question = match timeout {
                Some(timeout) => question.with_timeout(timeout),
                None => question,
            };
            match question.await {
                Ok(_) => "answered".to_owned(),
                Err(error) => {
                    let _ = tell.send(error.kind());
                    format!("{:?}", error.kind())
                }
            }
        }
    }))?)
}

#[tokio::test(start_paused = true)]
async fn a_question_that_nobody_answers_is_given_up_and_cancelled() -> TestResult {
    // CANCEL-15, CANCEL-16, CANCEL-18, CANCEL-11, ELICIT-13
    let limits =
        [(None, Duration::from_secs(60)), (Some(Duration::from_secs(7)), Duration::from_secs(7))];
    for version in LEGACY {
        for (of_question, expected) in limits {
            let (tell, mut told) = mpsc::unbounded_channel();
            let service = telling(tell, of_question)?.with_ask_timeout(Duration::from_secs(60));
            let (client, tap) = tapped(service);
            let client = client
                .legacy(version)
                .on_elicit(async |_| std::future::pending::<Reply>().await)
                .connect()
                .await?;
            let begun = tokio::time::Instant::now();
            let answer = client.call_tool("ask", json!({})).await?;
            assert_eq!(begun.elapsed().as_secs(), expected.as_secs());
            assert_eq!(answer.text(), "TimedOut");
            assert_eq!(told.recv().await, Some(InputErrorKind::TimedOut));

            let [cancelled] = answer.notifications() else { panic!("one is told of") };
            assert_eq!(cancelled.method, "notifications/cancelled");
            assert_eq!(cancelled.params["requestId"], tap.asked()[0]["id"]);
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_the_time_is_up_is_taken_and_dropped() -> TestResult {
    // SESS-20
    let (tell, _told) = mpsc::unbounded_channel();
    let service = telling(tell, Some(Duration::from_secs(1)))?;
    let (client, tap) = tapped(service);
    let client = client
        .legacy(ProtocolVersion::V2025_11_25)
        .on_elicit(async |_| std::future::pending::<Reply>().await)
        .connect()
        .await?;
    assert_eq!(client.call_tool("ask", json!({})).await?.text(), "TimedOut");
    assert_eq!(reply(&client, &tap.asked()[0]["id"]).await, Some(StatusCode::ACCEPTED));
    Ok(())
}

/// POSTs an answer to this question of the server's.
async fn reply(client: &TestClient, id: &Value) -> Option<StatusCode> {
    let body = json!({ "jsonrpc": "2.0", "id": id, "result": accepted("Eve") }).to_string();
    let posted = client.ping().with_edit(move |request: &mut Request<Full<Bytes>>| {
        *request.body_mut() = Full::from(body.clone());
    });
    posted.await.expect_err("a response has no response").status()
}

#[tokio::test]
async fn another_session_cannot_answer() -> TestResult {
    // SESS-21, ELICIT-15
    let (ask, may_answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (endpoint, tap) = endpoint(service_of!(greet));
    let (asked, answering) = (ask.clone(), may_answer.clone());
    let ada = TestClient::new(endpoint.clone()).legacy(ProtocolVersion::V2025_11_25).on_elicit(
        move |_| {
            let (asked, answering) = (asked.clone(), answering.clone());
            async move {
                asked.notify_one();
                answering.notified().await;
                accepted("Ada")
            }
        },
    );
    let ada = ada.connect().await?;
    let eve = TestClient::new(endpoint).legacy(ProtocolVersion::V2025_11_25).connect().await?;
    assert_ne!(ada.session_id(), eve.session_id());

    let (answer, ()) = tokio::join!(ada.call_tool("ask", json!({})), async {
        ask.notified().await;
        let id = tap.asked()[0]["id"].clone();
        assert_eq!(reply(&eve, &id).await, Some(StatusCode::ACCEPTED));
        may_answer.notify_one();
    });
    assert_eq!(answer?.text(), "Hello, Ada!");
    Ok(())
}

#[tokio::test]
async fn the_end_of_the_session_ends_the_waiting() -> TestResult {
    // SESS-18
    let (tell, mut told) = mpsc::unbounded_channel();
    let asked = Arc::new(Notify::new());
    let seen = asked.clone();
    let (client, _) = tapped(telling(tell, None)?);
    let client = client
        .legacy(ProtocolVersion::V2025_11_25)
        .on_elicit(move |_| {
            seen.notify_one();
            std::future::pending::<Reply>()
        })
        .connect()
        .await?;
    let (outcome, ended) = tokio::join!(client.call_tool("ask", json!({})), async {
        asked.notified().await;
        client.terminate().await
    });
    ended?;
    assert_eq!(told.recv().await, Some(InputErrorKind::Unreachable));
    assert_eq!(outcome?.text(), "Unreachable");
    Ok(())
}

#[tokio::test]
async fn without_a_session_nothing_is_asked() -> TestResult {
    // SESS-19
    for version in LEGACY {
        let (tell, mut told) = mpsc::unbounded_channel();
        let stack =
            Stack::new(telling(tell, None)?).with_session(SessionLayer::new().optional()).build();
        let client = TestClient::new(stack).legacy(version).on_elicit(|_| accepted("Ada"));
        let answer = client.call_tool("ask", json!({})).await?;
        assert_eq!(answer.text(), "Unreachable");
        assert!(!answer.is_stream());
        assert_eq!(told.recv().await, Some(InputErrorKind::Unreachable));
    }
    Ok(())
}

#[tokio::test]
async fn no_id_of_a_question_is_used_twice() -> TestResult {
    // RPC-14, PROG-12: the server asks for no progress.
    async fn three(cx: Context) -> Result<String, InputError> {
        for round in 0..3 {
            cx.elicit(format!("name {round}"), name()).await?;
        }
        Ok("thanks".to_owned())
    }
    let (client, tap) = tapped(service_of!(three));
    let client = client.legacy(ProtocolVersion::V2025_11_25).on_elicit(|_| accepted("Ada"));
    let client = client.connect().await?;
    for call in ways(&client).into_iter().chain(ways(&client)) {
        call.await?;
    }
    let asked = tap.asked();
    let ids: BTreeSet<_> = asked.iter().map(|request| request["id"].to_string()).collect();
    assert_eq!((asked.len(), ids.len()), (18, 18));
    assert!(asked.iter().all(|request| request["params"].get("_meta").is_none()));
    Ok(())
}

#[tokio::test]
async fn a_question_goes_on_the_stream_of_its_call_and_on_no_other() -> TestResult {
    // SSE-19, SSE-20, SSE-21, SSE-22, SSE-23
    for version in LEGACY {
        let (client, tap) = tapped(service_of!(greet));
        let client = client.legacy(version).on_elicit(|_| accepted("Ada")).connect().await?;
        let stream = client.open_stream(None).await?;
        let [one, two, three] = ways(&client);
        let (one, two, three) = tokio::join!(one, two, three);
        for answer in [one?, two?, three?] {
            assert_eq!(answer.text(), "Hello, Ada!");
        }
        // It ends with the session, so that all that came on it is known.
        client.terminate().await?;
        assert_eq!(stream.ended().await.expect_err("no result").kind(), CallErrorKind::Cut);

        let exchanges = tap.exchanges();
        let (got, posted): (Vec<_>, Vec<_>) =
            exchanges.into_iter().partition(|exchange| exchange.http_method == Method::GET);
        assert_eq!(got.len(), 1);
        assert!(got[0].answered().is_empty(), "{:?}", got[0].answered());
        for exchange in posted {
            let is_call = ["tools/call", "prompts/get", "resources/read"]
                .contains(&exchange.body["method"].as_str().unwrap_or_default());
            assert_eq!(exchange.asked().len(), usize::from(is_call), "{}", exchange.body);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_client_that_takes_json_alone_cannot_be_asked() -> TestResult {
    // NEG-17
    let (client, _) = tapped(service_of!(greet));
    let client = client.legacy(ProtocolVersion::V2025_11_25).on_elicit(|_| accepted("Ada"));
    let client = client.connect().await?;
    for call in ways(&client) {
        let outcome = call.with_edit(|request| {
            let json = http::HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::ACCEPT, json);
        });
        assert_eq!(refusal(outcome.await).status(), Some(StatusCode::NOT_ACCEPTABLE));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn rounds_without_end_can_be_cancelled() -> TestResult {
    async fn again() -> Result<String, InputRequired> {
        Err(InputRequired::new())
    }
    let (client, _) = tapped(service_of!(again));
    let client = client.legacy(ProtocolVersion::V2025_11_25).connect().await?;
    let call = client.call_tool("ask", json!({}));
    let outcome = tokio::time::timeout(Duration::from_secs(1), async {
        tokio::select! {
            biased;
            outcome = call => Some(outcome),
            () = tokio::task::yield_now() => None,
        }
    });
    assert!(outcome.await?.is_none());
    Ok(())
}

#[tokio::test]
async fn a_completion_asks_for_no_rounds() -> TestResult {
    // MRTR-2
    let prompt = Prompt::new("ask", |_: Name| "hello".to_owned())
        .with_completion("name", |_: CompletionRequest| Err::<Completion, _>(InputRequired::new()));
    let service = McpService::new("asking", "1.0.0").with_prompt(prompt)?;
    for (client, _) in crate::support::each_version(service.clone(), |client| client).await? {
        let outcome = client.complete(json!({ "type": "ref/prompt", "name": "ask" }), "name", "A");
        let error = refusal(outcome.await);
        assert_eq!((error.kind(), error.code()), (CallErrorKind::Refused, Some(-32603)));
        assert!(error.to_string().contains("completing the argument"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_question_that_is_dropped_is_cancelled() -> TestResult {
    // CANCEL-11
    async fn impatient(cx: Context) -> Result<String, InputError> {
        tokio::select! {
            biased;
            answer = cx.elicit("name", name()) => Ok(answer?.is_accepted().to_string()),
            () = tokio::task::yield_now() => {
                let roots = cx.list_roots("roots").await?;
                Ok(format!("{} roots", roots.len()))
            }
        }
    }
    let (client, tap) = tapped(service_of!(impatient));
    let client = client
        .legacy(ProtocolVersion::V2025_11_25)
        .on_elicit(|_| std::future::pending::<Reply>())
        .on_roots(|_| Reply::roots(["file:///a"]))
        .connect()
        .await?;
    for call in ways(&client) {
        let before = tap.asked().len();
        let answer = call.await?;
        assert_eq!(answer.text(), "1 roots");
        let [cancelled] = answer.notifications() else { panic!("one is told of") };
        assert_eq!(cancelled.method, "notifications/cancelled");
        assert_eq!(cancelled.params["requestId"], tap.asked()[before]["id"]);
    }
    Ok(())
}
