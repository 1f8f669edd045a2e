//! Memory of open streams, and how long one change takes to reach them all.
//!
//! ```text
//! streams [--streams N] [--stalled N] [--changes N]
//! ```
//!
//! Opens N `subscriptions/listen` streams (1,000), each on a connection of its own, and
//! reads the server's resident memory before, with them open, and after. Then a tool that
//! changes the list of tools is called 10 times, and the time is taken from the call to
//! the moment that each stream has had it. Of the streams, `--stalled` (0) are never
//! read. The server is `stack_streams`, the default stack with that tool.
//!
//! Beside it a floor does the same over bare hyper: it writes the same event to as many
//! open responses.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use mcp_bench::{
    proc,
    server::{Running, Server},
    table::Table,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let streams: usize = args.opt_value_from_str("--streams")?.unwrap_or(1000);
    let stalled: usize = args.opt_value_from_str("--stalled")?.unwrap_or(0);
    let changes: usize = args.opt_value_from_str("--changes")?.unwrap_or(10);
    let servers = Server::from_args(&mut args, &["stack_streams", "floor_streams"])?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "streams: unknown arguments {rest:?}");
    ensure!(streams > stalled && changes > 0, "some streams must be read, some changes made");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut table =
        Table::new(&["server", "streams", "stalled", "bytes/stream", "median µs", "most µs"]);
    for server in &servers {
        let running = server.start(&proc::pinned_to(0))?;
        table.add_row(runtime.block_on(measure(
            &server.name,
            &running,
            streams,
            stalled,
            changes,
        ))?);
        running.stop()?;
    }
    println!("{table}");
    Ok(())
}

async fn measure(
    name: &str,
    server: &Running,
    streams: usize,
    stalled: usize,
    changes: usize,
) -> Result<[String; 6]> {
    let authority = &server.target.authority;
    let mut caller = TcpStream::connect(&**authority).await?;
    change(&mut caller, authority).await?;
    let before = proc::resident(server.pid())?;
    let mut open = Vec::with_capacity(streams);
    for id in 0..streams {
        open.push(listen(authority, id).await?);
    }
    let with = proc::resident(server.pid())?;
    // Held open, and never read again.
    let held: Vec<_> = open.drain(..stalled).collect();

    let mut times = Vec::with_capacity(changes);
    for _ in 0..changes {
        let began = Instant::now();
        let mut reading = JoinSet::new();
        for mut stream in open.drain(..) {
            reading.spawn(async move {
                heard(&mut stream).await?;
                anyhow::Ok(stream)
            });
        }
        change(&mut caller, authority).await?;
        while let Some(read) = reading.join_next().await {
            open.push(read??);
        }
        times.push(began.elapsed());
    }
    times.sort_unstable();
    drop(held);
    let micros = |time: Duration| time.as_micros().to_string();
    Ok([
        name.to_owned(),
        streams.to_string(),
        stalled.to_string(),
        format!("{:.0}", (with as f64 - before as f64) / streams as f64),
        micros(times[times.len() / 2]),
        micros(*times.last().context("there were changes")?),
    ])
}

async fn listen(authority: &str, id: usize) -> Result<TcpStream> {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"subscriptions/listen","params":{{"notifications":{{"toolsListChanged":true}},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
    );
    let mut stream = TcpStream::connect(authority).await?;
    stream.set_nodelay(true)?;
    post(&mut stream, authority, "subscriptions/listen", "", &body).await?;
    heard(&mut stream).await?;
    Ok(stream)
}

/// Calls the tool that changes the list, and reads its whole answer.
async fn change(stream: &mut TcpStream, authority: &str) -> Result<()> {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"change","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    post(stream, authority, "tools/call", "Mcp-Name: change\r\n", body).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        ensure!(stream.read_buf(&mut answer).await? > 0, "the answer was cut short");
    }
    ensure!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    Ok(())
}

async fn post(
    stream: &mut TcpStream,
    authority: &str,
    method: &str,
    fields: &str,
    body: &str,
) -> Result<()> {
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {method}\r\n{fields}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    Ok(stream.write_all(request.as_bytes()).await?)
}

/// Reads until a whole event has come.
async fn heard(stream: &mut TcpStream) -> Result<()> {
    let mut seen = Vec::with_capacity(512);
    while !seen.windows(3).any(|window| window == b"}\n\n") {
        ensure!(stream.read_buf(&mut seen).await? > 0, "the stream was cut short");
    }
    ensure!(!seen.starts_with(b"HTTP/1.1 4") && !seen.starts_with(b"HTTP/1.1 5"), "refused");
    Ok(())
}
