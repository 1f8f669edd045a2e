//! Prompts: plain, with arguments, with a resource, with an image.

use mcp_stack::{CompletionRequest, Content, Prompt, PromptMessage, ResourceContents};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::PIXEL;

pub(crate) fn all() -> [Prompt; 4] {
    [
        simple(),
        Prompt::new("test_prompt_with_arguments", |args: Pair| {
            format!("Prompt with arguments: arg1='{}', arg2='{}'", args.arg1, args.arg2)
        })
        .with_description("A prompt with two arguments, the first of which can be completed")
        .with_completion("arg1", |typed: CompletionRequest| {
            let mut values = vec!["test", "testValue1", "testing"];
            values.retain(|value| value.starts_with(&typed.value));
            values
        }),
        Prompt::new("test_prompt_with_embedded_resource", embedded_resource)
            .with_description("A prompt with a resource in it"),
        Prompt::new("test_prompt_with_image", || {
            vec![
                PromptMessage::user(Content::image(PIXEL, "image/png")),
                PromptMessage::user("Please analyze the image above."),
            ]
        })
        .with_description("A prompt with an image in it"),
    ]
}

pub(crate) fn simple() -> Prompt {
    Prompt::new("test_simple_prompt", || "This is a simple prompt for testing.")
        .with_description("A prompt without arguments")
}

#[derive(Deserialize, JsonSchema)]
struct Pair {
    /// The first argument.
    arg1: String,
    /// The second argument.
    arg2: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Embedded {
    /// The URI of the resource to embed.
    resource_uri: String,
}

fn embedded_resource(args: Embedded) -> Vec<PromptMessage> {
    let text = "Embedded resource content for testing.";
    let resource = ResourceContents::text(args.resource_uri, text).with_mime_type("text/plain");
    vec![
        PromptMessage::user(Content::resource(resource)),
        PromptMessage::user("Please process the embedded resource above."),
    ]
}
