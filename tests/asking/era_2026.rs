//! What only the modern era has: `input_required`, and retries.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use mcp_stack::{
    BoxError, CacheHints, Context, InputError, InputRequired, LogLevel, McpService, Resource,
    Source, Tool,
};
use serde_json::{Value, json};

use crate::support::{
    TestResult, accepted, by_hand, name, refusal, service_of, state_of, tapped, ways,
};

async fn greet(cx: Context) -> Result<String, InputError> {
    let name = cx.elicit("name", name()).await?;
    Ok(name.accepted().map_or_else(String::new, |it| it.name))
}

#[tokio::test]
async fn what_asks_for_input_is_no_more_than_that() -> TestResult {
    // MRTR-3, MRTR-4, MRTR-5, MRTR-22
    let client = by_hand(service_of!(greet).with_cache(CacheHints::default()));
    for call in ways(&client) {
        let answer = call.await?;
        let members = answer.result().as_object().expect("a result is an object");
        let mut members: Vec<_> = members.keys().filter(|key| *key != "_meta").collect();
        members.sort();
        assert_eq!(members, ["inputRequests", "requestState", "resultType"]);
        assert!(!answer.is_stream());
    }
    Ok(())
}

#[tokio::test]
async fn a_state_alone_has_no_questions() -> TestResult {
    // MRTR-3, MRTR-10
    async fn once(cx: Context) -> Result<String, BoxError> {
        match cx.request_state::<u32>() {
            Some(state) => Ok(state.to_string()),
            None => Err(InputRequired::new().with_state(&7)?.into()),
        }
    }
    let client = by_hand(service_of!(once)).with_max_rounds(0);
    for call in ways(&client) {
        let error = refusal(call.await);
        assert_eq!(error.kind(), mcp_stack::testing::CallErrorKind::Rounds);
    }
    let (client, tap) = tapped(service_of!(once));
    for call in ways(&client) {
        assert_eq!(call.await?.text(), "7");
    }
    for asked in tap.exchanges().iter().step_by(2) {
        let result = asked.answered()[0]["result"].clone();
        assert_eq!(result["resultType"], "input_required");
        assert!(result["requestState"].is_string() && result.get("inputRequests").is_none());
    }
    Ok(())
}

#[tokio::test]
async fn nothing_but_calls_prompts_and_resources_asks_for_input() -> TestResult {
    // MRTR-2
    for ask in [true, false] {
        let source = Source::<Tool>::new(move |cx: Context| async move {
            if ask {
                cx.elicit("name", name()).await?;
            }
            Err::<Vec<Tool>, BoxError>(InputRequired::new().with_state("later")?.into())
        });
        let client = by_hand(McpService::new("asking", "1.0.0").with_tool_source(source));
        let error = refusal(client.request("tools/list", json!({})).await);
        assert_eq!(error.code(), Some(-32603));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_read_in_several_rounds_is_not_to_be_cached() -> TestResult {
    // CACHE-9, MRTR-22
    let hints = CacheHints::public(std::time::Duration::from_secs(60));
    let resource = Resource::new("test://ask", "ask", greet).with_cache(hints);
    let client = by_hand(McpService::new("asking", "1.0.0").with_resource(resource)?);
    let asked = client.read_resource("test://ask").await?;
    assert!(asked.result().get("ttlMs").is_none() && asked.result().get("cacheScope").is_none());
    let read = client
        .read_resource("test://ask")
        .with_param("requestState", state_of(&asked))
        .with_param("inputResponses", json!({ "name": accepted("Ada") }))
        .await?;
    assert_eq!(read.text(), "Ada");
    assert_eq!(read["ttlMs"], 0);
    assert_eq!(read["cacheScope"], "private");
    Ok(())
}

#[tokio::test]
async fn answers_to_other_questions_are_ignored() -> TestResult {
    // MRTR-19
    async fn two(cx: Context) -> Result<String, InputError> {
        let first = cx.elicit("first", name()).await?.accepted().map(|it| it.name);
        let second = cx.elicit("second", name()).await?.accepted().map(|it| it.name);
        Ok(format!("{first:?} {second:?}"))
    }
    let client = by_hand(service_of!(two));
    let asked = client.call_tool("ask", json!({})).await?;
    let early = json!({ "first": accepted("Ada"), "second": accepted("Eve"), "third": 3 });
    let asked = client
        .call_tool("ask", json!({}))
        .with_param("requestState", state_of(&asked))
        .with_param("inputResponses", early)
        .await?;
    let keys: Vec<_> = asked["inputRequests"].as_object().expect("a map").keys().collect();
    assert_eq!(keys, ["second"]);
    // The answer of the first round comes from the state now, and from nowhere else.
    let late = json!({ "first": accepted("Eve"), "second": accepted("Bob") });
    let answer = client
        .call_tool("ask", json!({}))
        .with_param("requestState", state_of(&asked))
        .with_param("inputResponses", late)
        .await?;
    assert_eq!(answer.text(), r#"Some("Ada") Some("Bob")"#);
    Ok(())
}

#[tokio::test]
async fn answers_that_are_missing_are_asked_for_again() -> TestResult {
    // MRTR-20, MRTR-21
    let client = by_hand(service_of!(greet));
    let mut states = vec![state_of(&client.call_tool("ask", json!({})).await?)];
    for responses in [None, Some(json!({})), Some(json!({ "other": 1 }))] {
        let last = states.last().expect("one at least").clone();
        let mut call = client.call_tool("ask", json!({})).with_param("requestState", last);
        if let Some(responses) = responses {
            call = call.with_param("inputResponses", responses);
        }
        let asked = call.await?;
        assert_eq!(asked["inputRequests"]["name"]["method"], "elicitation/create");
        let state = state_of(&asked);
        assert!(!states.contains(&state));
        states.push(state);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_map_of_answers_is_refused() -> TestResult {
    // MRTR-17, MRTR-18
    let client = by_hand(service_of!(greet));
    let state = state_of(&client.call_tool("ask", json!({})).await?);
    for wrong in [json!(null), json!([]), json!("name"), json!(1), json!([["name", {}]])] {
        for call in ways(&client) {
            let error = refusal(call.with_param("inputResponses", wrong.clone()).await);
            assert_eq!(error.code(), Some(-32602), "{wrong}");
        }
        let call = client.call_tool("ask", json!({})).with_param("requestState", state.clone());
        let error = refusal(call.with_param("inputResponses", wrong.clone()).await);
        assert_eq!(error.code(), Some(-32602), "{wrong}");
    }
    for wrong in [json!(null), json!({}), json!(1), json!([]), json!("")] {
        let call = client.call_tool("ask", json!({})).with_param("requestState", wrong.clone());
        assert_eq!(refusal(call.await).code(), Some(-32602), "{wrong}");
    }
    Ok(())
}

#[tokio::test]
async fn nothing_is_held_between_two_rounds() -> TestResult {
    // MRTR-9
    struct Held(Arc<()>);
    let alive = Arc::new(());
    let watched = alive.clone();
    let tool = Tool::new("ask", move |cx: Context| {
        let held = Held(watched.clone());
        async move {
            let name = cx.elicit("name", name()).await?;
            Ok::<_, InputError>(format!("{} {}", name.is_accepted(), Arc::strong_count(&held.0)))
        }
    });
    let client = by_hand(McpService::new("asking", "1.0.0").with_tool(tool)?);
    let idle = Arc::strong_count(&alive);
    for _ in 0..100 {
        // A client that never comes back.
        state_of(&client.call_tool("ask", json!({})).await?);
    }
    assert_eq!(Arc::strong_count(&alive), idle);
    Ok(())
}

#[tokio::test]
async fn a_modern_client_is_sent_no_requests() -> TestResult {
    // MRTR-1, SSE-9
    async fn chatty(cx: Context) -> Result<String, InputError> {
        cx.progress(1.0, None, None);
        greet(cx).await
    }
    let (client, tap) = tapped(service_of!(chatty));
    let client = client.on_elicit(|_| accepted("Ada"));
    for call in ways(&client) {
        let answer = call.with_progress("p").await?;
        assert_eq!(answer.text(), "Ada");
        assert!(answer.is_stream());
    }
    assert!(tap.asked().is_empty());
    let last: Vec<Value> = tap.exchanges().last().expect("several").answered();
    assert_eq!(last.last().expect("a result")["result"]["resultType"], "complete");
    Ok(())
}

#[tokio::test]
async fn a_state_that_counts_once_is_remembered_by_its_handler() -> TestResult {
    // MRTR-16
    let open = Arc::new(Mutex::new(BTreeSet::new()));
    let ticket = Tool::new("ask", move |cx: Context| {
        let open = open.clone();
        async move {
            let mut open = open.lock().expect("no panic");
            match cx.request_state::<usize>() {
                None => {
                    let next = open.len();
                    open.insert(next);
                    Err(InputRequired::new().ask("name", name()).with_state(&next)?.into())
                }
                Some(ticket) if open.remove(&ticket) => Ok("used".to_owned()),
                Some(_) => Err::<_, BoxError>("used before".into()),
            }
        }
    });
    let client = by_hand(McpService::new("asking", "1.0.0").with_tool(ticket)?);
    let state = state_of(&client.call_tool("ask", json!({})).await?);
    let retry = || {
        client
            .call_tool("ask", json!({}))
            .with_param("requestState", state.clone())
            .with_param("inputResponses", json!({ "name": accepted("Ada") }))
    };
    assert_eq!(retry().await?.text(), "used");
    let again = retry().await?;
    assert!(again.is_error());
    assert_eq!(again.text(), "used before");
    Ok(())
}

#[tokio::test]
async fn what_belongs_to_a_call_is_not_on_a_stream_of_changes() -> TestResult {
    // LISTEN-8, SSE-28
    async fn chatty(cx: Context) -> &'static str {
        cx.progress(1.0, None, None);
        cx.log(LogLevel::Error, "loud");
        "done"
    }
    let service = service_of!(chatty).with_logging();
    let (client, _) = tapped(service.clone());
    client.set_log_level(LogLevel::Debug).await?;
    let listener = client.listen(json!({ "toolsListChanged": true })).await?;
    for call in ways(&client) {
        assert_eq!(call.with_progress("p").await?.notifications().len(), 2);
    }
    service.registry().update(|draft| draft.add_tool(Tool::new("new", || "new")))?;
    // The change came last: what went astray would be before it.
    let first = listener.next().await.expect("the stream is open");
    assert_eq!(first.method, "notifications/tools/list_changed");
    Ok(())
}
