//! What the peers' servers share: the tools' arguments, their list, and an axum server.

use anyhow::Result;
use axum::{Router, serve::ListenerExt as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Deserialize, JsonSchema)]
pub struct Echo {
    pub text: String,
}

#[derive(Deserialize, JsonSchema)]
pub struct Add {
    pub a: i64,
    pub b: i64,
}

#[derive(Serialize, JsonSchema)]
pub struct Sum {
    pub sum: i64,
}

#[derive(Deserialize, JsonSchema)]
pub struct Steps {
    pub steps: u32,
}

#[derive(Deserialize, JsonSchema)]
pub struct Nothing {}

/// A tool as `tools.json` has it.
#[derive(Deserialize)]
pub struct Listed {
    pub name: String,
    pub description: String,
    #[serde(rename = "inputSchema")]
    pub input_schema: Map<String, Value>,
}

/// The 22 tools that every server of the benchmarks lists.
pub fn catalogue() -> Result<Vec<Listed>> {
    Ok(serde_json::from_str(include_str!("../../../tools.json"))?)
}

/// Runs a server on one thread, as every server of the benchmarks is run.
pub fn run(server: impl Future<Output = Result<()>>) -> Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(server)
}

/// Serves until SIGTERM, with Nagle's algorithm off.
pub async fn serve(addr: &str, router: Router) -> Result<()> {
    let listener = TcpListener::bind(addr).await?;
    println!("listening on http://{}/mcp", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        // A connection without it is slower, not wrong.
        let _ = stream.set_nodelay(true);
    });
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        served = axum::serve(listener, router) => Ok(served?),
        _ = terminate.recv() => Ok(()),
    }
}
