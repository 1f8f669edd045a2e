//! Tools that change what the server offers, so that those who listen are told.

use mcp_stack::{RegisterError, Registry, Tool};

use crate::{prompts, resources, tools};

/// What is replaced is the same as before: the lists stay as they are, and are announced.
pub(crate) fn tools(registry: &Registry) -> [Tool; 3] {
    let [for_tools, for_prompts, for_resources] = [(); 3].map(|()| registry.clone());
    [
        Tool::new("test_trigger_tool_change", move || {
            for_tools.update(|draft| draft.replace_tool(tools::simple_text()))?;
            Ok::<_, RegisterError>("The list of tools has changed")
        })
        .with_description("Changes the list of tools"),
        Tool::new("test_trigger_prompt_change", move || {
            for_prompts.update(|draft| draft.replace_prompt(prompts::simple()))?;
            Ok::<_, RegisterError>("The list of prompts has changed")
        })
        .with_description("Changes the list of prompts"),
        Tool::new("update_watched_resource", move || {
            for_resources.notify_resource_updated(resources::WATCHED);
            "The watched resource has changed"
        })
        .with_description("Says that the watched resource has changed"),
    ]
}
