//! [`McpService`]: the bottom of the stack.

use std::{
    convert::Infallible,
    fmt,
    future::{Ready, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use mcp_layers_core::{
    Inbound, Outbound,
    extensions::{CancelToken, Cancellation, OnDisconnect},
    shutdown::Shutdown,
};
use serde::Serialize;
use tower_service::Service;

use crate::{
    CacheHints, Draft, Implementation, Prompt, RegisterError, Registry, Resource, ResourceTemplate,
    Source, Tool, apps,
    dispatch::{self, Dispatched},
    extension::{Extensions, InvalidExtension},
    notify::Limits,
    offer::Offer,
    result::Signature,
    run::Work,
};

/// An MCP server's own part: a registry of tools, resources and prompts, and the
/// methods that offer them.
///
/// It is a tower service of the message zone; [`Stack`](crate::Stack) puts the
/// protocol's layers around it. Clones share one registry.
///
/// ```
/// use mcp_stack::{McpService, Resource, Tool};
///
/// let service = McpService::new("demo", "1.0.0")
///     .with_instructions("Greet first.")
///     .with_tool(Tool::new("hello", || "hello"))?
///     .with_resource(Resource::new("demo://motd", "motd", || "be kind"))?;
/// # let _ = service;
/// # Ok::<(), mcp_stack::RegisterError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct McpService(Arc<Offer>);

impl McpService {
    /// A server of this name and version that offers nothing yet.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self::with_info(&Implementation::new(name, version))
    }

    /// A server that describes itself in full.
    pub fn with_info(server: &Implementation) -> Self {
        Self(Arc::new(Offer {
            signature: Signature::new(server),
            instructions: None,
            logging: false,
            extensions: Extensions::default(),
            page_size: 100,
            stream_budget: 1 << 20,
            cache: CacheHints::default(),
            check_output: cfg!(debug_assertions),
            listening: Limits::default(),
            shutdown: Shutdown::new(),
            #[cfg(feature = "asking")]
            asking: crate::ask::Settings::default(),
            registry: Registry::default(),
        }))
    }

    /// Tells the model how to use this server.
    pub fn with_instructions(mut self, instructions: impl Into<String>) -> Self {
        self.offer().instructions = Some(instructions.into());
        self
    }

    /// Lets handlers send log messages to clients. Off unless called: what a
    /// handler logs then reaches nobody (LOG-13).
    pub fn with_logging(mut self) -> Self {
        self.offer().logging = true;
        self
    }

    /// Advertises an extension of the protocol under its identifier, a prefix and a
    /// name such as `com.example/maps`, in both eras (EXT-1, EXT-4). Its settings are
    /// anything that serialises to an object, `{}` if there are none. An identifier
    /// that was advertised before gets the new settings.
    ///
    /// It says that the extension is there and no more: handlers ask
    /// [`Context::extension`](crate::Context::extension) whether the client has it too.
    /// What they do for clients without it belongs in the extension's documentation
    /// (EXT-3).
    ///
    /// ```
    /// use mcp_stack::{Context, McpService, Tool};
    /// use serde_json::json;
    ///
    /// let service = McpService::new("demo", "1.0.0")
    ///     .with_extension("com.example/maps", json!({ "projections": ["mercator"] }))?
    ///     .with_tool(Tool::new("where", |cx: Context| match cx.extension("com.example/maps") {
    ///         Some(_) => "geo:51.48,0.0",
    ///         None => "in Greenwich",
    ///     }))?;
    /// # let _ = service;
    /// # Ok::<(), mcp_stack::BoxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidExtension`] for an identifier without a prefix or outside the grammar
    /// of [`Meta`](crate::Meta)'s keys, and for settings that are no object.
    pub fn with_extension<T: Serialize>(
        mut self,
        id: impl Into<String>,
        settings: T,
    ) -> Result<Self, InvalidExtension> {
        self.offer().extensions.insert(id.into(), &settings)?;
        Ok(self)
    }

    /// Advertises [MCP Apps](crate::apps), so that hosts look for tools with views.
    pub fn with_apps(self) -> Self {
        let advertised = self.with_extension(apps::EXTENSION, serde_json::json!({}));
        advertised.expect("a valid identifier and an object")
    }

    /// How many items a page of a list has; 100 unless set, at least 1.
    pub fn with_page_size(mut self, items: usize) -> Self {
        self.offer().page_size = items.max(1);
        self
    }

    /// How many bytes may wait for a client that reads a stream too slowly; 1 MiB
    /// unless set. Beyond it progress and log messages give way, and a stream that
    /// cannot hold its response is closed.
    pub fn with_stream_budget(mut self, bytes: usize) -> Self {
        self.offer().stream_budget = bytes;
        self
    }

    /// The cache hints of lists and of `server/discover` (modern), and of resources
    /// that have none of their own; private and zero unless set (CACHE-8).
    pub fn with_cache(mut self, cache: CacheHints) -> Self {
        self.offer().cache = cache;
        self
    }

    /// How many streams of changes may be open at once, in both eras together; 10,000
    /// unless set. One more is answered 503.
    pub fn with_max_listeners(mut self, streams: usize) -> Self {
        self.offer().listening.streams = streams;
        self
    }

    /// How many `subscriptions/listen` streams one authenticated caller may have open;
    /// 100 unless set. One more is answered 429.
    pub fn with_max_listeners_per_principal(mut self, streams: usize) -> Self {
        self.offer().listening.per_principal = streams;
        self
    }

    /// How many resources one session or one listen stream may watch; 1,000 unless
    /// set. One more is refused with `-32602`.
    pub fn with_max_watched_resources(mut self, resources: usize) -> Self {
        self.offer().listening.watched = resources;
        self
    }

    /// Ends this service's streams in the first phase of this shutdown, and counts the
    /// calls it moves to tasks. A [`Stack`](crate::Stack) sets its own.
    pub fn with_shutdown(mut self, shutdown: Shutdown) -> Self {
        self.offer().shutdown = shutdown;
        self
    }

    /// Whether structured content is checked against the tool's output schema
    /// before it is sent; a result that fails becomes `-32603` (TOOL-31). On in
    /// debug builds unless set, off in release builds. With the feature `validation`.
    #[cfg(feature = "validation")]
    pub fn with_output_validation(mut self, on: bool) -> Self {
        self.offer().check_output = on;
        self
    }

    /// Adds a tool.
    ///
    /// # Errors
    ///
    /// As [`Draft::add_tool`](crate::Draft::add_tool).
    pub fn with_tool(self, tool: Tool) -> Result<Self, RegisterError> {
        self.0.registry.update(|draft| draft.add_tool(tool))?;
        Ok(self)
    }

    /// Adds a resource.
    ///
    /// # Errors
    ///
    /// As [`Draft::add_resource`](crate::Draft::add_resource).
    pub fn with_resource(self, resource: Resource) -> Result<Self, RegisterError> {
        self.0.registry.update(|draft| draft.add_resource(resource))?;
        Ok(self)
    }

    /// Adds a resource template.
    ///
    /// # Errors
    ///
    /// As [`Draft::add_resource_template`](crate::Draft::add_resource_template).
    pub fn with_resource_template(self, template: ResourceTemplate) -> Result<Self, RegisterError> {
        self.0.registry.update(|draft| draft.add_resource_template(template))?;
        Ok(self)
    }

    /// Adds a prompt.
    ///
    /// # Errors
    ///
    /// As [`Draft::add_prompt`](crate::Draft::add_prompt).
    pub fn with_prompt(self, prompt: Prompt) -> Result<Self, RegisterError> {
        self.0.registry.update(|draft| draft.add_prompt(prompt))?;
        Ok(self)
    }

    /// Adds a source of tools; see [`Source`].
    pub fn with_tool_source(self, source: Source<Tool>) -> Self {
        self.with(|draft| draft.add_tool_source(source))
    }

    /// Adds a source of resources; see [`Source`].
    pub fn with_resource_source(self, source: Source<Resource>) -> Self {
        self.with(|draft| draft.add_resource_source(source))
    }

    /// Adds a source of resource templates; see [`Source`].
    pub fn with_resource_template_source(self, source: Source<ResourceTemplate>) -> Self {
        self.with(|draft| draft.add_resource_template_source(source))
    }

    /// Adds a source of prompts; see [`Source`].
    pub fn with_prompt_source(self, source: Source<Prompt>) -> Self {
        self.with(|draft| draft.add_prompt_source(source))
    }

    /// Adds all that another server offers now; see [`Draft::merge`]. What that server
    /// is set to, such as its instructions, page size and cache hints, stays there.
    ///
    /// # Errors
    ///
    /// As [`Draft::merge`]; then nothing is added.
    pub fn merge(self, other: &Self) -> Result<Self, RegisterError> {
        self.0.registry.update(|draft| draft.merge(&other.0.registry))?;
        Ok(self)
    }

    /// Adds all that another server offers now, its tools and prompts under
    /// `{prefix}_{name}`; see [`Draft::nest`].
    ///
    /// # Errors
    ///
    /// As [`Draft::nest`]; then nothing is added.
    pub fn nest(self, prefix: &str, other: &Self) -> Result<Self, RegisterError> {
        self.0.registry.update(|draft| draft.nest(prefix, &other.0.registry))?;
        Ok(self)
    }

    fn with(self, change: impl FnOnce(&mut Draft)) -> Self {
        let changed = self.0.registry.update(|draft| {
            change(draft);
            Ok(())
        });
        changed.expect("this change cannot fail");
        self
    }

    /// The registry, to change it while the server runs.
    #[must_use]
    pub fn registry(&self) -> Registry {
        self.0.registry.clone()
    }

    pub(crate) fn offer(&mut self) -> &mut Offer {
        Arc::make_mut(&mut self.0)
    }
}

impl Service<Request<Inbound>> for McpService {
    type Response = Response<Outbound>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Inbound>) -> ResponseFuture {
        let (mut parts, inbound) = request.into_parts();
        let mut request = match inbound {
            Inbound::Request(request) => request,
            other => {
                let response = dispatch::without_request(&self.0, other, &parts.extensions);
                return ResponseFuture::ready(response);
            }
        };
        // Taken out, so that no clone of the extensions prolongs the request.
        let cancellation = parts.extensions.remove().unwrap_or_else(|| {
            let token = CancelToken::child_of([self.0.shutdown.token()]);
            Cancellation::new(token, OnDisconnect::default())
        });
        match dispatch::dispatch(&self.0, &mut request, &mut parts, cancellation.token()) {
            Dispatched::Answered(response) => ResponseFuture::ready(response),
            Dispatched::Started(handler) => {
                ResponseFuture(State::Work(Work::new(handler, cancellation)))
            }
        }
    }
}

impl fmt::Debug for McpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpService").field("registry", &self.0.registry).finish_non_exhaustive()
    }
}

/// The answer of [`McpService`].
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture(State);

enum State {
    Answered(Ready<Response<Outbound>>),
    Work(Work),
}

impl ResponseFuture {
    fn ready(response: Response<Outbound>) -> Self {
        Self(State::Answered(ready(response)))
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<Outbound>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Answered(response) => Pin::new(response).poll(cx),
            State::Work(work) => Pin::new(work).poll(cx),
        }
        .map(Ok)
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
