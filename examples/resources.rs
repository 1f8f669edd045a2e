//! Resources: at a fixed URI, listed by a function page by page, by a template, and a
//! link to one from a tool.
//!
//!     cargo run --example resources

use mcp_stack::{
    BoxError, CompletionRequest, Content, InvalidCursor, McpService, Page, PageRequest, Resource,
    ResourceNotFound, ResourceTemplate, Server, Source, Stack, Tool,
};
use schemars::JsonSchema;
use serde::Deserialize;

const BOOKS: [(&str, &str); 3] =
    [("emma", "Emma Woodhouse, handsome…"), ("ulysses", "Stately, plump…"), ("walden", "When I…")];

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(Stack::new(service()?)).await?)
}

fn service() -> Result<McpService, BoxError> {
    let service = McpService::new("library", "1.0.0")
        .with_resource(about())?
        .with_resource_template(book())?
        .with_resource_source(books());
    let registry = service.registry();

    // The tool names the template, and never writes a URI itself.
    let search = Tool::new("search", move |wanted: Search| {
        let found = BOOKS.iter().filter(|(_, text)| text.contains(&wanted.text));
        let link = |(id, _): &(&str, &str)| registry.resource_link("book", [("id", *id)]);
        found.map(|book| link(book).map(Content::from)).collect::<Result<Vec<_>, _>>()
    })
    .with_description("Finds the books with a text");
    Ok(service.with_tool(search)?)
}

fn about() -> Resource {
    Resource::new("library://about", "about", || "A small library.").with_mime_type("text/plain")
}

/// All books, two on a page. The template reads them, so nothing need find them here.
fn books() -> Source<Resource> {
    Source::new(async |request: PageRequest| {
        let start = match request.cursor {
            None => 0,
            Some(id) => BOOKS.iter().position(|book| book.0 == id).ok_or(InvalidCursor)?,
        };
        let book = |(id, text): &(&str, &'static str)| {
            let text = *text;
            Resource::new(format!("library://books/{id}"), *id, move || text)
        };
        let page = Page::new(BOOKS[start..].iter().take(2).map(book));
        Ok::<_, InvalidCursor>(match BOOKS.get(start + 2) {
            Some((next, _)) => page.with_next_cursor(*next),
            None => page,
        })
    })
}

/// `library://books/emma`, or `library://books/emma?length=4` for the beginning alone.
fn book() -> ResourceTemplate {
    ResourceTemplate::new("library://books/{id}{?length}", "book", |book: Book| {
        let (_, text) = BOOKS.iter().find(|(id, _)| *id == book.id).ok_or(ResourceNotFound)?;
        let length = book.length.map_or(Ok(usize::MAX), |length| length.parse())?;
        Ok::<_, BoxError>(text.chars().take(length).collect::<String>())
    })
    .with_title("Book")
    .with_mime_type("text/plain")
    .with_completion("id", |typed: CompletionRequest| {
        let ids = BOOKS.iter().map(|(id, _)| *id);
        ids.filter(|id| id.starts_with(&typed.value)).collect::<Vec<_>>()
    })
}

#[derive(Deserialize, JsonSchema)]
struct Book {
    id: String,
    /// How many characters.
    length: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Search {
    text: String,
}
