//! `RESULTS.md` and the charts, from the sections.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use mcp_bench::plot::number_text;
use mcp_bench::table::Table;

use crate::machine;
use crate::options::Options;
use crate::section::{Contest, Section};

/// Writes the report into the package's folder.
pub(crate) fn write(folder: &Path, sections: &[Section], options: &Options) -> Result<String> {
    let mut text = format!(
        "# Results\n\n\
         Written by `{}`; [README.md](README.md) says how each figure is measured. \
         Compare figures of one run with each other, not with those of another day.\n\n\
         {}\n",
        options.command,
        machine::describe(folder)?,
    );
    let against = against_peers(sections);
    text += &against;
    let plots = folder.join("plots");
    fs::create_dir_all(&plots)?;
    for section in sections {
        write!(text, "\n## {}\n\n", section.title)?;
        for (name, bars) in &section.plots {
            let file = plots.join(name).with_extension("svg");
            fs::write(&file, bars.to_string()).with_context(|| file.display().to_string())?;
            writeln!(text, "![{}](plots/{name}.svg)\n", bars.title)?;
        }
        writeln!(text, "{}", section.text.trim_end())?;
    }
    let file = folder.join("RESULTS.md");
    fs::write(&file, &text).with_context(|| file.display().to_string())?;
    Ok(against)
}

/// In how many rows mcp-stack is ahead, the rows in which it is not, and the closest.
fn against_peers(sections: &[Section]) -> String {
    let mut contests: Vec<_> = sections.iter().flat_map(|section| &section.contests).collect();
    contests.sort_by(|one, other| other.ratio.total_cmp(&one.ratio));
    let behind = contests.iter().filter(|contest| contest.ratio >= 1.0).count();
    let ahead = contests.len() - behind;
    let mut text = format!(
        "## Against its peers\n\n\
         mcp-stack is ahead of every peer in {ahead} of {} rows. The rows in which it is \
         not, if any, and the closest; below 1 it is ahead:\n\n",
        contests.len()
    );
    let mut table = Table::new(&["row", "mcp-stack", "best peer", "its figure", "ratio"]);
    for Contest { what, ours, peer, theirs, ratio } in contests.iter().take(behind.max(10)) {
        table.add_row([
            what.clone(),
            number_text(*ours),
            (*peer).to_owned(),
            number_text(*theirs),
            format!("{ratio:.2}"),
        ]);
    }
    text += &table.to_string();
    text
}
