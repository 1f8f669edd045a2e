use mcp_layers_core::jsonrpc::ErrorObject;

use super::{Exchange, Routed, pending::Kind, run::Run};
use crate::registry::Snapshot;

impl Exchange<'_> {
    pub(super) fn get_prompt(self, items: &Snapshot) -> Routed {
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
        let handler = prompt.handler.clone();
        self.start(|context| Kind::Prompt { run: Run::new(handler, arguments, context) })
    }
}
