//! Prompts: what a person can pick to begin with.

mod entry;
mod result;

pub(crate) use entry::PromptEntry;
pub use result::{PromptMessage, PromptResult};

use mcp_layers_core::jsonrpc::RawJson;
use serde::Serialize;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    BoxError, Call, Completion, Handler, Icon, IntoHandler, Meta,
    completion::Completers,
    schema::{self, Property},
};

/// A prompt: a name, arguments, and the function that writes the messages.
///
/// Arguments are strings. They come from the function's argument type, whose
/// fields must therefore take strings, or are added by hand. None but those reach the
/// function, and none before they fit its type with all its limits: an argument of few
/// values is an `enum`, one of limited length has `#[schemars(length(max = …))]`
/// (PROMPT-7, PROMPT-8). Beyond that:
///
/// - The text of an argument is whatever a client sends. The function decides in which
///   message it stands; it is never read as more than text.
/// - A prompt that shows what not everybody may see asks the [`Context`](crate::Context)
///   who calls, and finds files through a [`FileRoot`](crate::FileRoot).
///
/// ```
/// use mcp_stack::Prompt;
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Review {
///     /// The language of the code.
///     language: String,
/// }
///
/// let review = Prompt::new("review", |args: Review| format!("Review this {} code.", args.language))
///     .with_description("Asks for a code review");
/// # let _ = review;
/// ```
#[derive(Debug)]
#[must_use]
pub struct Prompt {
    name: String,
    title: Option<String>,
    description: Option<String>,
    /// What the handler's argument type tells, or why it can take no prompt's arguments.
    arguments: Result<Vec<PromptArgument>, String>,
    /// The schema of what the handler takes.
    takes: Option<RawJson>,
    icons: Vec<Icon>,
    meta: Option<Meta>,
    completions: Completers,
    handler: Handler<PromptResult>,
}

impl Prompt {
    /// A prompt of this name, written by `handler`, which answers with text,
    /// [`PromptMessage`]s or a [`PromptResult`].
    pub fn new<H, Form>(name: impl Into<String>, handler: H) -> Self
    where
        H: IntoHandler<PromptResult, Form>,
    {
        let takes = H::input_schema();
        Self {
            name: name.into(),
            title: None,
            description: None,
            arguments: takes.as_ref().map_or(Ok(Vec::new()), |schema| {
                let properties = schema::string_properties(schema)?;
                Ok(properties.into_iter().map(PromptArgument::from).collect())
            }),
            takes,
            icons: Vec::new(),
            meta: None,
            completions: Completers::default(),
            handler: handler.into_handler(),
        }
    }

    /// A name for people.
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What the prompt is for.
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Adds an argument, or replaces what was known of it.
    pub fn add_argument(mut self, argument: PromptArgument) -> Self {
        if let Ok(arguments) = &mut self.arguments {
            arguments.retain(|known| known.name != argument.name);
            arguments.push(argument);
        }
        self
    }

    /// Adds an icon.
    pub fn add_icon(mut self, icon: Icon) -> Self {
        self.icons.push(icon);
        self
    }

    /// `_meta` of the prompt's entry in the list.
    pub fn with_meta(mut self, meta: Meta) -> Self {
        self.meta = Some(meta);
        self
    }

    /// Completes an argument while a person types it. `complete` takes a
    /// [`CompletionRequest`](crate::CompletionRequest).
    pub fn with_completion<H, Form>(mut self, argument: impl Into<String>, complete: H) -> Self
    where
        H: IntoHandler<Completion, Form>,
    {
        self.completions.insert(argument.into(), complete.into_handler());
        self
    }

    /// Puts a tower layer around this prompt alone.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Handler<PromptResult>>,
        L::Service: Service<Call, Response = PromptResult> + Clone + Send + Sync + 'static,
        <L::Service as Service<Call>>::Error: Into<BoxError>,
        <L::Service as Service<Call>>::Future: Send,
    {
        self.handler = self.handler.layer(&layer);
        self
    }
}

/// One argument of a prompt.
#[derive(Debug, Clone, Serialize)]
#[must_use]
pub struct PromptArgument {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    required: bool,
}

impl PromptArgument {
    /// An argument that must be given.
    pub fn required(name: impl Into<String>) -> Self {
        Self { name: name.into(), title: None, description: None, required: true }
    }

    /// An argument that may be left out.
    pub fn optional(name: impl Into<String>) -> Self {
        Self { required: false, ..Self::required(name) }
    }

    /// A name for people.
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What it is for.
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

impl From<Property> for PromptArgument {
    fn from(property: Property) -> Self {
        let Property { name, title, description, required, .. } = property;
        Self { name, title, description, required }
    }
}
