//! Completion of prompt arguments and template variables.

use mcp_stack::{
    BoxError, Completion, CompletionRequest, Context, McpService, Prompt, PromptArgument,
    ProtocolVersion, ResourceTemplate,
};
use serde_json::{Value, json};

use crate::support::{Client, TestServer};

fn languages(typed: &CompletionRequest) -> Vec<String> {
    ["rust", "ruby", "python"]
        .into_iter()
        .filter(|name| name.starts_with(&typed.value))
        .map(String::from)
        .collect()
}

async fn serve() -> TestServer {
    let review = Prompt::new("review", || "x")
        .add_argument(PromptArgument::required("language"))
        .add_argument(PromptArgument::optional("framework"))
        .add_argument(PromptArgument::optional("plain"))
        .add_argument(PromptArgument::optional("broken"))
        .add_argument(PromptArgument::optional("many"))
        .with_completion("language", |typed: CompletionRequest| languages(&typed))
        .with_completion("framework", async |typed: CompletionRequest| {
            typed.arguments.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
        })
        .with_completion("broken", || Err::<Completion, BoxError>("the secret index".into()))
        .with_completion("many", |_: CompletionRequest, _: Context| {
            Completion::new((0..250).map(|n| n.to_string()))
        });
    let users = ResourceTemplate::new("users://{id}/{part}", "user", |_: Value| "x")
        .with_completion("id", |typed: CompletionRequest| {
            Completion::new([format!("{}1", typed.value)]).with_total(9).with_more(true)
        });
    let service = McpService::new("probe", "1.0.0")
        .with_prompt(review)
        .and_then(|service| service.with_prompt(Prompt::new("bare", || "x")))
        .and_then(|service| service.with_resource_template(users))
        .expect("fit items");
    TestServer::of(service).await
}

pub(crate) fn of_prompt(name: &str, argument: &str, value: &str) -> Value {
    json!({
        "ref": { "type": "ref/prompt", "name": name },
        "argument": { "name": argument, "value": value },
    })
}

pub(crate) fn of_template(uri: &str, variable: &str, value: &str) -> Value {
    json!({
        "ref": { "type": "ref/resource", "uri": uri },
        "argument": { "name": variable, "value": value },
    })
}

async fn complete(client: &Client, params: Value) -> Value {
    client.result("completion/complete", params).await["completion"].clone()
}

#[tokio::test]
async fn arguments_and_variables_are_completed() {
    // COMP-2, COMP-3
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let found = complete(&client, of_prompt("review", "language", "ru")).await;
        assert_eq!(found, json!({ "values": ["rust", "ruby"] }), "{version}");
        let found = complete(&client, of_prompt("review", "language", "")).await;
        assert_eq!(found["values"].as_array().map(Vec::len), Some(3), "{version}");
        let found = complete(&client, of_template("users://{id}/{part}", "id", "4")).await;
        let expected = json!({ "values": ["41"], "total": 9, "hasMore": true });
        assert_eq!(found, expected, "{version}");
    }
}

#[tokio::test]
async fn at_most_100_values_are_sent() {
    // COMP-3, COMP-6
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let found = complete(&client, of_prompt("review", "many", "")).await;
        let values: Vec<_> = (0..100).map(|n| n.to_string()).collect();
        assert_eq!(found, json!({ "values": values, "total": 250, "hasMore": true }), "{version}");
    }
}

#[tokio::test]
async fn values_keep_the_order_of_the_completer() {
    // COMP-6
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let found = complete(&client, of_prompt("review", "language", "r")).await;
        assert_eq!(found["values"], json!(["rust", "ruby"]), "{version}");
    }
}

#[tokio::test]
async fn values_settled_before_reach_the_completer() {
    // COMP-5
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let mut params = of_prompt("review", "framework", "");
        assert_eq!(complete(&client, params.clone()).await["values"], json!([]), "{version}");
        params["context"] = json!({ "arguments": { "language": "rust", "plain": "1" } });
        let found = complete(&client, params).await;
        assert_eq!(found["values"], json!(["language=rust", "plain=1"]), "{version}");
    }
}

#[tokio::test]
async fn what_has_no_completer_completes_to_nothing() {
    // COMP-9
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for params in
            [of_prompt("review", "plain", "x"), of_template("users://{id}/{part}", "part", "x")]
        {
            assert_eq!(complete(&client, params).await, json!({ "values": [] }), "{version}");
        }
    }
}

#[tokio::test]
async fn what_does_not_exist_is_invalid_params() {
    // COMP-4
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for params in [
            of_prompt("unknown", "language", ""),
            of_prompt("review", "unknown", ""),
            of_prompt("bare", "language", ""),
            of_template("users://{other}", "id", ""),
            of_template("users://1/name", "id", ""),
            of_template("users://{id}/{part}", "unknown", ""),
        ] {
            let refusal = client.refusal("completion/complete", params.clone()).await;
            assert_eq!(refusal.kind(), (200, -32602), "{version} {params}");
        }
    }
}

#[tokio::test]
async fn params_that_do_not_fit_are_invalid_params() {
    // COMP-2, COMP-4
    let server = serve().await;
    let whole = of_prompt("review", "language", "");
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for (at, wrong) in [
            ("/ref", json!(null)),
            ("/ref", json!({ "type": "ref/tool", "name": "review" })),
            ("/ref", json!({ "name": "review" })),
            ("/ref/name", json!(7)),
            ("/argument", json!("language")),
            ("/argument/name", json!(null)),
            ("/argument/value", json!(7)),
        ] {
            let mut params = whole.clone();
            *params.pointer_mut(at).expect("a member") = wrong.clone();
            let refusal = client.refusal("completion/complete", params).await;
            assert_eq!(refusal.kind(), (200, -32602), "{version} {at} {wrong}");
        }
    }
}

#[tokio::test]
async fn a_failure_is_internal_and_keeps_its_cause() {
    // COMP-4
    let server = serve().await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let params = of_prompt("review", "broken", "");
        let refusal = client.refusal("completion/complete", params).await;
        assert_eq!(refusal.kind(), (200, -32603), "{version}");
        assert!(!refusal.message.contains("secret"), "{}", refusal.message);
    }
}
