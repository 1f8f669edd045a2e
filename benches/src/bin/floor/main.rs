//! The floor: a bare hyper server that does an MCP server's serde work and nothing else.
//!
//! It reads the body, parses the envelope, the parameters and the arguments once
//! each into borrowed types, runs the tool and serialises a typed result. It checks
//! no header, keeps no session and has no middleware, so what a real server costs
//! above it is what its protocol work costs.
//!
//! Usage: `floor [--threads N] [--sessions] [--sse] [--axum] ADDR`, with the defaults of
//! one thread and no sessions. `--sse` sends every answer as an event, and `--axum` puts
//! axum's router and extractors between hyper and the same work. It prints
//! `listening on http://ADDR/mcp` and ends on SIGTERM or ctrl-c.

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
use axum::routing::post;
use axum::serve::ListenerExt as _;
use axum::{Router, body::Bytes, extract::State};
use http::HeaderMap;
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
    let always_sse = args.contains("--sse");
    let with_axum = args.contains("--axum");
    let addr: SocketAddr = args.free_from_str().context("floor: ADDR to listen on")?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "floor: unknown arguments {rest:?}");

    let floor = Arc::new(Floor::new(sessions, always_sse)?);
    let runtime = match threads {
        1 => runtime::Builder::new_current_thread().enable_all().build(),
        n => runtime::Builder::new_multi_thread().worker_threads(n).enable_all().build(),
    }?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let listener = TcpListener::bind(addr).await?;
        println!("listening on http://{}/mcp", listener.local_addr()?);
        let serving = async {
            if with_axum { serve_axum(listener, floor).await } else { serve(listener, floor).await }
        };
        tokio::select! {
            ended = serving => ended,
            _ = terminate.recv() => Ok(()),
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    })
}

async fn serve(listener: TcpListener, floor: Arc<Floor>) -> Result<()> {
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

/// The same with axum, as its documentation has it.
async fn serve_axum(listener: TcpListener, floor: Arc<Floor>) -> Result<()> {
    let answer = |State(floor): State<Arc<Floor>>, headers: HeaderMap, body: Bytes| async move {
        floor.post(&headers, &body).map_err(|_| http::StatusCode::INTERNAL_SERVER_ERROR)
    };
    let end =
        |State(floor): State<Arc<Floor>>, headers: HeaderMap| async move { floor.delete(&headers) };
    let router = Router::new().route("/mcp", post(answer).delete(end)).with_state(floor);
    let listener = listener.tap_io(|stream| {
        // A connection without it is slower, not wrong.
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}
