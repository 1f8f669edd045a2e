//! An MCP endpoint and gRPC services on one port: `cargo run --example tonic -- 127.0.0.1:8080`

use std::{future::Future, net::SocketAddr, time::Duration};

use axum::extract::{ConnectInfo, Request};
use mcp_stack::core::extensions::ClientAddr;
use mcp_stack::{BoxError, McpService, Stack, Tool};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tower::util::MapRequest;

const GRACE: Duration = Duration::from_secs(10); // for requests that the end finds at work
const LAST_WORDS: Duration = Duration::from_secs(1); // for clients to read what is left

/// What is inserted here, layers and handlers find in the request's extensions.
fn with_client_addr(mut request: Request) -> Request {
    let peer = request.extensions().get().map(|ConnectInfo(peer)| ClientAddr::new(*peer));
    peer.map(|peer| request.extensions_mut().insert(peer));
    request
}

pub(crate) async fn serve(
    listener: TcpListener,
    service: McpService,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BoxError> {
    let stack = Stack::new(service);
    let shutdown = stack.shutdown().clone();
    // Any service that tonic generates stands here; this one says that it is well.
    let (_reporter, health) = tonic_health::server::health_reporter();
    let app = tonic::service::Routes::new(health)
        .into_axum_router()
        .route_service("/mcp", MapRequest::new(stack.build(), with_client_addr));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    // It listens while what it has at work drains, and then closes its connections.
    let serving = axum::serve(listener, app).with_graceful_shutdown(shutdown.drained());
    let serving = tokio::spawn(serving.into_future());
    stop.await;
    shutdown.run(sleep(GRACE)).await; // drains, then cancels what is left
    let _ = timeout(LAST_WORDS, serving).await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = McpService::new("tonic", "1.0.0").with_tool(Tool::new("hello", || "hello"))?;
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let listener = TcpListener::bind(addr).await?;
    println!("listening on http://{}/mcp", listener.local_addr()?);
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    serve(listener, service, stop).await
}
