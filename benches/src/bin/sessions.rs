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

use anyhow::{Result, ensure};
use mcp_bench::idle::{self, Round};
use mcp_bench::proc;
use mcp_bench::server::Server;
use mcp_bench::table::Table;

const MIB: f64 = 1024.0 * 1024.0;

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let sessions: usize = args.opt_value_from_str("--sessions")?.unwrap_or(10_000);
    let connections: usize = args.opt_value_from_str("--connections")?.unwrap_or(4);
    let rounds: usize = args.opt_value_from_str("--rounds")?.unwrap_or(10);
    let servers = Server::from_args(&mut args, &["stack"])?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "sessions: unknown arguments {rest:?}");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for server in &servers {
        let running = server.start(&proc::pinned_to(0))?;
        println!("{}: {sessions} sessions over {connections} connections", server.name);
        let measured = runtime.block_on(idle::measure(&running, sessions, connections, rounds))?;
        println!("{}", table(&measured, sessions));
        running.stop()?;
    }
    Ok(())
}

fn table(rounds: &[Round], sessions: usize) -> Table {
    let mut table = Table::new(&["round", "before MiB", "open MiB", "ended MiB", "bytes/session"]);
    for (number, Round { before, open, ended }) in rounds.iter().enumerate() {
        table.add_row([
            (number + 1).to_string(),
            format!("{:.2}", *before as f64 / MIB),
            format!("{:.2}", *open as f64 / MIB),
            format!("{:.2}", *ended as f64 / MIB),
            format!("{:.0}", (*open as f64 - *before as f64) / sessions as f64),
        ]);
    }
    let (first, last) = (rounds[0], rounds[rounds.len() - 1]);
    table.add_row([
        "last ÷ first".to_owned(),
        String::new(),
        format!("{:.3}", last.open as f64 / first.open as f64),
        format!("{:.3}", last.ended as f64 / first.ended as f64),
        String::new(),
    ]);
    table
}
