//! Items of sources: what stands before a handler that is not registered.

use std::{future::Future, pin::Pin, sync::Arc};

use mcp_layers_core::jsonrpc::{ErrorObject, RawJson};

use super::{Exchange, Routed, pending::Kind, run::Run};
use crate::{
    Arguments, BoxError, Completion, CompletionRequest, Context, Handler, HandlerFuture, Source,
    completion::Completing,
    prompt::PromptEntry,
    registry::{Item, Snapshot, Table},
    resource::{ResourceEntry, ResourceNotFound, TemplateEntry},
    tool::ToolEntry,
};

/// Work that comes before the handler's, or in its place.
pub(super) type Dynamic = Pin<Box<dyn Future<Output = Result<Resolved, BoxError>> + Send>>;

/// What it comes to.
pub(super) enum Resolved {
    /// A handler is to run.
    Kind(Kind),
    /// The members of the result.
    Members(Vec<u8>),
}

/// An item ready for a list; `None` if the list is better off without it.
pub(super) fn listed<T: Item>(
    described: T::Described,
    prefix: &str,
    registered: &Table<T>,
) -> Option<T> {
    match T::compile(described, prefix) {
        Ok(item) if registered.get(item.key()).is_some() => None, // TOOL-7
        Ok(item) if !item.fits_a_source() => {
            tracing::error!(item = item.key(), "a source cannot have tools with x-mcp-header");
            None
        }
        Ok(item) => Some(item),
        Err(error) => {
            tracing::error!(%error, "an item of a source is left out");
            None
        }
    }
}

impl Exchange<'_> {
    /// A tool that is not registered (TOOL-21, TOOL-25, TOOL-27).
    pub(super) fn find_tool(&mut self, items: &Snapshot, name: String) -> Routed {
        let arguments = self.arguments()?;
        let sources = items.tools.sources().to_vec();
        self.resolve(move |context| async move {
            let tool: Option<ToolEntry> = find(&sources, &name, &context).await?;
            let tool = Arc::new(tool.ok_or_else(|| ErrorObject::unknown("tool", &name))?);
            let run = match tool.accept(arguments) {
                Ok(arguments) => Run::new(arguments, context),
                Err(invalid) => Run::done(Err(invalid.into())),
            };
            Ok(Kind::Tool { tool, run })
        })
    }

    /// A prompt that is not registered (PROMPT-4, PROMPT-5).
    pub(super) fn find_prompt(&mut self, items: &Snapshot, name: String) -> Routed {
        let arguments = self.arguments()?;
        let sources = items.prompts.sources().to_vec();
        self.resolve(move |context| async move {
            let prompt: Option<PromptEntry> = find(&sources, &name, &context).await?;
            let prompt = prompt.ok_or_else(|| ErrorObject::unknown("prompt", &name))?;
            let arguments = prompt.accept(arguments)?;
            Ok(Kind::Prompt { prompt: Arc::new(prompt), run: Run::new(arguments, context) })
        })
    }

    /// A resource at a URI that is neither registered nor matched (RES-9, RES-10).
    pub(super) fn find_resource(&mut self, items: &Snapshot, uri: String) -> Routed {
        let resources = items.resources.sources().to_vec();
        let templates = items.templates.sources().to_vec();
        let version = self.version;
        self.resolve(move |context| async move {
            let found: Option<ResourceEntry> = find(&resources, &uri, &context).await?;
            if let Some(entry) = found {
                let variables = Arguments::new(RawJson::empty_object());
                return Ok(Kind::resource(uri, entry.reading, variables, context));
            }
            for source in &templates {
                let Some(template) = source.find(&uri, &context).await? else { continue };
                let entry = TemplateEntry::compile(template, "")?;
                if let Some(variables) = entry.matches(&uri) {
                    let variables = Arguments::of(&variables);
                    return Ok(Kind::resource(uri, entry.reading, variables, context));
                }
            }
            Err(ResourceNotFound::error_object(&uri, version).into())
        })
    }

    /// A completion for a prompt that is not registered (COMP-4, COMP-9).
    pub(super) fn complete_found_prompt(
        &mut self,
        items: &Snapshot,
        name: String,
        argument: String,
        request: CompletionRequest,
    ) -> Routed {
        let sources = items.prompts.sources().to_vec();
        self.resolve(move |context| async move {
            let prompt: Option<PromptEntry> = find(&sources, &name, &context).await?;
            let prompt = prompt.ok_or_else(|| ErrorObject::unknown("prompt", &name))?;
            Ok(completion(prompt.completing(&argument, request)?, context))
        })
    }

    /// A completion for a template that is not registered (COMP-4, COMP-9).
    pub(super) fn complete_found_template(
        &mut self,
        items: &Snapshot,
        uri: String,
        variable: String,
        request: CompletionRequest,
    ) -> Routed {
        let sources = items.templates.sources().to_vec();
        self.resolve(move |context| async move {
            let entry: Option<TemplateEntry> = find(&sources, &uri, &context).await?;
            let entry = entry.ok_or_else(|| ErrorObject::unknown("resource template", &uri))?;
            Ok(completion(entry.completing(&variable, request)?, context))
        })
    }

    fn resolve<F>(&mut self, find: impl FnOnce(Context) -> F) -> Routed
    where
        F: Future<Output = Result<Kind, BoxError>> + Send + 'static,
    {
        self.start(|context| {
            let found = find(context);
            Kind::Dynamic(Box::pin(async move { found.await.map(Resolved::Kind) }))
        })
    }
}

/// The first source's item with this key.
async fn find<T: Item>(
    sources: &[Arc<Source<T::Described>>],
    key: &str,
    context: &Context,
) -> Result<Option<T>, BoxError> {
    for source in sources {
        let Some(described) = source.find(key, context).await? else { continue };
        let item = T::compile(described, &source.prefix)?;
        if item.key() != key {
            return Err(format!("a source was asked for {key:?} and gave {:?}", item.key()).into());
        }
        if !item.fits_a_source() {
            return Err(format!("{key:?} has x-mcp-header, which a source cannot").into());
        }
        return Ok(Some(item));
    }
    Ok(None)
}

fn completion(completing: Option<Completing>, context: Context) -> Kind {
    let (completer, arguments) = completing.unwrap_or_else(|| {
        // COMP-9
        let nothing = |_| HandlerFuture::ready(Ok(Completion::default()));
        (Handler::new(nothing), Arguments::new(RawJson::empty_object()))
    });
    Kind::Completion { completer, run: Run::new(arguments, context) }
}
