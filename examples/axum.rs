//! An MCP endpoint in an axum router, beside an ordinary route, with tower-http's
//! tracing and CORS around both.
//!
//!     cargo run --example axum -- 127.0.0.1:8080

use std::time::Duration;

use axum::{Router, http::Method, routing::get};
use mcp_stack::{
    BoxError, McpService, Stack, Tool,
    core::extensions::CancelReason,
    layers::validate_origin::{CORS_ALLOW_HEADERS, CORS_EXPOSE_HEADERS, ValidateOriginLayer},
};
use tokio::net::TcpListener;
use tower_http::{cors::CorsLayer, trace::TraceLayer};

/// The one web page that may call, and read the answers.
const PAGE: &str = "https://app.example.com";

/// What requests may take to finish once the server stops.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).init();
    let service = McpService::new("axum", "1.0.0")
        .with_tool(Tool::new("hello", || "hello").with_description("Says hello"))?;
    let stack =
        Stack::new(service).with_validate_origin(ValidateOriginLayer::new().with_origins([PAGE])?);
    let shutdown = stack.shutdown_token().clone();

    let cors = CorsLayer::new()
        .allow_origin([PAGE.parse()?])
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers(CORS_ALLOW_HEADERS)
        .expose_headers(CORS_EXPOSE_HEADERS);
    let app = Router::new()
        .route("/health", get(|| async { "ok" }))
        .route_service("/mcp", stack.build())
        .layer(cors)
        .layer(TraceLayer::new_for_http());

    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let listener = TcpListener::bind(addr).await?;
    println!("listening on http://{}/mcp", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            let _ = tokio::signal::ctrl_c().await;
            // axum waits for the requests at work: for so long, and then they end.
            tokio::spawn(async move {
                tokio::time::sleep(GRACE).await;
                shutdown.cancel(CancelReason::ShuttingDown);
            });
        })
        .await?;
    Ok(())
}
