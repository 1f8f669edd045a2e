//! An MCP endpoint on hyper alone, over HTTP/1.1 and HTTP/2 on one port:
//! `cargo run --example hyper -- 127.0.0.1:8080`

use std::{future::Future, time::Duration};

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::{server::conn::auto::Builder, server::graceful::*, service::*};
use mcp_stack::core::extensions::ClientAddr;
use mcp_stack::{BoxError, McpService, Stack, Tool};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tower_http::add_extension::AddExtension;

const GRACE: Duration = Duration::from_secs(10); // for requests that the end finds at work
const LAST_WORDS: Duration = Duration::from_secs(1); // for clients to read what is left

pub(crate) async fn serve(
    listener: TcpListener,
    service: McpService,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BoxError> {
    let stack = Stack::new(service);
    let shutdown = stack.shutdown().clone();
    let endpoint = stack.build();
    let mut http = Builder::new(TokioExecutor::new());
    // With a timer hyper hangs up on those who never finish a request's head.
    http.http1().timer(TokioTimer::new());
    let mut drained = shutdown.drained();
    let serving = tokio::spawn(async move {
        let connections = GracefulShutdown::new();
        loop {
            let next = tokio::select! { it = listener.accept() => it, () = &mut drained => break };
            let Ok((socket, peer)) = next else {
                // The process is out of sockets: that passes, and those it has go on.
                sleep(Duration::from_millis(100)).await;
                continue;
            };
            // What is inserted here, layers and handlers find in the request's extensions.
            let endpoint = AddExtension::new(endpoint.clone(), ClientAddr::new(peer));
            let endpoint = TowerToHyperService::new(endpoint);
            let connection = http.serve_connection(TokioIo::new(socket), endpoint).into_owned();
            tokio::spawn(connections.watch(connection));
        }
        drop(listener);
        connections.shutdown().await;
    });
    stop.await;
    shutdown.run(sleep(GRACE)).await; // drains, then cancels what is left
    let _ = timeout(LAST_WORDS, serving).await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = McpService::new("hyper", "1.0.0").with_tool(Tool::new("hello", || "hello"))?;
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let listener = TcpListener::bind(addr).await?;
    println!("listening on http://{}/mcp", listener.local_addr()?);
    serve(listener, service, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await
}
