//! What a server offers, changeable while it runs.

mod compose;
mod cursor;
mod error;
mod links;
mod sources;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use compose::rename_entry;
pub(crate) use cursor::Cursor;
pub(crate) use table::{Item, Reader, Table};

pub use error::{RegisterError, RegisterErrorKind};

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::{ArcSwap, Guard};
use mcp_layers::request_metadata::{MirroredParam, MirroredParams};

use crate::{
    notify::{Change, Hub},
    prompt::{Prompt, PromptEntry},
    resource::{Resource, ResourceEntry, ResourceTemplate, TemplateEntry},
    tool::{Tool, ToolEntry},
};

/// The tools, resources, resource templates and prompts of a server.
///
/// A handle: clones share one registry, and a change is seen by the next request.
/// Readers never wait for writers.
///
/// ```
/// use mcp_stack::{McpService, Tool};
///
/// let service = McpService::new("demo", "1.0.0");
/// let registry = service.registry();
/// registry.update(|draft| {
///     draft.add_tool(Tool::new("hello", || "hello"))?;
///     draft.add_tool(Tool::new("bye", || "bye"))
/// })?;
/// // A name that is taken is refused, and then nothing of the change is kept.
/// let refused = registry.update(|draft| {
///     draft.remove_tool("bye");
///     draft.add_tool(Tool::new("hello", || "hello again"))
/// });
/// assert!(refused.is_err());
/// assert!(registry.has_tool("bye"));
/// # Ok::<(), mcp_stack::RegisterError>(())
/// ```
#[derive(Clone, Default)]
pub struct Registry(Arc<Shared>);

#[derive(Default)]
struct Shared {
    current: ArcSwap<Snapshot>,
    /// Held while a change is drafted, so that none is lost.
    writing: Mutex<()>,
    hub: Arc<Hub>,
}

/// All items at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    pub(crate) tools: Table<ToolEntry>,
    pub(crate) resources: Table<ResourceEntry>,
    pub(crate) templates: Table<TemplateEntry>,
    pub(crate) prompts: Table<PromptEntry>,
}

impl Snapshot {
    /// How many changes led to each table: tools, resources, templates, prompts.
    pub(crate) fn revisions(&self) -> [u64; 4] {
        let Self { tools, resources, templates, prompts } = self;
        [tools.revision(), resources.revision(), templates.revision(), prompts.revision()]
    }
}

impl Registry {
    /// Changes the registry: all that `change` does becomes visible at once, or
    /// nothing if it fails. Clients that listen are told which lists have changed.
    ///
    /// # Errors
    ///
    /// The one that `change` returns.
    pub fn update<R>(
        &self,
        change: impl FnOnce(&mut Draft) -> Result<R, RegisterError>,
    ) -> Result<R, RegisterError> {
        let writing = self.0.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.0.current.load_full();
        let mut draft = Draft(Snapshot::clone(&before));
        let result = change(&mut draft)?;
        let after = draft.0.revisions();
        if after != before.revisions() {
            self.0.current.store(Arc::new(draft.0));
        }
        drop(writing);
        changes(before.revisions(), after).for_each(|change| self.0.hub.announce(change));
        Ok(result)
    }

    /// Tells the clients that watch this resource, or one above it, that it has
    /// changed. Calls that follow each other faster than a client reads reach it as
    /// one.
    pub fn notify_resource_updated(&self, uri: &str) {
        self.0.hub.announce(Change::Updated(uri));
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }

    /// Whether there is a tool of this name.
    #[must_use]
    pub fn has_tool(&self, name: &str) -> bool {
        self.snapshot().tools.get(name).is_some()
    }

    /// Whether there is a resource at this URI; templates are not looked at.
    #[must_use]
    pub fn has_resource(&self, uri: &str) -> bool {
        self.snapshot().resources.get(uri).is_some()
    }

    /// Whether there is a prompt of this name.
    #[must_use]
    pub fn has_prompt(&self, name: &str) -> bool {
        self.snapshot().prompts.get(name).is_some()
    }

    pub(crate) fn snapshot(&self) -> Guard<Arc<Snapshot>> {
        self.0.current.load()
    }
}

/// What has changed between two states; see [`Snapshot::revisions`].
fn changes(before: [u64; 4], after: [u64; 4]) -> impl Iterator<Item = Change<'static>> {
    let [tools, resources, templates, prompts] = [0, 1, 2, 3].map(|at| before[at] != after[at]);
    let changes = [
        (tools, Change::Tools),
        (prompts, Change::Prompts),
        (resources || templates, Change::Resources),
    ];
    changes.into_iter().filter_map(|(changed, change)| changed.then_some(change))
}

/// The registry tells the `request_metadata` layer which arguments are mirrored
/// into headers.
impl MirroredParams for Registry {
    fn of_tool(&self, name: &str) -> Option<Arc<[MirroredParam]>> {
        self.snapshot().tools.get(name).and_then(|tool| tool.mirrored.clone())
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot();
        f.debug_struct("Registry")
            .field("tools", &snapshot.tools.iter().count())
            .field("resources", &snapshot.resources.iter().count())
            .field("templates", &snapshot.templates.iter().count())
            .field("prompts", &snapshot.prompts.iter().count())
            .finish()
    }
}

/// A change in the making; see [`Registry::update`].
#[derive(Debug)]
pub struct Draft(Snapshot);

impl Draft {
    /// Adds a tool.
    ///
    /// # Errors
    ///
    /// A name that is taken or malformed, or a schema that is no valid schema of an
    /// object.
    pub fn add_tool(&mut self, tool: Tool) -> Result<(), RegisterError> {
        self.0.tools.add(tool.compile()?)
    }

    /// Replaces the tool of the same name, in its place in the list; adds it if
    /// there is none.
    ///
    /// # Errors
    ///
    /// As [`add_tool`](Self::add_tool), but a name may be taken.
    pub fn replace_tool(&mut self, tool: Tool) -> Result<(), RegisterError> {
        self.0.tools.put(tool.compile()?);
        Ok(())
    }

    /// Removes a tool. Calls that run already go on.
    pub fn remove_tool(&mut self, name: &str) -> bool {
        self.0.tools.remove(name)
    }

    /// Adds a resource.
    ///
    /// # Errors
    ///
    /// A URI that is taken or no absolute URI.
    pub fn add_resource(&mut self, resource: Resource) -> Result<(), RegisterError> {
        self.0.resources.add(resource.compile()?)
    }

    /// Replaces the resource at the same URI; adds it if there is none.
    ///
    /// # Errors
    ///
    /// A URI that is no absolute URI.
    pub fn replace_resource(&mut self, resource: Resource) -> Result<(), RegisterError> {
        self.0.resources.put(resource.compile()?);
        Ok(())
    }

    /// Removes a resource.
    pub fn remove_resource(&mut self, uri: &str) -> bool {
        self.0.resources.remove(uri)
    }

    /// Adds a resource template.
    ///
    /// # Errors
    ///
    /// A template that is taken, or that cannot be matched; see
    /// [`ResourceTemplate::new`].
    pub fn add_resource_template(
        &mut self,
        template: ResourceTemplate,
    ) -> Result<(), RegisterError> {
        self.0.templates.add(template.compile()?)
    }

    /// Replaces the same resource template; adds it if there is none.
    ///
    /// # Errors
    ///
    /// A template that cannot be matched.
    pub fn replace_resource_template(
        &mut self,
        template: ResourceTemplate,
    ) -> Result<(), RegisterError> {
        self.0.templates.put(template.compile()?);
        Ok(())
    }

    /// Removes a resource template.
    pub fn remove_resource_template(&mut self, uri_template: &str) -> bool {
        self.0.templates.remove(uri_template)
    }

    /// Adds a prompt.
    ///
    /// # Errors
    ///
    /// A name that is taken or empty, or a completion for an argument it does not
    /// have.
    pub fn add_prompt(&mut self, prompt: Prompt) -> Result<(), RegisterError> {
        self.0.prompts.add(prompt.compile()?)
    }

    /// Replaces the prompt of the same name; adds it if there is none.
    ///
    /// # Errors
    ///
    /// As [`add_prompt`](Self::add_prompt), but a name may be taken.
    pub fn replace_prompt(&mut self, prompt: Prompt) -> Result<(), RegisterError> {
        self.0.prompts.put(prompt.compile()?);
        Ok(())
    }

    /// Removes a prompt.
    pub fn remove_prompt(&mut self, name: &str) -> bool {
        self.0.prompts.remove(name)
    }
}
