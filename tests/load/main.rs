//! What a server keeps of the load it has had: nothing. Calls are given up by the
//! thousand, sessions are ended with calls in flight, clients do not read; and then tasks,
//! sockets, sessions and memory are counted.

mod aborted;
mod caller;
mod deleted;
mod http1;
mod http2;
mod level;
#[path = "../shared/mod.rs"]
mod shared;
mod shutdown;
mod slow;
mod stage;
mod unread;

use std::{
    future::Future,
    sync::{Mutex, PoisonError},
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
