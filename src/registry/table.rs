use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use mcp_layers_core::{jsonrpc::RawJson, protocol::Era};

use super::{Cursor, RegisterError};

/// Something that stands in a list under a key.
pub(crate) trait Item {
    /// What sort of thing it is, for error messages: "tool".
    const SORT: &'static str;

    /// The name or URI it is found by.
    fn key(&self) -> &str;

    /// Its entry in the list, as an era's clients see it.
    fn entry(&self, era: Era) -> &RawJson;
}

/// The items of one sort, in the order of their registration (TOOL-4).
#[derive(Debug)]
pub(crate) struct Table<T> {
    by_key: HashMap<Arc<str>, u64>,
    items: BTreeMap<u64, Arc<T>>,
    next: u64,
    /// Counts the changes.
    revision: u64,
    /// The first page per era, written when it is first asked for.
    first_page: [OnceLock<Bytes>; 2],
}

impl<T: Item> Table<T> {
    /// Adds an item at the end.
    pub(crate) fn add(&mut self, item: T) -> Result<(), RegisterError> {
        if self.by_key.contains_key(item.key()) {
            return Err(RegisterError::duplicate(T::SORT, item.key()));
        }
        self.by_key.insert(item.key().into(), self.next);
        self.items.insert(self.next, Arc::new(item));
        self.next += 1;
        self.changed();
        Ok(())
    }

    /// Puts an item in the place of the one with its key, or at the end.
    pub(crate) fn put(&mut self, item: T) {
        let place = *self.by_key.entry(item.key().into()).or_insert(self.next);
        self.next = self.next.max(place + 1);
        self.items.insert(place, Arc::new(item));
        self.changed();
    }

    /// Removes an item; `false` if there was none.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        let Some(place) = self.by_key.remove(key) else { return false };
        self.items.remove(&place);
        self.changed();
        true
    }

    fn changed(&mut self) {
        self.revision += 1;
        self.first_page = Default::default();
    }

    /// Grows with every change.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// The item with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Arc<T>> {
        self.by_key.get(key).and_then(|place| self.items.get(place))
    }

    /// All items, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        self.items.values()
    }

    /// Whether there ever was an item: the capability is advertised from then on
    /// (INIT-6, DISC-5).
    pub(crate) fn was_used(&self) -> bool {
        self.next > 0
    }

    /// The list's members for a result: `"<name>":[…]` and, if there is more,
    /// `"nextCursor":"…"`.
    pub(crate) fn page(&self, name: &str, era: Era, after: Option<Cursor>, size: usize) -> Bytes {
        match after {
            Some(cursor) => self.write_page(name, era, Bound::Excluded(cursor.0), size),
            None => self.first_page[era as usize]
                .get_or_init(|| self.write_page(name, era, Bound::Unbounded, size))
                .clone(),
        }
    }

    fn write_page(&self, name: &str, era: Era, start: Bound<u64>, size: usize) -> Bytes {
        let mut rest = self.items.range((start, Bound::Unbounded));
        let mut out = format!("\"{name}\":[").into_bytes();
        let mut last = None;
        for (place, item) in rest.by_ref().take(size) {
            if last.replace(*place).is_some() {
                out.push(b',');
            }
            out.extend_from_slice(item.entry(era).as_bytes());
        }
        out.push(b']');
        if let Some(last) = last.filter(|_| rest.next().is_some()) {
            let cursor = Cursor(last).encode();
            out.extend_from_slice(format!(",\"nextCursor\":\"{cursor}\"").as_bytes());
        }
        out.into()
    }
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self {
            by_key: self.by_key.clone(),
            items: self.items.clone(),
            next: self.next,
            revision: self.revision,
            first_page: self.first_page.clone(),
        }
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            by_key: HashMap::new(),
            items: BTreeMap::new(),
            next: 0,
            revision: 0,
            first_page: Default::default(),
        }
    }
}
