//! Questions of a modern server: results that ask for input.

use mcp_stack::{
    ErrorObject,
    testing::{CallErrorKind, Reply},
};
use serde_json::{Value, json};

use crate::support::{TestResult, scripted, seen};

fn ask(requests: &Value, state: Option<&str>) -> Value {
    let mut result = json!({ "resultType": "input_required", "inputRequests": requests });
    if let Some(state) = state {
        result["requestState"] = state.into();
    }
    result
}

fn elicit(key: &str) -> Value {
    json!({ key: { "method": "elicitation/create", "params": { "message": key } } })
}

#[tokio::test]
async fn the_call_is_repeated_with_the_answers_of_each_round() -> TestResult {
    let (client, log) = scripted(|seen| {
        let params = &seen.body["params"];
        match params["requestState"].as_str() {
            None if params.get("inputResponses").is_none() => {
                seen.result(&ask(&elicit("step1"), Some("s1")))
            }
            Some("s1") => seen.result(&ask(&elicit("step2"), None)),
            _ => seen.result(&json!({ "resultType": "complete" })),
        }
    });
    let client = client.on_elicit(|asked| Reply::accept(json!({ "to": asked.params["message"] })));
    let answer = client.call_tool("ask", json!({ "a": 1 })).await?;
    assert_eq!(answer["resultType"], "complete");

    let log = seen(&log);
    assert_eq!(log.len(), 3);
    let accept = |to: &str| json!({ "action": "accept", "content": { "to": to } });
    let params = |at: usize| &log[at].body["params"];
    assert_eq!(params(1)["inputResponses"], json!({ "step1": accept("step1") }));
    assert_eq!(params(1)["requestState"], "s1");
    assert_eq!(params(2)["inputResponses"], json!({ "step2": accept("step2") }));
    assert_eq!(params(2).get("requestState"), None);
    for round in &log {
        assert_eq!(round.body["params"]["arguments"], json!({ "a": 1 }));
        assert_eq!(round.body["params"]["name"], "ask");
        assert_eq!(round.header("mcp-name"), Some("ask"));
    }
    assert_ne!(log[0].body["id"], log[1].body["id"]);
    assert_ne!(log[1].body["id"], log[2].body["id"]);
    Ok(())
}

#[tokio::test]
async fn several_questions_are_answered_at_once() -> TestResult {
    let (client, log) = scripted(|seen| match seen.body["params"].get("inputResponses") {
        None => seen.result(&ask(
            &json!({
                "name": { "method": "elicitation/create" },
                "greeting": { "method": "sampling/createMessage" },
                "roots": { "method": "roots/list" },
            }),
            None,
        )),
        Some(_) => seen.result(&json!({})),
    });
    let client = client
        .on_elicit(async |_| Reply::decline())
        .on_sample(|_| Reply::text("hi"))
        .on_roots(|_| Reply::roots([]));
    client.get_prompt("ask", Value::Null).await?;
    let responses = &seen(&log)[1].body["params"]["inputResponses"];
    assert_eq!(responses["name"], json!({ "action": "decline" }));
    assert_eq!(responses["greeting"]["content"]["text"], "hi");
    assert_eq!(responses["roots"], json!({ "roots": [] }));
    Ok(())
}

#[tokio::test]
async fn state_alone_is_repeated_at_once() -> TestResult {
    let (client, log) = scripted(|seen| match seen.body["params"].get("requestState") {
        None => seen.result(&json!({ "resultType": "input_required", "requestState": "later" })),
        Some(_) => seen.result(&json!({ "contents": [] })),
    });
    client.read_resource("test://x").await?;
    let params = &seen(&log)[1].body["params"];
    assert_eq!(params["requestState"], "later");
    assert_eq!(params.get("inputResponses"), None);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_answered_is_left_to_the_test() -> TestResult {
    let (client, log) = scripted(|seen| match seen.body["params"].get("inputResponses") {
        None => seen.result(&ask(&elicit("name"), Some("s"))),
        Some(_) => seen.result(&json!({ "resultType": "complete" })),
    });
    let refusing = client.clone().on_elicit(|_| ErrorObject::internal("no"));
    assert!(refusing.call_tool("ask", Value::Null).await?.is_input_required());

    let asked = client.call_tool("ask", Value::Null).await?;
    assert!(asked.is_input_required());
    assert_eq!(asked["inputRequests"], elicit("name"));
    let answered = client
        .call_tool("ask", Value::Null)
        .with_param("inputResponses", json!({ "wrong_key": {} }))
        .with_param("requestState", asked["requestState"].clone());
    assert!(!answered.await?.is_input_required());
    assert_eq!(seen(&log)[2].body["params"]["requestState"], "s");
    Ok(())
}

#[tokio::test]
async fn a_server_that_never_stops_asking_is_stopped() {
    let (client, log) = scripted(|seen| seen.result(&ask(&elicit("again"), None)));
    let client = client.on_elicit(|_| Reply::cancel());
    let error = client.call_tool("ask", Value::Null).await.expect_err("it goes on and on");
    assert_eq!(error.kind(), CallErrorKind::Rounds);
    assert_eq!(seen(&log).len(), 17);

    let error = client.with_max_rounds(0).call_tool("ask", Value::Null).await;
    assert_eq!(error.expect_err("not even once").kind(), CallErrorKind::Rounds);
    assert_eq!(seen(&log).len(), 18);
}

#[tokio::test]
async fn a_question_that_breaks_the_rules_is_an_error() {
    let (client, _) = scripted(|seen| match seen.method() {
        "tools/call" => seen.result(&json!({ "resultType": "input_required" })),
        _ => seen.result(&ask(&elicit("name"), None)),
    });
    let client = client.on_elicit(|_| Reply::cancel());
    for call in [client.call_tool("ask", Value::Null), client.request("tools/list", Value::Null)] {
        assert_eq!(call.await.expect_err("not so").kind(), CallErrorKind::Malformed);
    }
}
