//! A part of the stack: the border, and the first N layers in the order of
//! `mcp_bench::layers`. What a layer costs is what N costs more than N - 1.
//!
//!     cargo run --release --bin layers -- --layers N 127.0.0.1:8080

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use mcp_bench::stack;
use mcp_stack::layers::batch::BatchLayer;
use mcp_stack::layers::cancellation::CancellationLayer;
use mcp_stack::layers::explorer::ExplorerLayer;
use mcp_stack::layers::http_sse::HttpSseLayer;
use mcp_stack::layers::protocol_version::ProtocolVersionLayer;
use mcp_stack::layers::rate_limit::{ByClientAddr, Rate, RateLimitLayer};
use mcp_stack::layers::request_metadata::RequestMetadataLayer;
use mcp_stack::layers::resume::ResumeLayer;
use mcp_stack::layers::validate_host::ValidateHostLayer;
use mcp_stack::layers::validate_origin::ValidateOriginLayer;
use mcp_stack::{Server, Stack};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut args = pico_args::Arguments::from_env();
    let layers: usize = args.value_from_str("--layers")?;
    let addr: String = args.free_from_str()?;

    let service = stack::service()?;
    let registry = Arc::new(service.registry());
    let full = Stack::new(service);
    let sessions = stack::sessions();
    let border = full
        .without_validate_host()
        .without_validate_origin()
        .without_protocol_version()
        .without_request_metadata()
        .without_session()
        .without_cancellation();
    // Each step is another type. As `Stack::new` sets them up.
    let version = border.clone().with_protocol_version(ProtocolVersionLayer::new());
    let metadata = RequestMetadataLayer::new().with_mirrored_params(registry);
    let metadata = version.clone().with_request_metadata(metadata);
    let session = metadata.clone().with_session(sessions);
    let cancellation = session.clone().with_cancellation(CancellationLayer::new());
    let origin = cancellation.clone().with_validate_origin(ValidateOriginLayer::new());
    let host = origin.clone().with_validate_host(ValidateHostLayer::new());
    // And those that the default stack does without.
    let limit = RateLimitLayer::new(Rate::per_second(1_000_000_000)?, ByClientAddr);
    let limited = host.clone().with_rate_limit(limit);
    let resume = limited.clone().with_resume(ResumeLayer::new());
    let batch = resume.clone().with_batch(BatchLayer::new());
    let sse = batch.clone().with_bytes_layer(HttpSseLayer::new());
    let explorer = batch.clone().with_bytes_layer((HttpSseLayer::new(), ExplorerLayer::new()));

    let server = Server::bind(&*addr).await.context("binding the address")?;
    println!("listening on {}", server.url());
    match layers {
        0 => server.serve(border).await?,
        1 => server.serve(version).await?,
        2 => server.serve(metadata).await?,
        3 => server.serve(session).await?,
        4 => server.serve(cancellation).await?,
        5 => server.serve(origin).await?,
        6 => server.serve(host).await?,
        7 => server.serve(limited).await?,
        8 => server.serve(resume).await?,
        9 => server.serve(batch).await?,
        10 => server.serve(sse).await?,
        11 => server.serve(explorer).await?,
        _ => bail!("--layers is at most 11"),
    }
    Ok(())
}
