use mcp_layers_core::{
    extensions::ClientCapabilities,
    jsonrpc::{ErrorObject, RawJson},
};

use super::{
    Exchange, Routed,
    dynamic::{self, Resolved},
    pending::Kind,
};
use crate::{
    Arguments, CacheHints, InvalidCursor, PageRequest, apps,
    registry::{Cursor, Item, Reader, Table},
};

impl Exchange<'_> {
    /// One page of a list, called `name` in the result: of the registered items, and
    /// after these of each source.
    pub(super) fn list<T: Item>(&mut self, name: &'static str, items: &Table<T>) -> Routed {
        let after = match self.cursor()? {
            Some(Cursor::Source(at, cursor)) => return self.list_source(name, items, at, cursor),
            None if items.is_empty() && !items.sources().is_empty() => {
                return self.list_source(name, items, 0, None);
            }
            Some(Cursor::After(place)) => Some(place),
            None => None,
        };
        let page = items.page(name, self.reader(items.differs()), after, self.offer.page_size);
        let cache = items.cache(self.offer.cache, None);
        Ok(self.answer(page.len(), |out| {
            out.members(|out| out.extend_from_slice(&page));
            // CACHE-1; RPC-8
            if self.version.is_modern() {
                out.members(|out| cache.write(out));
            }
        }))
    }

    /// One page of a source.
    fn list_source<T: Item>(
        &mut self,
        name: &'static str,
        items: &Table<T>,
        at: usize,
        cursor: Option<String>,
    ) -> Routed {
        let source = items.sources().get(at).cloned().ok_or_else(invalid_cursor)?;
        let follows = (at + 1 < items.sources().len()).then_some(Cursor::Source(at + 1, None));
        let cache: Option<CacheHints> =
            self.version.is_modern().then(|| items.cache(self.offer.cache, Some(at)));
        let request = PageRequest { cursor, size: self.offer.page_size };
        let request = RawJson::from_value(&request).expect("a page request serialises");
        let (reader, registry) = (self.reader(true), self.offer.registry.clone());
        self.start(move |context| {
            Kind::Dynamic(Box::pin(async move {
                let page = source.list.call(Arguments::new(request), context).await;
                let page = page.map_err(|error| match error.is::<InvalidCursor>() {
                    true => invalid_cursor().into(), // PAGE-4
                    false => error,
                })?;
                let items = registry.snapshot();
                let mut out = format!("\"{name}\":[").into_bytes();
                let mut first = true;
                for item in page.items {
                    let Some(item) = dynamic::listed(item, &source.prefix, T::table(&items)) else {
                        continue;
                    };
                    let Some(entry) = item.entry(reader) else { continue };
                    if !std::mem::take(&mut first) {
                        out.push(b',');
                    }
                    out.extend_from_slice(entry.as_bytes());
                }
                out.push(b']');
                let next = page.next.map(|next| Cursor::Source(at, Some(next))).or(follows);
                next.into_iter().for_each(|next| next.write(&mut out));
                if let Some(cache) = cache {
                    out.push(b',');
                    cache.write(&mut out);
                }
                Ok(Resolved::Members(out))
            }))
        })
    }

    /// What the client declared is read only where the list may depend on it.
    fn reader(&self, differs: bool) -> Reader {
        let views =
            differs && ClientCapabilities::of(&self.parts.extensions).is_some_and(apps::declared);
        Reader { era: self.version.era(), views }
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
                .ok_or_else(invalid_cursor),
        }
    }
}

/// PAGE-4
fn invalid_cursor() -> ErrorObject {
    ErrorObject::invalid_params(InvalidCursor.to_string())
}
