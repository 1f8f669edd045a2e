//! One round: the same load on several servers, in short turns.

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::load::{Limit, Load, Plan, Sample};
use crate::proc;
use crate::server::Running;
use crate::workload::{Era, Workload};

/// Short beside the seconds that a build or a backup lasts, long beside a request.
const SLICE: Duration = Duration::from_millis(100);

/// What every server of a comparison gets alike.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// On which wire.
    pub era: Era,
    /// What.
    pub workload: Workload,
    /// Over how many connections.
    pub connections: usize,
    /// Load on each server.
    pub time: Duration,
    /// Load before that, not measured.
    pub warm_up: Duration,
}

/// What one server did in one round.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Requests per second.
    pub rate: f64,
    /// Microseconds of the server's CPU time for each request.
    pub cpu: f64,
    /// The median latency in microseconds.
    pub p50: f64,
    /// The latency in microseconds that one request in a hundred exceeds.
    pub p99: f64,
    /// The share of the wall time that the server's process ran.
    pub server_busy: f64,
    /// The share of the wall time that the load's process ran.
    pub load_busy: f64,
    /// Bytes per answer, its head included.
    pub answer_bytes: f64,
}

/// Measures every server once. The number of the round says who goes first.
///
/// # Errors
///
/// If a server's answer is wrong or its connection fails.
pub async fn round(
    servers: &[&Running],
    settings: Settings,
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
    let mut figures = Vec::with_capacity(servers.len());
    for contender in contenders {
        figures.push(contender.finish().await?);
    }
    Ok(figures)
}

struct Contender {
    pid: u32,
    load: Load,
    sample: Sample,
    server_cpu: Duration,
    load_cpu: Duration,
}

impl Contender {
    async fn start(server: &Running, settings: Settings) -> Result<Self> {
        let mut load = Load::open(Plan {
            target: server.target.clone(),
            era: settings.era,
            workload: settings.workload,
            connections: settings.connections,
            pause: Duration::ZERO,
        })
        .await?;
        load.run(Limit::Time(settings.warm_up)).await?;
        Ok(Self {
            pid: server.pid(),
            load,
            sample: Sample::default(),
            server_cpu: Duration::ZERO,
            load_cpu: Duration::ZERO,
        })
    }

    async fn measure(&mut self) -> Result<()> {
        let own = std::process::id();
        let server_before = proc::cpu_time(self.pid)?;
        let own_before = proc::cpu_time(own)?;
        let sample = self.load.run(Limit::Time(SLICE)).await?;
        self.load_cpu += proc::cpu_time(own)?.saturating_sub(own_before);
        self.server_cpu += proc::cpu_time(self.pid)?.saturating_sub(server_before);
        self.sample.absorb(&sample);
        Ok(())
    }

    async fn finish(self) -> Result<Figures> {
        self.load.close().await?;
        let [p50, p99] = self.sample.latencies([0.5, 0.99]);
        let wall = self.sample.wall.as_secs_f64();
        Ok(Figures {
            rate: self.sample.rate(),
            cpu: micros(self.server_cpu) / self.sample.requests() as f64,
            p50: micros(p50),
            p99: micros(p99),
            server_busy: self.server_cpu.as_secs_f64() / wall,
            load_busy: self.load_cpu.as_secs_f64() / wall,
            answer_bytes: self.sample.answer_size(),
        })
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
