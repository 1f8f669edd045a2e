//! Tools: what a model can call.

mod entry;
mod result;

pub(crate) use entry::ToolEntry;
pub use result::ToolResult;

use mcp_layers_core::jsonrpc::RawJson;
use serde::Serialize;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    BoxError, Call, Handler, Icon, IntoHandler, Meta,
    apps::{self, ToolView},
    schema,
};

/// A tool: a name, schemas, and the function behind them.
///
/// The schemas come from the function's types, by `schemars`, or, with the feature
/// `validation`, are given by hand and then sent as they are.
///
/// No handler runs on arguments that do not fit the schema. Without the feature
/// `validation` that is checked by reading them into the handler's type, and so the
/// schema may say no more than the type does: a limit or pattern in an attribute, such
/// as `#[schemars(range(min = 1))]`, is refused at registration. Where a limit cannot be
/// told from one in an attribute it counts as one, as with `[T; N]`, `char` and
/// `NonZero`. What a type's own `JsonSchema` says by hand its `Deserialize` is trusted
/// to check.
///
/// ```
/// use mcp_stack::{Context, Tool};
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Search {
///     /// What to look for.
///     query: String,
/// }
///
/// let search = Tool::new("search", async |args: Search, cx: Context| {
///     cx.progress(1.0, Some(2.0), Some("asking the index"));
///     match args.query.as_str() {
///         "" => Err("an empty query finds nothing"),
///         query => Ok(format!("nothing found for {query}")),
///     }
/// })
/// .with_description("Searches the archive")
/// .with_annotations(mcp_stack::ToolAnnotations::new().read_only(true));
/// # let _ = search;
/// ```
#[derive(Debug)]
#[must_use]
pub struct Tool {
    name: String,
    title: Option<String>,
    description: Option<String>,
    input_schema: RawJson,
    output_schema: Option<RawJson>,
    annotations: Option<ToolAnnotations>,
    icons: Vec<Icon>,
    meta: Option<Meta>,
    view: Option<ToolView>,
    handler: Handler<ToolResult>,
}

impl Tool {
    /// A tool of this name (1–128 characters of `A–Z a–z 0–9 _ - . /`; at most 64
    /// and no `/` please every client), run by `handler`.
    ///
    /// An error that `handler` returns is shown to the model as a tool error; an
    /// [`ErrorObject`](mcp_layers_core::jsonrpc::ErrorObject) is sent as that
    /// JSON-RPC error instead.
    pub fn new<H, Form>(name: impl Into<String>, handler: H) -> Self
    where
        H: IntoHandler<ToolResult, Form>,
    {
        Self {
            name: name.into(),
            title: None,
            description: None,
            input_schema: H::input_schema().map_or_else(schema::of_nothing, schema::of_object),
            output_schema: H::output_schema(),
            annotations: None,
            icons: Vec::new(),
            meta: None,
            view: None,
            handler: handler.into_handler(),
        }
    }

    /// A name for people.
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What the tool does, for the model.
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The schema of the arguments, by hand: sent as it is, save for blanks between
    /// its tokens. It must be of `"type": "object"`, at most 256 KiB long, in JSON Schema
    /// 2020-12 or in the dialect that its `$schema` names: 2019-09, 7, 6 or 4. It may
    /// refer to itself alone: no reference is fetched (SCHEMA-3, SCHEMA-5).
    ///
    /// With the feature `validation`, since nothing else holds arguments to it.
    #[cfg(feature = "validation")]
    pub fn with_input_schema(mut self, schema: RawJson) -> Self {
        self.input_schema = schema.compact();
        self
    }

    /// The schema of the structured content, by hand; with the feature `validation`.
    #[cfg(feature = "validation")]
    pub fn with_output_schema(mut self, schema: RawJson) -> Self {
        self.output_schema = Some(schema.compact());
        self
    }

    /// Hints about what the tool does to the world.
    pub fn with_annotations(mut self, annotations: ToolAnnotations) -> Self {
        self.annotations = Some(annotations);
        self
    }

    /// Adds an icon.
    pub fn add_icon(mut self, icon: Icon) -> Self {
        self.icons.push(icon);
        self
    }

    /// `_meta` of the tool's entry in the list.
    pub fn with_meta(mut self, meta: Meta) -> Self {
        self.meta = Some(meta);
        self
    }

    /// The view that a host shows this tool's results in, and who may call it, as
    /// `_meta.ui` for clients that [have such views](crate::apps).
    pub fn with_view(mut self, view: ToolView) -> Self {
        self.view = Some(view);
        self
    }

    /// Puts a tower layer around this tool alone: a timeout, a limit, a cache. It
    /// sees [`Call`]s whose arguments were validated, or are read by the handler inside.
    ///
    /// ```
    /// use std::time::Duration;
    /// use mcp_stack::Tool;
    /// use tower::timeout::TimeoutLayer;
    ///
    /// let tool = Tool::new("slow", async || "done").layer(TimeoutLayer::new(Duration::from_secs(5)));
    /// # let _ = tool;
    /// ```
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Handler<ToolResult>>,
        L::Service: Service<Call, Response = ToolResult> + Clone + Send + Sync + 'static,
        <L::Service as Service<Call>>::Error: Into<BoxError>,
        <L::Service as Service<Call>>::Future: Send,
    {
        self.handler = self.handler.layer(&layer);
        self
    }
}

/// Hints about what a tool does. A client does not rely on them unless it trusts
/// the server.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct ToolAnnotations {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_only_hint: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destructive_hint: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotent_hint: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_world_hint: Option<bool>,
}

impl ToolAnnotations {
    /// No hints yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A name for people, where the tool has no title of its own.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Whether it changes nothing. Clients assume `false`.
    pub fn read_only(mut self, hint: bool) -> Self {
        self.read_only_hint = Some(hint);
        self
    }

    /// Whether its changes may destroy something. Clients assume `true`.
    pub fn destructive(mut self, hint: bool) -> Self {
        self.destructive_hint = Some(hint);
        self
    }

    /// Whether calling it again changes nothing more. Clients assume `false`.
    pub fn idempotent(mut self, hint: bool) -> Self {
        self.idempotent_hint = Some(hint);
        self
    }

    /// Whether it deals with a world outside the server. Clients assume `true`.
    pub fn open_world(mut self, hint: bool) -> Self {
        self.open_world_hint = Some(hint);
        self
    }
}

/// A tool's entry in `tools/list`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: &'a Option<String>,
    input_schema: &'a RawJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_schema: Option<&'a RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: &'a Option<ToolAnnotations>,
    #[serde(skip_serializing_if = "<[Icon]>::is_empty")]
    icons: &'a [Icon],
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

impl Tool {
    /// Its entry; `view` is what its `_meta` says of one.
    fn listed(&self, output_schema: Option<&RawJson>, view: Option<&ToolView>) -> RawJson {
        RawJson::from_value(&Listed {
            name: &self.name,
            title: &self.title,
            description: &self.description,
            input_schema: &self.input_schema,
            output_schema,
            annotations: &self.annotations,
            icons: &self.icons,
            meta: apps::meta_with(self.meta.as_ref(), view),
        })
        .expect("a tool's entry serialises")
    }
}
