//! tower-mcp, set up for these workloads as its documentation suggests: both eras.
//!
//! Usage: `peer-tower-mcp [--change] ADDR`. With `--change` it also has the tool
//! `change`, which changes the list of tools and so tells every open stream.

use anyhow::Result;
use peer::{Add, Echo, Listed, Nothing, Steps, Sum};
use tower_mcp::extract::{Context, Json};
use tower_mcp::{CallToolResult, HttpTransport, McpRouter, SubscriptionLimits, Tool, ToolBuilder};

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let with_change = args.contains("--change");
    let addr: String = args.free_from_str()?;

    let mut router = McpRouter::new().server_info("tower-mcp", "0.25.0").tools_list_changed(true);
    for tool in peer::catalogue()? {
        router = router.tool(listed(tool));
    }
    if with_change {
        router = changing(router);
    }
    // The default allows 256; the benchmark opens more.
    let limits = SubscriptionLimits::default().max_active(100_000);
    peer::run(async {
        let transport = HttpTransport::new(router).subscription_limits(limits);
        peer::serve(&addr, transport.into_router_at("/mcp")).await
    })
}

fn listed(tool: Listed) -> Tool {
    let builder = ToolBuilder::new(tool.name.clone())
        .description(tool.description)
        .input_schema(tool.input_schema.into());
    match tool.name.as_str() {
        "echo" => builder.handler(|Echo { text }| async { Ok(CallToolResult::text(text)) }).build(),
        "add" => builder
            .handler(
                |Add { a, b }| async move { CallToolResult::from_serialize(&Sum { sum: a + b }) },
            )
            .build(),
        "progress" => builder.extractor_handler((), progress).build(),
        _ => builder
            .handler(|Nothing {}| async { Ok(CallToolResult::text("not called by any workload")) })
            .build(),
    }
}

/// Gives way after each report, as work that takes time does.
async fn progress(
    cx: Context,
    Json(Steps { steps }): Json<Steps>,
) -> tower_mcp::Result<CallToolResult> {
    for step in 1..=steps {
        cx.report_progress(f64::from(step), Some(f64::from(steps)), None).await;
        tokio::task::yield_now().await;
    }
    Ok(CallToolResult::text("done"))
}

fn changing(router: McpRouter) -> McpRouter {
    let (router, registry) = router.with_dynamic_tools();
    let change =
        ToolBuilder::new("change").description("Change the list").handler(move |Nothing {}| {
            let other = ToolBuilder::new("other")
                .description("Another tool")
                .handler(|Nothing {}| async { Ok(CallToolResult::text("other")) });
            registry.register(other.build());
            async { Ok(CallToolResult::text("changed")) }
        });
    router.tool(change.build())
}
