use std::sync::Arc;

use mcp_layers_core::{jsonrpc::ErrorObject, protocol::ProtocolVersion};

use super::{Exchange, Routed, pending::Kind, run::Run};
use crate::{ToolResult, registry::Snapshot};

impl Exchange<'_> {
    pub(super) fn call_tool(&mut self, items: &Snapshot) -> Routed {
        let name = self.request.params.string("name");
        let name = name.as_deref().ok_or_else(|| {
            ErrorObject::invalid_params("\"name\" must be a string") // TOOL-22
        })?;
        let Some(tool) = items.tools.get(name) else {
            return match items.tools.has_finders() {
                true => {
                    let name = name.to_owned();
                    self.find_tool(items, name)
                }
                false => Err(ErrorObject::unknown("tool", name)), // TOOL-21
            };
        };
        let arguments = match tool.accept(self.arguments()?) {
            Ok(arguments) => arguments,
            // TOOL-23, TOOL-24, D-13
            Err(invalid) if self.version >= ProtocolVersion::V2025_11_25 => {
                let mut result = ToolResult::error(invalid.to_string());
                let view = self.view();
                return Ok(self.answer(result.size_hint(), |out| {
                    result.write(out, view);
                }));
            }
            Err(invalid) => return Err(ErrorObject::invalid_params(invalid.to_string())),
        };
        let tool = Arc::clone(tool);
        self.start(|context| Kind::Tool { tool, run: Run::new(arguments, context) })
    }
}
