//! Items that are not registered: listed and found by functions, page by page.

mod page;

pub use page::{InvalidCursor, Page, PageRequest};

use std::fmt;

use mcp_layers_core::jsonrpc::RawJson;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Arguments, BoxError, CacheHints, Context, Handler, IntoHandler, IntoOutput};

/// [`Tool`](crate::Tool)s, [`Prompt`](crate::Prompt)s,
/// [`Resource`](crate::Resource)s or [`ResourceTemplate`](crate::ResourceTemplate)s
/// that a function lists when a client asks, such as the rows of a table or the files
/// of one user.
///
/// In a list they come after the registered items. Each page and its cursor are the
/// function's own. A second function finds one item, so that it can be called, got or
/// read; without it the items are listed only, as resources can be that a template
/// reads.
///
/// ```
/// use mcp_stack::{Context, McpService, Page, PageRequest, Source, Tool, Wanted};
///
/// const NAMES: [&str; 3] = ["first", "second", "third"];
///
/// fn report(name: &'static str) -> Tool {
///     Tool::new(name, move || format!("the {name} report"))
/// }
///
/// let reports = Source::new(async |request: PageRequest, cx: Context| {
///     let start: usize = match &request.cursor {
///         None => 0,
///         Some(cursor) => cursor.parse()?,
///     };
///     let end = (start + 2).min(NAMES.len());
///     let page = Page::new(NAMES[start.min(end)..end].iter().copied().map(report));
///     Ok::<_, mcp_stack::InvalidCursor>(match end < NAMES.len() {
///         true => page.with_next_cursor(end.to_string()),
///         false => page,
///     })
/// })
/// .with_find(|wanted: Wanted| NAMES.into_iter().find(|name| *name == wanted.key).map(report));
///
/// let service = McpService::new("demo", "1.0.0").with_tool_source(reports);
/// # let _ = service;
/// ```
///
/// - What a list holds may depend on the principal, and on nothing else of the
///   connection or of earlier requests (TOOL-3, RES-2, PROMPT-2). It is therefore
///   private, unless [`with_cache`](Self::with_cache) says otherwise.
/// - A tool that `list` leaves out for a caller, `find` must not give to that caller
///   (TOOL-27).
/// - An item with the name of a registered one is left out: that one goes before it.
///   So is one that could not be registered, and a tool whose arguments are mirrored
///   into headers, since nothing would check them; the log says so.
/// - Items are checked, and a tool's schemas compiled, each time they are listed or found;
///   arguments are validated as any other's (TOOL-25).
/// - Several sources of one sort come one after the other.
#[must_use]
pub struct Source<T> {
    pub(crate) list: Handler<Page<T>>,
    pub(crate) find: Option<Handler<Option<T>>>,
    cache: Option<CacheHints>,
    /// What stands before the names of its items.
    pub(crate) prefix: String,
}

/// The item that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Wanted {
    /// The name of a tool or prompt, or the URI of a resource. Of a template: a URI that
    /// it is to match, or, when a variable is completed, the template's own text.
    pub key: String,
}

impl<T: Send + 'static> Source<T> {
    /// Items that `list` gives: a function from [`PageRequest`], [`Context`], both or
    /// nothing to a [`Page`] or a `Vec`, sync or async.
    pub fn new<H, Form>(list: H) -> Self
    where
        H: IntoHandler<Page<T>, Form>,
    {
        Self { list: list.into_handler(), find: None, cache: None, prefix: String::new() }
    }

    /// Finds one item: a function from [`Wanted`], [`Context`] or both to an `Option`.
    pub fn with_find<H, Form>(mut self, find: H) -> Self
    where
        H: IntoHandler<Option<T>, Form>,
    {
        self.find = Some(find.into_handler());
        self
    }

    /// How long a page may be cached and by whom; private and zero unless set. The
    /// whole list, its registered items too, is public only if the server's hints and
    /// those of all its sources are (CACHE-4, CACHE-8).
    pub fn with_cache(mut self, cache: CacheHints) -> Self {
        self.cache = Some(cache);
        self
    }

    pub(crate) fn cache(&self) -> CacheHints {
        self.cache.unwrap_or_default()
    }

    /// The item called `key`, under the name it has in the source.
    pub(crate) async fn find(&self, key: &str, context: &Context) -> Result<Option<T>, BoxError> {
        let Some((find, key)) = self.find.as_ref().zip(key.strip_prefix(&self.prefix)) else {
            return Ok(None);
        };
        let wanted = RawJson::from_value(&Wanted { key: key.to_owned() });
        let arguments = Arguments::new(wanted.expect("a string serialises"));
        find.call(arguments, context.clone()).await
    }
}

impl<T> Source<T> {
    /// The same source, with something before the names of its items.
    pub(crate) fn nested(&self, prefix: &str) -> Self {
        Self { prefix: format!("{prefix}{}", self.prefix), ..self.clone() }
    }
}

impl<T> Clone for Source<T> {
    fn clone(&self) -> Self {
        Self {
            list: self.list.clone(),
            find: self.find.clone(),
            cache: self.cache,
            prefix: self.prefix.clone(),
        }
    }
}

impl<T> fmt::Debug for Source<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl<T: Send + 'static> IntoOutput<Self> for Option<T> {
    fn into_output(self) -> Result<Self, BoxError> {
        Ok(self)
    }
}
