//! A server that offers some of everything: what the official conformance suite
//! asks for, and tools to put load and faults on it.
//!
//!     cargo run --example everything -- 127.0.0.1:8080

mod ask;
mod changes;
mod load;
mod prompts;
mod resources;
mod rounds;
mod tools;

use mcp_stack::{BoxError, Implementation, McpService, Server, Stack, layers::resume::ResumeLayer};

/// A PNG of one pixel.
const PIXEL: &[u8] = include_bytes!("pixel.png");

/// A millisecond of silence, as WAV.
const SILENCE: &[u8] = include_bytes!("silence.wav");

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let stack = Stack::new(service()?).with_resume(ResumeLayer::new());

    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(stack).await?)
}

fn service() -> Result<McpService, BoxError> {
    let server = Implementation::new("everything", env!("CARGO_PKG_VERSION"))
        .with_title("Everything")
        .with_description("Offers some of everything, for tests");
    let service = McpService::with_info(&server)
        .with_instructions("Call any tool: none of them changes anything for good.")
        .with_logging();

    let registry = service.registry();
    let mut tools = tools::all()?;
    tools.extend(ask::tools());
    tools.extend(rounds::tools());
    tools.extend(changes::tools(&registry));
    tools.extend(load::tools());
    let mut prompts = Vec::from(prompts::all());
    prompts.push(rounds::prompt());
    registry.update(|draft| {
        tools.into_iter().try_for_each(|tool| draft.add_tool(tool))?;
        prompts.into_iter().try_for_each(|prompt| draft.add_prompt(prompt))?;
        resources::all().into_iter().try_for_each(|resource| draft.add_resource(resource))?;
        draft.add_resource_template(resources::template())
    })?;
    Ok(service)
}
