//! What a handler says before it answers: progress and log messages.

use std::sync::Arc;

use mcp_stack::{BoxError, Context, LogLevel, McpService, ProtocolVersion, Tool};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::support::{Answer, Client, LEGACY, MODERN, TestServer};

const LEVEL: &str = "io.modelcontextprotocol/logLevel";

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

async fn serve(tool: Tool) -> TestServer {
    TestServer::of(service().with_tool(tool).expect("a fit tool")).await
}

/// Logs once at each level.
fn chatty() -> Tool {
    Tool::new("chatty", |cx: Context| {
        for level in LogLevel::ALL {
            cx.log_as(level, Some("probe"), json!({ "level": level.as_str() }));
        }
        "done"
    })
}

async fn serve_chatty() -> TestServer {
    TestServer::of(service().with_logging().with_tool(chatty()).expect("a fit tool")).await
}

fn levels(answer: &Answer) -> Vec<&str> {
    let logs = answer.notifications.iter().filter(|sent| sent["method"] == "notifications/message");
    logs.map(|sent| sent["params"]["level"].as_str().expect("a level")).collect()
}

async fn call(client: &Client, name: &str, meta: &[(&str, Value)]) -> Answer {
    let call = client.call("tools/call", json!({ "name": name }));
    let call = meta.iter().fold(call, |call, (key, value)| call.with_meta(key, value.clone()));
    call.send().await.finish().await
}

#[tokio::test]
async fn a_log_message_has_a_level_data_and_a_logger() {
    // LOG-2, RPC-11
    let server = serve_chatty().await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let answer = call(&client, "chatty", &[(LEVEL, json!("debug"))]).await;
        let last = answer.notifications.last().expect("there is one");
        let params = json!({
            "level": "emergency", "logger": "probe", "data": { "level": "emergency" },
        });
        let method = "notifications/message";
        assert_eq!(last, &json!({ "jsonrpc": "2.0", "method": method, "params": params }));
        assert_eq!(answer.result()["content"][0]["text"], "done", "{version}");
    }
}

#[tokio::test]
async fn a_modern_request_is_told_no_more_than_it_asked_for() {
    // LOG-3, LOG-4
    let server = serve_chatty().await;
    let client = server.client(MODERN).await;
    let silent = call(&client, "chatty", &[]).await;
    assert_eq!(levels(&silent), [""; 0]);
    for (at, level) in LogLevel::ALL.into_iter().enumerate() {
        let answer = call(&client, "chatty", &[(LEVEL, json!(level.as_str()))]).await;
        let expected: Vec<_> = LogLevel::ALL[at..].iter().map(|level| level.as_str()).collect();
        assert_eq!(levels(&answer), expected, "{level:?}");
    }
}

#[tokio::test]
async fn the_level_of_one_request_is_not_another_s() {
    // LOG-3, LOG-4
    let server = serve_chatty().await;
    let client = server.client(MODERN).await;
    let debug = [(LEVEL, json!("debug"))];
    let (verbose, silent) =
        tokio::join!(call(&client, "chatty", &debug), call(&client, "chatty", &[]));
    assert_eq!((levels(&verbose).len(), levels(&silent).len()), (8, 0));
}

#[tokio::test]
async fn a_session_s_level_is_set_by_set_level() {
    // LOG-6, LOG-8
    let server = serve_chatty().await;
    for version in LEGACY {
        let client = server.client(version).await;
        let other = server.client(version).await;
        let unset = call(&client, "chatty", &[]).await;
        assert_eq!(levels(&unset)[0], "info", "{version}: the server's choice");
        for level in ["error", "debug", "emergency"] {
            let result = client.result("logging/setLevel", json!({ "level": level })).await;
            assert_eq!(result, json!({}), "{version}");
            let answer = call(&client, "chatty", &[]).await;
            assert_eq!(levels(&answer)[0], level, "{version}");
        }
        assert_eq!(levels(&call(&other, "chatty", &[]).await)[0], "info", "{version}");
    }
}

#[tokio::test]
async fn an_invalid_level_is_invalid_params() {
    // LOG-7
    let server = serve_chatty().await;
    for version in LEGACY {
        let client = server.client(version).await;
        client.result("logging/setLevel", json!({ "level": "alert" })).await;
        for params in [
            json!({}),
            json!({ "level": null }),
            json!({ "level": 3 }),
            json!({ "level": "verbose" }),
            json!({ "level": "INFO" }),
            json!({ "level": "" }),
        ] {
            let refusal = client.refusal("logging/setLevel", params.clone()).await;
            assert_eq!(refusal.kind(), (200, -32602), "{version} {params}");
        }
        let answer = call(&client, "chatty", &[]).await;
        assert_eq!(levels(&answer), ["alert", "emergency"], "{version}: the level stays");
    }
}

#[tokio::test]
async fn logging_is_off_unless_it_is_turned_on() {
    // LOG-1, LOG-13
    let server = serve(chatty()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let call = client.call("tools/call", json!({ "name": "chatty" }));
        let exchange = call.with_meta(LEVEL, json!("debug")).send().await;
        assert!(!exchange.is_stream(), "{version}");
        assert_eq!(exchange.finish().await.notifications, [Value::Null; 0], "{version}");
    }
}

#[tokio::test]
async fn a_progress_token_is_a_string_or_an_integer() {
    // PROG-1
    let server = serve(Tool::new("t", || "done")).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for token in [json!("a"), json!(""), json!(0), json!(-7), json!(u64::MAX)] {
            let answer = call(&client, "t", &[("progressToken", token)]).await;
            assert_eq!(answer.result()["content"][0]["text"], "done", "{version}");
        }
        for token in [json!(null), json!(1.5), json!(true), json!([]), json!({})] {
            let answer = call(&client, "t", &[("progressToken", token.clone())]).await;
            assert_eq!(answer.refusal().code, -32602, "{version} {token}");
        }
    }
}

#[tokio::test]
async fn progress_repeats_the_token_and_needs_one() {
    // PROG-2, PROG-6, RPC-11
    let server = serve(Tool::new("t", |cx: Context| {
        cx.progress(1.0, Some(2.0), Some("half way"));
        "done"
    }))
    .await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for token in [json!("1"), json!(1), json!("ünïcode \"quoted\""), json!(u64::MAX)] {
            let answer = call(&client, "t", &[("progressToken", token.clone())]).await;
            let params = json!({
                "progressToken": token, "progress": 1, "total": 2, "message": "half way",
            });
            let method = "notifications/progress";
            let expected = json!([{ "jsonrpc": "2.0", "method": method, "params": params }]);
            assert_eq!(json!(answer.notifications), expected, "{version}");
        }
        let exchange = client.call("tools/call", json!({ "name": "t" })).send().await;
        assert!(!exchange.is_stream(), "{version}: nothing is sent without a token");
    }
}

#[tokio::test]
async fn three_updates_arrive_in_order_before_the_response() {
    // PROG-8, PROG-9, SSE-28
    let gate = Arc::new(Semaphore::new(0));
    let pass = Arc::clone(&gate);
    let tool = Tool::new("steps", move |cx: Context| {
        let pass = Arc::clone(&pass);
        async move {
            for step in [0.0, 50.0, 100.0] {
                cx.progress(step, Some(100.0), None);
                pass.acquire().await?.forget();
            }
            Ok::<_, BoxError>("done")
        }
    });
    let server = serve(tool).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let call = client.call("tools/call", json!({ "name": "steps" }));
        let mut exchange = call.with_progress(json!("p")).send().await;
        assert_eq!(exchange.headers["content-type"], "text/event-stream", "{version}");
        for expected in [0, 50, 100] {
            let sent = exchange.next().await.expect("the stream goes on");
            assert_eq!(sent["method"], "notifications/progress", "{version}");
            assert_eq!(sent["params"]["progress"], expected, "{version}");
            gate.add_permits(1);
        }
        let answer = exchange.finish().await;
        assert_eq!(answer.notifications, [Value::Null; 0], "{version}");
        assert_eq!(answer.result()["content"][0]["text"], "done", "{version}");
    }
}

#[tokio::test]
async fn progress_always_increases() {
    // PROG-3, PROG-5
    // Of each batch the first alone goes up.
    const BATCHES: [&[f64]; 3] =
        [&[-1.5], &[0.25, 0.25, 0.1, f64::NAN], &[7.5, f64::INFINITY, 7.0, -8.0]];
    let gate = Arc::new(Semaphore::new(0));
    let pass = Arc::clone(&gate);
    let tool = Tool::new("steps", move |cx: Context| {
        let pass = Arc::clone(&pass);
        async move {
            for batch in BATCHES {
                batch.iter().for_each(|step| cx.progress(*step, None, None));
                pass.acquire().await?.forget();
            }
            Ok::<_, BoxError>("done")
        }
    });
    let server = serve(tool).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let call = client.call("tools/call", json!({ "name": "steps" }));
        let mut exchange = call.with_progress(json!(1)).send().await;
        for batch in BATCHES {
            let sent = exchange.next().await.expect("the stream goes on");
            assert_eq!(sent["params"]["progress"], batch[0], "{version}");
            gate.add_permits(1);
        }
        assert_eq!(exchange.finish().await.notifications, [Value::Null; 0], "{version}");
    }
}

#[tokio::test]
async fn nothing_is_sent_after_the_response() {
    // PROG-4, SSE-28
    let (late, spoken) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (wait, said) = (Arc::clone(&late), Arc::clone(&spoken));
    let tool = Tool::new("t", move |cx: Context| {
        let (wait, said) = (Arc::clone(&wait), Arc::clone(&said));
        let later = cx.clone();
        tokio::spawn(async move {
            wait.acquire().await.expect("open").forget();
            later.progress(2.0, None, None);
            later.log(LogLevel::Emergency, "too late");
            said.add_permits(1);
        });
        cx.progress(1.0, None, None);
        "done"
    });
    let server =
        TestServer::of(service().with_logging().with_tool(tool).expect("a fit tool")).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let call = client.call("tools/call", json!({ "name": "t" }));
        let mut exchange = call.with_progress(json!(1)).send().await;
        let progress = exchange.next().await.expect("a notification");
        assert_eq!(progress["params"]["progress"], 1, "{version}");
        let response = exchange.next().await.expect("a response");
        assert_eq!(response["result"]["content"][0]["text"], "done", "{version}");
        late.add_permits(1);
        spoken.acquire().await.expect("open").forget();
        assert_eq!(exchange.next().await, None, "{version}: the stream ends");
    }
}

#[tokio::test]
async fn each_request_s_messages_are_on_its_own_stream() {
    // SSE-28, LOG-4, PROG-8
    let gate = Arc::new(Semaphore::new(0));
    let pass = Arc::clone(&gate);
    let tool = Tool::new("t", move |args: Value, cx: Context| {
        let pass = Arc::clone(&pass);
        async move {
            cx.progress(1.0, None, args["name"].as_str());
            pass.acquire().await?.forget();
            cx.log(LogLevel::Error, &args["name"]);
            Ok::<_, BoxError>(args["name"].to_string())
        }
    })
    .with_input_schema(mcp_stack::RawJson::parse(r#"{"type":"object"}"#).expect("JSON"));
    let server =
        TestServer::of(service().with_logging().with_tool(tool).expect("a fit tool")).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let send = async |name: &str| {
            let call = client
                .call("tools/call", json!({ "name": "t", "arguments": { "name": name } }))
                .with_progress(json!(name))
                .with_meta(LEVEL, json!("debug"));
            call.send().await
        };
        let mut exchanges = [send("a").await, send("b").await, send("c").await];
        // All have begun, none has ended.
        gate.add_permits(3);
        for (exchange, name) in exchanges.iter_mut().zip(["a", "b", "c"]) {
            let progress = exchange.next().await.expect("progress");
            assert_eq!(progress["params"]["progressToken"], name, "{version}");
            assert_eq!(progress["params"]["message"], name, "{version}");
            let log = exchange.next().await.expect("a log message");
            assert_eq!(log["params"]["data"], name, "{version}");
            let response = exchange.next().await.expect("a response");
            assert_eq!(response["result"]["content"][0]["text"], format!("\"{name}\""));
            assert_eq!(exchange.next().await, None, "{version}");
        }
    }
}
