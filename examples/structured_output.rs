//! Answers for programs as well as models: the type that a tool returns is its output
//! schema, and clients get the value beside its text.
//!
//!     cargo run --example structured_output

use mcp_stack::{BoxError, Json, McpService, Server, Stack, Tool, ToolAnnotations};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
struct Text {
    text: String,
}

/// What there is in a text.
#[derive(Serialize, JsonSchema)]
struct Count {
    words: usize,
    lines: usize,
    /// Absent if there are no words.
    #[serde(skip_serializing_if = "Option::is_none")]
    longest: Option<String>,
}

fn count() -> Tool {
    Tool::new("count", |Text { text }: Text| {
        let longest = text.split_whitespace().max_by_key(|word| word.chars().count());
        Json(Count {
            words: text.split_whitespace().count(),
            lines: text.lines().count(),
            longest: longest.map(str::to_owned),
        })
    })
    .with_description("Counts the words and lines of a text")
    .with_annotations(ToolAnnotations::new().read_only(true).open_world(false))
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // A result that does not fit its schema is never sent; debug builds check it anyway.
    let service = McpService::new("counter", "1.0.0").with_output_validation(true);
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(Stack::new(service.with_tool(count())?)).await?)
}
