//! A server of ordinary functions and methods, with doc comments for descriptions.
//!
//!     cargo run --example macros --features macros -- 127.0.0.1:8080

use std::sync::Mutex;

use mcp_stack::{BoxError, Context, McpService, Server, Stack, handlers, resource, tool};

/// Adds two integers.
#[tool(read_only)]
fn add(
    /// The first term.
    a: i64,
    /// The second term; 1 if left out.
    b: Option<i64>,
) -> String {
    a.saturating_add(b.unwrap_or(1)).to_string()
}

/// How to begin.
#[resource(uri = "notes://readme", mime_type = "text/markdown")]
fn readme() -> &'static str {
    "# Notes\n\nWrite some with the tool `write`."
}

#[derive(Default)]
struct Notes {
    all: Mutex<Vec<String>>,
}

#[handlers]
impl Notes {
    /// Writes a note, and says its number.
    #[tool(destructive = false)]
    async fn write(&self, text: String, cx: Context) -> Result<String, &'static str> {
        cx.progress(1.0, Some(1.0), Some("written"));
        let mut all = self.all.lock().map_err(|_| "lost")?;
        all.push(text);
        Ok(all.len().to_string())
    }

    /// Asks for a summary of all notes.
    #[prompt]
    fn summary(&self, language: Option<String>) -> Result<String, &'static str> {
        let all = self.all.lock().map_err(|_| "lost")?.join("\n");
        Ok(format!("Summarise in {}:\n{all}", language.as_deref().unwrap_or("English")))
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = McpService::new("macros", "1.0.0")
        .with_tool(add_tool().with_title("Add"))?
        .with_resource(readme_resource())?
        .with_handlers(Notes::default())?;
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(Stack::new(service)).await?)
}
