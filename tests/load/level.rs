use std::{fmt, time::Duration};

use tokio::time::Instant;

use crate::{HEAP, shared::alive_tasks};

/// What this process has, as far as it can be counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    tasks: usize,
    /// Both ends of each connection.
    sockets: usize,
    /// Live bytes on the heap.
    memory: usize,
}

/// What the tables of server and runtime may have grown by, in bytes: they keep room for
/// as many entries as they have had at once, and give it back in steps.
const SLACK: usize = 64 << 10;

const PATIENCE: Duration = Duration::from_secs(30);

impl Level {
    pub(crate) fn now() -> Self {
        Self { tasks: alive_tasks(), sockets: open_sockets(), memory: HEAP.current_usage() }
    }

    pub(crate) fn memory(self) -> usize {
        self.memory
    }

    /// Waits until all is as it was at this level, and says how it was after `what`.
    pub(crate) async fn returns(self, after: impl fmt::Display) {
        let began = Instant::now();
        loop {
            let now = Self::now();
            if (now.tasks, now.sockets) == (self.tasks, self.sockets)
                && now.memory <= self.memory + SLACK
            {
                println!("{after}: {self} before, {now} after");
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{after}: {self} before, {now} after");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tasks, sockets, memory } = self;
        write!(f, "{tasks} tasks, {sockets} sockets, {memory} bytes")
    }
}

/// Counted where the system lists them: on Linux.
pub(crate) fn open_sockets() -> usize {
    let open = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let names = open.filter_map(|file| std::fs::read_link(file.path()).ok());
    names.filter(|name| name.to_string_lossy().starts_with("socket:")).count()
}
