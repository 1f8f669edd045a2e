//! The tables and charts of the requests.

use std::fmt::Write as _;

use anyhow::Result;
use mcp_bench::plot::{Bars, number_text};
use mcp_bench::round::Figures;
use mcp_bench::stats::Summary;
use mcp_bench::table::Table;

use super::{CONNECTIONS, Measured, Row, rows};
use crate::contenders::{CONTENDERS, NOTES};
use crate::options::Options;
use crate::section::{Better, Contest, Section, chart_series, for_chart, heading};

/// The number of connections that the charts show.
const CHARTED: usize = 16;

type Value = fn(&Figures) -> f64;

/// A figure in which the servers compete.
struct Metric {
    name: &'static str,
    value: Value,
    better: Better,
}

const METRICS: [Metric; 2] = [
    Metric { name: "requests/s", value: |own| own.rate, better: Better::More },
    Metric { name: "CPU µs/request", value: |own| own.cpu, better: Better::Less },
];

pub(super) fn section(
    measured: &Measured,
    resident: &[Option<f64>],
    options: &Options,
) -> Result<Section> {
    let mut text = format!(
        "Median of {} rounds, and in brackets the spread: largest less smallest, over the \
         median. Each server had {} ms in each round.\n\n{NOTES}",
        options.rounds,
        options.time.as_millis(),
    );
    let mut contests = Vec::new();
    for connections in CONNECTIONS {
        for Metric { name, value, better } in METRICS {
            writeln!(text, "\n### {name}, {}\n", counted(connections))?;
            let mut table = Table::new(&heading(&["era", "workload"]));
            for (index, row) in rows().into_iter().enumerate() {
                let rounds = &measured[&(index, connections)];
                let summaries = summaries(rounds, value);
                table.add_row(cells(row, summaries.iter().map(|of| of.map(with_spread))));
                let medians: Vec<_> = summaries.iter().map(|of| of.map(|of| of.median)).collect();
                let what =
                    format!("{} {}: {name}, {}", row.era, row.workload, counted(connections));
                contests.extend(Contest::of(what, better, &medians));
            }
            write!(text, "{table}")?;
        }
        writeln!(text, "\n### Latency in µs, p50 / p99, {}\n", counted(connections))?;
        let mut table = Table::new(&heading(&["era", "workload"]));
        for (index, row) in rows().into_iter().enumerate() {
            let rounds = &measured[&(index, connections)];
            let (p50, p99) = (summaries(rounds, |own| own.p50), summaries(rounds, |own| own.p99));
            table.add_row(cells(
                row,
                p50.iter().zip(&p99).map(|(p50, p99)| {
                    Some(format!("{:.0} / {:.0}", p50.as_ref()?.median, p99.as_ref()?.median))
                }),
            ));
        }
        write!(text, "{table}")?;
    }
    writeln!(text, "\n### Memory at start, MB resident\n")?;
    let mut table = Table::new(&heading(&["before the first connection"]));
    let texts = resident.iter().map(|own| own.map_or("–".to_owned(), number_text));
    table.add_row([String::new()].into_iter().chain(texts));
    write!(text, "{table}")?;
    contests.extend(Contest::of("memory at start, MB".to_owned(), Better::Less, resident));

    let plots = vec![
        (
            "requests",
            chart(measured, "Requests per second", "requests/s; more is better", |own| own.rate),
        ),
        (
            "cpu",
            chart(measured, "CPU time per request", "CPU µs per request; less is better", |own| {
                own.cpu
            }),
        ),
    ];
    Ok(Section { title: "Requests", text, plots, contests })
}

fn chart(measured: &Measured, title: &str, unit: &str, value: Value) -> Bars {
    let group = |(index, row): (usize, Row)| {
        let of = summaries(&measured[&(index, CHARTED)], value);
        let medians: Vec<_> = of.iter().map(|of| of.map(|of| of.median)).collect();
        (format!("{} {}", row.era, row.workload), for_chart(&medians))
    };
    Bars {
        title: format!("{title}, {}", counted(CHARTED)),
        description: format!("By era and workload: the floor, mcp-stack and its peers; {unit}."),
        unit: unit.to_owned(),
        series: chart_series(),
        groups: rows().into_iter().enumerate().map(group).collect(),
    }
}

/// Each contender over the rounds.
fn summaries(rounds: &[Vec<Option<Figures>>], value: Value) -> Vec<Option<Summary>> {
    let of = |index: usize| {
        let values: Option<Vec<f64>> =
            rounds.iter().map(|round| round[index].as_ref().map(value)).collect();
        values.map(Summary::of)
    };
    (0..CONTENDERS.len()).map(of).collect()
}

fn with_spread(Summary { median, spread }: Summary) -> String {
    format!("{} ({:.0}%)", number_text(median), spread * 100.0)
}

fn cells(row: Row, texts: impl Iterator<Item = Option<String>>) -> Vec<String> {
    let texts = texts.map(|text| text.unwrap_or_else(|| "–".to_owned()));
    [row.era.to_string(), row.workload.to_string()].into_iter().chain(texts).collect()
}

fn counted(connections: usize) -> String {
    format!("{connections} connection{}", if connections == 1 { "" } else { "s" })
}
