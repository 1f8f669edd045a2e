//! An MCP endpoint nested in an axum application, behind its authentication, with CORS
//! and tracing around it all: `cargo run --features cors --example axum -- 127.0.0.1:8080`

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use axum::http::{HeaderValue, StatusCode, header::*};
use axum::{Router, extract::*, middleware::*, response::*, routing::get};
use mcp_stack::{BoxError, Context, McpService, Readiness, Stack, Tool};
use mcp_stack::{core::extensions::*, layers::validate_origin::ValidateOriginLayer};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tower_http::trace::TraceLayer;

const PAGE: &str = "https://app.example.com"; // the one web page that may call

/// Who has which credentials: the application's state.
type Users = State<Arc<HashMap<HeaderValue, &'static str>>>;

/// The application's middleware. What it inserts, a handler finds in its `Context`.
async fn authenticate(users: Users, mut request: Request, next: Next) -> Result<Response> {
    let name = request.headers().get(AUTHORIZATION).and_then(|it| users.get(it));
    let name = *name.ok_or((StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")]))?;
    request.extensions_mut().insert(Principal::new(name));
    Ok(next.run(request).await)
}

pub(crate) async fn serve(
    listener: TcpListener,
    service: McpService,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), BoxError> {
    let origins = ValidateOriginLayer::new().with_origins([PAGE])?;
    // CORS is outside authentication: a browser's preflight carries no credentials.
    let (cors, stack) = (origins.cors(), Stack::new(service).with_validate_origin(origins));
    let shutdown = stack.shutdown().clone();
    let users = Arc::new(HashMap::from([(HeaderValue::from_static("Bearer sesame"), "alice")]));
    let mcp = Router::new().route_service("/mcp", stack.build());
    let mcp = mcp.layer(from_fn_with_state(users.clone(), authenticate));
    let count = get(async |users: Users| users.len().to_string());
    let app = Router::new().route("/users", count).nest("/tools", mcp).with_state(users);
    let app = app.layer(cors).layer(TraceLayer::new_for_http());
    let app = app.route_service("/ready", Readiness::new(shutdown.clone()));
    // axum listens while what it has at work drains, and then closes its connections.
    let serving = axum::serve(listener, app).with_graceful_shutdown(shutdown.drained());
    let serving = tokio::spawn(serving.into_future());
    stop.await;
    shutdown.run(sleep(Duration::from_secs(10))).await; // drains, then cancels what is left
    let _ = timeout(Duration::from_secs(1), serving).await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let whoami = |cx: Context| cx.principal().map_or("", Principal::name).to_owned();
    let service = McpService::new("axum", "1.0.0").with_tool(Tool::new("whoami", whoami))?;
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let listener = TcpListener::bind(addr).await?;
    println!("listening on http://{}/tools/mcp", listener.local_addr()?);
    serve(listener, service, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await
}
