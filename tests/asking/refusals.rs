//! Clients that cannot be asked, will not answer, or answer nonsense.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use mcp_stack::{
    Context, ErrorObject, Form, InputError, InputErrorKind, Sampling, SamplingMessage,
    testing::{Reply, TestClient},
};
use serde_json::json;

use crate::support::{TestResult, accepted, each_version, name, refusal, service_of, ways};

async fn greet(cx: Context) -> Result<String, InputError> {
    Ok(cx.elicit("name", name()).await?.accepted().map_or_else(String::new, |it| it.name))
}

async fn sample(cx: Context) -> Result<String, InputError> {
    let question = Sampling::new([SamplingMessage::user("The capital of France?")], 20);
    Ok(cx.sample("city", question).await?.text())
}

async fn list_roots(cx: Context) -> Result<String, InputError> {
    Ok(cx.list_roots("roots").await?.len().to_string())
}

#[tokio::test]
async fn a_client_that_declared_nothing_is_asked_nothing() -> TestResult {
    // ELICIT-1, SAMP-1, ROOTS-1, MRTR-6, MRTR-7
    let services = [
        (service_of!(greet), "elicitation"),
        (service_of!(sample), "sampling"),
        (service_of!(list_roots), "roots"),
    ];
    for (service, capability) in services {
        for (client, tap) in each_version(service.clone(), |client| client).await? {
            if client.protocol_version().is_modern() {
                for call in ways(&client) {
                    let error = refusal(call.await);
                    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
                    assert_eq!(error.code(), Some(-32021));
                    let data = error.error().and_then(ErrorObject::data).expect("it says which");
                    let data: serde_json::Value = data.to()?;
                    assert_eq!(data, json!({ "requiredCapabilities": { capability: {} } }));
                }
            } else {
                let answer = client.call_tool("ask", json!({})).await?;
                assert!(answer.is_error());
                assert!(answer.text().contains(capability), "{}", answer.text());
                let [_, prompt, resource] = ways(&client);
                for call in [prompt, resource] {
                    let error = refusal(call.await);
                    assert_eq!(error.code(), Some(-32602));
                    assert!(error.to_string().contains(capability), "{error}");
                }
            }
            assert!(tap.asked().is_empty());
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_client_can_be_asked_is_asked_whatever_else_is_missing() -> TestResult {
    // MRTR-6
    async fn both(cx: Context) -> Result<String, InputError> {
        let (roots, name) = tokio::join!(cx.list_roots("roots"), cx.elicit("name", name()));
        Ok(format!("{} {}", name?.is_accepted(), roots?.len()))
    }
    let (client, _) = crate::support::tapped(service_of!(both));
    let client = client.with_capabilities(json!({ "elicitation": {} }));
    for (call, again) in ways(&client).into_iter().zip(ways(&client)) {
        let answer = call.await?;
        let asked = answer["inputRequests"].as_object().expect("there is a question");
        assert_eq!(asked.keys().collect::<Vec<_>>(), ["name"]);
        // Then nothing is left that can be asked.
        let again = again
            .with_param("requestState", answer["requestState"].clone())
            .with_param("inputResponses", json!({ "name": accepted("Ada") }));
        assert_eq!(refusal(again.await).code(), Some(-32021));
    }
    Ok(())
}

type Kinds = Arc<Mutex<Vec<InputErrorKind>>>;

#[tokio::test]
async fn an_error_from_the_client_reaches_the_handler_as_such() -> TestResult {
    // SAMP-9, ELICIT-13
    async fn tell(cx: Context) -> String {
        let question = Sampling::new([SamplingMessage::user("The capital of France?")], 20);
        match cx.sample("city", question).await {
            Err(error) => format!("{:?}: {error}", error.kind()),
            Ok(_) => "answered".to_owned(),
        }
    }
    for code in [-1, -32602] {
        let set_up =
            |it: TestClient| it.on_sample(move |_| ErrorObject::new(code, "the user refuses"));
        for (client, _) in each_version(service_of!(tell), set_up).await? {
            if client.protocol_version().is_modern() {
                continue; // It has no place for errors.
            }
            for call in ways(&client) {
                let text = call.await?.text();
                assert!(text.starts_with(&format!("Refused({code}): ")), "{text}");
                assert!(text.contains("the user refuses"));
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_refused() -> TestResult {
    // MRTR-17, MRTR-18, MRTR-23, ELICIT-14
    let answers = [
        json!({ "action": "accept", "content": { "name": 7 } }),
        json!({ "action": "accept", "content": {} }),
        json!({ "action": "accept" }),
        json!({ "action": "perhaps" }),
        json!({}),
        json!("accept"),
        json!(null),
        json!([]),
    ];
    for answer in answers {
        let kinds = Kinds::default();
        let seen = kinds.clone();
        let service = service_of!({
            let seen = seen.clone();
            move |cx: Context| {
                let seen = seen.clone();
                async move {
                    let answer = cx.elicit("name", name()).await;
                    if let Err(error) = &answer {
                        seen.lock().expect("no panic").push(error.kind());
                    }
                    answer.map(|it| it.accepted().map_or_else(String::new, |it| it.name))
                }
            }
        });
        let set_up = |client: TestClient| {
            let answer = answer.clone();
            client.on_elicit(move |_| Reply::from(answer.clone()))
        };
        for (client, _) in each_version(service.clone(), set_up).await? {
            kinds.lock().expect("no panic").clear();
            let outcome = client.call_tool("ask", json!({})).await;
            if client.protocol_version().is_modern() {
                assert_eq!(refusal(outcome).code(), Some(-32602), "{answer}");
                assert_eq!(refusal(client.get_prompt("ask", json!({})).await).code(), Some(-32602));
            } else {
                assert!(outcome?.is_error(), "{answer}");
            }
            let last = kinds.lock().expect("no panic").last().copied();
            assert_eq!(last, Some(InputErrorKind::Malformed), "{answer}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn one_key_is_for_one_question() -> TestResult {
    // MRTR-4
    async fn twice(cx: Context) -> Result<String, InputError> {
        let other = Form::<crate::support::Name>::new("And you?");
        let (_, second) = tokio::join!(cx.elicit("name", name()), cx.elicit("name", other));
        Ok(second.map_or_else(|error| format!("{:?}", error.kind()), |_| "asked".to_owned()))
    }
    for (client, _) in
        each_version(service_of!(twice), |it| it.on_elicit(|_| accepted("Ada"))).await?
    {
        for call in ways(&client) {
            assert_eq!(call.await?.text(), "DuplicateKey");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_not_kept_for_who_asks_again() -> TestResult {
    // MRTR-17, MRTR-20
    async fn insist(cx: Context) -> Result<String, InputError> {
        loop {
            match cx.elicit("name", name()).await {
                Err(error) if error.kind() == InputErrorKind::Malformed => {}
                answer => return Ok(answer?.is_accepted().to_string()),
            }
        }
    }
    let set_up = |client: TestClient| {
        let answers = Mutex::new(vec![accepted("Ada"), json!({}), json!([])]);
        client.on_elicit(move |_| answers.lock().expect("no panic").pop().expect("three will do"))
    };
    for (client, tap) in each_version(service_of!(insist), set_up).await? {
        assert_eq!(client.call_tool("ask", json!({})).await?.text(), "true");
        match client.protocol_version().is_modern() {
            true => assert_eq!(tap.posted("tools/call").len(), 4),
            false => assert_eq!(tap.asked().len(), 3),
        }
    }
    Ok(())
}
