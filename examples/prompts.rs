//! A prompt with completions: the cities offered are those of the country chosen before.
//!
//!     cargo run --example prompts

use mcp_stack::{BoxError, CompletionRequest, McpService, Prompt, PromptMessage, Server, Stack};
use schemars::JsonSchema;
use serde::Deserialize;

const PLACES: [(&str, &[&str]); 3] = [
    ("France", &["Lyon", "Nantes", "Paris"]),
    ("Italy", &["Milan", "Palermo", "Rome"]),
    ("Japan", &["Kyoto", "Osaka", "Tokyo"]),
];

#[derive(Deserialize, JsonSchema)]
struct Trip {
    /// Where to go.
    country: String,
    /// The city to begin in; the capital unless given.
    city: Option<String>,
}

fn plan() -> Prompt {
    Prompt::new("plan_trip", |Trip { country, city }: Trip| {
        let city = city.unwrap_or_else(|| "the capital".into());
        vec![
            PromptMessage::user(format!("Plan three days in {country}, beginning in {city}.")),
            PromptMessage::assistant("Gladly. What do you like to see?"),
        ]
    })
    .with_description("Plans a short trip")
    .with_completion("country", |typed: CompletionRequest| {
        let countries = PLACES.iter().map(|place| place.0);
        countries.filter(|name| name.starts_with(&typed.value)).collect::<Vec<_>>()
    })
    .with_completion("city", |typed: CompletionRequest| {
        let chosen = typed.arguments.get("country");
        let places = PLACES.iter().filter(|place| chosen.is_none_or(|name| name == place.0));
        let cities = places.flat_map(|place| place.1.iter().copied());
        cities.filter(|name| name.starts_with(&typed.value)).collect::<Vec<_>>()
    })
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".into());
    let server = Server::bind(addr).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(Stack::new(McpService::new("travel", "1.0.0").with_prompt(plan())?)).await?)
}
