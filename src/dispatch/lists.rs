use mcp_layers_core::jsonrpc::ErrorObject;

use super::{Exchange, Routed};
use crate::registry::{Cursor, Item, Table};

impl Exchange<'_> {
    /// One page of a list, called `name` in the result.
    pub(super) fn list<T: Item>(&self, name: &str, items: &Table<T>) -> Routed {
        let page = items.page(name, self.version.era(), self.cursor()?, self.offer.page_size);
        Ok(self.answer(page.len(), |out| {
            out.members(|out| out.extend_from_slice(&page));
            // CACHE-1; RPC-8
            if self.version.is_modern() {
                out.members(|out| self.offer.cache.write(out));
            }
        }))
    }

    /// PAGE-5: absent and `null` are no cursor, the empty string is one.
    fn cursor(&self) -> Result<Option<Cursor>, ErrorObject> {
        let params = &self.request.params;
        match params.get("cursor") {
            None | Some("null") => Ok(None),
            Some(_) => params
                .string("cursor")
                .and_then(|text| Cursor::decode(&text))
                .map(Some)
                // PAGE-4
                .ok_or_else(|| ErrorObject::invalid_params("\"cursor\" is none of this server's")),
        }
    }
}
