//! One item each in every kind of authoring: closure, trait, attribute.

use mcp_stack::{
    Context, Handle, Json, McpService, Prompt, PromptResult, Resource, ResourceRead,
    ResourceTemplate, Tool, ToolAnnotations, ToolResult, prompt, resource, tool,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::{ask, call, list, listed, prompted, read};

// As the attribute's hidden struct: its name in the schema is the function's.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "add")]
struct Terms {
    /// The first term.
    a: i64,
    /// The second term; 1 unless given.
    b: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
struct Sum {
    sum: i64,
}

/// Adds two integers.
///
/// Wraps around.
#[tool(title = "Add", read_only, destructive = false)]
async fn add(
    /// The first term.
    a: i64,
    /// The second term; 1 unless given.
    b: Option<i64>,
    cx: Context,
) -> Result<Json<Sum>, String> {
    sum(&Terms { a, b }, &cx)
}

fn sum(terms: &Terms, cx: &Context) -> Result<Json<Sum>, String> {
    assert!(cx.protocol_version().is_modern(), "the call's own context");
    match terms.a {
        0 => Err("nothing to add to".into()),
        a => Ok(Json(Sum { sum: a.wrapping_add(terms.b.unwrap_or(1)) })),
    }
}

struct Adder;

impl Handle<ToolResult> for Adder {
    type Args = Terms;
    type Output = Result<Json<Sum>, String>;

    async fn call(&self, terms: Terms, cx: Context) -> Self::Output {
        sum(&terms, &cx)
    }
}

fn described(tool: Tool) -> Tool {
    tool.with_title("Add")
        .with_description("Adds two integers.\n\nWraps around.")
        .with_annotations(ToolAnnotations::new().read_only(true).destructive(false))
}

#[tokio::test]
async fn a_tool_is_the_same_however_it_was_written() {
    // TOOL-9, TOOL-14, TOOL-23, TOOL-25
    let closure = described(Tool::new("add", async |terms: Terms, cx: Context| sum(&terms, &cx)));
    let (closure, expected) = listed(closure).await;
    let answers = [
        json!({ "a": 1 }),
        json!({ "a": 1, "b": null }),
        json!({ "a": 1, "b": 2 }),
        json!({ "a": 0 }),
        json!({ "a": "one" }),
        json!({}),
    ];
    for tool in [described(Tool::new("add", Adder)), add_tool()] {
        let (service, entry) = listed(tool).await;
        assert_eq!(entry, expected);
        for arguments in &answers {
            let params = json!({ "name": "add", "arguments": arguments });
            let answer = ask(&service, "tools/call", params.clone()).await;
            assert_eq!(answer, ask(&closure, "tools/call", params).await, "{arguments}");
        }
    }
    assert_eq!(call(&closure, "add", json!({ "a": 1, "b": 2 })).await, r#"{"sum":3}"#);
    for (arguments, fault) in [
        (json!({ "a": 0 }), "nothing to add to"),
        (json!({ "a": "one" }), "invalid arguments: /a: value is not of type \"integer\""),
    ] {
        let params = json!({ "name": "add", "arguments": arguments });
        let result = &ask(&closure, "tools/call", params).await["result"];
        assert_eq!(result["isError"], true);
        assert_eq!(result["content"][0]["text"], fault);
    }
    let schema = &expected["inputSchema"];
    assert_eq!(schema["required"], json!(["a"]));
    assert_eq!(schema["properties"]["a"]["description"], "The first term.");
    assert_eq!(expected["outputSchema"]["required"], json!(["sum"]));
}

#[tool]
fn ping() -> &'static str {
    "pong"
}

struct Ping;

impl Handle<ToolResult> for Ping {
    type Args = ();
    type Output = &'static str;

    async fn call(&self, (): (), _: Context) -> &'static str {
        "pong"
    }
}

#[tokio::test]
async fn a_tool_without_arguments_is_the_same_however_it_was_written() {
    // TOOL-9, TOOL-10
    let schema = json!({ "type": "object", "additionalProperties": false });
    for tool in [Tool::new("ping", || "pong"), Tool::new("ping", Ping), ping_tool()] {
        let (service, entry) = listed(tool).await;
        assert_eq!(entry, json!({ "name": "ping", "inputSchema": schema }));
        assert_eq!(call(&service, "ping", json!({})).await, "pong");
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "review")]
struct Review {
    /// The language of the code.
    language: String,
    tone: Option<String>,
}

impl Review {
    fn ask(&self) -> String {
        format!("Review this {} code, {}.", self.language, self.tone.as_deref().unwrap_or("kindly"))
    }
}

/// Asks for a code review.
#[prompt]
fn review(
    /// The language of the code.
    language: String,
    tone: Option<String>,
) -> String {
    Review { language, tone }.ask()
}

struct Reviewer;

impl Handle<PromptResult> for Reviewer {
    type Args = Review;
    type Output = String;

    async fn call(&self, args: Review, _: Context) -> String {
        args.ask()
    }
}

#[tokio::test]
async fn a_prompt_is_the_same_however_it_was_written() {
    // PROMPT-3, PROMPT-5, PROMPT-12
    let describe = |prompt: Prompt| prompt.with_description("Asks for a code review.");
    let closure = describe(Prompt::new("review", |args: Review| args.ask()));
    for prompt in [closure, describe(Prompt::new("review", Reviewer)), review_prompt()] {
        let service = McpService::new("test", "1").with_prompt(prompt).expect("valid");
        let entry = &list(&service, "prompts/list", "prompts").await[0];
        assert_eq!(
            *entry,
            json!({ "name": "review", "description": "Asks for a code review.", "arguments": [
                { "name": "language", "description": "The language of the code.", "required": true },
                { "name": "tone", "required": false },
            ] })
        );
        let written = prompted(&service, "review", json!({ "language": "Rust" })).await;
        assert_eq!(written, "Review this Rust code, kindly.");
        let refused = ask(&service, "prompts/get", json!({ "name": "review" })).await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
    }
}

/// How to begin.
#[resource(uri = "docs://readme", mime_type = "text/markdown", size = 9)]
async fn readme() -> &'static str {
    "# Read me"
}

struct Readme;

impl Handle<ResourceRead> for Readme {
    type Args = ();
    type Output = &'static str;

    async fn call(&self, (): (), _: Context) -> &'static str {
        "# Read me"
    }
}

#[tokio::test]
async fn a_resource_is_the_same_however_it_was_written() {
    // RES-3, RES-5
    let describe = |resource: Resource| {
        resource.with_description("How to begin.").with_mime_type("text/markdown").with_size(9)
    };
    let closure = describe(Resource::new("docs://readme", "readme", || "# Read me"));
    let by_trait = describe(Resource::new("docs://readme", "readme", Readme));
    for resource in [closure, by_trait, readme_resource()] {
        let service = McpService::new("test", "1").with_resource(resource).expect("valid");
        let entry = &list(&service, "resources/list", "resources").await[0];
        assert_eq!(
            *entry,
            json!({
                "uri": "docs://readme", "name": "readme", "description": "How to begin.",
                "mimeType": "text/markdown", "size": 9,
            })
        );
        assert_eq!(read(&service, "docs://readme").await, "# Read me");
    }
}

#[derive(Deserialize, JsonSchema)]
struct User {
    group: String,
    id: String,
}

/// One of the users.
#[resource(uri = "users://{group}/{+id}", name = "a user")]
fn user(id: String, cx: Context, group: String) -> String {
    assert!(cx.protocol_version().is_modern(), "the call's own context");
    format!("{id} of {group}")
}

struct Users;

impl Handle<ResourceRead> for Users {
    type Args = User;
    type Output = String;

    async fn call(&self, user: User, _: Context) -> String {
        format!("{} of {}", user.id, user.group)
    }
}

#[tokio::test]
async fn a_resource_template_is_the_same_however_it_was_written() {
    // RES-3, RES-20
    let uri = "users://{group}/{+id}";
    let describe = |template: ResourceTemplate| template.with_description("One of the users.");
    let closure = |user: User| format!("{} of {}", user.id, user.group);
    let closure = describe(ResourceTemplate::new(uri, "a user", closure));
    let by_trait = describe(ResourceTemplate::new(uri, "a user", Users));
    for template in [closure, by_trait, user_resource_template()] {
        let service = McpService::new("test", "1").with_resource_template(template);
        let service = service.expect("valid");
        let entry = &list(&service, "resources/templates/list", "resourceTemplates").await[0];
        assert_eq!(
            *entry,
            json!({ "uriTemplate": uri, "name": "a user", "description": "One of the users." })
        );
        assert_eq!(read(&service, "users://admin/a/1").await, "a/1 of admin");
    }
}

#[tokio::test]
async fn a_marked_function_can_still_be_called() {
    assert_eq!(ping(), "pong");
    assert_eq!(readme().await, "# Read me");
}
