//! Each part on its own, in one process and without a socket: time and allocations.
//!
//! ```text
//! cargo bench --bench micro [-- FILTER]
//! ```
//!
//! | module | measures |
//! |---|---|
//! | [`layers`] | each layer over a service that does nothing; what it costs is the difference to `layers::nothing` |
//! | [`words`] | the decoder of requests, the encoder of events |
//! | [`dispatch`] | `McpService` alone: from a message to its answer, the handler included |
//!
//! The call is the tool `echo` with 64 bytes of text, as an MCP client of each era sends it.

mod dispatch;
mod layers;
mod requests;
mod words;

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    // Some layers set timers.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime without sockets");
    let _entered = runtime.enter();
    divan::main();
}
