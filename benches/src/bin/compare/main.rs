//! Runs several servers against the same load, in turns, and compares them.
//!
//! ```text
//! compare [--server NAME=COMMAND]… [--era LIST] [--workload LIST] [--rounds N]
//!         [--seconds S] [--warm-up S] [--connections N]
//! ```
//!
//! In each round every server is started afresh on core 0 and warmed up; then the
//! load, on core 1, goes from one to the next in slices of a tenth of a second until
//! each has had its time. What else the machine does falls on all of them alike, and
//! ratios are taken within a round. The first server is what the others are compared
//! with. One wrong answer ends the run with an error.
//!
//! The defaults are the floor and the `stack` of this package, `modern`, `echo64`, 5
//! rounds of 3 seconds after half a second, and 16 connections.

mod report;

use std::time::Duration;

use anyhow::{Result, ensure};
use mcp_bench::proc;
use mcp_bench::round::{Settings, round};
use mcp_bench::server::{Running, Server};
use mcp_bench::workload::{Era, Workload, parse_list};
use tokio::runtime;

use crate::report::Measured;

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let eras: String = args.opt_value_from_str("--era")?.unwrap_or("modern".into());
    let workloads: String = args.opt_value_from_str("--workload")?.unwrap_or("echo64".into());
    let rounds: usize = args.opt_value_from_str("--rounds")?.unwrap_or(5);
    let time = args.opt_value_from_str("--seconds")?.unwrap_or(3.0);
    let warm_up = args.opt_value_from_str("--warm-up")?.unwrap_or(0.5);
    let connections = args.opt_value_from_str("--connections")?.unwrap_or(16);
    let servers = Server::from_args(&mut args, &["floor", "stack"])?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "compare: unknown arguments {rest:?}");
    ensure!(rounds > 0, "--rounds must not be zero");
    let eras = parse_list(&Era::ALL, &eras)?;
    let workloads = parse_list(&Workload::ALL, &workloads)?;

    let server_core = proc::pinned_to(0);
    if server_core.is_empty() || proc::pin_self(1).is_err() {
        eprintln!("warning: not pinned; that needs taskset and two cores");
    }
    // Made after pinning, so that its threads stay on the load's core.
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;

    for era in eras {
        for workload in workloads.iter().copied().filter(|workload| workload.exists_in(era)) {
            let settings = Settings {
                era,
                workload,
                connections,
                time: Duration::from_secs_f64(time),
                warm_up: Duration::from_secs_f64(warm_up),
            };
            let mut measured = Vec::with_capacity(rounds);
            for number in 0..rounds {
                let running = start_all(&servers, &server_core)?;
                let resident = |of: &Running| proc::resident(of.pid());
                let memory_start = running.iter().map(resident).collect::<Result<Vec<_>>>()?;
                let contenders: Vec<_> = running.iter().collect();
                let figures = runtime.block_on(round(&contenders, settings, number))?;
                let memory_end = running.iter().map(resident).collect::<Result<Vec<_>>>()?;
                running.into_iter().try_for_each(Running::stop)?;
                report::progress(&servers, &figures, number + 1, rounds);
                measured.push(Measured { figures, memory_start, memory_end });
            }
            println!(
                "\n{workload}, {era}, {connections} connections, {rounds} rounds of {time} s: median (spread)\n"
            );
            println!("{}", report::table(&servers, &measured));
        }
    }
    Ok(())
}

fn start_all(servers: &[Server], core: &[String]) -> Result<Vec<Running>> {
    servers.iter().map(|server| server.start(core)).collect()
}
