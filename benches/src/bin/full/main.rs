//! Measures everything, for us and for our peers, in one run, and writes `RESULTS.md`
//! and `plots/`.
//!
//! ```text
//! full [--quick] [--rounds N]
//! ```
//!
//! `--quick` gives each figure less time and fewer rounds (2 instead of 5; hello worlds are
//! built once instead of twice); its ratios are right to about a tenth. The servers are built first. They run on core 0 and the
//! load on core 1.

mod contenders;
mod counts;
mod hello;
mod machine;
mod memory;
mod options;
mod progress;
mod report;
mod requests;
mod section;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use mcp_bench::proc;
use tokio::runtime;

use crate::options::Options;
use crate::progress::Progress;

fn main() -> Result<()> {
    let options = Options::from_env()?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    eprintln!("building the servers");
    let servers = contenders::build_all()?;

    let steps =
        requests::steps(&options) + memory::steps() + counts::steps() + hello::steps(&options);
    let progress = Mutex::new(Progress::new(steps));
    let instructions = counts::measure(&servers, &options, &progress)?;
    let layers = counts::measure_layers(&options, &progress)?;
    let hello = hello::measure(&options, &progress)?;

    let mut progress = progress.into_inner().unwrap_or_else(PoisonError::into_inner);
    proc::pin_self(1).context("pinning needs taskset and two cores")?;
    // Made after pinning, so that its threads stay on the load's core.
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let requests = requests::measure(&runtime, &servers, &options, &mut progress)?;
    let memory = memory::measure(&runtime, &mut progress)?;
    progress.end();

    let sections = [requests, instructions, layers, memory, hello];
    println!("{}", report::write(folder, &sections, &options)?);
    println!("the whole report is in {}", folder.join("RESULTS.md").display());
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
