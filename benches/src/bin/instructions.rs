//! Instructions and allocations of a server, for each request.
//!
//! ```text
//! instructions [--server NAME=COMMAND]… [--era LIST] [--workload LIST]
//!              [--few N] [--many N] [--out FOLDER]
//! ```
//!
//! Each server is run under valgrind for 100 requests and again for 1,100, and the
//! difference is divided by the 1,000 between them, so what a process does once
//! cancels out. Unlike times, the counts hardly depend on what else the machine does.
//! Instructions are user mode only: the kernel's TCP is not in them.
//!
//! The defaults are the floor and the `stack` of this package, the modern era and every
//! workload it has. `--out` keeps the reports, for `callgrind_annotate`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use mcp_bench::server::Server;
use mcp_bench::table::Table;
use mcp_bench::valgrind::{Exercise, allocations, instructions, per_request};
use mcp_bench::workload::{Era, Workload, parse_list};

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let eras: String = args.opt_value_from_str("--era")?.unwrap_or("modern".into());
    let workloads: String = args.opt_value_from_str("--workload")?.unwrap_or("all".into());
    let few: u64 = args.opt_value_from_str("--few")?.unwrap_or(100);
    let many: u64 = args.opt_value_from_str("--many")?.unwrap_or(1_100);
    let kept: Option<PathBuf> = args.opt_value_from_str("--out")?;
    let servers = Server::from_args(&mut args, &["floor", "stack"])?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "instructions: unknown arguments {rest:?}");
    ensure!(few < many, "--few must be less than --many");

    let eras = parse_list(&Era::ALL, &eras)?;
    let workloads = parse_list(&Workload::ALL, &workloads)?;
    let folder = kept
        .clone()
        .unwrap_or_else(|| std::env::temp_dir().join(format!("mcp-bench-{}", std::process::id())));
    fs::create_dir_all(&folder)?;

    let mut table = Table::new(&[
        "server",
        "era",
        "workload",
        "instructions",
        "× first",
        "allocations",
        "bytes allocated",
    ]);
    for era in eras {
        for workload in workloads.iter().filter(|workload| workload.exists_in(era)) {
            let mut first = None;
            for server in &servers {
                let exercise = |requests| Exercise { era, workload: *workload, requests };
                let [instructions, allocations, bytes] =
                    measure(server, [exercise(few), exercise(many)], &folder)?;
                let ratio = instructions / *first.get_or_insert(instructions);
                eprintln!("{} {era} {workload}: {instructions:.0}", server.name);
                table.add_row([
                    server.name.clone(),
                    era.to_string(),
                    workload.to_string(),
                    format!("{instructions:.0}"),
                    format!("{ratio:.3}"),
                    format!("{allocations:.2}"),
                    format!("{bytes:.0}"),
                ]);
            }
        }
    }
    println!("{table}");
    if kept.is_none() {
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

fn measure(server: &Server, [few, many]: [Exercise; 2], folder: &Path) -> Result<[f64; 3]> {
    let requests = many.requests - few.requests;
    let each = |less, more| per_request(less, more, requests);
    let counted =
        each(instructions(server, few, folder, 0)?, instructions(server, many, folder, 0)?);
    let (less, less_bytes) = allocations(server, few, folder)?;
    let (more, more_bytes) = allocations(server, many, folder)?;
    Ok([counted, each(less, more), each(less_bytes, more_bytes)])
}
