//! What it takes to build a hello world: crates, time, size.
//!
//! ```text
//! hello [--rounds N] [--jobs N] [--only NAME,…]
//! ```
//!
//! The servers are the packages of the workspace `hello`. Each is built from nothing in
//! a debug and a release build, in turns, N rounds (2), by N jobs (2). CPU time is that
//! of cargo and all it starts, user and kernel; it depends far less on what else the
//! machine does than the time on the clock. Crates are those of `cargo tree` without
//! development dependencies, the server itself included, each version once. Everything
//! is fetched before the first build.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};
use mcp_bench::stats::Summary;
use mcp_bench::table::Table;
use mcp_bench::{artifact, proc};

const SERVERS: [&str; 4] = ["hyper", "mcp-stack", "rmcp", "tower-mcp"];
const PROFILES: [&str; 2] = ["debug", "release"];

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let rounds: usize = args.opt_value_from_str("--rounds")?.unwrap_or(2);
    let jobs: usize = args.opt_value_from_str("--jobs")?.unwrap_or(2);
    let only: Option<String> = args.opt_value_from_str("--only")?;
    let rest = args.finish();
    ensure!(rest.is_empty(), "hello: unknown arguments {rest:?}");
    ensure!(rounds > 0 && jobs > 0, "a count must not be zero");
    let wanted =
        |name: &&str| only.as_ref().is_none_or(|only| only.split(',').any(|it| it == *name));
    let names: Vec<_> = SERVERS.into_iter().filter(wanted).collect();

    let workspace = Workspace::open()?;
    let mut servers = Vec::new();
    for name in names {
        servers.push(Hello { name, crates: workspace.crates(name)?, builds: Default::default() });
    }
    for (index, profile) in PROFILES.into_iter().enumerate() {
        for round in 1..=rounds {
            for server in &mut servers {
                eprintln!("{}, {}, round {round} of {rounds}", server.name, profile);
                server.builds[index].push(workspace.build(server.name, profile, jobs)?);
            }
        }
    }
    println!("{}", table(&servers));
    Ok(())
}

/// One server, and the builds of it by profile.
struct Hello {
    name: &'static str,
    crates: usize,
    builds: [Vec<Build>; 2],
}

/// What one build took, and made.
struct Build {
    cpu: Duration,
    clock: Duration,
    bytes: u64,
    stripped: u64,
}

fn table(servers: &[Hello]) -> Table {
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
    for Hello { name, crates, builds: [debug, release] } in servers {
        let of = |builds: &[Build], value: fn(&Build) -> f64| {
            format!("{:.1}", Summary::of(builds.iter().map(value)).median)
        };
        table.add_row([
            (*name).to_owned(),
            crates.to_string(),
            of(debug, |build| build.cpu.as_secs_f64()),
            of(debug, |build| build.clock.as_secs_f64()),
            of(release, |build| build.cpu.as_secs_f64()),
            of(release, |build| build.clock.as_secs_f64()),
            of(release, |build| build.bytes as f64 / 1e6),
            of(release, |build| build.stripped as f64 / 1e6),
        ]);
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
