//! Resources and resource templates: what a client can read.

mod contents;
mod entry;
mod file_root;
mod not_found;
mod path_safety;
mod template;
mod uri_template;

pub use contents::{ResourceContents, ResourceRead};
pub(crate) use entry::{Reading, ResourceEntry, TemplateEntry, is_absolute_uri};
pub use file_root::FileRoot;
pub use not_found::ResourceNotFound;
pub use template::ResourceTemplate;
pub use uri_template::{
    ExpandError, ExpandErrorKind, InvalidUriTemplate, TemplateValue, UriTemplate,
};

use serde::Serialize;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    Annotations, BoxError, CacheHints, Call, Handler, Icon, IntoHandler, Meta, ResourceLink,
    apps::{self, ViewSettings},
};

/// A resource at a fixed URI, read by a function.
///
/// ```
/// use mcp_stack::Resource;
///
/// let readme = Resource::new("docs://readme", "readme", || "# Read me")
///     .with_mime_type("text/markdown");
/// # let _ = readme;
/// ```
#[derive(Debug)]
#[must_use]
pub struct Resource {
    about: About,
    uri: String,
    size: Option<u64>,
    cache: Option<CacheHints>,
    handler: Handler<ResourceRead>,
}

/// What the list says of a resource or template, besides where it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    icons: Vec<Icon>,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
    #[serde(skip)]
    view: Option<ViewSettings>,
}

impl About {
    fn new(name: String) -> Self {
        Self {
            name,
            title: None,
            description: None,
            mime_type: None,
            annotations: None,
            icons: Vec::new(),
            meta: None,
            view: None,
        }
    }

    /// Checks what is at `uri`, which may be a template, and completes its `_meta`. What
    /// comes back is the `_meta` of its contents.
    fn settle(&mut self, uri: &str) -> Result<Option<Meta>, &'static str> {
        Icon::check(&self.icons)?;
        let Some(view) = &self.view else { return Ok(None) };
        view.check(uri)?;
        self.meta = apps::meta_with(self.meta.as_ref(), Some(view));
        Ok(apps::meta_with(None, Some(view)))
    }

    /// A link that says the same, to no URI yet.
    fn link(&self) -> ResourceLink {
        let mut link = ResourceLink::new("", self.name.clone());
        if let Some(title) = &self.title {
            link = link.with_title(title.clone());
        }
        if let Some(description) = &self.description {
            link = link.with_description(description.clone());
        }
        if let Some(mime_type) = &self.mime_type {
            link = link.with_mime_type(mime_type.clone());
        }
        link
    }
}

/// The builder methods that resources and templates share.
macro_rules! about {
    () => {
        /// A name for people.
        pub fn with_title(mut self, title: impl Into<String>) -> Self {
            self.about.title = Some(title.into());
            self
        }

        /// What it is.
        pub fn with_description(mut self, description: impl Into<String>) -> Self {
            self.about.description = Some(description.into());
            self
        }

        /// The media type, also of contents that name none.
        pub fn with_mime_type(mut self, mime_type: impl Into<String>) -> Self {
            self.about.mime_type = Some(mime_type.into());
            self
        }

        /// For whom it is, and how important.
        pub fn with_annotations(mut self, annotations: Annotations) -> Self {
            self.about.annotations = Some(annotations);
            self
        }

        /// Adds an icon.
        pub fn add_icon(mut self, icon: Icon) -> Self {
            self.about.icons.push(icon);
            self
        }

        /// Makes it a view, at a `ui://` URI, that hosts show beside a tool's results; see
        /// [`apps`](crate::apps). Its media type becomes
        /// [`apps::MIME_TYPE`](crate::apps::MIME_TYPE), and contents without `_meta` of
        /// their own get the settings as `_meta.ui`.
        pub fn with_view(mut self, settings: crate::apps::ViewSettings) -> Self {
            self.about.view = Some(settings);
            self.with_mime_type(crate::apps::MIME_TYPE)
        }

        /// `_meta` of the entry in the list.
        pub fn with_meta(mut self, meta: Meta) -> Self {
            self.about.meta = Some(meta);
            self
        }

        /// How long and by whom what is read may be cached; the server's hints
        /// unless set.
        pub fn with_cache(mut self, cache: CacheHints) -> Self {
            self.cache = Some(cache);
            self
        }

        /// Puts a tower layer around this item alone.
        pub fn layer<L>(mut self, layer: L) -> Self
        where
            L: Layer<Handler<ResourceRead>>,
            L::Service: Service<Call, Response = ResourceRead> + Clone + Send + Sync + 'static,
            <L::Service as Service<Call>>::Error: Into<BoxError>,
            <L::Service as Service<Call>>::Future: Send,
        {
            self.handler = self.handler.layer(&layer);
            self
        }
    };
}
pub(crate) use about;

impl Resource {
    /// The resource at `uri` (absolute, RFC 3986), called `name`, read by
    /// `handler`, which answers with text, bytes or
    /// [`ResourceContents`].
    pub fn new<H, Form>(uri: impl Into<String>, name: impl Into<String>, handler: H) -> Self
    where
        H: IntoHandler<ResourceRead, Form>,
    {
        Self {
            about: About::new(name.into()),
            uri: uri.into(),
            size: None,
            cache: None,
            handler: handler.into_handler(),
        }
    }

    /// The size in bytes, before Base64.
    pub fn with_size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    about!();
}
