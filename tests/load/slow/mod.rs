//! Clients that open a stream and do not read it: they hold up nobody, and cost no more
//! than what is theirs.
//!
//! Of a thousand streams a hundred are not read. They share ten connections over HTTP/2
//! with the others: each has a window of its own, which only reading opens again.

mod calls;
mod changes;

use std::net::SocketAddr;

use crate::{HEAP, http2::Multiplexed};

const CONNECTIONS: usize = 10;
const SLOW_PER_CONNECTION: usize = 10;
const READ_PER_CONNECTION: usize = 90;
const SLOW: usize = CONNECTIONS * SLOW_PER_CONNECTION;
const READ: usize = CONNECTIONS * READ_PER_CONNECTION;

/// What a client that does not read lets in on one stream, in bytes.
const WINDOW: u32 = 2 << 10;

/// Bytes that may wait for one stream.
const BUDGET: usize = 16 << 10;

/// How much each slow stream is to be told: so many messages of about so many bytes.
const FLOOD: usize = 400;
const SIZE: usize = 1 << 10;

/// What a slow stream may cost, in bytes: its queue, its place in the event log, a page of
/// that and a frame under way, each no more than 64 KiB.
const MOST: usize = 128 << 10;

async fn connect(addr: SocketAddr) -> Vec<Multiplexed> {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Multiplexed::with_window(addr, WINDOW).await);
    }
    connections
}

/// What the heap grows by while slow streams are flooded.
struct Growth(usize);

impl Growth {
    fn begins() -> Self {
        HEAP.reset_peak_usage();
        Self(HEAP.current_usage())
    }

    fn check_bounded(self, what: &str) {
        let Self(before) = self;
        let (peak, flood) = (HEAP.peak_usage() - before, SLOW * FLOOD * SIZE);
        println!("{what}: {flood} bytes for slow streams took {peak} at most");
        assert!(peak <= SLOW * MOST, "{what}: {peak} bytes");
    }
}
