//! Instructions per request by callgrind, of every server and of each layer.

use std::path::Path;
use std::sync::Mutex;
use std::{env, fs, process, thread};

use anyhow::{Result, anyhow};
use mcp_bench::layers::LAYERS;
use mcp_bench::plot::{Bars, number_text};
use mcp_bench::server::Server;
use mcp_bench::table::Table;
use mcp_bench::valgrind::{Exercise, instructions};
use mcp_bench::workload::{Era, Workload};

use crate::contenders::{CONTENDERS, named};
use crate::lock;
use crate::options::Options;
use crate::progress::Progress;
use crate::requests::{Row, rows};
use crate::section::{Better, Contest, Section, chart_series, for_chart, heading};

/// What is sent to the stack with some of its layers.
const LAYERED: Workload = Workload::Echo64;

/// One server in one row.
struct Job<'a> {
    server: &'a Server,
    row: Row,
}

pub(crate) fn steps() -> usize {
    requests_jobs().count() + (LAYERS.len() + 1) * Era::ALL.len()
}

fn requests_jobs() -> impl Iterator<Item = (usize, Row)> {
    let able = |row: Row| {
        let all = CONTENDERS.iter().enumerate();
        all.filter(move |(_, who)| who.can(row.era, row.workload)).map(move |(who, _)| (who, row))
    };
    rows().into_iter().flat_map(able)
}

pub(crate) fn measure(
    servers: &[Server],
    options: &Options,
    progress: &Mutex<Progress>,
) -> Result<Section> {
    let jobs: Vec<_> =
        requests_jobs().map(|(who, row)| Job { server: &servers[who], row }).collect();
    let mut counted = run(&jobs, options, progress)?.into_iter();

    let mut text =
        "In user mode, on one connection: the kernel's work is not in them.\n\n".to_owned();
    let mut table = Table::new(&heading(&["era", "workload"]));
    let (mut contests, mut groups) = (Vec::new(), Vec::new());
    for Row { era, workload } in rows() {
        let figures: Vec<_> = CONTENDERS
            .iter()
            .map(|who| if who.can(era, workload) { counted.next() } else { None })
            .collect();
        let texts = figures.iter().map(|own| own.map_or("–".to_owned(), number_text));
        table.add_row([era.to_string(), workload.to_string()].into_iter().chain(texts));
        let what = format!("{era} {workload}: instructions/request");
        contests.extend(Contest::of(what, Better::Less, &figures));
        groups.push((format!("{era} {workload}"), for_chart(&figures)));
    }
    text += &table.to_string();
    let chart = Bars {
        title: "Instructions per request".to_owned(),
        description: "By era and workload: the floor, mcp-stack and its peers; less is better."
            .to_owned(),
        unit: "instructions in user mode; less is better".to_owned(),
        series: chart_series(),
        groups,
    };
    Ok(Section { title: "Instructions", text, plots: vec![("instructions", chart)], contests })
}

/// The stack with no layer but the border, then with one more at a time.
pub(crate) fn measure_layers(options: &Options, progress: &Mutex<Progress>) -> Result<Section> {
    let command = |layers| format!("layers --layers {layers}");
    let servers = (0..=LAYERS.len())
        .map(|layers| named(&command(layers), &command(layers)))
        .collect::<Result<Vec<_>>>()?;
    let job = |server, era| Job { server, row: Row { era, workload: LAYERED } };
    let jobs: Vec<_> =
        servers.iter().flat_map(|server| Era::ALL.map(|era| job(server, era))).collect();
    let counted = run(&jobs, options, progress)?;

    let mut table = Table::new(&["layer added", "legacy", "adds", "modern", "adds"]);
    let mut before = [None; 2];
    for (number, both) in counted.chunks(2).enumerate() {
        let name = number.checked_sub(1).map_or("negotiate, and the service", |at| LAYERS[at]);
        let mut cells = vec![name.to_owned()];
        for (era, instructions) in both.iter().enumerate() {
            let added = before[era].map_or(String::new(), |less| number_text(instructions - less));
            cells.extend([number_text(*instructions), added]);
            before[era] = Some(*instructions);
        }
        table.add_row(cells);
    }
    let text = format!("Instructions per `{LAYERED}` request, a layer at a time.\n\n{table}");
    Ok(Section { title: "What each layer costs", text, plots: Vec::new(), contests: Vec::new() })
}

/// Instructions per request of each job. Two run at a time: a count, unlike a time, does
/// not depend on what the other core does.
fn run(jobs: &[Job<'_>], options: &Options, progress: &Mutex<Progress>) -> Result<Vec<f64>> {
    let folder = env::temp_dir().join(format!("mcp-bench-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let queue = Mutex::new(jobs.iter().enumerate());
    let counted = Mutex::new(vec![0.0; jobs.len()]);
    let work = |core| {
        loop {
            let Some((index, job)) = lock(&queue).next() else { return anyhow::Ok(()) };
            let Row { era, workload } = job.row;
            lock(progress).step(&format!("instructions: {}, {era} {workload}", job.server.name));
            lock(&counted)[index] = per_request(job, options, &folder, core)?;
        }
    };
    let ended = thread::scope(|scope| {
        let threads = [0, 1].map(|core| scope.spawn(move || work(core)));
        threads.map(|thread| thread.join().unwrap_or_else(|_| Err(anyhow!("a count panicked"))))
    });
    ended.into_iter().collect::<Result<()>>()?;
    fs::remove_dir_all(&folder)?;
    Ok(counted.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn per_request(job: &Job<'_>, options: &Options, folder: &Path, core: usize) -> Result<f64> {
    let Row { era, workload } = job.row;
    let [few, many] = options.counted;
    let count = |requests| {
        let exercise = Exercise { era, workload, requests };
        instructions(job.server, exercise, folder, core)
    };
    let (less, more) = (count(few)?, count(many)?);
    Ok((more as f64 - less as f64) / (many - few) as f64)
}
