//! What the run was asked for.

use std::time::Duration;

use anyhow::{Result, ensure};

pub(crate) struct Options {
    pub(crate) rounds: usize,
    /// Load on each server, in each row of each round.
    pub(crate) time: Duration,
    pub(crate) warm_up: Duration,
    /// Requests of the two runs whose difference is counted.
    pub(crate) counted: [u64; 2],
    /// How often each hello world is built, in each profile.
    pub(crate) builds: usize,
    /// How the run was started, for the report.
    pub(crate) command: String,
}

impl Options {
    pub(crate) fn from_env() -> Result<Self> {
        let mut args = pico_args::Arguments::from_env();
        let quick = args.contains("--quick");
        let rounds: Option<usize> = args.opt_value_from_str("--rounds")?;
        let rest = args.finish();
        ensure!(rest.is_empty(), "full: unknown arguments {rest:?}");
        ensure!(rounds != Some(0), "--rounds must not be zero");
        let mut command = "cargo run --release --bin full".to_owned();
        if quick || rounds.is_some() {
            command += " --";
        }
        if quick {
            command += " --quick";
        }
        if let Some(rounds) = rounds {
            command += &format!(" --rounds {rounds}");
        }
        let millis = Duration::from_millis;
        Ok(if quick {
            Self {
                rounds: rounds.unwrap_or(2),
                time: millis(100),
                warm_up: millis(30),
                counted: [20, 60],
                builds: 1,
                command,
            }
        } else {
            Self {
                rounds: rounds.unwrap_or(5),
                time: millis(300),
                warm_up: millis(50),
                counted: [50, 250],
                builds: 2,
                command,
            }
        })
    }
}
