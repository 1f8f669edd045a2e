//! Prompts: how they are listed and written.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mcp_stack::{
    BoxError, Content, McpService, Prompt, PromptArgument, PromptMessage, PromptResult,
    ProtocolVersion, RegisterErrorKind, ResourceContents, ResourceLink,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{MODERN, TestServer};

fn service() -> McpService {
    McpService::new("probe", "1.0.0")
}

async fn serve(prompt: Prompt) -> TestServer {
    TestServer::of(service().with_prompt(prompt).expect("a fit prompt")).await
}

#[derive(Deserialize, JsonSchema)]
struct Review {
    /// The language of the code.
    language: String,
    tone: Option<String>,
}

fn review() -> Prompt {
    Prompt::new("review", |args: Review| {
        format!("Review this {} code, {}.", args.language, args.tone.unwrap_or("kindly".into()))
    })
}

#[tokio::test]
async fn a_prompt_is_listed_with_its_arguments() {
    // PROMPT-2, PROMPT-12
    let server = serve(review().with_title("Review").with_description("Asks for a review")).await;
    for version in ProtocolVersion::ALL {
        let listed = server.client(version).await.result("prompts/list", json!({})).await;
        let expected = json!([{
            "name": "review", "title": "Review", "description": "Asks for a review",
            "arguments": [
                { "name": "language", "description": "The language of the code.", "required": true },
                { "name": "tone", "required": false },
            ],
        }]);
        assert_eq!(listed["prompts"], expected, "{version}");
    }
}

#[tokio::test]
async fn arguments_may_be_described_by_hand() {
    // PROMPT-2
    let prompt = Prompt::new("p", |args: Value| args.to_string())
        .add_argument(PromptArgument::required("a").with_title("A").with_description("First"))
        .add_argument(PromptArgument::optional("b"));
    let server = serve(prompt).await;
    let listed = server.client(MODERN).await.result("prompts/list", json!({})).await;
    let expected = json!([
        { "name": "a", "title": "A", "description": "First", "required": true },
        { "name": "b", "required": false },
    ]);
    assert_eq!(listed["prompts"][0]["arguments"], expected);
}

#[tokio::test]
async fn the_list_is_the_same_on_every_connection() {
    // PROMPT-2
    let server = serve(review()).await;
    let first = server.client(MODERN).await.result("prompts/list", json!({})).await;
    let client = server.client(MODERN).await;
    client.ask("prompts/get", json!({ "name": "review" })).await;
    assert_eq!(client.result("prompts/list", json!({})).await, first);
}

#[tokio::test]
async fn a_prompt_is_answered_with_messages_of_either_role() {
    // PROMPT-3
    let prompt = Prompt::new("talk", || {
        PromptResult::new([
            PromptMessage::user("Is this a bug?"),
            PromptMessage::assistant("Show me."),
        ])
        .with_description("A talk")
    });
    let server = serve(prompt).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let result = client.result("prompts/get", json!({ "name": "talk" })).await;
        let expected = json!([
            { "role": "user", "content": { "type": "text", "text": "Is this a bug?" } },
            { "role": "assistant", "content": { "type": "text", "text": "Show me." } },
        ]);
        assert_eq!(result["messages"], expected, "{version}");
        assert_eq!(result["description"], "A talk", "{version}");
    }
}

#[tokio::test]
async fn arguments_reach_the_prompt() {
    // PROMPT-3, PROMPT-7
    let server = serve(review()).await;
    for version in ProtocolVersion::ALL {
        let params = json!({ "name": "review", "arguments": { "language": "Rust" } });
        let result = server.client(version).await.result("prompts/get", params).await;
        let text = &result["messages"][0]["content"]["text"];
        assert_eq!(text, "Review this Rust code, kindly.", "{version}");
        assert_eq!(result.get("description"), None, "{version}");
    }
}

#[tokio::test]
async fn an_unknown_prompt_is_invalid_params() {
    // PROMPT-4
    let server = serve(review()).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for name in ["unknown", "Review"] {
            let refusal = client.refusal("prompts/get", json!({ "name": name })).await;
            assert_eq!(refusal.kind(), (200, -32602), "{version} {name}");
            assert!(refusal.message.contains(name), "{}", refusal.message);
        }
    }
}

#[tokio::test]
async fn arguments_that_are_missing_or_no_strings_are_invalid_params() {
    // PROMPT-5, PROMPT-7
    let prompt = Prompt::new("p", |args: Value| -> String { panic!("written with {args}") })
        .add_argument(PromptArgument::required("language"));
    let server = serve(prompt).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for arguments in [
            json!(null),
            json!({}),
            json!({ "Language": "Rust" }),
            json!({ "language": 7 }),
            json!({ "language": null }),
            json!({ "language": "Rust", "other": {} }),
            json!([]),
            json!("Rust"),
        ] {
            let params = json!({ "name": "p", "arguments": arguments });
            let refusal = client.refusal("prompts/get", params).await;
            assert_eq!(refusal.kind(), (200, -32602), "{version} {arguments}");
        }
    }
}

#[tokio::test]
async fn a_failure_in_a_prompt_is_internal_and_keeps_its_cause() {
    // PROMPT-6
    let service = service()
        .with_prompt(Prompt::new("fails", || Err::<String, _>("the secret is out")))
        .and_then(|service| {
            let panics = async || -> Result<String, BoxError> { panic!("the secret is out") };
            service.with_prompt(Prompt::new("panics", panics))
        })
        .expect("fit prompts");
    let server = TestServer::of(service).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        for name in ["fails", "panics"] {
            let refusal = client.refusal("prompts/get", json!({ "name": name })).await;
            assert_eq!(refusal.kind(), (200, -32603), "{version} {name}");
            assert!(!refusal.message.contains("secret"), "{}", refusal.message);
        }
    }
}

#[tokio::test]
async fn media_in_messages_is_base64_with_a_media_type() {
    // PROMPT-9
    let prompt = Prompt::new("media", || {
        vec![
            PromptMessage::user(Content::image(b"\x89PNG", "image/png")),
            PromptMessage::user(Content::audio(b"RIFF\xff", "audio/wav")),
        ]
    });
    let server = serve(prompt).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let result = client.result("prompts/get", json!({ "name": "media" })).await;
        let expected: [(&str, &str, &[u8]); 2] =
            [("image", "image/png", b"\x89PNG"), ("audio", "audio/wav", b"RIFF\xff")];
        for (at, (kind, media_type, bytes)) in expected.into_iter().enumerate() {
            let content = &result["messages"][at]["content"];
            if kind == "audio" && version == ProtocolVersion::V2024_11_05 {
                assert_eq!(content["type"], "text", "{version}");
                continue;
            }
            assert_eq!(content["type"], kind, "{version}");
            assert_eq!(content["mimeType"], media_type, "{version}");
            let data = content["data"].as_str().expect("text");
            assert_eq!(STANDARD.decode(data).as_deref(), Ok(bytes), "{version}");
        }
    }
}

#[tokio::test]
async fn a_message_may_embed_a_resource() {
    // PROMPT-10
    let prompt = Prompt::new("embeds", || {
        let text = ResourceContents::text("docs://a", "A").with_mime_type("text/plain");
        let blob = ResourceContents::blob("docs://b", [0xff]).with_mime_type("image/png");
        vec![
            PromptMessage::user(Content::resource(text)),
            PromptMessage::user(Content::resource(blob)),
        ]
    });
    let server = serve(prompt).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let result = client.result("prompts/get", json!({ "name": "embeds" })).await;
        let contents = [0, 1].map(|at| result["messages"][at]["content"].clone());
        let expected = [
            json!({ "uri": "docs://a", "mimeType": "text/plain", "text": "A" }),
            json!({ "uri": "docs://b", "mimeType": "image/png", "blob": "/w==" }),
        ]
        .map(|resource| json!({ "type": "resource", "resource": resource }));
        assert_eq!(contents, expected, "{version}");
    }
}

#[tokio::test]
async fn a_message_may_link_to_a_resource() {
    // PROMPT-13, TOOL-18
    let prompt = Prompt::new("links", || {
        PromptMessage::user(Content::resource_link(ResourceLink::new("docs://a", "a")))
    });
    let server = serve(prompt).await;
    for version in ProtocolVersion::ALL {
        let client = server.client(version).await;
        let result = client.result("prompts/get", json!({ "name": "links" })).await;
        let kind = &result["messages"][0]["content"]["type"];
        let known = version >= ProtocolVersion::V2025_06_18;
        assert_eq!(kind, if known { "resource_link" } else { "text" }, "{version}");
    }
}

#[test]
fn a_prompt_that_cannot_work_is_refused() {
    // PROMPT-7
    let nameless = service().with_prompt(Prompt::new("", || "x")).expect_err("no name");
    assert_eq!(nameless.kind(), RegisterErrorKind::InvalidName);
    let stray =
        Prompt::new("p", || "x").with_completion("a", |_: mcp_stack::CompletionRequest| vec!["x"]);
    let stray = service().with_prompt(stray).expect_err("there is no argument `a`");
    assert_eq!(stray.kind(), RegisterErrorKind::InvalidPart);
}
