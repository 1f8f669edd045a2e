//! What a request may cost, from a file: one request a line, `#` begins a comment.
//!
//! ```text
//! # era   workload  instructions  × floor
//! legacy  echo64    40000         1.75
//! ```

use anyhow::{Context as _, Result, ensure};

use crate::workload::{Era, Workload};

/// What one request may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// On which wire.
    pub era: Era,
    /// Which request.
    pub workload: Workload,
    /// Instructions at most.
    pub instructions: f64,
    /// As many times what the floor needs, at most.
    pub ratio: f64,
}

impl Limit {
    /// Whether a request that cost so much is within the limit.
    #[must_use]
    pub fn admits(&self, instructions: f64, ratio: f64) -> bool {
        instructions <= self.instructions && ratio <= self.ratio
    }
}

/// Reads the file's text.
///
/// # Errors
///
/// Names the line that is no limit, or says that there is none.
pub fn parse(text: &str) -> Result<Vec<Limit>> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let limits = lines
        .filter(|line| !line.is_empty())
        .map(|line| parse_line(line).with_context(|| format!("the limit {line:?}")))
        .collect::<Result<Vec<_>>>()?;
    ensure!(!limits.is_empty(), "there are no limits in the file");
    Ok(limits)
}

fn parse_line(line: &str) -> Result<Limit> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [era, workload, instructions, ratio] = words[..] else {
        anyhow::bail!("a limit has an era, a workload, instructions and a ratio");
    };
    let limit = Limit {
        era: era.parse()?,
        workload: workload.parse()?,
        instructions: instructions.parse()?,
        ratio: ratio.parse()?,
    };
    ensure!(limit.workload.exists_in(limit.era), "{workload} does not exist in this era");
    Ok(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_line_of_four_words() {
        let limits = parse("# a comment\n\nlegacy echo64 40000 1.75 # why\n").expect("limits");
        let [limit] = limits[..] else { panic!("{limits:?}") };
        assert_eq!((limit.era, limit.workload), (Era::Legacy, Workload::Echo64));
        assert!(limit.admits(40000.0, 1.75));
        assert!(!limit.admits(40001.0, 1.75) && !limit.admits(40000.0, 1.76));
        for wrong in ["", "legacy echo64 40000", "modern ping 1 1", "legacy echo64 many 1"] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
