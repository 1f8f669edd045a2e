//! Asking the client, and announcing changes: handlers ask the person, the client's model,
//! and for the client's folders; a resource can be watched, and tools are added. The same
//! source serves both eras, and a legacy client that was cut off comes back for the rest.
//!
//!     cargo run --example asking -- 127.0.0.1:8080

use std::{sync::Mutex, time::Duration};

use mcp_stack::{
    BoxError, CompletionRequest, Context, Form, InputError, McpService, Prompt, Registry, Resource,
    Root, Sampling, SamplingMessage, Server, Stack, Tool, layers::resume::ResumeLayer,
};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Named {
    name: String,
}

/// The resource to watch: how the last wait ended.
const DIARY: &str = "diary://wait";
static LAST_WAIT: Mutex<&str> = Mutex::new("none yet");

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let service = McpService::new("asking", "1.0.0");
    let (registry, diary) = (service.registry(), service.registry());
    let learn = move |to: Named| registry.update(|all| all.add_tool(Tool::new(to.name, || "done")));
    let wait = move |cx: Context| wait(cx, diary.clone());
    let poem = Prompt::new("poem", |about: Named| format!("A poem about {}", about.name));
    let service = service
        .with_tool(Tool::new("greet", greet).with_description("Asks for a name"))?
        .with_tool(Tool::new("rhyme", rhyme).with_description("Asks the model for a rhyme"))?
        .with_tool(Tool::new("folders", folders).with_description("Asks for the folders"))?
        .with_tool(Tool::new("learn", learn).with_description("Adds a tool of this name"))?
        .with_tool(Tool::new("wait", wait).with_description("Waits for two seconds"))?
        .with_resource(Resource::new(DIARY, "diary", || *LAST_WAIT.lock().expect("no panic")))?
        .with_prompt(poem.with_completion("name", names))?;
    let server = Server::bind(std::env::args().nth(1).unwrap_or("127.0.0.1:8080".into())).await?;
    println!("listening on {}", server.url());
    Ok(server.serve(Stack::new(service).with_resume(ResumeLayer::new())).await?)
}

async fn greet(cx: Context) -> Result<String, InputError> {
    let named = cx.elicit("name", Form::<Named>::new("Who are you?")).await?.accepted();
    Ok(named.map_or("Hello, stranger!".into(), |Named { name }| format!("Hello, {name}!")))
}

async fn rhyme(to: Named, cx: Context) -> Result<String, InputError> {
    let question = SamplingMessage::user(format!("What rhymes with {}?", to.name));
    Ok(cx.sample("rhyme", Sampling::new([question], 100)).await?.text())
}

async fn folders(cx: Context) -> Result<String, InputError> {
    Ok(cx.list_roots("folders").await?.iter().map(Root::uri).collect::<Vec<_>>().join(" "))
}

fn names(typed: CompletionRequest) -> Vec<&'static str> {
    ["Ada", "Alan", "Grace"].into_iter().filter(|name| name.starts_with(&typed.value)).collect()
}

async fn wait(cx: Context, registry: Registry) -> &'static str {
    let mut diary = Diary(registry, "given up");
    for quarter in 1..=4 {
        cx.progress(f64::from(quarter), Some(4.0), None);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    diary.1 = "waited";
    diary.1
}

/// Writes how it ended, also of a wait that is cancelled: its future is dropped.
struct Diary(Registry, &'static str);

impl Drop for Diary {
    fn drop(&mut self) {
        *LAST_WAIT.lock().expect("no panic") = self.1;
        self.0.notify_resource_updated(DIARY);
    }
}
