use mcp_layers_core::jsonrpc::RawJson;
use serde::Serialize;
use smallvec::{SmallVec, smallvec};

use crate::{
    BoxError, Content, IntoOutput, Meta,
    result::{ResultWriter, View},
};

/// What a tool answers with: content, structured content, or an error for the
/// model to read.
///
/// ```
/// use mcp_stack::{Content, ToolResult};
///
/// let found = ToolResult::new([Content::text("2 files"), Content::text("a.txt\nb.txt")]);
/// let failed = ToolResult::error("the disk is full");
/// # let _ = (found, failed);
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ToolResult {
    /// Most tools answer with one block.
    content: SmallVec<[Content; 1]>,
    structured: Option<RawJson>,
    is_error: bool,
    meta: Option<Meta>,
}

impl ToolResult {
    /// A result with this content.
    pub fn new(content: impl IntoIterator<Item = Content>) -> Self {
        Self { content: content.into_iter().collect(), ..Self::default() }
    }

    /// A result of one block.
    fn of(block: Content) -> Self {
        Self { content: smallvec![block], ..Self::default() }
    }

    /// A failure that the model is to read, not a JSON-RPC error.
    pub fn error(text: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::of(Content::text(text)) }
    }

    /// Structured content, with its JSON as text beside it (TOOL-15).
    ///
    /// # Errors
    ///
    /// When `value` does not serialise.
    pub fn structured<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        let json = RawJson::from_value(value)?;
        let text = Content::text(json.as_str());
        Ok(Self { structured: Some(json), ..Self::of(text) })
    }

    /// Adds structured content beside the content there is.
    ///
    /// # Errors
    ///
    /// When `value` does not serialise.
    pub fn with_structured<T: Serialize + ?Sized>(
        mut self,
        value: &T,
    ) -> Result<Self, serde_json::Error> {
        self.structured = Some(RawJson::from_value(value)?);
        Ok(self)
    }

    /// Adds `_meta`.
    pub fn with_meta(mut self, meta: Meta) -> Self {
        self.meta = Some(meta);
        self
    }

    /// Adds a block of content.
    pub fn add_content(mut self, block: impl Into<Content>) -> Self {
        self.content.push(block.into());
        self
    }

    pub(crate) fn is_error(&self) -> bool {
        self.is_error
    }

    pub(crate) fn structured_content(&self) -> Option<&RawJson> {
        self.structured.as_ref()
    }

    pub(crate) fn write(&mut self, out: &mut ResultWriter<'_>, view: View<'_>) -> Option<Meta> {
        out.raw("content", |out| {
            out.push(b'[');
            for (at, block) in self.content.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                block.for_version(view.version).write(out);
            }
            out.push(b']');
        });
        // TOOL-12, TOOL-13: anything but an object is for the modern era.
        let structured =
            self.structured.as_ref().filter(|json| view.version.is_modern() || json.is_object());
        if let Some(json) = structured {
            out.raw("structuredContent", |out| out.extend_from_slice(json.as_bytes()));
        }
        if self.is_error {
            out.member("isError", &true);
        }
        self.meta.take()
    }

    pub(crate) fn size_hint(&self) -> usize {
        128 + self.content.iter().map(Content::size_hint).sum::<usize>()
            + self.structured.as_ref().map_or(0, |json| json.as_bytes().len())
    }
}

impl IntoOutput<Self> for ToolResult {
    fn into_output(self) -> Result<Self, BoxError> {
        Ok(self)
    }
}

impl IntoOutput<ToolResult> for () {
    fn into_output(self) -> Result<ToolResult, BoxError> {
        Ok(ToolResult::default())
    }
}

impl IntoOutput<ToolResult> for String {
    fn into_output(self) -> Result<ToolResult, BoxError> {
        Ok(ToolResult::of(Content::text(self)))
    }
}

impl IntoOutput<ToolResult> for &'static str {
    fn into_output(self) -> Result<ToolResult, BoxError> {
        Ok(ToolResult::of(Content::text(self)))
    }
}

impl IntoOutput<ToolResult> for Content {
    fn into_output(self) -> Result<ToolResult, BoxError> {
        Ok(ToolResult::of(self))
    }
}

impl IntoOutput<ToolResult> for Vec<Content> {
    fn into_output(self) -> Result<ToolResult, BoxError> {
        Ok(ToolResult::new(self))
    }
}

impl<const N: usize> IntoOutput<ToolResult> for [Content; N] {
    fn into_output(self) -> Result<ToolResult, BoxError> {
        Ok(ToolResult::new(self))
    }
}
