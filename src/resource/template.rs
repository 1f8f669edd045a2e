use std::collections::BTreeMap;

use mcp_layers_core::jsonrpc::RawJson;
use tower_layer::Layer;
use tower_service::Service;

use super::{About, ResourceRead, about};
use crate::{
    Annotations, BoxError, CacheHints, Call, Completion, Handler, Icon, IntoHandler, Meta,
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
    pub(super) completions: BTreeMap<String, Handler<Completion>>,
}

impl ResourceTemplate {
    /// The resources at `uri_template` (RFC 6570; see
    /// [`UriTemplate`](super::UriTemplate) for what can be matched), called `name`,
    /// read by `handler`. Variables reach it as strings, percent-decoded: a handler
    /// that makes a path of one refuses `..` and separators itself.
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
            completions: BTreeMap::new(),
        }
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
