//! One handler source, whatever the client speaks.

use mcp_stack::{
    BoxError, Context, Elicited, InputError, Root, Sampling, SamplingMessage, UrlElicitation,
    testing::{Asked, Reply, TestClient},
};
use serde_json::{Value, json};

use crate::support::{Name, TestResult, accepted, each_version, name, service_of, ways};

async fn greet(cx: Context) -> Result<String, InputError> {
    Ok(match cx.elicit("name", name()).await? {
        Elicited::Accept(Name { name }) => format!("Hello, {name}!"),
        Elicited::Decline => "declined".to_owned(),
        Elicited::Cancel => "cancelled".to_owned(),
    })
}

#[tokio::test]
async fn a_form_is_answered_from_a_tool_a_prompt_and_a_resource() -> TestResult {
    // MRTR-1, MRTR-8, ELICIT-3
    let clients = each_version(service_of!(greet), |client| {
        client.on_elicit(|asked: Asked| {
            assert_eq!(asked.method, "elicitation/create");
            assert_eq!(asked.params["message"], "Who are you?");
            assert_eq!(asked.params["requestedSchema"]["properties"]["name"]["type"], "string");
            accepted("Ada")
        })
    });
    for (client, tap) in clients.await? {
        for call in ways(&client) {
            assert_eq!(call.await?.text(), "Hello, Ada!");
        }
        let is_modern = client.protocol_version().is_modern();
        assert_eq!(tap.asked().len(), if is_modern { 0 } else { 3 });
        let calls = tap.posted("tools/call");
        assert_eq!(calls.len(), if is_modern { 2 } else { 1 });
        if is_modern {
            assert_ne!(calls[0]["id"], calls[1]["id"]);
            assert!(calls[0]["params"].get("requestState").is_none());
            assert!(calls[1]["params"]["requestState"].is_string());
            assert_eq!(calls[1]["params"]["inputResponses"], json!({ "name": accepted("Ada") }));
        }
    }
    Ok(())
}

#[tokio::test]
async fn decline_and_cancel_are_answers_and_no_errors() -> TestResult {
    // MRTR-24, ELICIT-13
    for (reply, told) in [(Reply::decline(), "declined"), (Reply::cancel(), "cancelled")] {
        let set_up = |client: TestClient| {
            let reply = reply.clone();
            client.on_elicit(move |_| reply.clone())
        };
        for (client, _) in each_version(service_of!(greet), set_up).await? {
            for call in ways(&client) {
                let answer = call.await?;
                assert_eq!(answer.text(), told);
                assert!(!answer.is_error());
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_page_to_visit_is_asked_of_clients_that_know_it() -> TestResult {
    // ELICIT-2, ELICIT-3, ELICIT-4, ELICIT-5, ELICIT-22
    async fn visit(cx: Context) -> Result<String, InputError> {
        let page = UrlElicitation::new("Your key, please", "https://example.com/key");
        Ok(format!("{}", cx.elicit("key", page).await?.is_accepted()))
    }
    let clients = each_version(service_of!(visit), |client| {
        client.on_elicit(|asked: Asked| {
            assert_eq!(asked.params["mode"], "url");
            assert_eq!(asked.params["message"], "Your key, please");
            assert_eq!(asked.params["url"], "https://example.com/key");
            json!({ "action": "accept", "_meta": asked.params["elicitationId"].is_string() })
        })
    });
    let clients = clients.await?;
    let (older, tap) = &clients[0];
    let answer = older.call_tool("ask", json!({})).await?;
    assert!(answer.is_error() && answer.text().contains("elicitation.url"), "{}", answer.text());
    assert!(tap.asked().is_empty());

    for (client, tap) in &clients[1..] {
        for call in ways(client) {
            assert_eq!(call.await?.text(), "true");
        }
        let ids: Vec<_> =
            tap.asked().iter().map(|it| it["params"]["elicitationId"].clone()).collect();
        for (at, id) in ids.iter().enumerate() {
            assert!(id.is_string() && !ids[..at].contains(id));
        }
        let wire = tap.answered();
        let wire = Value::from(wire).to_string();
        assert_eq!(wire.contains("elicitationId"), !client.protocol_version().is_modern());
        assert!(!wire.contains("-32042") && !wire.contains("elicitation/complete"));
    }
    Ok(())
}

#[tokio::test]
async fn a_model_and_the_roots_are_asked() -> TestResult {
    // SAMP-1, SAMP-4, ROOTS-1, ROOTS-4, MRTR-5
    async fn look(cx: Context) -> Result<String, InputError> {
        let question = Sampling::new([SamplingMessage::user("The capital of France?")], 20);
        let city = cx.sample("city", question).await?.text();
        let roots = cx.list_roots("roots").await?;
        let roots: Vec<_> = roots.iter().map(Root::uri).collect();
        Ok(format!("{city} {}", roots.join(" ")))
    }
    let clients = each_version(service_of!(look), |client| {
        client
            .on_sample(|asked: Asked| {
                assert_eq!(asked.method, "sampling/createMessage");
                assert_eq!(asked.params["maxTokens"], 20);
                assert_eq!(asked.params["messages"][0]["role"], "user");
                let text = &asked.params["messages"][0]["content"]["text"];
                assert_eq!(*text, "The capital of France?");
                Reply::text("Paris")
            })
            .on_roots(|asked: Asked| {
                assert_eq!(asked.method, "roots/list");
                Reply::roots(["file:///home/ada"])
            })
    });
    for (client, tap) in clients.await? {
        for call in ways(&client).into_iter().chain(ways(&client)) {
            assert_eq!(call.await?.text(), "Paris file:///home/ada");
        }
        // What one call learnt, the next asks for again.
        let roots = tap.answered();
        let asked = Value::from(roots).to_string().matches("roots/list").count();
        assert_eq!(asked, 6);
    }
    Ok(())
}

#[tokio::test]
async fn questions_that_are_awaited_together_are_asked_together() -> TestResult {
    // MRTR-4, MRTR-5
    async fn both(cx: Context) -> Result<String, InputError> {
        let (name, roots) = tokio::join!(cx.elicit("name", name()), cx.list_roots("roots"));
        let name = name?.accepted().map_or_else(String::new, |it| it.name);
        Ok(format!("{name} has {} roots", roots?.len()))
    }
    let clients = each_version(service_of!(both), |client| {
        client.on_elicit(|_| accepted("Ada")).on_roots(|_| Reply::roots(["file:///a", "file:///b"]))
    });
    for (client, tap) in clients.await? {
        for call in ways(&client) {
            assert_eq!(call.await?.text(), "Ada has 2 roots");
        }
        if client.protocol_version().is_modern() {
            // One round of two questions each.
            assert_eq!(tap.posted("tools/call").len(), 2);
            let asked = tap.exchanges()[1].answered()[0]["result"]["inputRequests"].clone();
            let asked = asked.as_object().expect("it is a map").clone();
            assert_eq!(asked.keys().collect::<Vec<_>>(), ["name", "roots"]);
            for request in asked.values() {
                let members: Vec<_> = request.as_object().expect("an object").keys().collect();
                assert_eq!(members, ["method", "params"]);
            }
            assert_eq!(asked["name"]["method"], "elicitation/create");
            assert_eq!(asked["roots"]["method"], "roots/list");
        } else {
            assert_eq!(tap.exchanges()[2].asked().len(), 2);
        }
    }
    Ok(())
}

#[tokio::test]
async fn one_answer_leads_to_the_next_question() -> TestResult {
    // MRTR-10, MRTR-21
    async fn rounds(cx: Context) -> Result<String, BoxError> {
        let mut names = Vec::new();
        for round in 0..4 {
            match cx.elicit(format!("name {round}"), name()).await? {
                Elicited::Accept(Name { name }) => names.push(name),
                Elicited::Decline | Elicited::Cancel => return Err("nobody there".into()),
            }
        }
        Ok(names.join(" "))
    }
    let counter = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let clients = each_version(service_of!(rounds), |client| {
        let counter = counter.clone();
        client.on_elicit(move |_| {
            let at = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            accepted(["Ada", "Bob", "Cyd", "Dot"][at % 4])
        })
    });
    for (client, tap) in clients.await? {
        for call in ways(&client) {
            assert_eq!(call.await?.text(), "Ada Bob Cyd Dot");
        }
        if client.protocol_version().is_modern() {
            let calls = tap.posted("tools/call");
            assert_eq!(calls.len(), 5);
            let states: Vec<_> = calls.iter().map(|it| &it["params"]["requestState"]).collect();
            for (at, state) in states.iter().enumerate() {
                assert!(!states[..at].contains(state));
            }
        }
    }
    Ok(())
}
