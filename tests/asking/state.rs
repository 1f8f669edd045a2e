//! What a modern client carries from round to round: `requestState`.

use std::time::Duration;

use mcp_layers_core::extensions::Principal;
use mcp_stack::{
    BoxError, Context, InputError, McpService, Prompt, Resource, Tool,
    testing::{Answer, Call, CallError, TestClient},
};
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{TestResult, accepted, by_hand, name, refusal, state_of};

#[derive(Deserialize, JsonSchema)]
struct Order {
    item: String,
    #[serde(default)]
    count: u32,
    #[serde(default)]
    notes: Vec<String>,
}

async fn order(order: Order, cx: Context) -> Result<String, InputError> {
    let name = cx.elicit("name", name()).await?.accepted().map_or_else(String::new, |it| it.name);
    Ok(format!("{} {} {} for {name}", order.count, order.item, order.notes.join(",")))
}

async fn greet(cx: Context) -> Result<String, InputError> {
    let name = cx.elicit("name", name()).await?;
    Ok(name.accepted().map_or_else(String::new, |it| it.name))
}

fn service() -> Result<McpService, BoxError> {
    Ok(McpService::new("shop", "1.0.0")
        .with_tool(Tool::new("order", order))?
        .with_tool(Tool::new("other", order))?
        .with_tool(Tool::new("greet", greet))?
        .with_prompt(Prompt::new("greet", greet))?
        .with_prompt(Prompt::new("order", greet))?
        .with_prompt(Prompt::new("other", greet))?
        .with_resource(Resource::new("test://order", "order", greet))?
        .with_resource(Resource::new("test://other", "other", greet))?)
}

fn tea() -> Value {
    json!({ "item": "tea", "count": 2, "notes": ["green"] })
}

async fn first(client: &TestClient) -> Result<String, CallError> {
    Ok(state_of(&client.call_tool("order", tea()).await?))
}

fn with_state(call: Call, state: &str) -> Call {
    call.with_param("requestState", state)
        .with_param("inputResponses", json!({ "name": accepted("Ada") }))
}

async fn retry(client: &TestClient, state: &str) -> Result<Answer, CallError> {
    with_state(client.call_tool("order", tea()), state).await
}

#[tokio::test]
async fn a_state_is_good_for_the_request_it_was_given_to() -> TestResult {
    // MRTR-8
    let client = by_hand(service()?);
    let state = first(&client).await?;
    assert_eq!(retry(&client, &state).await?.text(), "2 tea green for Ada");
    Ok(())
}

#[tokio::test]
async fn a_state_with_any_character_changed_is_refused() -> TestResult {
    // MRTR-11, MRTR-12
    let client = by_hand(service()?);
    let state = first(&client).await?;
    for at in 0..state.len() {
        let old = state.as_bytes()[at];
        for new in [if old == b'A' { b'B' } else { b'A' }, old ^ 1, b'=', b'\n'] {
            let mut changed = state.clone().into_bytes();
            changed[at] = new;
            let changed = String::from_utf8(changed).expect("ASCII stays ASCII");
            assert_ne!(changed, state);
            let error = refusal(retry(&client, &changed).await);
            assert_eq!(error.code(), Some(-32602), "{changed}");
        }
        assert_eq!(refusal(retry(&client, &state[..at]).await).code(), Some(-32602));
    }
    let longer = format!("{state}AAAA");
    assert_eq!(refusal(retry(&client, &longer).await).code(), Some(-32602));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_comes_as_a_state_is_refused(
        state in prop_oneof![".{0,200}", "[A-Za-z0-9_-]{0,400}"],
    ) {
        // MRTR-11, MRTR-12
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let code = runtime.block_on(async {
            let client = by_hand(service().expect("it is sound"));
            refusal(retry(&client, &state).await).code()
        });
        prop_assert_eq!(code, Some(-32602));
    }
}

#[tokio::test]
async fn an_expired_state_is_refused() -> TestResult {
    // MRTR-14
    let client = by_hand(service()?.with_state_lifetime(Duration::ZERO));
    let state = first(&client).await?;
    let error = refusal(retry(&client, &state).await);
    assert_eq!(error.code(), Some(-32602));
    assert!(error.to_string().contains("expired"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_state_of_another_caller_is_refused() -> TestResult {
    // MRTR-13, ELICIT-15, ELICIT-17
    let service = service()?;
    let callers = || {
        let of = |name: &str| by_hand(service.clone()).with_extension(Principal::new(name));
        [by_hand(service.clone()), of("ada"), of("bob"), of("")]
    };
    for (at, one) in callers().iter().enumerate() {
        let state = first(one).await?;
        for (other_at, other) in callers().iter().enumerate() {
            let outcome = retry(other, &state).await;
            match at == other_at {
                true => assert_eq!(outcome?.text(), "2 tea green for Ada"),
                false => assert_eq!(refusal(outcome).code(), Some(-32602)),
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_state_of_another_request_is_refused() -> TestResult {
    // MRTR-15
    let client = by_hand(service()?);
    let calls = || {
        [
            client.call_tool("order", tea()),
            client.call_tool("other", tea()),
            client.call_tool("order", json!({ "item": "tea", "count": 3, "notes": ["green"] })),
            client.call_tool("order", json!({ "item": "tea", "count": 2, "notes": [] })),
            client.call_tool("order", json!({ "item": "tea", "count": 2, "notes": ["gre", "en"] })),
            client.call_tool("order", json!({ "item": "tea", "count": 2 })),
            // These two have the same params.
            client.call_tool("greet", json!({})),
            client.get_prompt("greet", json!({})),
            client.get_prompt("order", json!({})),
            client.get_prompt("other", json!({})),
            client.read_resource("test://order"),
            client.read_resource("test://other"),
        ]
    };
    for (at, one) in calls().into_iter().enumerate() {
        let state = state_of(&one.await?);
        for (other_at, other) in calls().into_iter().enumerate() {
            let outcome = with_state(other, &state).await;
            match at == other_at {
                true => assert!(!outcome?.is_input_required()),
                false => assert_eq!(refusal(outcome).code(), Some(-32602), "{at} {other_at}"),
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn arguments_may_be_spelt_another_way() -> TestResult {
    // MRTR-15
    let client = by_hand(service()?);
    let state = first(&client).await?;
    let respelt = r#"{ "notes" : [ "\u0067reen" ],  "count":2, "item" :"tea" }"#;
    let call = with_state(client.call_tool("order", json!("ARGUMENTS")), &state);
    let answer = call.with_edit(move |request| {
        let body = text_of(std::mem::take(request.body_mut()));
        *request.body_mut() = body
            .replace("\"ARGUMENTS\"", respelt)
            .replacen(",\"name\":\"order\"", "", 1)
            .replacen("\"params\":{", "\"params\":{\"name\":\"order\",", 1)
            .into();
    });
    assert_eq!(answer.await?.text(), "2 tea green for Ada");
    Ok(())
}

/// The text of a body that is there at once.
fn text_of(body: http_body_util::Full<bytes::Bytes>) -> String {
    use http_body::Body as _;
    let mut body = std::pin::pin!(body);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match body.as_mut().poll_frame(&mut cx) {
        std::task::Poll::Ready(Some(Ok(frame))) => {
            let data = frame.into_data().expect("it is no trailer");
            String::from_utf8(data.into()).expect("JSON is UTF-8")
        }
        _ => panic!("it is there at once"),
    }
}

#[tokio::test]
async fn a_state_of_another_server_is_refused() -> TestResult {
    // MRTR-12
    let state = first(&by_hand(service()?)).await?;
    assert_eq!(refusal(retry(&by_hand(service()?), &state).await).code(), Some(-32602));
    Ok(())
}

#[tokio::test]
async fn nodes_with_the_same_key_serve_each_others_retries() -> TestResult {
    // MRTR-8, MRTR-9
    let node = || Ok::<_, BoxError>(by_hand(service()?.with_state_keys([[7; 32]])));
    let state = first(&node()?).await?;
    assert_eq!(retry(&node()?, &state).await?.text(), "2 tea green for Ada");
    Ok(())
}

#[tokio::test]
async fn keys_are_rotated_by_putting_the_new_one_first() -> TestResult {
    // MRTR-12
    const OLD: [u8; 32] = [1; 32];
    const NEW: [u8; 32] = [2; 32];
    let node = |keys: &[[u8; 32]]| {
        Ok::<_, BoxError>(by_hand(service()?.with_state_keys(keys.iter().copied())))
    };
    let (old, both, new) = (node(&[OLD])?, node(&[NEW, OLD])?, node(&[NEW])?);
    let by_old = first(&old).await?;
    let by_both = first(&both).await?;
    retry(&both, &by_old).await?;
    retry(&new, &by_both).await?;
    assert_eq!(refusal(retry(&old, &by_both).await).code(), Some(-32602));
    assert_eq!(refusal(retry(&new, &by_old).await).code(), Some(-32602));
    Ok(())
}

#[tokio::test]
async fn a_state_tells_the_client_nothing() -> TestResult {
    // ELICIT-17
    async fn secret(cx: Context) -> Result<String, BoxError> {
        match cx.request_state::<String>() {
            Some(state) => Ok(state),
            None => {
                let round = mcp_stack::InputRequired::new();
                Err(round.ask("name", name()).with_state("swordfish")?.into())
            }
        }
    }
    let client = by_hand(McpService::new("s", "1").with_tool(Tool::new("order", secret))?);
    let state = state_of(&client.call_tool("order", json!({})).await?);
    let plain = base64_decoded(&state);
    assert!(plain.len() > 40);
    assert!(!plain.windows(9).any(|window| window == b"swordfish"));
    assert_eq!(with_state(client.call_tool("order", json!({})), &state).await?.text(), "swordfish");
    Ok(())
}

/// Base64 as of RFC 4648 §5, without padding.
fn base64_decoded(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("it is base64")
}
