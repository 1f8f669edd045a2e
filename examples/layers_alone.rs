//! The layers by themselves, in front of an axum route that knows nothing of MCP:
//! `cargo run --example layers_alone -- 127.0.0.1:8080`

use std::net::SocketAddr;

use axum::{Router, extract::ConnectInfo, extract::Request, routing::get};
use mcp_stack::core::extensions::ClientAddr;
use mcp_stack::layers::rate_limit::{ByClientAddr, Rate, RateLimitLayer};
use mcp_stack::layers::{validate_host::ValidateHostLayer, validate_origin::ValidateOriginLayer};
use tokio::net::TcpListener;
use tower::ServiceBuilder;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Where the rate limit looks for the caller.
fn with_client_addr(mut request: Request) -> Request {
    let peer = request.extensions().get().map(|ConnectInfo(peer)| ClientAddr::new(*peer));
    peer.map(|peer| request.extensions_mut().insert(peer));
    request
}

pub(crate) fn app() -> Result<Router, BoxError> {
    let guard = ServiceBuilder::new()
        .layer(ValidateHostLayer::new())
        .layer(ValidateOriginLayer::new().add_origin("https://app.example.com")?)
        .map_request(with_client_addr)
        .layer(RateLimitLayer::new(Rate::per_minute(3)?, ByClientAddr));
    Ok(Router::new().route("/time", get(async || "half past nine")).layer(guard))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let listener = TcpListener::bind(addr).await?;
    println!("listening on http://{}/time", listener.local_addr()?);
    axum::serve(listener, app()?.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}
