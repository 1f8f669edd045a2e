use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use mcp_layers_core::{jsonrpc::RawJson, protocol::ProtocolVersion};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::unfit;
use crate::Content;

/// One block of a message to or from a model.
#[derive(Clone)]
#[non_exhaustive]
pub enum SamplingContent {
    /// Text.
    Text(String),
    /// An image.
    Image(Media),
    /// Sound. Clients of 2024-11-05 get a text in its place (D-22).
    Audio(Media),
    /// The model asks for a tool.
    ToolUse(ToolUse),
    /// What a tool gave.
    ToolResult(ToolUseResult),
}

/// Bytes and their media type.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    /// The bytes, not in Base64.
    pub data: Bytes,
    /// The media type.
    pub mime_type: String,
}

/// The model asks for a tool to be used.
#[derive(Clone, PartialEq, Eq)]
pub struct ToolUse {
    id: String,
    name: String,
    input: RawJson,
    meta: Option<RawJson>,
}

/// What a tool gave when the model asked for it.
#[derive(Clone)]
#[must_use]
pub struct ToolUseResult {
    pub(super) id: String,
    content: Vec<Content>,
    structured: Option<Value>,
    is_error: bool,
}

impl SamplingContent {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An image.
    pub fn image(data: impl Into<Bytes>, mime_type: impl Into<String>) -> Self {
        Self::Image(Media { data: data.into(), mime_type: mime_type.into() })
    }

    /// Sound.
    pub fn audio(data: impl Into<Bytes>, mime_type: impl Into<String>) -> Self {
        Self::Audio(Media { data: data.into(), mime_type: mime_type.into() })
    }

    /// Reads a block (SAMP-8). A tool's result is no block of an answer: models use
    /// tools, and do not run them.
    pub(super) fn read(block: &RawJson) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            Text,
            Image,
            Audio,
            ToolUse,
        }
        #[derive(Deserialize)]
        struct Tag {
            r#type: Kind,
        }
        #[derive(Deserialize)]
        struct Text {
            text: String,
        }
        let what = "a block of a sampling's content";
        if !block.is_object() {
            return Err(format!("{what} must be an object"));
        }
        let fail = |error| unfit(what, &error);
        Ok(match block.to::<Tag>().map_err(fail)?.r#type {
            Kind::Text => Self::Text(block.to::<Text>().map_err(fail)?.text),
            Kind::Image => Self::Image(Media::read(block)?),
            Kind::Audio => Self::Audio(Media::read(block)?),
            Kind::ToolUse => Self::ToolUse(ToolUse::read(block)?),
        })
    }

    pub(super) fn wire(&self, version: ProtocolVersion) -> Value {
        match self {
            Self::Text(text) => json!({ "type": "text", "text": text }),
            Self::Audio(media) if version < ProtocolVersion::V2025_03_26 => {
                json!({ "type": "text", "text": format!("[audio, {}]", media.mime_type) }) // D-22
            }
            Self::Image(media) => media.wire("image"),
            Self::Audio(media) => media.wire("audio"),
            Self::ToolUse(tool) => tool.wire(),
            Self::ToolResult(result) => result.wire(version),
        }
    }
}

impl From<&str> for SamplingContent {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for SamplingContent {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<ToolUseResult> for SamplingContent {
    fn from(result: ToolUseResult) -> Self {
        Self::ToolResult(result)
    }
}

impl Media {
    fn read(block: &RawJson) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Encoded {
            data: String,
            mime_type: String,
        }
        let Encoded { data, mime_type } =
            block.to().map_err(|error| unfit("an image or sound", &error))?;
        let data = STANDARD.decode(data).map_err(|_| "an image or sound is not in Base64")?;
        Ok(Self { data: data.into(), mime_type })
    }

    fn wire(&self, kind: &str) -> Value {
        json!({ "type": kind, "data": STANDARD.encode(&self.data), "mimeType": self.mime_type })
    }
}

impl ToolUse {
    /// The model asked for the tool `name`, with `input`, a JSON object. To be used for
    /// conversations that were stored; those at hand have it from the client.
    pub fn new(id: impl Into<String>, name: impl Into<String>, input: RawJson) -> Self {
        Self { id: id.into(), name: name.into(), input, meta: None }
    }

    /// The id, which the result goes by.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The tool's name: what the model wrote, which need not be one it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The input: a JSON object that nobody has validated yet.
    #[must_use]
    pub fn input(&self) -> &RawJson {
        &self.input
    }

    /// Reads the input.
    ///
    /// # Errors
    ///
    /// When it does not fit `T`.
    pub fn input_to<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.input.to()
    }

    /// The result of this use.
    pub fn result<C: Into<Content>>(&self, content: impl IntoIterator<Item = C>) -> ToolUseResult {
        let content = content.into_iter().map(Into::into).collect();
        ToolUseResult { id: self.id.clone(), content, structured: None, is_error: false }
    }

    fn read(block: &RawJson) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Block {
            id: String,
            name: String,
            input: RawJson,
            #[serde(rename = "_meta")]
            meta: Option<RawJson>,
        }
        let Block { id, name, input, meta } =
            block.to().map_err(|error| unfit("a use of a tool", &error))?;
        if !input.is_object() {
            return Err("the input of a tool must be an object".into());
        }
        Ok(Self { id, name, input, meta: meta.filter(RawJson::is_object) })
    }

    fn wire(&self) -> Value {
        let mut block =
            json!({ "type": "tool_use", "id": self.id, "name": self.name, "input": self.input });
        if let Some(meta) = &self.meta {
            block["_meta"] = json!(meta);
        }
        block
    }

    pub(super) fn check(&self) -> Result<(), String> {
        match self.input.is_object() {
            true => Ok(()),
            false => Err(format!("the input of the tool use {:?} must be an object", self.id)),
        }
    }
}

impl ToolUseResult {
    /// Adds structured content. Clients of 2025-11-25 get it if it is an object (D-22).
    pub fn with_structured(mut self, content: Value) -> Self {
        self.structured = Some(content);
        self
    }

    /// Says that the tool failed.
    pub fn with_error(mut self) -> Self {
        self.is_error = true;
        self
    }

    fn wire(&self, version: ProtocolVersion) -> Value {
        let content: Vec<_> = self.content.iter().map(|block| block.for_version(version)).collect();
        let mut block = json!({ "type": "tool_result", "toolUseId": self.id, "content": content });
        let known = |content: &&Value| version.is_modern() || content.is_object();
        if let Some(structured) = self.structured.as_ref().filter(known) {
            block["structuredContent"] = structured.clone();
        }
        if self.is_error {
            block["isError"] = true.into();
        }
        block
    }
}

// SAMP-11: what was said stays out of the log.

impl fmt::Debug for SamplingContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Image(media) | Self::Audio(media) => media.fmt(f),
            Self::ToolUse(tool) => tool.fmt(f),
            Self::ToolResult(result) => result.fmt(f),
        }
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Media({}, {} bytes)", self.mime_type, self.data.len())
    }
}

impl fmt::Debug for ToolUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolUse")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ToolUseResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolUseResult")
            .field("id", &self.id)
            .field("is_error", &self.is_error)
            .finish_non_exhaustive()
    }
}
