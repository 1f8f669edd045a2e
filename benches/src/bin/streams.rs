//! Memory of open streams, and how long one change takes to reach them all.
//!
//! ```text
//! streams [--server NAME=COMMAND]… [--era LIST] [--streams N] [--stalled N] [--changes N]
//! ```
//!
//! Opens N streams (1,000), each on a connection of its own, and reads the server's
//! resident memory before, with them open, and after. Then a tool that changes the list
//! of tools is called 10 times, and the time is taken from the call to the moment that
//! each stream has had it. Of the streams, `--stalled` (0) are never read.
//!
//! The defaults are the modern era, `stack --change`, and beside it a floor that writes
//! the same event to as many open responses over bare hyper.

use anyhow::{Context as _, Result, ensure};
use mcp_bench::proc;
use mcp_bench::server::Server;
use mcp_bench::streams::{Settings, measure};
use mcp_bench::table::Table;
use mcp_bench::workload::{Era, parse_list};

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let eras: String = args.opt_value_from_str("--era")?.unwrap_or("modern".into());
    let streams: usize = args.opt_value_from_str("--streams")?.unwrap_or(1000);
    let stalled: usize = args.opt_value_from_str("--stalled")?.unwrap_or(0);
    let changes: usize = args.opt_value_from_str("--changes")?.unwrap_or(10);
    let servers = Server::from_args(&mut args, &["stack --change", "floor_streams"])?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "streams: unknown arguments {rest:?}");
    ensure!(streams > stalled && changes > 0, "some streams must be read, some changes made");

    proc::allow_open_files(streams as u64 + 100)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut table = Table::new(&[
        "server",
        "era",
        "streams",
        "stalled",
        "bytes/stream",
        "kept after",
        "median µs",
        "most µs",
    ]);
    for era in parse_list(&Era::ALL, &eras)? {
        for server in &servers {
            let running = server.start(&proc::pinned_to(0))?;
            let settings = Settings { era, streams, stalled, changes };
            let measured = runtime.block_on(measure(&running, settings));
            let measured = measured.with_context(|| server.name.clone())?;
            running.stop()?;
            let each = |bytes: u64| (bytes as f64 - measured.before as f64) / streams as f64;
            let times = &measured.times;
            table.add_row([
                server.name.clone(),
                era.to_string(),
                streams.to_string(),
                stalled.to_string(),
                format!("{:.0}", each(measured.open)),
                format!("{:.0}", each(measured.closed)),
                times[times.len() / 2].as_micros().to_string(),
                times[times.len() - 1].as_micros().to_string(),
            ]);
        }
    }
    println!("{table}");
    Ok(())
}
