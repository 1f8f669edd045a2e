//! How to test a server: `app` is what `main` serves and what the tests call, in both
//! eras and without a socket.
//!
//!     cargo run --example testing --features testing
//!     cargo test --example testing --features testing

use mcp_stack::{BoxError, Context, McpService, Server, Stack, Tool};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct Divide {
    dividend: f64,
    divisor: f64,
}

#[derive(Deserialize, JsonSchema)]
struct Count {
    to: u32,
}

fn app() -> Result<Stack<McpService, mcp_stack::DefaultSlots>, BoxError> {
    let divide = Tool::new("divide", |args: Divide| match args.divisor {
        0.0 => Err("cannot divide by zero"),
        divisor => Ok((args.dividend / divisor).to_string()),
    });
    let count = Tool::new("count", async |args: Count, cx: Context| {
        for number in 1..=args.to {
            cx.progress(f64::from(number), Some(f64::from(args.to)), None);
            tokio::task::yield_now().await;
        }
        format!("counted to {}", args.to)
    });
    let service = McpService::new("calculator", "1.0.0").with_tool(divide)?.with_tool(count)?;
    Ok(Stack::new(service))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(app()?).await?)
}

#[cfg(test)]
mod tests {
    use mcp_stack::{ProtocolVersion, testing::TestClient};
    use serde_json::json;

    use super::*;

    /// A client that speaks as today's do, and one that speaks as yesterday's did.
    async fn clients() -> Result<[TestClient; 2], BoxError> {
        let stack = app()?.build();
        Ok([
            TestClient::new(stack.clone()).modern().connect().await?,
            TestClient::new(stack).legacy(ProtocolVersion::V2025_11_25).connect().await?,
        ])
    }

    #[tokio::test]
    async fn numbers_are_divided() -> Result<(), BoxError> {
        for client in clients().await? {
            let args = json!({ "dividend": 7, "divisor": 2 });
            assert_eq!(client.call_tool("divide", args).await?.text(), "3.5");
        }
        Ok(())
    }

    #[tokio::test]
    async fn the_model_is_told_what_it_did_wrong() -> Result<(), BoxError> {
        for client in clients().await? {
            let by_zero = json!({ "dividend": 7, "divisor": 0 });
            let answer = client.call_tool("divide", by_zero).await?;
            assert!(answer.is_error());
            assert_eq!(answer.text(), "cannot divide by zero");

            let unknown = client.call_tool("multiply", json!({})).await;
            assert_eq!(unknown.expect_err("there is no such tool").code(), Some(-32602));
        }
        Ok(())
    }

    #[tokio::test]
    async fn counting_reports_progress() -> Result<(), BoxError> {
        for client in clients().await? {
            let call = client.call_tool("count", json!({ "to": 3 })).with_progress("count");
            let (answer, first) = tokio::join!(call, client.next_notification());
            assert_eq!(first.params["progressToken"], "count");
            assert_eq!(answer?.text(), "counted to 3");
        }
        Ok(())
    }
}
