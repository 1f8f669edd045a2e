//! Pages that a person is sent to: who may use them, and what becomes of what is entered
//! there. The page is an HTTP handler of the application's, beside the endpoint.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Request, StatusCode};
use mcp_layers_core::extensions::Principal;
use mcp_stack::{
    BoxError, Context, McpService, PageTokens, ProtocolVersion, UrlElicitation,
    testing::{Asked, TestClient},
};
use serde_json::{Value, json};

use crate::support::{
    Tap, TestResult, accepted, name, of_version, refusal, service_of, tapped, ways,
};

const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::V2025_11_25, ProtocolVersion::V2026_07_28];
const PAGE: &str = "https://example.com/key?token=";
const SECRET: &str = "swordfish";

/// What callers have entered, and the tokens of the page where they do.
#[derive(Clone, Default)]
struct Keys {
    tokens: PageTokens,
    entered: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Keys {
    /// The page: `request` comes from a browser, whose user has logged in.
    fn page(&self, request: Request<&str>) -> StatusCode {
        let visitor: &Principal = request.extensions().get().expect("a user");
        let token = request.uri().query().and_then(|query| query.strip_prefix("token="));
        if self.tokens.verify("key", token.unwrap_or_default(), visitor).is_err() {
            return StatusCode::FORBIDDEN;
        }
        let key = request.body().to_string();
        self.entered.lock().expect("no panic").insert(visitor.name().to_owned(), key);
        StatusCode::NO_CONTENT
    }

    /// Opens a URL as this user, and enters a key.
    fn visit(&self, url: &str, user: &str, key: &'static str) -> StatusCode {
        let request = Request::post(url).extension(Principal::new(user)).body(key);
        request.map_or(StatusCode::BAD_REQUEST, |request| self.page(request))
    }

    fn of(&self, user: &Principal) -> Option<String> {
        self.entered.lock().expect("no panic").get(user.name()).cloned()
    }

    /// A service that works with the caller's own key, and asks for it where there is none.
    fn service(&self) -> Result<McpService, BoxError> {
        let keys = self.clone();
        let work = move |cx: Context| {
            let keys = keys.clone();
            async move {
                let caller = cx.principal().ok_or("log in first")?;
                if keys.of(caller).is_none() {
                    let url = format!("{PAGE}{}", keys.tokens.issue("key", caller)?);
                    cx.elicit("key", UrlElicitation::new("Your key, please", url)).await?;
                }
                // A question after it, so that what was answered is carried along.
                cx.elicit("name", name()).await?;
                let key = keys.of(caller).ok_or("there is no key yet")?;
                Ok::<_, BoxError>(format!("worked with {} bytes of {}", key.len(), caller.name()))
            }
        };
        Ok(service_of!(work.clone()))
    }
}

/// A client of this user's, who does this with the page that is asked for.
async fn client(
    service: McpService,
    version: ProtocolVersion,
    user: &str,
    visit: impl Fn(&str) + Send + Sync + 'static,
) -> Result<(TestClient, Tap), BoxError> {
    let (client, tap) = tapped(service);
    let client = of_version(client, version).with_extension(Principal::new(user));
    let client = client.on_elicit(move |asked: Asked| match asked.params["url"].as_str() {
        Some(url) => {
            visit(url);
            json!({ "action": "accept" })
        }
        None => accepted("Ada"),
    });
    Ok((client.connect().await?, tap))
}

/// The URL that this user is sent to, and not followed.
async fn url_for(keys: &Keys, version: ProtocolVersion, user: &str) -> Result<String, BoxError> {
    let seen = Arc::new(Mutex::new(String::new()));
    let log = seen.clone();
    let visit = move |url: &str| url.clone_into(&mut log.lock().expect("no panic"));
    let (client, _) = client(keys.service()?, version, user, visit).await?;
    let answer = client.call_tool("ask", json!({})).await?;
    assert_eq!(answer.text(), "there is no key yet");
    let url = seen.lock().expect("no panic").clone();
    assert!(url.starts_with(PAGE), "{url}");
    Ok(url)
}

#[tokio::test]
async fn only_who_was_asked_can_use_the_page() -> TestResult {
    // ELICIT-16
    for version in VERSIONS {
        let keys = Keys::default();
        let of_ada = url_for(&keys, version, "ada").await?;
        let of_eve = url_for(&keys, version, "eve").await?;
        assert_eq!(keys.visit(&of_ada, "eve", "hers"), StatusCode::FORBIDDEN);
        // Nor does Ada enter her key for Eve, who has sent her the link.
        assert_eq!(keys.visit(&of_eve, "ada", "hers"), StatusCode::FORBIDDEN);
        assert!(keys.entered.lock().expect("no panic").is_empty());

        assert_eq!(keys.visit(&of_ada, "ada", SECRET), StatusCode::NO_CONTENT);
        let (ada, _) = client(keys.service()?, version, "ada", |_| panic!("no page")).await?;
        for call in ways(&ada) {
            assert_eq!(call.await?.text(), "worked with 9 bytes of ada");
        }
        // Eve is none the richer.
        url_for(&keys, version, "eve").await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_altered_url_is_nobodys() -> TestResult {
    // ELICIT-16
    let keys = Keys::default();
    let url = url_for(&keys, ProtocolVersion::V2025_11_25, "ada").await?;
    for at in PAGE.len()..url.len() {
        for new in *b"Aa_" {
            let mut altered = url.clone().into_bytes();
            if std::mem::replace(&mut altered[at], new) == new {
                continue;
            }
            let altered = String::from_utf8(altered)?;
            for user in ["ada", "eve", ""] {
                assert_eq!(keys.visit(&altered, user, "hers"), StatusCode::FORBIDDEN, "{altered}");
            }
        }
        assert_eq!(keys.visit(&url[..at], "ada", "hers"), StatusCode::FORBIDDEN);
    }
    assert_eq!(keys.visit(&url, "ada", SECRET), StatusCode::NO_CONTENT);
    Ok(())
}

#[test]
fn a_token_is_of_its_page_its_time_and_its_keys() -> TestResult {
    // ELICIT-16
    let ada = Principal::new("ada");
    let tokens = PageTokens::new();
    let token = tokens.issue("key", &ada)?;
    assert!(tokens.verify("key", &token, &ada).is_ok());
    assert!(tokens.verify("consent", &token, &ada).is_err());
    assert!(tokens.verify("keya", &tokens.issue("key", &ada)?, &Principal::new("da")).is_err());
    assert!(PageTokens::new().verify("key", &token, &ada).is_err());

    let short = tokens.clone().with_lifetime(Duration::ZERO);
    assert!(tokens.verify("key", &short.issue("key", &ada)?, &ada).is_err());

    let [old, both, new] = [vec![[1; 32]], vec![[2; 32], [1; 32]], vec![[2; 32]]]
        .map(|keys| PageTokens::new().with_keys(keys));
    let by_old = old.issue("key", &ada)?;
    assert!(both.verify("key", &by_old, &ada).is_ok());
    assert!(new.verify("key", &by_old, &ada).is_err());
    assert!(new.verify("key", &both.issue("key", &ada)?, &ada).is_ok());
    Ok(())
}

#[tokio::test]
async fn a_url_tells_nothing_of_whom_it_is_for() -> TestResult {
    // ELICIT-11
    let keys = Keys::default();
    let url = url_for(&keys, ProtocolVersion::V2026_07_28, "ada.lovelace@example.com").await?;
    let token = URL_SAFE_NO_PAD.decode(&url[PAGE.len()..])?;
    assert!(!url.contains("lovelace") && !holds(&token, "lovelace"));
    Ok(())
}

#[tokio::test]
async fn what_is_entered_at_a_page_never_reaches_the_client() -> TestResult {
    // ELICIT-23
    for version in VERSIONS {
        for at in 0..3 {
            let keys = Keys::default();
            let page = keys.clone();
            let visit = move |url: &str| {
                assert_eq!(page.visit(url, "ada", SECRET), StatusCode::NO_CONTENT);
            };
            let (client, tap) = client(keys.service()?, version, "ada", visit).await?;
            let call = ways(&client).into_iter().nth(at).expect("one of three");
            assert_eq!(call.await?.text(), "worked with 9 bytes of ada");
            assert!(!Value::from(tap.answered()).to_string().contains(SECRET));
            let states = tap.states();
            assert_eq!(states.len(), if version.is_modern() { 2 } else { 0 });
            for state in states {
                assert!(!holds(&URL_SAFE_NO_PAD.decode(state)?, SECRET));
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_error_that_quotes_a_credential_stays_here() -> TestResult {
    // ELICIT-23
    async fn work() -> Result<String, BoxError> {
        Err(format!("the third party does not know the key {SECRET}").into())
    }
    for version in VERSIONS {
        let (client, tap) = tapped(service_of!(work));
        let client = of_version(client, version).connect().await?;
        // Of a tool's error the model reads the text: its author keeps the key out of it.
        let [_, prompt, resource] = ways(&client);
        for call in [prompt, resource] {
            assert_eq!(refusal(call.await).code(), Some(-32603));
        }
        assert!(!Value::from(tap.answered()).to_string().contains(SECRET));
    }
    Ok(())
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
