//! One round: every server started, warmed up, and measured in short turns.

use std::time::Duration;

use anyhow::{Context as _, Result};
use mcp_bench::load::{Limit, Load, Plan, Sample};
use mcp_bench::proc;
use mcp_bench::server::{Running, Server};
use mcp_bench::workload::{Era, Workload};

/// Short beside the seconds that a build or a backup lasts, long beside a request.
const SLICE: Duration = Duration::from_millis(100);

/// What every server of a comparison gets alike.
pub(crate) struct Settings<'a> {
    pub(crate) era: Era,
    pub(crate) workload: Workload,
    pub(crate) connections: usize,
    /// Load on each server in each round.
    pub(crate) time: Duration,
    /// Load before that, not measured.
    pub(crate) warm_up: Duration,
    /// The start of a command that keeps a server on its core.
    pub(crate) server_core: &'a [String],
}

/// What one server did in one round.
pub(crate) struct Figures {
    pub(crate) rate: f64,
    /// Microseconds of the server's CPU time for each request.
    pub(crate) cpu: f64,
    /// Latencies in microseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// Shares of the wall time that the server's and the load's process ran.
    pub(crate) server_busy: f64,
    pub(crate) load_busy: f64,
    /// MiB resident, before the first connection and after the last request.
    pub(crate) memory_start: f64,
    pub(crate) memory_end: f64,
    pub(crate) answer_bytes: f64,
}

/// Measures every server once. The number of the round says who goes first.
pub(crate) async fn round(
    servers: &[Server],
    settings: &Settings<'_>,
    number: usize,
) -> Result<Vec<Figures>> {
    let mut contenders = Vec::with_capacity(servers.len());
    for server in servers {
        let contender = Contender::start(server, settings).await;
        contenders.push(contender.with_context(|| server.name.clone())?);
    }
    let slices = settings.time.div_duration_f64(SLICE).ceil() as usize;
    for slice in 0..slices {
        for turn in 0..servers.len() {
            let index = (number + slice + turn) % servers.len();
            let measured = contenders[index].measure().await;
            measured.with_context(|| servers[index].name.clone())?;
        }
    }
    contenders.into_iter().map(Contender::finish).collect()
}

struct Contender {
    running: Running,
    load: Load,
    memory_start: u64,
    sample: Sample,
    server_cpu: Duration,
    load_cpu: Duration,
}

impl Contender {
    async fn start(server: &Server, settings: &Settings<'_>) -> Result<Self> {
        let running = server.start(settings.server_core)?;
        let memory_start = proc::resident(running.pid())?;
        let mut load = Load::open(Plan {
            target: running.target.clone(),
            era: settings.era,
            workload: settings.workload,
            connections: settings.connections,
            pause: Duration::ZERO,
        })
        .await?;
        load.run(Limit::Time(settings.warm_up)).await?;
        Ok(Self {
            running,
            load,
            memory_start,
            sample: Sample::default(),
            server_cpu: Duration::ZERO,
            load_cpu: Duration::ZERO,
        })
    }

    async fn measure(&mut self) -> Result<()> {
        let own = std::process::id();
        let server_before = proc::cpu_time(self.running.pid())?;
        let own_before = proc::cpu_time(own)?;
        let sample = self.load.run(Limit::Time(SLICE)).await?;
        self.load_cpu += proc::cpu_time(own)?.saturating_sub(own_before);
        self.server_cpu += proc::cpu_time(self.running.pid())?.saturating_sub(server_before);
        self.sample.absorb(&sample);
        Ok(())
    }

    fn finish(self) -> Result<Figures> {
        let memory_end = proc::resident(self.running.pid())?;
        self.running.stop()?;
        let [p50, p99] = self.sample.latencies([0.5, 0.99]);
        let wall = self.sample.wall.as_secs_f64();
        Ok(Figures {
            rate: self.sample.rate(),
            cpu: micros(self.server_cpu) / self.sample.requests() as f64,
            p50: micros(p50),
            p99: micros(p99),
            server_busy: self.server_cpu.as_secs_f64() / wall,
            load_busy: self.load_cpu.as_secs_f64() / wall,
            memory_start: mib(self.memory_start),
            memory_end: mib(memory_end),
            answer_bytes: self.sample.answer_size(),
        })
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
