//! What a completer lets in and gives out: nothing reaches it that its prompt or template
//! does not take, and it offers a caller only what that caller may see.

use mcp_stack::{
    CompletionRequest, Context, McpService, Page, Prompt, PromptArgument, ProtocolVersion,
    ResourceTemplate, Source, Wanted,
};
use serde_json::{Value, json};

use crate::{
    completion::{of_prompt, of_template},
    support::{Client, Refusal, TestServer},
};

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

fn with_settled(mut params: Value, settled: Value) -> Value {
    params["context"] = json!({ "arguments": settled });
    params
}

async fn values(client: &Client, params: Value) -> Value {
    client.result("completion/complete", params).await["completion"]["values"].clone()
}

async fn refusal(client: &Client, params: Value) -> Refusal {
    client.refusal("completion/complete", params).await
}

/// Offers what it was told.
fn echo(told: CompletionRequest) -> Vec<String> {
    let settled = told.arguments.into_iter().map(|(name, value)| format!("{name}={value}"));
    [told.value].into_iter().chain(settled).collect()
}

#[tokio::test]
async fn settled_values_of_other_names_do_not_reach_a_completer() {
    // COMP-5, COMP-7
    let prompt = Prompt::new("p", || "x")
        .add_argument(PromptArgument::optional("a"))
        .add_argument(PromptArgument::optional("b"))
        .with_completion("a", echo);
    let template = ResourceTemplate::new("t://{a}/{b}", "t", || "x").with_completion("a", echo);
    let service = service().with_prompt(prompt).expect("a fit prompt");
    let server =
        TestServer::of(service.with_resource_template(template).expect("a fit template")).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for params in [of_prompt("p", "a", "1"), of_template("t://{a}/{b}", "a", "1")] {
            let params = with_settled(params, json!({ "b": "2", "c": "3", "__proto__": "4" }));
            assert_eq!(values(&client, params).await, json!(["1", "b=2"]), "{version}");
        }
        // Nor do values that are no strings.
        let params = with_settled(of_prompt("p", "a", "1"), json!({ "b": 2 }));
        assert_eq!(refusal(&client, params).await.kind(), (200, -32602), "{version}");
    }
}

#[tokio::test]
async fn what_no_uri_of_a_template_may_have_is_not_completed() {
    // COMP-7, RES-7
    const PLAIN: &str = "plain://{folder}/{name}";
    const PATHS: &str = "paths://{+path}";
    const ANY: &str = "any://{term}";
    let service = [
        ResourceTemplate::new(PLAIN, "plain", || "x").with_completion("name", echo),
        ResourceTemplate::new(PATHS, "paths", || "x").with_completion("path", echo),
        ResourceTemplate::new(ANY, "any", || "x")
            .dangerously_allow_any_value("term")
            .with_completion("term", echo),
    ]
    .into_iter()
    .try_fold(service(), McpService::with_resource_template);
    let server = TestServer::of(service.expect("fit templates")).await;
    let in_folder = |folder: &str, name: &str| {
        with_settled(of_template(PLAIN, "name", name), json!({ "folder": folder }))
    };
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (folder, name) in
            [("..", "a"), ("../etc", "a"), ("/etc", "a"), ("a", ".."), ("a", "../b"), ("a", "\0")]
        {
            let found = values(&client, in_folder(folder, name)).await;
            assert_eq!(found, json!([]), "{version} {folder} {name}");
        }
        for path in ["../etc/pas", "a/../../b", "a/..", "a\0"] {
            let found = values(&client, of_template(PATHS, "path", path)).await;
            assert_eq!(found, json!([]), "{version} {path}");
        }
        let found = values(&client, in_folder("docs", ".hid")).await;
        assert_eq!(found, json!([".hid", "folder=docs"]), "{version}");
        let found = values(&client, of_template(PATHS, "path", "a/b.")).await;
        assert_eq!(found, json!(["a/b."]), "{version}");
        let found = values(&client, of_template(ANY, "term", "../x")).await;
        assert_eq!(found, json!(["../x"]), "{version}");
    }
}

#[tokio::test]
async fn a_completer_can_offer_each_caller_their_own() {
    // COMP-7
    const PROJECTS: [(&str, &str); 3] = [("ada", "engine"), ("bob", "essay"), ("ada", "notes")];
    const URI: &str = "projects://{project}";
    fn own(told: CompletionRequest, cx: Context) -> Vec<&'static str> {
        let user = cx.principal().map_or("", |user| user.name());
        let own = PROJECTS.into_iter().filter(|(owner, _)| *owner == user);
        own.map(|(_, name)| name).filter(|name| name.starts_with(&told.value)).collect()
    }
    let prompt = Prompt::new("report", || "x")
        .add_argument(PromptArgument::required("project"))
        .with_completion("project", own);
    let template = ResourceTemplate::new(URI, "project", || "x").with_completion("project", own);
    let service = service().with_prompt(prompt).expect("a fit prompt");
    let service = service.with_resource_template(template).expect("a fit template");
    let server = TestServer::of_users(service).await;
    for version in ProtocolVersion::ALL {
        let ada = server.client_of(version, "ada").await;
        let bob = server.client_of(version, "bob").await;
        let nobody = server.client(version).await;
        for of in [
            |typed: &str| of_prompt("report", "project", typed),
            |typed: &str| of_template(URI, "project", typed),
        ] {
            assert_eq!(values(&ada, of("")).await, json!(["engine", "notes"]), "{version}");
            assert_eq!(values(&ada, of("e")).await, json!(["engine"]), "{version}");
            assert_eq!(values(&bob, of("e")).await, json!(["essay"]), "{version}");
            assert_eq!(values(&nobody, of("")).await, json!([]), "{version}");
        }
    }
}

/// A prompt and a template that only Ada has, and registered ones that anybody has.
fn mostly_hidden() -> McpService {
    fn prompt(name: &str) -> Prompt {
        let argument = PromptArgument::required("a");
        Prompt::new(name, || "x").add_argument(argument).with_completion("a", echo)
    }
    fn template(uri: &str) -> ResourceTemplate {
        ResourceTemplate::new(uri, "t", || "x").with_completion("a", echo)
    }
    fn finds(cx: &Context, wanted: &Wanted, key: &str) -> bool {
        wanted.key == key && cx.principal().is_some_and(|user| user.name() == "ada")
    }
    let prompts = Source::new(|| Page::new([])).with_find(|wanted: Wanted, cx: Context| {
        finds(&cx, &wanted, "hidden").then(|| prompt("hidden"))
    });
    let templates = Source::new(|| Page::new([])).with_find(|wanted: Wanted, cx: Context| {
        finds(&cx, &wanted, "hidden://{a}").then(|| template("hidden://{a}"))
    });
    let service = service().with_prompt_source(prompts).with_resource_template_source(templates);
    let service = service.with_prompt(prompt("open")).expect("a fit prompt");
    service.with_resource_template(template("open://{a}")).expect("a fit template")
}

#[tokio::test]
async fn what_is_hidden_from_a_caller_is_not_completed() {
    // COMP-4, COMP-7
    let server = TestServer::of_users(mostly_hidden()).await;
    for version in ProtocolVersion::ALL {
        let ada = server.client_of(version, "ada").await;
        let bob = server.client_of(version, "bob").await;
        let nobody = server.client(version).await;
        for of in [
            |name: &str| of_prompt(name, "a", "1"),
            |name: &str| of_template(&format!("{name}://{{a}}"), "a", "1"),
        ] {
            assert_eq!(values(&ada, of("hidden")).await, json!(["1"]), "{version}");
            assert_eq!(values(&bob, of("open")).await, json!(["1"]), "{version}");
            // To others it looks like one that is not there.
            for stranger in [&bob, &nobody] {
                let mut missing = refusal(stranger, of("absent")).await;
                assert_eq!(missing.kind(), (200, -32602), "{version}");
                missing.message = missing.message.replace("absent", "hidden");
                assert_eq!(refusal(stranger, of("hidden")).await, missing, "{version}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_removed_is_not_completed() {
    // COMP-4, COMP-7
    let service = mostly_hidden();
    let registry = service.registry().clone();
    let server = TestServer::of(service).await;
    let completions = [of_prompt("open", "a", "1"), of_template("open://{a}", "a", "1")];
    let mut clients = Vec::new();
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for params in &completions {
            assert_eq!(values(&client, params.clone()).await, json!(["1"]), "{version}");
        }
        clients.push(client);
    }
    registry
        .update(|draft| {
            assert!(draft.remove_prompt("open") && draft.remove_resource_template("open://{a}"));
            Ok(())
        })
        .expect("nothing is added");
    for client in &clients {
        for params in &completions {
            assert_eq!(refusal(client, params.clone()).await.kind(), (200, -32602));
        }
    }
}
