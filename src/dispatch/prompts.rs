use std::sync::Arc;

use mcp_layers_core::jsonrpc::ErrorObject;

use super::{Exchange, Routed, pending::Kind, run::Run};
use crate::registry::Snapshot;

impl Exchange<'_> {
    pub(super) fn get_prompt(&mut self, items: &Snapshot) -> Routed {
        let name = self.string("name")?;
        let Some(prompt) = items.prompts.get(&name) else {
            return match items.prompts.has_finders() {
                true => self.find_prompt(items, name),
                false => Err(ErrorObject::unknown("prompt", &name)), // PROMPT-4
            };
        };
        let arguments = prompt
            .accept(self.arguments()?)
            .map_err(|invalid| ErrorObject::invalid_params(invalid.to_string()))?;
        let prompt = Arc::clone(prompt);
        self.start(|context| Kind::Prompt { prompt, run: Run::new(arguments, context) })
    }
}
