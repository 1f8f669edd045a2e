//! Building a server from this repository, and finding what was built.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// Builds a server of this package, in release mode.
///
/// # Errors
///
/// If cargo fails; it prints why.
pub fn own(name: &str) -> Result<PathBuf> {
    build(&folder().join("Cargo.toml"), "--bin", name)
}

/// Builds a peer's server, in release mode.
///
/// # Errors
///
/// If cargo fails; it prints why.
pub fn peer(name: &str) -> Result<PathBuf> {
    build(&folder().join("peers/Cargo.toml"), "--bin", name)
}

/// Builds an example of the main workspace, in release mode.
///
/// # Errors
///
/// If cargo fails; it prints why.
pub fn example(name: &str) -> Result<PathBuf> {
    build(&folder().join("../Cargo.toml"), "--example", name)
}

/// Builds it once for the life of this process: a change of the sources in the middle of
/// a run must not change what is measured.
fn build(manifest: &Path, kind: &str, name: &str) -> Result<PathBuf> {
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = built.get(name) {
        return Ok(path.clone());
    }
    let path = build_now(manifest, kind, name)?;
    built.insert(name.to_owned(), path.clone());
    Ok(path)
}

fn build_now(manifest: &Path, kind: &str, name: &str) -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "--all-features", "--message-format=json-render-diagnostics"])
        .args([kind, name, "--manifest-path"])
        .arg(manifest)
        .stderr(Stdio::inherit())
        .output()
        .context("running cargo")?;
    ensure!(output.status.success(), "{name} does not build: {}", output.status);
    String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| message.target.name == name)
        .find_map(|message| message.executable)
        .with_context(|| format!("cargo built no {name}"))
}

/// This package's folder: as cargo says at run time, else as it was at build time.
#[must_use]
pub fn folder() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()).into()
}

/// The part of cargo's `compiler-artifact` message that names an executable.
#[derive(Deserialize)]
struct Message {
    target: Target,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}
