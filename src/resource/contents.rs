use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Serialize;

use super::Reading;
use crate::{BoxError, IntoOutput, Meta, result::ResultWriter};

/// One item of what was read: text, or bytes that are sent in Base64 (RES-8).
///
/// ```
/// use mcp_stack::ResourceContents;
///
/// let page = ResourceContents::text("docs://readme", "# Read me").with_mime_type("text/markdown");
/// assert_eq!(serde_json::to_value(&page)?["text"], "# Read me");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct ResourceContents {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(flatten)]
    body: Body,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
enum Body {
    Text(String),
    Blob(String),
}

impl ResourceContents {
    /// Text.
    pub fn text(uri: impl Into<String>, text: impl Into<String>) -> Self {
        Self { uri: uri.into(), mime_type: None, body: Body::Text(text.into()), meta: None }
    }

    /// Bytes.
    pub fn blob(uri: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        let body = Body::Blob(STANDARD.encode(bytes));
        Self { uri: uri.into(), mime_type: None, body, meta: None }
    }

    /// The media type.
    pub fn with_mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Adds `_meta`.
    pub fn with_meta(mut self, meta: Meta) -> Self {
        self.meta = Some(meta);
        self
    }

    pub(crate) fn size_hint(&self) -> usize {
        let (Body::Text(body) | Body::Blob(body)) = &self.body;
        128 + body.len()
    }
}

/// What reading a resource gives: one item or several (RES-6).
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ResourceRead {
    contents: Vec<ResourceContents>,
    meta: Option<Meta>,
}

impl ResourceRead {
    /// These items. An item with an empty URI gets the one that was asked for.
    pub fn new(contents: impl IntoIterator<Item = ResourceContents>) -> Self {
        Self { contents: contents.into_iter().collect(), meta: None }
    }

    /// Adds `_meta` to the result.
    pub fn with_meta(mut self, meta: Meta) -> Self {
        self.meta = Some(meta);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.contents.is_empty()
    }

    /// Fills in what the handler left open: the URI asked for (RES-20), and the
    /// resource's media type and `_meta`.
    pub(crate) fn complete(&mut self, uri: &str, reading: &Reading) {
        for item in &mut self.contents {
            if item.uri.is_empty() {
                item.uri = uri.to_owned();
            }
            if item.mime_type.is_none() {
                item.mime_type.clone_from(&reading.mime_type);
            }
            if item.meta.is_none() {
                item.meta.clone_from(&reading.meta);
            }
        }
    }

    pub(crate) fn write(self, out: &mut ResultWriter<'_>) -> Option<Meta> {
        out.member("contents", &self.contents);
        self.meta
    }

    pub(crate) fn size_hint(&self) -> usize {
        128 + self.contents.iter().map(ResourceContents::size_hint).sum::<usize>()
    }
}

impl IntoOutput<Self> for ResourceRead {
    fn into_output(self) -> Result<Self, BoxError> {
        Ok(self)
    }
}

impl IntoOutput<ResourceRead> for ResourceContents {
    fn into_output(self) -> Result<ResourceRead, BoxError> {
        Ok(ResourceRead::new([self]))
    }
}

impl IntoOutput<ResourceRead> for Vec<ResourceContents> {
    fn into_output(self) -> Result<ResourceRead, BoxError> {
        Ok(ResourceRead::new(self))
    }
}

impl IntoOutput<ResourceRead> for String {
    fn into_output(self) -> Result<ResourceRead, BoxError> {
        ResourceContents::text("", self).into_output()
    }
}

impl IntoOutput<ResourceRead> for &'static str {
    fn into_output(self) -> Result<ResourceRead, BoxError> {
        ResourceContents::text("", self).into_output()
    }
}

impl IntoOutput<ResourceRead> for Vec<u8> {
    fn into_output(self) -> Result<ResourceRead, BoxError> {
        ResourceContents::blob("", self).into_output()
    }
}

impl IntoOutput<ResourceRead> for Bytes {
    fn into_output(self) -> Result<ResourceRead, BoxError> {
        ResourceContents::blob("", self).into_output()
    }
}

impl IntoOutput<ResourceRead> for &'static [u8] {
    fn into_output(self) -> Result<ResourceRead, BoxError> {
        ResourceContents::blob("", self).into_output()
    }
}
