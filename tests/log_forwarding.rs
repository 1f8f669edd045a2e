//! `ForwardLogs`: the events of a handler, on its client's stream.

use std::sync::Arc;

use mcp_stack::{
    BoxError, ForwardLogs, LogLevel, McpService, ProtocolVersion, Stack, Tool,
    testing::{Answer, TestClient},
};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tracing::{debug, error, info, subscriber::DefaultGuard, trace, warn};
use tracing_subscriber::layer::SubscriberExt as _;

type TestResult = Result<(), BoxError>;

/// The runtime of these tests has one thread, so that the whole server is under it.
fn install(layer: ForwardLogs) -> DefaultGuard {
    tracing::subscriber::set_default(tracing_subscriber::registry().with(layer))
}

fn forward_all() -> DefaultGuard {
    install(ForwardLogs::new("app"))
}

fn each_level() -> Tool {
    Tool::new("each_level", || {
        trace!(target: "app", "trace");
        debug!(target: "app", "debug");
        info!(target: "app", "info");
        warn!(target: "app", "warn");
        error!(target: "app", "error");
        "done"
    })
}

fn service() -> McpService {
    McpService::new("probe", "1.0.0").with_logging()
}

/// A client of each era, told of everything.
async fn clients(service: McpService) -> Result<Vec<TestClient>, BoxError> {
    let stack = Stack::new(service).build();
    let mut clients = vec![TestClient::new(stack.clone()).connect().await?];
    for version in [ProtocolVersion::V2025_03_26, ProtocolVersion::V2025_11_25] {
        clients.push(TestClient::new(stack.clone()).legacy(version).connect().await?);
    }
    for client in &clients {
        client.set_log_level(LogLevel::Debug).await?;
    }
    Ok(clients)
}

async fn call(client: &TestClient, name: &str) -> Result<Answer, BoxError> {
    Ok(client.call_tool(name, Value::Null).await?)
}

/// The params of the log messages that came with an answer.
fn logs(answer: &Answer) -> Vec<&Value> {
    let messages = answer.notifications().iter();
    messages
        .filter(|sent| sent.method == "notifications/message")
        .map(|sent| &sent.params)
        .collect()
}

fn messages(answer: &Answer) -> Vec<&str> {
    logs(answer).iter().filter_map(|params| params["data"]["message"].as_str()).collect()
}

#[tokio::test]
async fn an_event_becomes_a_log_message_with_its_target_and_fields() -> TestResult {
    // LOG-2, LOG-11
    let _guard = forward_all();
    let tool = Tool::new("fields", || {
        let user = "ada";
        warn!(target: "app::store", user, rows = 3_u64, left = -1, half = 0.5, ok = true,
            none = f64::NAN, list = ?[1, 2], shown = %"plain", "{} found", 3);
        "done"
    });
    for client in clients(service().with_tool(tool)?).await? {
        let answer = call(&client, "fields").await?;
        let expected = json!({
            "level": "warning",
            "logger": "app::store",
            "data": {
                "message": "3 found", "user": "ada", "rows": 3, "left": -1, "half": 0.5,
                "ok": true, "none": null, "list": "[1, 2]", "shown": "plain",
            },
        });
        assert_eq!(logs(&answer), [&expected], "{}", client.protocol_version());
        assert_eq!(answer.text(), "done");
    }
    Ok(())
}

#[tokio::test]
async fn only_the_levels_that_the_client_wants_are_sent() -> TestResult {
    // LOG-3, LOG-4, LOG-6
    let _guard = forward_all();
    for client in clients(service().with_tool(each_level())?).await? {
        let levels = |answer: &Answer| -> Vec<Value> {
            logs(answer).iter().map(|params| params["level"].clone()).collect()
        };
        let answer = call(&client, "each_level").await?;
        assert_eq!(levels(&answer), ["debug", "debug", "info", "warning", "error"]);
        client.set_log_level(LogLevel::Warning).await?;
        let answer = call(&client, "each_level").await?;
        assert_eq!(levels(&answer), ["warning", "error"]);
        client.set_log_level(LogLevel::Critical).await?;
        assert_eq!(levels(&call(&client, "each_level").await?), Vec::<Value>::new());
    }
    Ok(())
}

#[tokio::test]
async fn a_modern_client_that_asks_for_no_level_is_sent_nothing() -> TestResult {
    // LOG-3
    let _guard = forward_all();
    let stack = Stack::new(service().with_tool(each_level())?).build();
    let client = TestClient::new(stack).connect().await?;
    let answer = call(&client, "each_level").await?;
    assert!(answer.notifications().is_empty() && !answer.is_stream());
    Ok(())
}

#[tokio::test]
async fn a_server_without_logging_sends_nothing() -> TestResult {
    // LOG-1, LOG-13
    let _guard = forward_all();
    let stack = Stack::new(McpService::new("quiet", "1.0.0").with_tool(each_level())?).build();
    let client = TestClient::new(stack).legacy(ProtocolVersion::V2025_11_25).connect().await?;
    assert!(!call(&client, "each_level").await?.is_stream());
    Ok(())
}

fn of_many_targets() -> Tool {
    Tool::new("targets", || {
        info!(target: "app", "app");
        info!(target: "app::tools", "app::tools");
        info!(target: "other", "other");
        info!(target: "app_db", "app_db");
        info!(target: "database::wire", "database::wire");
        info!(target: "mcp_stack", "own");
        info!(target: "mcp_stack::run", "own");
        info!(target: "mcp_layers::session", "own");
        info!(target: "mcp_layers_core", "own");
        "done"
    })
}

#[tokio::test]
async fn only_the_named_targets_are_forwarded() -> TestResult {
    // LOG-10, LOG-12
    for (layer, expected) in [
        (ForwardLogs::new("app"), &["app", "app::tools"][..]),
        (ForwardLogs::new("app::tools").add_target("other"), &["app::tools", "other"]),
        (
            ForwardLogs::dangerously_all_targets(),
            &["app", "app::tools", "other", "app_db", "database::wire"],
        ),
        (ForwardLogs::new("mcp_stack").add_target("mcp_layers"), &[]),
    ] {
        let _guard = install(layer);
        for client in clients(service().with_tool(of_many_targets())?).await? {
            assert_eq!(messages(&call(&client, "targets").await?), expected);
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_the_library_logs_of_a_failed_handler_stays_in_the_log() -> TestResult {
    // LOG-10
    let _guard = install(ForwardLogs::dangerously_all_targets());
    let prompt = mcp_stack::Prompt::new("broken", || Err::<String, _>("password: swordfish"));
    for client in clients(service().with_prompt(prompt)?).await? {
        let failed = client.get_prompt("broken", Value::Null).await.expect_err("it fails");
        assert!(failed.notifications().is_empty(), "{failed:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_logged_while_a_handler_panics_stays_in_the_log() -> TestResult {
    // LOG-10
    let _guard = forward_all();
    struct Falling;
    impl Drop for Falling {
        fn drop(&mut self) {
            error!(target: "app", "seen while it panics");
        }
    }
    let tool = Tool::new("panics", || -> String {
        let _falling = Falling;
        info!(target: "app", "before");
        panic!("on purpose")
    });
    for client in clients(service().with_tool(tool)?).await? {
        let failed = client.call_tool("panics", Value::Null).await.expect_err("it panics");
        let sent: Vec<_> =
            failed.notifications().iter().map(|it| it.params["data"]["message"].clone()).collect();
        assert_eq!(sent, ["before"]);
    }
    Ok(())
}

#[tokio::test]
async fn each_call_has_its_own_events() -> TestResult {
    // LOG-4: on that request's own stream.
    let _guard = forward_all();
    let (go, waits) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (sent, waiting) = (go.clone(), waits.clone());
    let service = service()
        .with_tool(Tool::new("first", move || {
            let (go, waits) = (go.clone(), waits.clone());
            async move {
                info!(target: "app", "first begins");
                waits.notify_one();
                go.notified().await;
                info!(target: "app", "first goes on");
                "done"
            }
        }))?
        .with_tool(Tool::new("second", move || {
            info!(target: "app", "second");
            sent.notify_one();
            "done"
        }))?;
    for client in clients(service).await? {
        let second = async {
            waiting.notified().await;
            info!(target: "app", "of no handler");
            call(&client, "second").await
        };
        let (first, second) = tokio::join!(call(&client, "first"), second);
        assert_eq!(messages(&first?), ["first begins", "first goes on"]);
        assert_eq!(messages(&second?), ["second"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_call_within_a_call_has_its_own_events() -> TestResult {
    // LOG-3: the inner client asks for no level.
    let _guard = forward_all();
    let inner = Stack::new(service().with_tool(each_level())?).build();
    let tool = Tool::new("outer", move || {
        let inner = TestClient::new(inner.clone());
        async move {
            info!(target: "app", "before");
            let answer = inner.connect().await?.call_tool("each_level", Value::Null).await?;
            info!(target: "app", "after");
            Ok::<_, BoxError>(answer.text())
        }
    });
    for client in clients(service().with_tool(tool)?).await? {
        assert_eq!(messages(&call(&client, "outer").await?), ["before", "after"]);
    }
    Ok(())
}
