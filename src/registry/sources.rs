use super::Draft;
use crate::{Prompt, Resource, ResourceTemplate, Source, Tool};

/// Items that are not registered; see [`Source`].
impl Draft {
    /// Adds a source of tools. It comes after the registered tools and the sources there
    /// are, and cannot be taken away: it can list nothing.
    pub fn add_tool_source(&mut self, source: Source<Tool>) {
        self.0.tools.add_source(source);
    }

    /// Adds a source of resources; see [`add_tool_source`](Self::add_tool_source).
    pub fn add_resource_source(&mut self, source: Source<Resource>) {
        self.0.resources.add_source(source);
    }

    /// Adds a source of resource templates; see
    /// [`add_tool_source`](Self::add_tool_source).
    pub fn add_resource_template_source(&mut self, source: Source<ResourceTemplate>) {
        self.0.templates.add_source(source);
    }

    /// Adds a source of prompts; see [`add_tool_source`](Self::add_tool_source).
    pub fn add_prompt_source(&mut self, source: Source<Prompt>) {
        self.0.prompts.add_source(source);
    }
}
