//! The figures as text: a line as each round ends, a table at the end.

use mcp_bench::round::Figures;
use mcp_bench::server::Server;
use mcp_bench::stats::Summary;
use mcp_bench::table::Table;

/// One round, everything in the servers' order.
pub(crate) struct Measured {
    pub(crate) figures: Vec<Figures>,
    /// Bytes resident, before the first connection and after the last request.
    pub(crate) memory_start: Vec<u64>,
    pub(crate) memory_end: Vec<u64>,
}

pub(crate) fn progress(servers: &[Server], figures: &[Figures], number: usize, rounds: usize) {
    for (server, Figures { rate, cpu, .. }) in servers.iter().zip(figures) {
        let name = &server.name;
        eprintln!("round {number}/{rounds}  {name}: {rate:.0} requests/s, {cpu:.2} µs CPU each");
    }
}

/// A row for each server.
pub(crate) fn table(servers: &[Server], rounds: &[Measured]) -> Table {
    let mut table = Table::new(&[
        "server",
        "requests/s",
        "× first",
        "CPU µs/request",
        "× first",
        "p50 µs",
        "p99 µs",
        "RSS MiB",
        "after",
        "answer bytes",
        "server busy",
        "load busy",
    ]);
    for (index, server) in servers.iter().enumerate() {
        let row = Row { rounds, index };
        table.add_row([
            server.name.clone(),
            row.with_spread(|own| own.rate, 0),
            row.ratio(|own| own.rate),
            row.with_spread(|own| own.cpu, 2),
            row.ratio(|own| own.cpu),
            row.with_spread(|own| own.p50, 0),
            row.with_spread(|own| own.p99, 0),
            row.mib(|round| &round.memory_start),
            row.mib(|round| &round.memory_end),
            row.median(|own| own.answer_bytes, 0),
            row.median(|own| own.server_busy * 100.0, 0) + "%",
            row.median(|own| own.load_busy * 100.0, 0) + "%",
        ]);
    }
    table
}

/// One server's figures in every round.
struct Row<'a> {
    rounds: &'a [Measured],
    index: usize,
}

impl Row<'_> {
    fn median(&self, value: fn(&Figures) -> f64, digits: usize) -> String {
        format!("{:.digits$}", self.summary(value).median)
    }

    fn with_spread(&self, value: fn(&Figures) -> f64, digits: usize) -> String {
        let Summary { median, spread } = self.summary(value);
        format!("{median:.digits$} ({:.0}%)", spread * 100.0)
    }

    fn mib(&self, bytes: fn(&Measured) -> &[u64]) -> String {
        let values = self.rounds.iter().map(|round| bytes(round)[self.index] as f64);
        format!("{:.1}", Summary::of(values).median / (1024.0 * 1024.0))
    }

    /// The median of the rounds' ratios to the first server in the same round.
    fn ratio(&self, value: fn(&Figures) -> f64) -> String {
        let ratio = |round: &Measured| value(&round.figures[self.index]) / value(&round.figures[0]);
        let Summary { median, spread } = Summary::of(self.rounds.iter().map(ratio));
        format!("{median:.3} ({:.0}%)", spread * 100.0)
    }

    fn summary(&self, value: fn(&Figures) -> f64) -> Summary {
        Summary::of(self.rounds.iter().map(|round| value(&round.figures[self.index])))
    }
}
