//! What tools and prompts answer with.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mcp_layers_core::{jsonrpc::write_string, protocol::ProtocolVersion};
use serde::Serialize;

use crate::{Annotations, Meta, ResourceContents};

/// One block of content.
///
/// ```
/// use mcp_stack::Content;
///
/// let block = Content::image([0x89, b'P', b'N', b'G'], "image/png");
/// assert_eq!(
///     serde_json::to_value(&block)?,
///     serde_json::json!({ "type": "image", "data": "iVBORw==", "mimeType": "image/png" }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct Content {
    #[serde(flatten)]
    block: Block,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Box<Annotations>>,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Box<Meta>>,
}

/// What is not text is boxed: most blocks are text, and are moved along by value.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text { text: String },
    Image(Box<Media>),
    Audio(Box<Media>),
    Resource { resource: Box<ResourceContents> },
    ResourceLink(Box<ResourceLink>),
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Media {
    /// In Base64.
    data: String,
    mime_type: String,
}

impl Content {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Block::Text { text: text.into() })
    }

    /// An image, which is sent in Base64 (TOOL-17).
    pub fn image(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::of(Block::Image(Media::boxed(bytes, mime_type)))
    }

    /// Sound, which is sent in Base64 (TOOL-17). Clients of 2024-11-05 get a text
    /// in its place.
    pub fn audio(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self::of(Block::Audio(Media::boxed(bytes, mime_type)))
    }

    /// A resource's contents, embedded.
    #[must_use]
    pub fn resource(resource: ResourceContents) -> Self {
        Self::of(Block::Resource { resource: Box::new(resource) })
    }

    /// A link to a resource, which need not be listed (TOOL-19). Clients older
    /// than 2025-06-18 get the URI as text.
    #[must_use]
    pub fn resource_link(link: ResourceLink) -> Self {
        Self::of(Block::ResourceLink(Box::new(link)))
    }

    /// Says for whom the block is, and how important.
    #[must_use]
    pub fn with_annotations(mut self, annotations: Annotations) -> Self {
        self.annotations = Some(Box::new(annotations));
        self
    }

    /// Adds `_meta`.
    #[must_use]
    pub fn with_meta(mut self, meta: Meta) -> Self {
        self.meta = Some(Box::new(meta));
        self
    }

    fn of(block: Block) -> Self {
        Self { block, annotations: None, meta: None }
    }

    /// Appends the block's JSON. Plain text, which is what most tools answer with,
    /// takes a shorter way than serde's.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self { block: Block::Text { text }, annotations: None, meta: None } => {
                out.extend_from_slice(br#"{"type":"text","text":"#);
                write_string(out, text);
                out.push(b'}');
            }
            _ => serde_json::to_writer(out, self).expect("content serialises"),
        }
    }

    /// About how many bytes of JSON it is.
    pub(crate) fn size_hint(&self) -> usize {
        64 + match &self.block {
            Block::Text { text } => text.len(),
            Block::Image(media) | Block::Audio(media) => media.data.len(),
            Block::Resource { resource } => resource.size_hint(),
            Block::ResourceLink(_) => 256,
        }
    }

    /// What a client of this revision can read: a kind it does not know becomes
    /// text (TOOL-18, D-22).
    pub(crate) fn for_version(&self, version: ProtocolVersion) -> Cow<'_, Self> {
        let text = match &self.block {
            Block::ResourceLink(link) if version < ProtocolVersion::V2025_06_18 => {
                format!("{}: {}", link.name, link.uri)
            }
            Block::Audio(media) if version < ProtocolVersion::V2025_03_26 => {
                format!("[audio, {}]", media.mime_type)
            }
            _ => return Cow::Borrowed(self),
        };
        let (annotations, meta) = (self.annotations.clone(), self.meta.clone());
        Cow::Owned(Self { block: Block::Text { text }, annotations, meta })
    }
}

impl Media {
    fn boxed(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Box<Self> {
        Box::new(Self { data: STANDARD.encode(bytes), mime_type: mime_type.into() })
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<ResourceLink> for Content {
    fn from(link: ResourceLink) -> Self {
        Self::resource_link(link)
    }
}

/// A resource named in content, for the client to read if it wants to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLink {
    uri: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
}

impl ResourceLink {
    /// A link to `uri`, called `name`.
    pub fn new(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            name: name.into(),
            title: None,
            description: None,
            mime_type: None,
            size: None,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn with_uri(mut self, uri: String) -> Self {
        self.uri = uri;
        self
    }

    /// A name for people.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What the resource is.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The media type.
    #[must_use]
    pub fn with_mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// The size in bytes.
    #[must_use]
    pub fn with_size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Content;

    #[test]
    fn plain_text_is_written_as_serde_writes_it() {
        for text in ["", "plain", "\"quoted\"\n\u{1}é"] {
            let block = Content::text(text);
            let mut written = Vec::new();
            block.write(&mut written);
            assert_eq!(written, serde_json::to_vec(&block).expect("content serialises"));
        }
    }
}
