//! What a server keeps of the load it has had: nothing. Calls are given up by the
//! thousand, sessions are ended with calls in flight, clients do not read; and then tasks,
//! sockets, sessions and memory are counted.

mod aborted;
mod caller;
mod deleted;
mod http1;
mod http2;
mod level;
mod serving;
mod shutdown;
mod slow;
mod stage;
mod unread;

use std::{
    future::Future,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Runs a test while no other of this program runs: memory and sockets are those of the
/// process.
fn alone(test: impl Future<Output = ()>) {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().expect("a runtime").block_on(test);
}

/// Fails a test that would wait for ever.
async fn patiently<T>(work: impl Future<Output = T>) -> T {
    const PATIENCE: Duration = Duration::from_secs(30);
    tokio::time::timeout(PATIENCE, work).await.expect("it happens in time")
}

/// Looks until something holds that nobody tells of.
async fn until(mut holds: impl FnMut() -> bool) {
    let look = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    patiently(look).await;
}
