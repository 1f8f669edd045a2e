//! Answers that are finished and that nobody reads.

use std::time::Duration;

use mcp_stack::{McpService, ProtocolVersion, Stack, Tool};

use crate::{
    HEAP, alone,
    caller::Caller,
    http1::Connection,
    http2::Multiplexed,
    level::Level,
    shared::{Serving, stopped},
};

/// Clients that read nothing, and how much each asks for at once.
const CLIENTS: usize = 50;
const REQUESTS: usize = 100;

/// The size of one answer, in bytes.
const ANSWER: usize = 256 << 10;

/// What a connection may hold of answers that nobody reads: what hyper buffers, 400 KiB and
/// the answer that passes it; the next request is not begun before.
const MOST: usize = (400 << 10) + ANSWER;

#[test]
fn answers_that_nobody_reads_take_no_more_than_a_connections_buffer() {
    alone(async {
        let big = Tool::new("big", || "x".repeat(ANSWER));
        let service = McpService::new("probe", "1.0.0").with_tool(big).expect("a fit tool");
        let serving =
            Serving::start(|server| server.with_grace(Duration::ZERO).serve(Stack::new(service)))
                .await;
        let other = Multiplexed::to(serving.addr).await;
        let caller = Caller::of(&other, ProtocolVersion::V2026_07_28).await;
        other.ask(&caller.call(0, "big")).await;

        let before = Level::now();
        HEAP.reset_peak_usage();
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            let mut client = Connection::to(serving.addr).await;
            for id in 0..REQUESTS {
                client.send(&caller.call(id, "big")).await;
            }
            // Others are answered meanwhile.
            other.ask(&caller.call(0, "big")).await;
            clients.push(client);
        }
        let peak = HEAP.peak_usage() - before.memory();
        println!("{} answers of {ANSWER} bytes took {peak} at most", CLIENTS * REQUESTS);
        assert!(peak <= CLIENTS * MOST, "{peak} bytes");
        drop(clients);
        before.returns("answers nobody read").await;
        serving.stop.notify_one();
        stopped(serving.serving).await;
    });
}
