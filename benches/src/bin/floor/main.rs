//! The floor: a bare hyper server that does an MCP server's serde work and nothing else.
//!
//! It reads the body, parses the envelope, the parameters and the arguments once
//! each into borrowed types, runs the tool and serialises a typed result. It checks
//! no header, keeps no session and has no middleware, so what a real server costs
//! above it is what its protocol work costs.
//!
//! Usage: `floor [--threads N] [--sessions] ADDR`, with the defaults of one thread
//! and no sessions. It prints `listening on http://ADDR/mcp` and ends on SIGTERM or
//! ctrl-c.

mod answer;
mod call;
mod reply;
mod sessions;
mod sse;
mod tools;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::answer::Floor;

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let threads: usize = args.opt_value_from_str("--threads")?.unwrap_or(1);
    let sessions = args.contains("--sessions");
    let addr: SocketAddr = args.free_from_str().context("floor: ADDR to listen on")?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "floor: unknown arguments {rest:?}");

    let floor = Arc::new(Floor::new(sessions)?);
    let runtime = match threads {
        1 => runtime::Builder::new_current_thread().enable_all().build(),
        n => runtime::Builder::new_multi_thread().worker_threads(n).enable_all().build(),
    }?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            ended = serve(addr, floor) => ended,
            _ = terminate.recv() => Ok(()),
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    })
}

async fn serve(addr: SocketAddr, floor: Arc<Floor>) -> Result<()> {
    let listener = TcpListener::bind(addr).await?;
    println!("listening on http://{}/mcp", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let floor = Arc::clone(&floor);
        tokio::spawn(async move {
            let service = service_fn(|request| floor.answer(request));
            // A client that goes away is not an event worth a line in a benchmark.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
