//! From what a handler gives to the answer.

use mcp_layers_core::jsonrpc::ErrorObject;

use super::pending::{Answer, Kind, Pending};
use crate::{CacheHints, ResourceRead, ToolResult, resource::Reading};

impl Pending {
    pub(super) fn tool_result(&self, mut result: ToolResult) -> Answer {
        let view = self.view();
        self.message(result.size_hint(), |out| result.write(out, view))
    }

    /// TOOL-14, TOOL-31, D-24: what breaks the tool's promise stays here.
    fn broken_promise(&self, result: &ToolResult) -> Option<Answer> {
        let Kind::Tool { tool, .. } = &self.kind else { return None };
        let output = tool.output.as_ref().filter(|_| self.offer().check_output)?;
        if result.is_error() {
            return None;
        }
        let fault = output.check(result.structured_content()).err()?;
        tracing::error!(id = %self.id, fault, "a tool's result does not fit its output schema");
        Some(self.error(&ErrorObject::internal("the tool's result does not fit its output schema")))
    }

    pub(super) fn tool_answer(&self, result: ToolResult) -> Answer {
        self.broken_promise(&result).unwrap_or_else(|| self.tool_result(result))
    }

    pub(super) fn resource_read(
        &self,
        uri: &str,
        reading: &Reading,
        mut read: ResourceRead,
    ) -> Answer {
        // RES-9: nothing there is an error, never an empty list.
        if read.is_empty() {
            return self.not_found(uri);
        }
        read.complete(uri, reading);
        self.message(read.size_hint(), |out| {
            let meta = read.write(out);
            if self.version.is_modern() {
                out.members(|out| self.cache_of(reading).write(out)); // CACHE-1
            }
            meta
        })
    }

    /// An answer that took several rounds is nobody else's (CACHE-9, D-31).
    fn cache_of(&self, reading: &Reading) -> CacheHints {
        match self.context.asking().is_retry() {
            true => CacheHints::default(),
            false => reading.cache.unwrap_or(self.offer().cache),
        }
    }
}
