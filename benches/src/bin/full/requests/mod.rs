//! Requests per second, CPU time and latency: every server under the same load, in turns.

mod report;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use mcp_bench::load::{Limit, Load, Plan};
use mcp_bench::proc;
use mcp_bench::round::{Figures, Settings, round};
use mcp_bench::server::{Running, Server};
use mcp_bench::stats::Summary;
use mcp_bench::workload::{Era, Workload};
use tokio::runtime::Runtime;

use crate::contenders::{CONTENDERS, start_all};
use crate::options::Options;
use crate::progress::Progress;
use crate::section::Section;

pub(crate) const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// One row at one number of connections: an era, a workload.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) era: Era,
    pub(crate) workload: Workload,
}

/// Every contender's figures in every round, by row and number of connections.
type Measured = BTreeMap<(usize, usize), Vec<Vec<Option<Figures>>>>;

pub(crate) fn rows() -> Vec<Row> {
    let all = |era| Workload::ALL.into_iter().map(move |workload| Row { era, workload });
    Era::ALL.into_iter().flat_map(all).filter(|row| row.workload.exists_in(row.era)).collect()
}

pub(crate) fn steps(options: &Options) -> usize {
    options.rounds * rows().len() * CONNECTIONS.len()
}

pub(crate) fn measure(
    runtime: &Runtime,
    servers: &[Server],
    options: &Options,
    progress: &mut Progress,
) -> Result<Section> {
    let core = proc::pinned_to(0);
    let mut measured = Measured::new();
    let mut resident = vec![Vec::new(); servers.len()];
    for number in 0..options.rounds {
        let running = start_all(servers, &core)?;
        for (server, resident) in running.iter().zip(&mut resident) {
            resident.push(proc::resident(server.pid())? as f64);
        }
        if number == 0 {
            runtime.block_on(check_what_cannot_be(&running))?;
        }
        for (index, row) in rows().into_iter().enumerate() {
            for connections in CONNECTIONS {
                let Row { era, workload } = row;
                let of = options.rounds;
                let what = format!("round {}/{of}: {era} {workload} at {connections}", number + 1);
                progress.step(&what);
                let settings = Settings {
                    era,
                    workload,
                    connections,
                    time: options.time,
                    warm_up: options.warm_up,
                };
                let figures = runtime.block_on(cell(&running, settings, number))?;
                measured.entry((index, connections)).or_default().push(figures);
            }
        }
        running.into_iter().try_for_each(Running::stop)?;
    }
    let resident = resident.into_iter().map(|bytes| Some(Summary::of(bytes).median / 1e6));
    report::section(&measured, &resident.collect::<Vec<_>>(), options)
}

/// One row of one round. A contender that cannot do it has no figures.
async fn cell(
    running: &[Running],
    settings: Settings,
    number: usize,
) -> Result<Vec<Option<Figures>>> {
    let able: Vec<_> =
        CONTENDERS.iter().map(|who| who.can(settings.era, settings.workload)).collect();
    let chosen: Vec<_> =
        running.iter().zip(&able).filter(|(_, able)| **able).map(|(server, _)| server).collect();
    let figures = round(&chosen, settings, number).await;
    let what = || format!("{} {}", settings.era, settings.workload);
    let mut figures = figures.with_context(what)?.into_iter();
    Ok(able.into_iter().map(|able| if able { figures.next() } else { None }).collect())
}

/// Fails if a contender can do by now what the tables say it cannot.
async fn check_what_cannot_be(running: &[Running]) -> Result<()> {
    for (who, server) in CONTENDERS.iter().zip(running) {
        for Row { era, workload } in
            rows().into_iter().filter(|row| !who.can(row.era, row.workload))
        {
            let target = server.target.clone();
            let pause = Duration::ZERO;
            let mut load =
                Load::open(Plan { target, era, workload, connections: 1, pause }).await?;
            if load.run(Limit::Requests(1)).await.is_ok() {
                bail!("{} answers {era} {workload} by now: measure it", who.name);
            }
        }
    }
    Ok(())
}
