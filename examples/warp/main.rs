//! An MCP endpoint among warp's filters: `cargo run --example warp -- 127.0.0.1:8080`
//!
//! warp has no way to mount a tower service: `mount` is one.

mod mount;

use std::{future::Future, time::Duration};

use mcp_stack::{BoxError, McpService, Stack, Tool, core::extensions::CancelReason};
use tokio::net::TcpListener;
use warp::Filter as _;

const GRACE: Duration = Duration::from_secs(10); // for requests that the end finds at work

pub(crate) async fn serve(
    listener: TcpListener,
    service: McpService,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BoxError> {
    let stack = Stack::new(service);
    let shutdown = stack.shutdown_token().clone();
    let stop = async move {
        stop.await;
        // warp waits for the requests at work: for so long, and then they end.
        tokio::spawn(async move {
            tokio::time::sleep(GRACE).await;
            shutdown.cancel(CancelReason::ShuttingDown);
        });
    };
    let mcp = warp::path!("mcp").and(mount::mount(stack.build()));
    let health = warp::path!("health").map(warp::reply);
    warp::serve(mcp.or(health)).incoming(listener).graceful(stop).run().await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = McpService::new("warp", "1.0.0").with_tool(Tool::new("hello", || "hello"))?;
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let listener = TcpListener::bind(addr).await?;
    println!("listening on http://{}/mcp", listener.local_addr()?);
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    serve(listener, service, stop).await
}
