//! Small values that several kinds of item carry.

use serde::Serialize;

/// A program that speaks the protocol: name, version, and how to show it.
///
/// ```
/// use mcp_stack::Implementation;
///
/// let server = Implementation::new("weather", "1.4.0").with_title("Weather");
/// assert_eq!(server.name(), "weather");
/// ```
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Implementation {
    name: String,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    website_url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    icons: Vec<Icon>,
}

impl Implementation {
    /// A program of this name and version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            title: None,
            description: None,
            website_url: None,
            icons: Vec::new(),
        }
    }

    /// A name for people.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What the program does.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Where to read more.
    #[must_use]
    pub fn with_website_url(mut self, url: impl Into<String>) -> Self {
        self.website_url = Some(url.into());
        self
    }

    /// Adds an icon.
    #[must_use]
    pub fn add_icon(mut self, icon: Icon) -> Self {
        self.icons.push(icon);
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// A picture to show beside an item.
///
/// Careful clients accept `data:` URIs and those of the server's own origin
/// (ICON-2).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Icon {
    src: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sizes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<Theme>,
}

/// The background an icon is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// A light background.
    Light,
    /// A dark background.
    Dark,
}

impl Icon {
    /// An icon at an `https:` or `data:` URI (ICON-1); checked when the item that
    /// carries it is registered.
    pub fn new(src: impl Into<String>) -> Self {
        Self { src: src.into(), mime_type: None, sizes: Vec::new(), theme: None }
    }

    /// The media type.
    #[must_use]
    pub fn with_mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Adds a size: `"48x48"`, or `"any"`.
    #[must_use]
    pub fn add_size(mut self, size: impl Into<String>) -> Self {
        self.sizes.push(size.into());
        self
    }

    /// The background it is drawn for.
    #[must_use]
    pub fn with_theme(mut self, theme: Theme) -> Self {
        self.theme = Some(theme);
        self
    }

    /// ICON-1, for all icons of one item.
    pub(crate) fn check(icons: &[Self]) -> Result<(), &'static str> {
        match icons.iter().all(Self::has_valid_src) {
            true => Ok(()),
            false => Err("an icon's source must be an https: or data: URI"),
        }
    }

    fn has_valid_src(&self) -> bool {
        ["https://", "http://localhost", "http://127.0.0.1", "data:"]
            .iter()
            .any(|scheme| self.src.starts_with(scheme))
    }
}

/// For whom a piece of content is, and how important.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    audience: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

/// One side of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

impl Annotations {
    /// No annotations yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a reader it is meant for.
    #[must_use]
    pub fn add_audience(mut self, role: Role) -> Self {
        self.audience.push(role);
        self
    }

    /// How important it is: 0 is optional, 1 is required; values outside are
    /// moved to the nearer end.
    #[must_use]
    pub fn with_priority(mut self, priority: f64) -> Self {
        self.priority = Some(if priority.is_nan() { 0.0 } else { priority.clamp(0.0, 1.0) });
        self
    }

    /// When it last changed, in ISO 8601 (`2026-07-28T12:00:00Z`).
    #[must_use]
    pub fn with_last_modified(mut self, time: impl Into<String>) -> Self {
        self.last_modified = Some(time.into());
        self
    }
}

/// How long and by whom an answer may be cached (modern).
///
/// ```
/// use std::time::Duration;
/// use mcp_stack::CacheHints;
///
/// let hints = CacheHints::public(Duration::from_secs(60));
/// # let _ = hints;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheHints {
    pub(crate) ttl_ms: u64,
    pub(crate) public: bool,
}

impl CacheHints {
    /// For this caller alone, for so long (in whole milliseconds). The default is
    /// private and zero (CACHE-8).
    #[must_use]
    pub fn private(ttl: std::time::Duration) -> Self {
        Self { ttl_ms: millis(ttl), public: false }
    }

    /// For any caller, for so long (in whole milliseconds). Only for answers that
    /// are the same for everybody: caches may share them (CACHE-6).
    #[must_use]
    pub fn public(ttl: std::time::Duration) -> Self {
        Self { ttl_ms: millis(ttl), public: true }
    }

    pub(crate) fn write(self, out: &mut Vec<u8>) {
        use std::io::Write as _;
        let scope = if self.public { "public" } else { "private" };
        write!(out, r#""ttlMs":{},"cacheScope":"{scope}""#, self.ttl_ms)
            .expect("writing to a Vec cannot fail");
    }
}

/// JSON numbers are exact up to 2^53.
fn millis(ttl: std::time::Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).min((1 << 53) - 1)
}
