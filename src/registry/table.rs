use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use mcp_layers_core::{jsonrpc::RawJson, protocol::Era};

use super::{Cursor, RegisterError, Snapshot};
use crate::{CacheHints, Source};

/// Something that stands in a list under a key.
pub(crate) trait Item: Sized + Send + Sync + 'static {
    /// What sort of thing it is, for error messages: "tool".
    const SORT: &'static str;

    /// What an author describes it with.
    type Described: Send + 'static;

    /// Checks all that is to be checked once. `prefix` goes before a name; URIs have
    /// none.
    fn compile(described: Self::Described, prefix: &str) -> Result<Self, RegisterError>;

    /// The name or URI it is found by.
    fn key(&self) -> &str;

    /// Its entry in the list, if it is there for this reader.
    fn entry(&self, reader: Reader) -> Option<&RawJson>;

    /// Whether clients of one era see different entries.
    fn differs_by_client(&self) -> bool {
        false
    }

    /// Where the registered ones are.
    fn table(items: &Snapshot) -> &Table<Self>;

    /// Whether a source may give it.
    fn fits_a_source(&self) -> bool {
        true
    }
}

/// What a list depends on besides its items.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) era: Era,
    /// Whether the client shows views (EXT-2).
    pub(crate) views: bool,
}

/// The items of one sort, in the order of their registration (TOOL-4).
#[derive(Debug)]
pub(crate) struct Table<T: Item> {
    by_key: HashMap<Arc<str>, u64>,
    /// Each with its place, which is its own for good.
    items: Vec<(u64, Arc<T>)>,
    next: u64,
    /// Where the items come from that are not here.
    sources: Vec<Arc<Source<T::Described>>>,
    /// How many changes there were.
    revision: u64,
    /// Whether there ever was an item that not all clients see in the same way.
    differs: bool,
    /// The first page per kind of reader, written when it is first asked for.
    first_page: [OnceLock<Bytes>; 4],
}

impl<T: Item> Table<T> {
    /// Adds an item at the end.
    pub(crate) fn add(&mut self, item: T) -> Result<(), RegisterError> {
        self.add_shared(Arc::new(item))
    }

    /// Adds an item that another table may have too.
    pub(crate) fn add_shared(&mut self, item: Arc<T>) -> Result<(), RegisterError> {
        if self.by_key.contains_key(item.key()) {
            return Err(RegisterError::duplicate(T::SORT, item.key()));
        }
        self.differs |= item.differs_by_client();
        self.by_key.insert(item.key().into(), self.next);
        self.items.push((self.next, item));
        self.next += 1;
        self.changed();
        Ok(())
    }

    /// Puts an item in the place of the one with its key, or at the end.
    pub(crate) fn put(&mut self, item: T) {
        self.differs |= item.differs_by_client();
        let place = *self.by_key.entry(item.key().into()).or_insert(self.next);
        match self.find(place) {
            Some(at) => self.items[at].1 = Arc::new(item),
            None => {
                self.items.push((place, Arc::new(item)));
                self.next += 1;
            }
        }
        self.changed();
    }

    /// Removes an item; `false` if there was none.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        let Some(place) = self.by_key.remove(key) else { return false };
        self.items.remove(self.find(place).expect("it has a key"));
        self.changed();
        true
    }

    /// Adds a source, after those there are.
    pub(crate) fn add_source(&mut self, source: Source<T::Described>) {
        self.sources.push(Arc::new(source));
        self.changed();
    }

    pub(crate) fn sources(&self) -> &[Arc<Source<T::Described>>] {
        &self.sources
    }

    /// Whether an item that is not here may still be found.
    pub(crate) fn has_finders(&self) -> bool {
        self.sources.iter().any(|source| source.find.is_some())
    }

    /// How many changes there were: of a table and what became of it, two with the same
    /// number are the same.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    fn changed(&mut self) {
        self.revision += 1;
        self.first_page = Default::default();
    }

    /// The item with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Arc<T>> {
        let at = self.find(*self.by_key.get(key)?)?;
        Some(&self.items[at].1)
    }

    fn find(&self, place: u64) -> Option<usize> {
        self.items.binary_search_by_key(&place, |(place, _)| *place).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// All items, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        self.items.iter().map(|(_, item)| item)
    }

    /// Whether there ever was an item, or a source of any: the capability is advertised from then on
    /// (INIT-6, DISC-5).
    pub(crate) fn was_used(&self) -> bool {
        self.next > 0 || !self.sources.is_empty()
    }

    /// Whether clients of one era see different lists.
    pub(crate) fn differs(&self) -> bool {
        self.differs
    }

    /// The list's members for a result: `"<name>":[…]` and, if there is more,
    /// `"nextCursor":"…"`.
    pub(crate) fn page(
        &self,
        name: &str,
        reader: Reader,
        after: Option<u64>,
        size: usize,
    ) -> Bytes {
        match after {
            Some(last) => self.write_page(name, reader, Some(last), size),
            None => self.first_page[reader.era as usize * 2 + usize::from(reader.views)]
                .get_or_init(|| self.write_page(name, reader, None, size))
                .clone(),
        }
    }

    fn write_page(&self, name: &str, reader: Reader, after: Option<u64>, size: usize) -> Bytes {
        let start = self.items.partition_point(|(place, _)| Some(*place) <= after);
        let mut rest = self.items[start..].iter();
        let mut out = format!("\"{name}\":[").into_bytes();
        let mut last = None;
        for (place, item) in rest.by_ref().take(size) {
            last = Some(*place);
            let Some(entry) = item.entry(reader) else { continue };
            if out.last() != Some(&b'[') {
                out.push(b',');
            }
            out.extend_from_slice(entry.as_bytes());
        }
        out.push(b']');
        match last.filter(|_| rest.next().is_some()) {
            Some(last) => Cursor::After(last).write(&mut out),
            None if !self.sources.is_empty() => Cursor::Source(0, None).write(&mut out),
            None => {}
        }
        out.into()
    }

    /// The hints of a page of this list, where the server's own are `server`: all
    /// pages have the same scope (CACHE-4), and none that differs by client is public
    /// (CACHE-6).
    pub(crate) fn cache(&self, server: CacheHints, source: Option<usize>) -> CacheHints {
        let own = source.and_then(|at| self.sources.get(at)).map(|source| source.cache());
        let public = server.public
            && !self.differs
            && self.sources.iter().all(|source| source.cache().public);
        CacheHints { public, ..own.unwrap_or(server) }
    }
}

impl<T: Item> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self {
            by_key: self.by_key.clone(),
            items: self.items.clone(),
            next: self.next,
            sources: self.sources.clone(),
            revision: self.revision,
            differs: self.differs,
            first_page: self.first_page.clone(),
        }
    }
}

impl<T: Item> Default for Table<T> {
    fn default() -> Self {
        Self {
            by_key: HashMap::new(),
            items: Vec::new(),
            next: 0,
            sources: Vec::new(),
            revision: 0,
            differs: false,
            first_page: Default::default(),
        }
    }
}
