//! Fails when a request costs more instructions than its limit.
//!
//! ```text
//! guard [--limits FILE] [--few N] [--many N]
//! ```
//!
//! It counts as `instructions` does, for the floor and the `stack` of this package and
//! for the requests in the file, `limits.txt` unless set. It counts no allocations: the
//! main workspace has a test for those.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use mcp_bench::limits;
use mcp_bench::server::Server;
use mcp_bench::table::Table;
use mcp_bench::valgrind::{Exercise, instructions, per_request};

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let file: PathBuf = args.opt_value_from_str("--limits")?.unwrap_or("limits.txt".into());
    let few: u64 = args.opt_value_from_str("--few")?.unwrap_or(50);
    let many: u64 = args.opt_value_from_str("--many")?.unwrap_or(450);
    let servers = Server::from_args(&mut args, &["floor", "stack"])?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "guard: unknown arguments {rest:?}");
    ensure!(few < many, "--few must be less than --many");
    let [floor, stack] = &servers[..] else { anyhow::bail!("guard compares two servers") };

    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let limits = limits::parse(&text).with_context(|| file.display().to_string())?;
    let folder = std::env::temp_dir().join(format!("mcp-guard-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let measure = |server: &Server, exercise: Exercise| measure(server, exercise, few, &folder);

    let heading = ["era", "workload", "instructions", "limit", "× floor", "limit", ""];
    let mut table = Table::new(&heading);
    let mut over = 0;
    for limit in &limits {
        let exercise = Exercise { era: limit.era, workload: limit.workload, requests: many };
        let count = measure(stack, exercise)?;
        let ratio = count / measure(floor, exercise)?;
        let admitted = limit.admits(count, ratio);
        over += usize::from(!admitted);
        table.add_row([
            limit.era.to_string(),
            limit.workload.to_string(),
            format!("{count:.0}"),
            format!("{:.0}", limit.instructions),
            format!("{ratio:.3}"),
            format!("{:.3}", limit.ratio),
            if admitted { "ok" } else { "OVER" }.to_owned(),
        ]);
    }
    println!("{table}");
    fs::remove_dir_all(&folder)?;
    ensure!(over == 0, "{over} of {} requests cost more than their limit allows", limits.len());
    Ok(())
}

fn measure(server: &Server, many: Exercise, few: u64, folder: &Path) -> Result<f64> {
    let less = instructions(server, Exercise { requests: few, ..many }, folder, 0)?;
    let more = instructions(server, many, folder, 0)?;
    Ok(per_request(less, more, many.requests - few))
}
