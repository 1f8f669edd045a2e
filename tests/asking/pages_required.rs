//! Calls that cannot go on before the person has visited pages.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use mcp_stack::{
    BoxError, Completion, ErrorObject, McpService, Prompt, PromptArgument, ProtocolVersion,
    UrlElicitation, UrlElicitationRequired,
    testing::{Asked, Reply, TestClient},
};
use serde_json::{Value, json};

use crate::support::{TestResult, each_version, refusal, service_of, tapped, ways};

const PAGES: [&str; 2] = ["https://example.com/consent", "https://example.com/key"];

fn pages() -> UrlElicitationRequired {
    let [consent, key] = PAGES.map(|url| UrlElicitation::new(format!("Visit {url}"), url));
    UrlElicitationRequired::new(consent).and(key)
}

/// A service whose handlers go on once both pages were visited: each visit counts.
fn service(visits: &Arc<AtomicUsize>) -> Result<McpService, BoxError> {
    let visits = visits.clone();
    let work = move || match visits.load(Ordering::Relaxed) {
        0 | 1 => Err(pages()),
        _ => Ok("done"),
    };
    Ok(service_of!(work.clone()))
}

#[tokio::test]
async fn a_client_of_2025_11_25_is_told_every_page_by_an_error() -> TestResult {
    // ELICIT-20, ELICIT-21, ELICIT-4
    let visits = Arc::default();
    let (client, tap) = tapped(service(&visits)?);
    let client = client.legacy(ProtocolVersion::V2025_11_25);
    let client = client.on_elicit(|_| -> Value { panic!("it is asked nothing") }).connect().await?;
    let mut ids = Vec::new();
    for call in ways(&client).into_iter().chain(ways(&client)) {
        let error = refusal(call.await);
        assert_eq!(error.code(), Some(-32042));
        let data: Value = error.error().and_then(ErrorObject::data).expect("data").to()?;
        let listed = data["elicitations"].as_array().expect("a list");
        assert_eq!(listed.len(), PAGES.len());
        for (elicitation, url) in listed.iter().zip(PAGES) {
            let id = elicitation["elicitationId"].as_str().expect("an id").to_owned();
            assert!(!ids.contains(&id));
            let expected = json!({
                "mode": "url", "message": format!("Visit {url}"), "url": url, "elicitationId": id,
            });
            assert_eq!(*elicitation, expected);
            ids.push(id);
        }
    }
    assert!(tap.asked().is_empty());
    // The retry goes on.
    visits.store(2, Ordering::Relaxed);
    for call in ways(&client) {
        assert_eq!(call.await?.text(), "done");
    }
    Ok(())
}

#[tokio::test]
async fn a_modern_client_is_asked_for_every_page_until_all_is_done() -> TestResult {
    // ELICIT-22, ELICIT-5, ELICIT-20
    let visits = Arc::new(AtomicUsize::new(0));
    let (client, tap) = tapped(service(&visits)?);
    // Agrees at once, but is through with the pages only the second time.
    let agreed = Arc::new(AtomicUsize::new(0));
    let (visiting, agreeing) = (visits.clone(), agreed.clone());
    let client = client.on_elicit(move |asked: Asked| {
        assert_eq!(asked.params["mode"], "url");
        assert!(PAGES.contains(&asked.params["url"].as_str().expect("a URL")));
        if agreeing.fetch_add(1, Ordering::Relaxed) >= PAGES.len() {
            visiting.fetch_add(1, Ordering::Relaxed);
        }
        json!({ "action": "accept" })
    });
    let client = client.connect().await?;
    for call in ways(&client) {
        visits.store(0, Ordering::Relaxed);
        agreed.store(0, Ordering::Relaxed);
        assert_eq!(call.await?.text(), "done");
        assert_eq!(agreed.load(Ordering::Relaxed), 2 * PAGES.len());
    }
    let wire = Value::from(tap.answered()).to_string();
    assert!(!wire.contains("-32042") && !wire.contains("elicitationId"));
    Ok(())
}

#[tokio::test]
async fn who_declines_a_page_is_not_asked_again() -> TestResult {
    // ELICIT-13
    for reply in [Reply::decline(), Reply::cancel()] {
        let (client, tap) = tapped(service(&Arc::default())?);
        let client = client.on_elicit(move |asked: Asked| match asked.params["url"] == PAGES[1] {
            true => reply.clone(),
            false => Reply::accept(json!({})),
        });
        let client = client.connect().await?;
        for call in ways(&client) {
            let error = refusal(call.await);
            assert_eq!(error.code(), Some(-32602));
            assert!(error.to_string().contains("did not agree"), "{error}");
        }
        assert_eq!(tap.posted("tools/call").len(), 2);
    }
    Ok(())
}

#[tokio::test]
async fn who_cannot_be_asked_is_told_of_the_capability() -> TestResult {
    // ELICIT-1, ELICIT-2
    let form_alone = |client: TestClient| {
        let capabilities = json!({ "elicitation": { "form": {} } });
        client.on_elicit(|_| Reply::decline()).with_capabilities(capabilities)
    };
    for (client, tap) in each_version(service(&Arc::default())?, form_alone).await? {
        let code = if client.protocol_version().is_modern() { -32021 } else { -32602 };
        for call in ways(&client) {
            let error = refusal(call.await);
            assert_eq!(error.code(), Some(code));
            assert!(error.to_string().contains("elicitation.url"), "{error}");
        }
        assert!(!Value::from(tap.answered()).to_string().contains("example.com"));
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_cannot_be_asked_for_is_not_left_out() -> TestResult {
    // ELICIT-3, ELICIT-21
    let work = || Err::<String, _>(pages().and(UrlElicitation::new("m", "http://example.com/")));
    for (client, tap) in
        each_version(service_of!(work), |client| client.on_elicit(|_| Reply::decline())).await?
    {
        for call in ways(&client) {
            assert!(call.await.map_or(true, |answer| answer.is_error()));
        }
        let wire = Value::from(tap.answered()).to_string();
        assert!(!wire.contains("-32042") && !wire.contains("http://example.com/"), "{wire}");
    }
    Ok(())
}

#[tokio::test]
async fn a_completer_wants_pages_visited_by_the_error_alone() -> TestResult {
    // ELICIT-20, ELICIT-22
    let prompt = Prompt::new("ask", || "x")
        .add_argument(PromptArgument::optional("a"))
        .with_completion("a", || Err::<Completion, _>(pages()));
    let service = McpService::new("asking", "1.0.0").with_prompt(prompt)?;
    let prompt = json!({ "type": "ref/prompt", "name": "ask" });
    for (client, _) in
        each_version(service, |client| client.on_elicit(|_| Reply::decline())).await?
    {
        let error = refusal(client.complete(prompt.clone(), "a", "").await);
        let expected = match client.protocol_version() {
            ProtocolVersion::V2025_06_18 => -32602,
            ProtocolVersion::V2025_11_25 => -32042,
            _ => -32603,
        };
        assert_eq!(error.code(), Some(expected));
    }
    Ok(())
}
