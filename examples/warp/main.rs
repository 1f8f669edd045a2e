//! An MCP endpoint among warp's filters: `cargo run --example warp -- 127.0.0.1:8080`
//!
//! warp has no way to mount a tower service: `mount` is one.

mod mount;

use std::{future::Future, time::Duration};

use mcp_stack::{BoxError, McpService, Stack, Tool};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use warp::Filter as _;

const GRACE: Duration = Duration::from_secs(10); // for requests that the end finds at work
const LAST_WORDS: Duration = Duration::from_secs(1); // for clients to read what is left

pub(crate) async fn serve(
    listener: TcpListener,
    service: McpService,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BoxError> {
    let stack = Stack::new(service);
    let shutdown = stack.shutdown().clone();
    let mcp = warp::path!("mcp").and(mount::mount(stack.build()));
    let health = warp::path!("health").map(warp::reply);
    // warp listens while what it has at work drains, and then closes its connections.
    let server = warp::serve(mcp.or(health)).incoming(listener);
    let serving = tokio::spawn(server.graceful(shutdown.drained()).run());
    stop.await;
    shutdown.run(sleep(GRACE)).await; // drains, then cancels what is left
    let _ = timeout(LAST_WORDS, serving).await;
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
