//! The service of `stack` and `layers`: the tools of `tools.json`, three of which are
//! called.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use anyhow::Result;
use mcp_stack::layers::session::{MemoryStore, SessionLayer};
use mcp_stack::{BoxError, Context, McpService, Tool, ToolResult};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

static LISTED: LazyLock<Vec<Listed>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../tools.json")).expect("the list is JSON")
});

/// A tool as `tools.json` has it.
#[derive(Deserialize)]
struct Listed {
    name: String,
    description: String,
    #[serde(rename = "inputSchema")]
    input_schema: Value,
}

/// The arguments of the tool at `AT`, with the schema that is listed there: as with any
/// type, and with the default features of `mcp-stack`.
#[derive(Deserialize)]
#[serde(transparent)]
struct Arguments<T, const AT: usize>(T);

impl<T, const AT: usize> JsonSchema for Arguments<T, AT> {
    fn schema_name() -> Cow<'static, str> {
        LISTED[AT].name.as_str().into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        LISTED[AT].input_schema.clone().try_into().expect("a schema is an object")
    }
}

#[derive(Deserialize)]
struct Echo {
    text: String,
}

#[derive(Deserialize)]
struct Add {
    a: i64,
    b: i64,
}

#[derive(Serialize)]
struct Sum {
    sum: i64,
}

#[derive(Deserialize)]
struct Steps {
    steps: u32,
}

/// The service that lists exactly the tools that every server lists.
///
/// # Errors
///
/// If one of them is not a tool.
pub fn service() -> Result<McpService> {
    macro_rules! tools {
        ($($at:literal: $handler:expr;)+) => {
            [$(Tool::new(&*LISTED[$at].name, $handler).with_description(&*LISTED[$at].description)),+]
        };
    }
    macro_rules! not_called {
        ($($at:literal)+) => {
            tools!($($at: |_: Arguments<IgnoredAny, $at>| "not called by any workload";)+)
        };
    }
    let called = tools! {
        0: |Arguments(Echo { text }): Arguments<_, 0>| text;
        1: |Arguments(add): Arguments<_, 1>| sum(&add);
        2: progress;
    };
    let others = not_called!(3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21);
    assert_eq!(called.len() + others.len(), LISTED.len(), "each tool of the list is served");
    let service = McpService::new("stack", env!("CARGO_PKG_VERSION"));
    Ok(called.into_iter().chain(others).try_fold(service, McpService::with_tool)?)
}

/// Adds `change`, which changes the list of tools and so tells every open stream.
///
/// # Errors
///
/// If there is such a tool.
pub fn with_change(service: McpService) -> Result<McpService> {
    let registry = service.registry();
    let change = Tool::new("change", move || {
        registry.update(|draft| draft.replace_tool(Tool::new("other", || "other")))?;
        Ok::<_, BoxError>("changed")
    });
    Ok(service.with_tool(change)?)
}

/// The list in `tools.json` has no output schema: a `ToolResult` brings none.
fn sum(add: &Add) -> Result<ToolResult, serde_json::Error> {
    ToolResult::structured(&Sum { sum: add.a + add.b })
}

/// Gives way after each report, as work that takes time does.
async fn progress(Arguments(args): Arguments<Steps, 2>, cx: Context) -> &'static str {
    let total = Some(f64::from(args.steps));
    for step in 1..=args.steps {
        cx.progress(f64::from(step), total, None);
        tokio::task::yield_now().await;
    }
    "done"
}

/// The default sessions, but with room: one benchmark opens more than the default allows.
pub fn sessions() -> SessionLayer {
    SessionLayer::with_store(Arc::new(MemoryStore::new().with_max_sessions(1_000_000)))
}
