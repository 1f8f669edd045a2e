use mcp_layers_core::jsonrpc::RawJson;
use tower_layer::Layer;
use tower_service::Service;

use super::{About, ResourceRead, about};
use crate::{
    Annotations, BoxError, CacheHints, Call, Completion, Handler, Icon, IntoHandler, Meta,
    completion::Completers,
};

/// Resources whose URIs follow a template; its variables are the handler's
/// arguments.
///
/// ```
/// use mcp_stack::ResourceTemplate;
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct User { id: String }
///
/// let user = ResourceTemplate::new("users://{id}", "user", |user: User| format!("user {}", user.id));
/// # let _ = user;
/// ```
#[derive(Debug)]
#[must_use]
pub struct ResourceTemplate {
    pub(super) about: About,
    pub(super) uri_template: String,
    pub(super) cache: Option<CacheHints>,
    /// The schema of what the handler takes.
    pub(super) takes: Option<RawJson>,
    pub(super) handler: Handler<ResourceRead>,
    pub(super) completions: Completers,
    /// Variables whose values are not checked for what leads a path astray.
    pub(super) any_value: Vec<String>,
}

impl ResourceTemplate {
    /// The resources at `uri_template` (RFC 6570; see
    /// [`UriTemplate`](super::UriTemplate) for what can be matched), called `name`,
    /// read by `handler`. Variables reach it as strings, those with `*` as lists of
    /// strings, and those that the URI leaves out not at all.
    ///
    /// Values are percent-decoded, once. A URI is not matched, and so not found, if a
    /// value decodes to what leads a path astray: a NUL, `/` or `\`, `.` or `..`; of
    /// `{+name}` and `{#name}`, which may have `/`, a NUL or a segment `..` (RES-7,
    /// RES-12). They may still begin with `/`, and no text shows a symbolic link: to
    /// serve files, resolve the value in a [`FileRoot`](crate::FileRoot).
    pub fn new<H, Form>(
        uri_template: impl Into<String>,
        name: impl Into<String>,
        handler: H,
    ) -> Self
    where
        H: IntoHandler<ResourceRead, Form>,
    {
        Self {
            about: About::new(name.into()),
            uri_template: uri_template.into(),
            cache: None,
            takes: H::input_schema(),
            handler: handler.into_handler(),
            completions: Completers::default(),
            any_value: Vec::new(),
        }
    }

    /// Lets a variable have any value, `/` and `..` included: for one that is a search
    /// term or a key, and of which no handler makes a path.
    pub fn dangerously_allow_any_value(mut self, variable: impl Into<String>) -> Self {
        self.any_value.push(variable.into());
        self
    }

    /// Completes a variable while a person types it. `complete` takes a
    /// [`CompletionRequest`](crate::CompletionRequest).
    pub fn with_completion<H, Form>(mut self, variable: impl Into<String>, complete: H) -> Self
    where
        H: IntoHandler<Completion, Form>,
    {
        self.completions.insert(variable.into(), complete.into_handler());
        self
    }

    about!();
}
