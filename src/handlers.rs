//! Several items at once, from one value.

use std::sync::Arc;

use crate::{Draft, McpService, Prompt, RegisterError, Resource, ResourceTemplate, Tool};

/// A value with several items that share it. The attribute `#[handlers]` (feature
/// `macros`) implements it for a type's methods; by hand, closures hold clones of the
/// [`Arc`].
///
/// ```
/// use std::sync::Arc;
/// use mcp_stack::{Handlers, McpService, Resource, Tool};
///
/// struct Clock {
///     zone: String,
/// }
///
/// impl Handlers for Clock {
///     fn tools(self: &Arc<Self>) -> Vec<Tool> {
///         let clock = Arc::clone(self);
///         vec![Tool::new("time", move || format!("noon in {}", clock.zone))]
///     }
///
///     fn resources(self: &Arc<Self>) -> Vec<Resource> {
///         let clock = Arc::clone(self);
///         vec![Resource::new("clock://zone", "zone", move || clock.zone.clone())]
///     }
/// }
///
/// let service = McpService::new("clock", "1.0.0").with_handlers(Clock { zone: "UTC".into() })?;
/// # let _ = service;
/// # Ok::<(), mcp_stack::RegisterError>(())
/// ```
pub trait Handlers: Send + Sync + Sized + 'static {
    /// Its tools; none unless implemented.
    #[must_use]
    fn tools(self: &Arc<Self>) -> Vec<Tool> {
        Vec::new()
    }

    /// Its prompts; none unless implemented.
    #[must_use]
    fn prompts(self: &Arc<Self>) -> Vec<Prompt> {
        Vec::new()
    }

    /// Its resources; none unless implemented.
    #[must_use]
    fn resources(self: &Arc<Self>) -> Vec<Resource> {
        Vec::new()
    }

    /// Its resource templates; none unless implemented.
    #[must_use]
    fn resource_templates(self: &Arc<Self>) -> Vec<ResourceTemplate> {
        Vec::new()
    }
}

impl<H: Handlers> Handlers for Arc<H> {
    fn tools(self: &Arc<Self>) -> Vec<Tool> {
        H::tools(self)
    }

    fn prompts(self: &Arc<Self>) -> Vec<Prompt> {
        H::prompts(self)
    }

    fn resources(self: &Arc<Self>) -> Vec<Resource> {
        H::resources(self)
    }

    fn resource_templates(self: &Arc<Self>) -> Vec<ResourceTemplate> {
        H::resource_templates(self)
    }
}

impl McpService {
    /// Adds all items of a value, or of an [`Arc`] that others share.
    ///
    /// # Errors
    ///
    /// As [`Draft::add_handlers`].
    pub fn with_handlers(self, handlers: impl Handlers) -> Result<Self, RegisterError> {
        self.registry().update(|draft| draft.add_handlers(handlers))?;
        Ok(self)
    }
}

impl Draft {
    /// Adds all items of a value, or of an [`Arc`] that others share.
    ///
    /// # Errors
    ///
    /// The first item's that cannot be added.
    pub fn add_handlers(&mut self, handlers: impl Handlers) -> Result<(), RegisterError> {
        let handlers = Arc::new(handlers);
        handlers.tools().into_iter().try_for_each(|tool| self.add_tool(tool))?;
        handlers.prompts().into_iter().try_for_each(|prompt| self.add_prompt(prompt))?;
        handlers.resources().into_iter().try_for_each(|resource| self.add_resource(resource))?;
        handlers
            .resource_templates()
            .into_iter()
            .try_for_each(|template| self.add_resource_template(template))
    }
}
