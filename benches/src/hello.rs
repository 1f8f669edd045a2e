//! What it takes to build a hello world: crates, time, size.
//!
//! The servers are the packages of the workspace `hello`. Each is built from nothing in
//! a debug and a release build, in turns. CPU time is that of cargo and all it starts,
//! user and kernel; it depends far less on what else the machine does than the time on
//! the clock. Crates are those of `cargo tree` without development dependencies, the
//! server itself included, each version once. Everything is fetched before the first
//! build.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};

use crate::stats::Summary;
use crate::table::Table;
use crate::{artifact, proc};

/// The servers: bare hyper, ours, the peers.
pub const SERVERS: [&str; 4] = ["hyper", "mcp-stack", "rmcp", "tower-mcp"];
/// How each is built.
pub const PROFILES: [&str; 2] = ["debug", "release"];

/// One server, and the builds of it by profile.
#[derive(Debug)]
pub struct Hello {
    /// Its name.
    pub name: &'static str,
    /// How many crates it is made of.
    pub crates: usize,
    builds: [Vec<Build>; 2],
}

/// What one build took, and made.
#[derive(Debug)]
struct Build {
    cpu: Duration,
    clock: Duration,
    bytes: u64,
    stripped: u64,
}

/// Builds them all in turns, `rounds` times, by `jobs` jobs; `step` is told what comes.
///
/// # Errors
///
/// When one cannot be built.
pub fn measure(
    names: &[&'static str],
    rounds: usize,
    jobs: usize,
    mut step: impl FnMut(&str),
) -> Result<Vec<Hello>> {
    let workspace = Workspace::open()?;
    let server = |name: &&'static str| {
        let crates = workspace.crates(name)?;
        anyhow::Ok(Hello { name, crates, builds: Default::default() })
    };
    let mut servers = names.iter().map(server).collect::<Result<Vec<_>>>()?;
    for (index, profile) in PROFILES.into_iter().enumerate() {
        for round in 1..=rounds {
            for server in &mut servers {
                step(&format!(
                    "hello world: {}, {profile}, round {round} of {rounds}",
                    server.name
                ));
                server.builds[index].push(workspace.build(server.name, profile, jobs)?);
            }
        }
    }
    Ok(servers)
}

impl Hello {
    /// The median CPU time of its builds by profile, in seconds.
    #[must_use]
    pub fn cpu_seconds(&self) -> [f64; 2] {
        [0, 1].map(|profile| self.median(profile, |build| build.cpu.as_secs_f64()))
    }

    /// The size of the release build without symbols, in megabytes.
    #[must_use]
    pub fn stripped_megabytes(&self) -> f64 {
        self.median(1, |build| build.stripped as f64 / 1e6)
    }

    fn median(&self, profile: usize, value: impl Fn(&Build) -> f64) -> f64 {
        Summary::of(self.builds[profile].iter().map(value)).median
    }
}

/// The figures of all.
#[must_use]
pub fn table(servers: &[Hello]) -> Table {
    let mut table = Table::new(&[
        "server",
        "crates",
        "debug CPU s",
        "debug s",
        "release CPU s",
        "release s",
        "release MB",
        "stripped MB",
    ]);
    for hello in servers {
        let [debug, release] = hello.cpu_seconds();
        let clock = |profile| hello.median(profile, |build| build.clock.as_secs_f64());
        let bytes = hello.median(1, |build| build.bytes as f64 / 1e6);
        let figures = [debug, clock(0), release, clock(1), bytes, hello.stripped_megabytes()];
        table.add_row(
            [hello.name.to_owned(), hello.crates.to_string()]
                .into_iter()
                .chain(figures.map(|figure| format!("{figure:.1}"))),
        );
    }
    table
}

/// The workspace of the servers.
struct Workspace {
    manifest: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds it, and fetches what it needs.
    fn open() -> Result<Self> {
        let manifest = artifact::folder().join("hello/Cargo.toml");
        let target = env::temp_dir().join(format!("hello-{}", std::process::id()));
        let workspace = Self { manifest, target };
        run(workspace.cargo("fetch"))?;
        Ok(workspace)
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([command, "--quiet", "--manifest-path"]).arg(&self.manifest);
        cargo
    }

    fn crates(&self, name: &str) -> Result<usize> {
        let mut tree = self.cargo("tree");
        tree.args(["-e", "normal,build", "--prefix", "none", "-p", &format!("hello-{name}")]);
        let lines = run(tree)?;
        let crates = lines.lines().map(|line| line.split(" (").next());
        Ok(crates.collect::<BTreeSet<_>>().len())
    }

    /// Builds from nothing.
    fn build(&self, name: &str, profile: &str, jobs: usize) -> Result<Build> {
        let mut build = self.cargo("build");
        build.args(["--jobs", &jobs.to_string(), "-p", &format!("hello-{name}")]);
        build.arg("--target-dir").arg(&self.target);
        build.args((profile == "release").then_some("--release"));
        let (cpu, clock) = (proc::children_time()?, Instant::now());
        run(build)?;
        let (cpu, clock) = (proc::children_time()? - cpu, clock.elapsed());
        let program = self.target.join(profile).join(format!("hello-{name}"));
        let bytes = fs::metadata(&program)?.len();
        let stripped = stripped(&program)?;
        fs::remove_dir_all(&self.target)?;
        Ok(Build { cpu, clock, bytes, stripped })
    }
}

/// How large a program is without its symbols.
fn stripped(program: &Path) -> Result<u64> {
    let copy = program.with_extension("stripped");
    let mut strip = Command::new("strip");
    strip.arg("-o").arg(&copy).arg(program);
    run(strip)?;
    Ok(fs::metadata(copy)?.len())
}

fn run(mut command: Command) -> Result<String> {
    let output = command
        // Flags and folders of whoever calls are not part of the experiment.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR")
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("running {command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}
