//! `ForwardLogs` in the subscriber of the whole process, alone in it: `tracing` itself keeps
//! events out of events only where a thread has a subscriber of its own.

use std::fmt;

use mcp_stack::{
    BoxError, Context, ForwardLogs, LogLevel, McpService, ProtocolVersion, Stack, Tool,
    testing::{Notification, TestClient},
};
use serde_json::{Value, json};
use tracing::info;
use tracing_subscriber::layer::SubscriberExt as _;

struct Chatty;

impl fmt::Debug for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(target: "app", "while it is written");
        f.write_str("chatty")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_the_sending_is_not_sent() -> Result<(), BoxError> {
    let subscriber = tracing_subscriber::registry().with(ForwardLogs::new("app"));
    tracing::subscriber::set_global_default(subscriber)?;
    let tool = Tool::new("chatty", async |cx: Context| {
        info!(target: "app", value = ?Chatty, "an event");
        tokio::task::yield_now().await;
        cx.log(LogLevel::Info, json!({ "message": "by hand" }));
        info!(target: "app", "another");
        "done"
    });
    let stack =
        Stack::new(McpService::new("probe", "1.0.0").with_logging().with_tool(tool)?).build();
    for client in [
        TestClient::new(stack.clone()),
        TestClient::new(stack).legacy(ProtocolVersion::V2025_11_25),
    ] {
        let client = client.connect().await?;
        client.set_log_level(LogLevel::Info).await?;
        let answer = client.call_tool("chatty", Value::Null).await?;
        let data = |sent: &Notification| sent.params["data"].clone();
        assert_eq!(
            answer.notifications().iter().map(data).collect::<Vec<_>>(),
            [
                json!({ "message": "an event", "value": "chatty" }),
                json!({ "message": "by hand" }),
                json!({ "message": "another" }),
            ]
        );
    }
    Ok(())
}
