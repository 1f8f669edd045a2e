//! Rounds that the handler's author writes by hand.

use mcp_stack::{
    BoxError, Context, InputRequired,
    testing::{CallErrorKind, Reply},
};
use serde_json::json;

use crate::support::{TestResult, accepted, each_version, name, service_of, ways};

#[tokio::test]
async fn a_state_is_kept_from_round_to_round_in_either_era() -> TestResult {
    // MRTR-10
    async fn count(cx: Context) -> Result<String, BoxError> {
        let seen: Vec<String> = cx.request_state().unwrap_or_default();
        let key = format!("name {}", seen.len());
        let Some(answer) = cx.answer(&key, &name())? else {
            return Err(InputRequired::new().ask(key, name()).with_state(&seen)?.into());
        };
        let name = answer.accepted().ok_or("nobody there")?.name;
        let seen: Vec<_> = seen.into_iter().chain([name]).collect();
        match seen.len() {
            // A state alone: the client is to call again at once.
            0..3 => Err(InputRequired::new().with_state(&seen)?.into()),
            _ => Ok(seen.join(" ")),
        }
    }
    let clients = each_version(service_of!(count), |client| client.on_elicit(|_| accepted("Ada")));
    for (client, tap) in clients.await? {
        for call in ways(&client) {
            assert_eq!(call.await?.text(), "Ada Ada Ada");
        }
        if client.protocol_version().is_modern() {
            assert_eq!(tap.posted("tools/call").len(), 6);
        } else {
            assert_eq!(tap.asked().len(), 9);
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_arguments_are_the_same_in_every_round() -> TestResult {
    // MRTR-8
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Order {
        item: String,
    }
    async fn order(order: Order, cx: Context) -> Result<String, BoxError> {
        match cx.answer("name", &name())? {
            None => Err(InputRequired::new().ask("name", name()).into()),
            Some(answer) => {
                Ok(format!("{} for {}", order.item, answer.accepted().ok_or("nobody")?.name))
            }
        }
    }
    let service = mcp_stack::McpService::new("orders", "1.0.0")
        .with_tool(mcp_stack::Tool::new("order", order))?
        .with_prompt(mcp_stack::Prompt::new("order", order))?
        .with_resource_template(mcp_stack::ResourceTemplate::new(
            "test://{item}",
            "order",
            order,
        ))?;
    for (client, _) in each_version(service.clone(), |it| it.on_elicit(|_| accepted("Ada"))).await?
    {
        let calls = [
            client.call_tool("order", json!({ "item": "tea" })),
            client.get_prompt("order", json!({ "item": "tea" })),
            client.read_resource("test://tea"),
        ];
        for call in calls {
            assert_eq!(call.await?.text(), "tea for Ada");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_client_that_does_not_answer_in_shape_ends_the_rounds() -> TestResult {
    // MRTR-17, MRTR-18, ELICIT-14
    async fn once(cx: Context) -> Result<String, BoxError> {
        match cx.answer("name", &name())? {
            None => Err(InputRequired::new().ask("name", name()).into()),
            Some(_) => Ok("answered".to_owned()),
        }
    }
    let set_up = |client: mcp_stack::testing::TestClient| {
        client.on_elicit(|_| Reply::accept(json!({ "name": 7 })))
    };
    for (client, _) in each_version(service_of!(once), set_up).await? {
        if client.protocol_version().is_modern() {
            for call in ways(&client) {
                let error = call.await.expect_err("the answer does not fit");
                assert_eq!((error.kind(), error.code()), (CallErrorKind::Refused, Some(-32602)));
            }
        } else {
            let answer = client.call_tool("ask", json!({})).await?;
            assert!(answer.is_error() && answer.text().contains("does not fit"));
        }
    }
    Ok(())
}
