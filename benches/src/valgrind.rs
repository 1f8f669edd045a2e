//! What a server does for a number of requests, counted by valgrind.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::runtime;

use crate::load::{Limit, Load, Plan};
use crate::proc;
use crate::server::Server;
use crate::workload::{Era, Workload};

/// Long enough for a server to have gone back to sleep before the next request.
/// Without it a request may or may not find the server awake, and the count varies.
const PAUSE: Duration = Duration::from_millis(2);

/// What each of the requests between two runs came to; what both runs did once,
/// starting above all, cancels out.
#[must_use]
pub fn per_request(few: u64, many: u64, requests: u64) -> f64 {
    (many as f64 - few as f64) / requests as f64
}

/// What is sent while valgrind counts.
#[derive(Debug, Clone, Copy)]
pub struct Exercise {
    /// On which wire.
    pub era: Era,
    /// What.
    pub workload: Workload,
    /// How often.
    pub requests: u64,
}

/// The instructions a server executes in user mode, from its start to its end, counted
/// by callgrind, on one core. The report is left in `folder`.
///
/// # Errors
///
/// If valgrind is missing, an answer is wrong, or the report cannot be read.
pub fn instructions(
    server: &Server,
    exercise: Exercise,
    folder: &Path,
    core: usize,
) -> Result<u64> {
    let profile = report(folder, "callgrind", server, exercise)?;
    let callgrind = ["-q", "--tool=callgrind", &format!("--callgrind-out-file={profile}")];
    run_under(&callgrind, server, exercise, core)?;
    let text = fs::read_to_string(&profile).with_context(|| profile.clone())?;
    totals(&text).with_context(|| format!("{profile}: no totals"))
}

/// The allocations of a server by the system allocator, and the bytes those asked for,
/// counted by memcheck. The report is left in `folder`.
///
/// # Errors
///
/// As [`instructions`].
pub fn allocations(server: &Server, exercise: Exercise, folder: &Path) -> Result<(u64, u64)> {
    let log = report(folder, "memcheck", server, exercise)?;
    let memcheck = ["--tool=memcheck", "--leak-check=no", &format!("--log-file={log}")];
    run_under(&memcheck, server, exercise, 0)?;
    let counted = fs::read_to_string(&log).with_context(|| log.clone())?;
    heap_usage(&counted).with_context(|| format!("{log}: no totals"))
}

/// Where a tool's report goes.
fn report(folder: &Path, tool: &str, server: &Server, exercise: Exercise) -> Result<String> {
    let Exercise { era, workload, requests } = exercise;
    let name: String =
        server.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let file = folder.join(format!("{tool}.{name}.{era}.{workload}.{requests}"));
    file.into_os_string().into_string().ok().context("a folder that is no UTF-8")
}

fn run_under(tool: &[&str], server: &Server, exercise: Exercise, core: usize) -> Result<()> {
    // On one core a runtime that counts the cores it may use starts one worker.
    let mut prefix = proc::pinned_to(core);
    prefix.push("valgrind".to_owned());
    prefix.extend(tool.iter().map(ToString::to_string));
    let running = server.start(&prefix)?;
    let plan = Plan {
        target: running.target.clone(),
        era: exercise.era,
        workload: exercise.workload,
        connections: 1,
        pause: PAUSE,
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut load = Load::open(plan).await?;
        load.run(Limit::Requests(exercise.requests)).await
    })?;
    running.stop()
}

/// The instructions in a callgrind report.
fn totals(report: &str) -> Option<u64> {
    report
        .lines()
        .find_map(|line| line.strip_prefix("totals: "))
        .and_then(|total| total.trim().parse().ok())
}

/// Allocations and their bytes in a memcheck log:
/// `total heap usage: 1,234 allocs, 1,230 frees, 56,789 bytes allocated`.
fn heap_usage(log: &str) -> Option<(u64, u64)> {
    let (_, usage) = log.split_once("total heap usage: ")?;
    let mut numbers = usage.split(' ').filter_map(|word| word.replace(',', "").parse().ok());
    let (allocations, _frees, bytes) = (numbers.next()?, numbers.next()?, numbers.next()?);
    Some((allocations, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_read_from_reports() {
        assert_eq!(totals("events: Ir\nfn=x\n1 2\ntotals: 1234\n"), Some(1234));
        let log =
            "==1==   total heap usage: 1,234 allocs, 1,230 frees, 56,789 bytes allocated\n==1==";
        assert_eq!(heap_usage(log), Some((1234, 56789)));
        assert_eq!(heap_usage("nothing"), None);
    }

    #[test]
    fn what_both_runs_did_cancels_out() {
        assert_eq!(per_request(1100, 2000, 9), 100.0);
    }
}
