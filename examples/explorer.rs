//! A server that browsers can open: the page shows what it offers, and tries it.
//!
//!     cargo run --example explorer -- 127.0.0.1:8080

use std::time::Duration;

use mcp_stack::{
    BoxError, Context, Form, InputError, McpService, Prompt, Resource, Server, Stack, Tool,
    layers::explorer::ExplorerLayer,
};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Brew {
    /// What to brew.
    tea: Tea,
    /// How long it draws, in tenths of a second; 10 unless told.
    draws: Option<u32>,
}

#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Tea {
    Darjeeling,
    Sencha,
    Rooibos,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Guest {
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let brew = Tool::new("brew", brew).with_description("Brews tea, and says how far it is");
    let seat = Tool::new("seat", seat).with_description("Asks who is coming");
    let service = McpService::new("tea_room", "1.0.0")
        .with_instructions("Brew first, then seat the guest.")
        .with_tool(brew)?
        .with_tool(seat)?
        .with_resource(Resource::new("menu://today", "menu", || "Darjeeling, sencha, rooibos"))?
        .with_prompt(Prompt::new("greeting", |guest: Guest| format!("Greet {}", guest.name)))?;
    let server = Server::bind(std::env::args().nth(1).unwrap_or("127.0.0.1:8080".into())).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(Stack::new(service).with_bytes_layer(ExplorerLayer::new())).await?)
}

async fn brew(Brew { tea, draws }: Brew, cx: Context) -> String {
    let draws = draws.unwrap_or(10);
    for tenth in 1..=draws {
        tokio::time::sleep(Duration::from_millis(100)).await;
        cx.progress(tenth.into(), Some(draws.into()), Some("drawing"));
    }
    format!("A cup of {tea:?}")
}

async fn seat(cx: Context) -> Result<String, InputError> {
    let guest = cx.elicit("guest", Form::<Guest>::new("Who is coming?")).await?.accepted();
    Ok(guest.map_or("Nobody came".into(), |guest| format!("{} has a seat", guest.name)))
}
