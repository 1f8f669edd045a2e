//! A line that says how far the run is.

use std::io::{IsTerminal as _, stderr};
use std::time::Instant;

pub(crate) struct Progress {
    began: Instant,
    done: usize,
    steps: usize,
}

impl Progress {
    pub(crate) fn new(steps: usize) -> Self {
        Self { began: Instant::now(), done: 0, steps }
    }

    /// Says what comes next. On a terminal the line replaces the one before.
    pub(crate) fn step(&mut self, what: &str) {
        self.done += 1;
        let Self { began, done, steps } = self;
        let (minutes, seconds) = (began.elapsed().as_secs() / 60, began.elapsed().as_secs() % 60);
        let line = format!("[{done}/{steps}] {minutes}:{seconds:02}  {what}");
        if stderr().is_terminal() {
            eprint!("\r\x1b[K{line}");
        } else {
            eprintln!("{line}");
        }
    }

    pub(crate) fn end(&self) {
        let seconds = self.began.elapsed().as_secs();
        eprintln!("\nmeasured in {} min {} s", seconds / 60, seconds % 60);
    }
}
