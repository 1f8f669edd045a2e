//! Tools to put load on the server, and faults.

use std::time::Duration;

use mcp_stack::{Context, Json, LogLevel, Tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) fn tools() -> [Tool; 6] {
    [
        Tool::new("echo", |args: Echo| args.text).with_description("Returns the text it is given"),
        Tool::new("add", |terms: Terms| Json(Sum { sum: terms.a.saturating_add(terms.b) }))
            .with_description("Adds two integers"),
        Tool::new("progress", progress).with_description("Reports progress in so many steps"),
        Tool::new("sleep", sleep).with_description("Answers later; stops when it is cancelled"),
        Tool::new("flood", flood).with_description("Logs many messages, then answers"),
        Tool::new("panic", || -> &'static str { panic!("a tool was told to panic") })
            .with_description("Panics"),
    ]
}

#[derive(Deserialize, JsonSchema)]
struct Echo {
    text: String,
}

#[derive(Deserialize, JsonSchema)]
struct Terms {
    a: i64,
    b: i64,
}

#[derive(Serialize, JsonSchema)]
struct Sum {
    sum: i64,
}

#[derive(Deserialize, JsonSchema)]
struct Steps {
    #[schemars(range(max = 1_000_000))]
    steps: u32,
}

#[derive(Deserialize, JsonSchema)]
struct Pause {
    /// In milliseconds.
    ms: u64,
}

#[derive(Deserialize, JsonSchema)]
struct Flood {
    /// How many messages.
    #[schemars(range(max = 1_000_000))]
    count: u32,
    /// How long each is.
    #[schemars(range(max = 1_048_576))]
    bytes: usize,
}

async fn progress(args: Steps, cx: Context) -> String {
    let total = f64::from(args.steps);
    for step in 1..=args.steps {
        cx.progress(f64::from(step), Some(total), None);
        tokio::task::yield_now().await;
    }
    format!("took {} steps", args.steps)
}

async fn sleep(args: Pause) -> String {
    tokio::time::sleep(Duration::from_millis(args.ms)).await;
    format!("slept {} ms", args.ms)
}

async fn flood(args: Flood, cx: Context) -> String {
    let message = "x".repeat(args.bytes);
    for _ in 0..args.count {
        cx.log(LogLevel::Info, &message);
        // The task is not to keep its thread from the others.
        tokio::task::yield_now().await;
    }
    format!("logged {} messages of {} bytes", args.count, args.bytes)
}
