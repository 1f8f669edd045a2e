//! Memory of idle sessions and of open streams, and the time of a change.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use mcp_bench::plot::{Bars, number_text};
use mcp_bench::streams::{Measured, Settings};
use mcp_bench::table::Table;
use mcp_bench::workload::Era;
use mcp_bench::{idle, proc, streams};
use tokio::runtime::Runtime;

use crate::contenders::{CONTENDERS, named};
use crate::progress::Progress;
use crate::section::{Better, Contest, Section, chart_series, for_chart};

const SESSIONS: usize = 10_000;
const STREAMS: [usize; 2] = [1_000, 5_000];
const CHANGES: usize = 10;

pub(crate) fn steps() -> usize {
    let sessions = CONTENDERS.iter().filter(|who| who.sessions.is_some()).count();
    let streams = |era| CONTENDERS.iter().filter(move |who| who.streams(era).is_some()).count();
    sessions + STREAMS.len() * Era::ALL.map(streams).iter().sum::<usize>()
}

pub(crate) fn measure(runtime: &Runtime, progress: &mut Progress) -> Result<Section> {
    let largest = STREAMS[STREAMS.len() - 1];
    proc::allow_open_files(largest as u64 + 100)?;
    let mut section =
        Section { title: "Memory", text: String::new(), plots: Vec::new(), contests: Vec::new() };
    let mut groups = vec![sessions(runtime, progress, &mut section)?];
    for era in Era::ALL {
        for count in STREAMS {
            groups.push(open_streams(runtime, progress, &mut section, era, count)?);
        }
    }
    let chart = Bars {
        title: "Memory of a session and of a stream".to_owned(),
        description: "Bytes resident for each, opened for the first time; a legacy stream \
                      includes its session."
            .to_owned(),
        unit: "bytes; less is better".to_owned(),
        series: chart_series(),
        groups,
    };
    section.plots.push(("memory", chart));
    Ok(section)
}

/// A label and the values for the chart.
type Group = (String, Vec<Option<f64>>);

fn sessions(runtime: &Runtime, progress: &mut Progress, section: &mut Section) -> Result<Group> {
    let mut table =
        Table::new(&["server", "bytes/session", "a second time", "of it left when ended"]);
    let mut figures = Vec::with_capacity(CONTENDERS.len());
    for who in &CONTENDERS {
        let Some(command) = who.sessions else {
            figures.push(None);
            continue;
        };
        progress.step(&format!("{SESSIONS} sessions: {}", who.name));
        let server = named(who.name, command)?.start(&proc::pinned_to(0))?;
        let rounds = runtime.block_on(idle::measure(&server, SESSIONS, 4, 2));
        let rounds = rounds.with_context(|| who.name)?;
        server.stop()?;
        let each = |from: u64, to: u64| (to as f64 - from as f64) / SESSIONS as f64;
        let [first, second] = [rounds[0], rounds[1]];
        figures.push(Some(each(first.before, first.open)));
        table.add_row([
            who.name.to_owned(),
            number_text(each(first.before, first.open)),
            number_text(each(second.before, second.open)),
            number_text(each(first.before, first.ended)),
        ]);
    }
    writeln!(
        section.text,
        "### Idle sessions\n\n\
         {SESSIONS} legacy sessions are opened and ended, twice. What is left when they \
         have ended may be memory that the allocator keeps for the next time: then opening \
         them a second time takes little more.\n\n{table}"
    )?;
    let what = "memory of an idle session, bytes".to_owned();
    section.contests.extend(Contest::of(what, Better::Less, &figures));
    Ok(("idle session".to_owned(), for_chart(&figures)))
}

fn open_streams(
    runtime: &Runtime,
    progress: &mut Progress,
    section: &mut Section,
    era: Era,
    count: usize,
) -> Result<Group> {
    let mut table = Table::new(&[
        "server",
        "bytes/stream",
        "a second time",
        "of it left when closed",
        "one change to all, ms",
        "slowest",
    ]);
    let (mut bytes, mut times) = (Vec::new(), Vec::new());
    for who in &CONTENDERS {
        let Some(command) = who.streams(era) else {
            bytes.push(None);
            times.push(None);
            continue;
        };
        progress.step(&format!("{count} {era} streams: {}", who.name));
        let server = named(who.name, command)?.start(&proc::pinned_to(0))?;
        let settings = Settings { era, streams: count, stalled: 0, changes: CHANGES };
        let both: Result<[Measured; 2]> = runtime.block_on(async {
            let first = streams::measure(&server, settings).await?;
            Ok([first, streams::measure(&server, settings).await?])
        });
        let [first, second] = both.with_context(|| who.name)?;
        server.stop()?;
        let each = |from: u64, to: u64| (to as f64 - from as f64) / count as f64;
        let millis = |index: usize| first.times[index].as_secs_f64() * 1e3;
        bytes.push(Some(each(first.before, first.open)));
        times.push(Some(millis(first.times.len() / 2)));
        table.add_row([
            who.name.to_owned(),
            number_text(each(first.before, first.open)),
            number_text(each(second.before, second.open)),
            number_text(each(first.before, first.closed)),
            number_text(millis(first.times.len() / 2)),
            number_text(millis(first.times.len() - 1)),
        ]);
    }
    let kind = match era {
        Era::Legacy => "GET streams, each with its session",
        Era::Modern => "`subscriptions/listen` streams",
    };
    writeln!(section.text, "\n### {count} open streams, {era}: {kind}\n\n{table}")?;
    let what = format!("memory of an open stream, {era}, {count} open, bytes");
    section.contests.extend(Contest::of(what, Better::Less, &bytes));
    let what = format!("one change to {count} streams, {era}, ms");
    section.contests.extend(Contest::of(what, Better::Less, &times));
    Ok((format!("{era} of {count}"), for_chart(&bytes)))
}
