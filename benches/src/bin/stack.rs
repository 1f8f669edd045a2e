//! The full default stack of `mcp-stack`, with the tools the workloads call.
//!
//!     cargo run --release --bin stack -- [--threads N] [--change] [--with-resume] 127.0.0.1:8080
//!
//! Like the floor it runs on one thread unless told otherwise, and lists exactly the 22
//! tools of `tools.json`. Nothing of the stack is replaced or left out. `--change` adds a
//! tool that changes the list of tools, `--with-resume` the layer of that name.

use anyhow::{Context as _, Result};
use mcp_bench::stack;
use mcp_stack::layers::resume::ResumeLayer;
use mcp_stack::{McpService, Server, Stack};
use tokio::runtime::Builder;

fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let threads = args.opt_value_from_str("--threads")?.unwrap_or(1);
    let change = args.contains("--change");
    let resume = args.contains("--with-resume");
    let addr: String = args.free_from_str()?;

    let mut service = stack::service()?;
    if change {
        service = stack::with_change(service)?;
    }
    let runtime = match threads {
        1 => Builder::new_current_thread().enable_all().build(),
        threads => Builder::new_multi_thread().worker_threads(threads).enable_all().build(),
    };
    runtime?.block_on(serve(&addr, service, resume))
}

async fn serve(addr: &str, service: McpService, resume: bool) -> Result<()> {
    let server = Server::bind(addr).await.context("binding the address")?;
    println!("listening on {}", server.url());
    let stack = Stack::new(service).with_session(stack::sessions());
    match resume {
        true => server.serve(stack.with_resume(ResumeLayer::new())).await?,
        false => server.serve(stack).await?,
    }
    Ok(())
}
