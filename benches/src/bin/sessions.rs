//! Memory of idle sessions, and whether it comes back when they end.
//!
//! ```text
//! sessions [--server NAME=COMMAND]… [--sessions N] [--connections N] [--rounds N]
//! ```
//!
//! Each round opens N legacy sessions (10,000) over a few connections (4), reads the
//! server's resident memory, ends them all with DELETE and reads it again. Ten rounds
//! on one process: a leak shows as a last round that is larger than the first.
//!
//! The default server is the `stack` of this package. A server with a cap on sessions
//! must be told to allow N.

use anyhow::{Context as _, Result, ensure};
use mcp_bench::http::Connection;
use mcp_bench::server::{Running, Server};
use mcp_bench::table::Table;
use mcp_bench::{proc, session};

const MIB: f64 = 1024.0 * 1024.0;

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let sessions: usize = args.opt_value_from_str("--sessions")?.unwrap_or(10_000);
    let connections: usize = args.opt_value_from_str("--connections")?.unwrap_or(4);
    let rounds: usize = args.opt_value_from_str("--rounds")?.unwrap_or(10);
    let servers = Server::from_args(&mut args, &["stack"])?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "sessions: unknown arguments {rest:?}");
    ensure!(sessions > 0 && connections > 0 && rounds > 0, "a count must not be zero");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for server in &servers {
        let running = server.start(&proc::pinned_to(0))?;
        println!("{}: {sessions} sessions over {connections} connections", server.name);
        println!("{}", runtime.block_on(measure(&running, sessions, connections, rounds))?);
        running.stop()?;
    }
    Ok(())
}

async fn measure(
    server: &Running,
    sessions: usize,
    connections: usize,
    rounds: usize,
) -> Result<Table> {
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push(Connection::open(&server.target).await?);
    }
    // One session first, so that what is made once does not count as theirs.
    let id = open(&mut clients[0], server).await?;
    session::close(&mut clients[0], &server.target, &id).await?;

    let mut table = Table::new(&["round", "before MiB", "open MiB", "ended MiB", "bytes/session"]);
    let (mut first, mut last) = (None, [0; 2]);
    for round in 1..=rounds {
        let before = proc::resident(server.pid())?;
        let mut ids = Vec::with_capacity(sessions);
        for number in 0..sessions {
            ids.push(open(&mut clients[number % connections], server).await?);
        }
        let open = proc::resident(server.pid())?;
        for (number, id) in ids.iter().enumerate() {
            session::close(&mut clients[number % connections], &server.target, id).await?;
        }
        let ended = proc::resident(server.pid())?;
        last = [open, ended];
        first.get_or_insert(last);
        table.add_row([
            round.to_string(),
            format!("{:.2}", before as f64 / MIB),
            format!("{:.2}", open as f64 / MIB),
            format!("{:.2}", ended as f64 / MIB),
            format!("{:.0}", (open as f64 - before as f64) / sessions as f64),
        ]);
    }
    let ratio = |index: usize| last[index] as f64 / first.map_or(0, |first| first[index]) as f64;
    table.add_row([
        "last ÷ first".to_owned(),
        String::new(),
        format!("{:.3}", ratio(0)),
        format!("{:.3}", ratio(1)),
        String::new(),
    ]);
    Ok(table)
}

async fn open(connection: &mut Connection, server: &Running) -> Result<String> {
    session::open(connection, &server.target).await?.context("the server gave no session id")
}
