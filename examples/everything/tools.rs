//! The tools the conformance suite calls: one for each kind of answer, and one for
//! each thing a tool can say before it answers.

use std::time::Duration;

use mcp_stack::{
    BoxError, Content, Context, ErrorObject, LogLevel, RawJson, ResourceContents, Tool, ToolResult,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{PIXEL, SILENCE};

/// Between two messages of one call.
const PACE: Duration = Duration::from_millis(50);

/// Until a client whose connection was closed is to come back.
const RETRY: Duration = Duration::from_millis(100);

/// A tool without arguments comes first: the suite calls whichever does, with none.
pub(crate) fn all() -> Result<Vec<Tool>, BoxError> {
    Ok(vec![
        simple_text(),
        Tool::new("test_image_content", || Content::image(PIXEL, "image/png"))
            .with_description("Answers with an image"),
        Tool::new("test_audio_content", || Content::audio(SILENCE, "audio/wav"))
            .with_description("Answers with sound"),
        Tool::new("test_embedded_resource", embedded_resource)
            .with_description("Answers with a resource"),
        Tool::new("test_multiple_content_types", multiple_content_types)
            .with_description("Answers with text, an image and a resource"),
        Tool::new("test_error_handling", || {
            ToolResult::error("This tool intentionally returns an error for testing")
        })
        .with_description("Fails, and says so to the model"),
        Tool::new("test_tool_with_progress", with_progress)
            .with_description("Reports progress three times"),
        Tool::new("test_tool_with_logging", with_logging).with_description("Logs three messages"),
        Tool::new("test_logging_tool", |cx: Context| {
            cx.log(LogLevel::Info, "test_logging_tool was called");
            "Logged, if the request asks for log messages"
        })
        .with_description("Logs one message"),
        Tool::new("test_streaming_elicitation", |cx: Context| {
            cx.progress(1.0, Some(1.0), Some("nothing to ask"));
            "Streaming complete"
        })
        .with_description("Answers with a stream, if the request asks for progress"),
        Tool::new("test_reconnection", reconnection)
            .with_description("Closes its connection, and goes on once the client is back"),
        Tool::new("test_missing_capability", missing_capability)
            .with_description("Needs a client that can sample"),
        Tool::new("test_custom_header", |region: Region| format!("value is {}", region.value))
            .with_description("Has its argument repeated in a header"),
        Tool::new("json_schema_2020_12_tool", |contact: Contact| {
            format!("contact: {}", contact.phone.or(contact.email).unwrap_or_default())
        })
        .with_description("Has an input schema that only JSON Schema 2020-12 can express")
        .with_input_schema(RawJson::parse(include_str!("contact.schema.json"))?),
    ])
}

pub(crate) fn simple_text() -> Tool {
    Tool::new("test_simple_text", || "This is a simple text response for testing.")
        .with_description("Answers with text")
}

#[derive(Deserialize, JsonSchema)]
struct Region {
    /// The value, repeated in the header `Mcp-Param-Value`.
    #[schemars(extend("x-mcp-header" = "Value"))]
    value: String,
}

/// What the handler needs of the arguments; their schema is `contact.schema.json`.
#[derive(Deserialize, JsonSchema)]
struct Contact {
    phone: Option<String>,
    email: Option<String>,
}

fn embedded_resource() -> Content {
    let uri = "test://embedded-resource";
    let text = "This is an embedded resource content.";
    Content::resource(ResourceContents::text(uri, text).with_mime_type("text/plain"))
}

fn multiple_content_types() -> Vec<Content> {
    let uri = "test://mixed-content-resource";
    let json = r#"{"test":"data","value":123}"#;
    vec![
        Content::text("Multiple content types test:"),
        Content::image(PIXEL, "image/png"),
        Content::resource(ResourceContents::text(uri, json).with_mime_type("application/json")),
    ]
}

async fn with_progress(cx: Context) -> &'static str {
    cx.progress(0.0, Some(100.0), Some("begun"));
    tokio::time::sleep(PACE).await;
    cx.progress(50.0, Some(100.0), Some("half done"));
    tokio::time::sleep(PACE).await;
    cx.progress(100.0, Some(100.0), Some("done"));
    "Tool with progress executed successfully"
}

async fn with_logging(cx: Context) -> &'static str {
    cx.log(LogLevel::Info, "Tool execution started");
    tokio::time::sleep(PACE).await;
    cx.log(LogLevel::Info, "Tool processing data");
    tokio::time::sleep(PACE).await;
    cx.log(LogLevel::Info, "Tool execution completed");
    "Tool with logging executed successfully"
}

async fn reconnection(cx: Context) -> &'static str {
    cx.close_stream(RETRY);
    tokio::time::sleep(RETRY).await;
    "Done while you were away"
}

fn missing_capability(cx: Context) -> Result<&'static str, ErrorObject> {
    cx.require_capability(&["sampling"])?;
    Ok("The client can sample")
}
