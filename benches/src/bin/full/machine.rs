//! What the figures were measured on, and with what.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

/// The machine's shape and the versions, as one paragraph.
pub(crate) fn describe(folder: &Path) -> Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(": ")).map_or("unknown", |(_, name)| name);
    // Not what this process may use: it is pinned.
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let load = fs::read_to_string("/proc/loadavg")?;
    let load = load.split(' ').next().context("no load average")?;
    let rustc = Command::new("rustc").arg("-V").output().context("rustc")?;
    let rustc = String::from_utf8(rustc.stdout)?;
    let ours = fs::read_to_string(folder.join("Cargo.lock"))?;
    let peers = fs::read_to_string(folder.join("peers/Cargo.lock"))?;
    let versions: Vec<_> = [("hyper", &ours), ("tokio", &ours), ("axum", &ours)]
        .into_iter()
        .chain([("rmcp", &peers), ("tower-mcp", &peers)])
        .map(|(name, lock)| Some(format!("{name} {}", locked(lock, name)?)))
        .collect::<Option<_>>()
        .context("a crate that is not locked")?;
    Ok(format!(
        "{cores} cores of {model}, Linux {}, load average {load} at the end of the run; \
         {}, cargo's default release profile; {}.\n",
        kernel.trim(),
        rustc.trim(),
        versions.join(", "),
    ))
}

/// The version of a package in a lock file.
fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    rest.split('"').next()
}
