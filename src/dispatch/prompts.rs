use mcp_layers_core::jsonrpc::ErrorObject;

use super::{
    Exchange, Routed,
    pending::{Kind, Run},
};
use crate::registry::Snapshot;

impl Exchange<'_> {
    pub(super) fn get_prompt(self, items: &Snapshot) -> Routed {
        let name = self.string("name")?;
        // PROMPT-4
        let prompt = items.prompts.get(&name);
        let prompt = prompt.ok_or_else(|| ErrorObject::unknown("prompt", &name))?;
        let arguments = prompt
            .accept(self.arguments()?)
            .map_err(|invalid| ErrorObject::invalid_params(invalid.to_string()))?;
        let handler = prompt.handler.clone();
        self.start(|context| Kind::Prompt { run: Run::new(handler, arguments, context) })
    }
}
