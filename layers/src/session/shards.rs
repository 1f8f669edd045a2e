use std::sync::{Mutex, MutexGuard, PoisonError};

use mcp_layers_core::extensions::{SessionId, SessionMap, give_back};

/// A map by session id, in parts that are locked one at a time.
#[derive(Debug)]
pub(super) struct Shards<V>([Mutex<SessionMap<V>>; COUNT]);

const COUNT: usize = 16;

impl<V> Shards<V> {
    /// How many parts there are.
    pub(super) const COUNT: usize = COUNT;

    /// One part, locked.
    pub(super) fn nth(&self, n: usize) -> MutexGuard<'_, SessionMap<V>> {
        lock(&self.0[n])
    }

    /// The part that holds this id, locked.
    pub(super) fn lock(&self, id: SessionId) -> MutexGuard<'_, SessionMap<V>> {
        // The top four bits choose the part, the low ones the place in it.
        lock(&self.0[(id.to_bits() >> 124) as usize])
    }

    /// Takes an entry out.
    pub(super) fn remove(&self, id: SessionId) -> Option<V> {
        let mut shard = self.lock(id);
        let removed = shard.remove(&id);
        give_back(&mut shard);
        removed
    }

    /// Each part, locked when its turn comes.
    pub(super) fn iter(&self) -> impl Iterator<Item = MutexGuard<'_, SessionMap<V>>> {
        self.0.iter().map(lock)
    }
}

impl<V> Default for Shards<V> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

fn lock<V>(shard: &Mutex<SessionMap<V>>) -> MutexGuard<'_, SessionMap<V>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_was_full_and_is_empty_again_gives_its_room_back() {
        let shards = Shards::default();
        let ids: Vec<_> = (0..1000).map(SessionId::from_bits).collect();
        for id in &ids {
            shards.lock(*id).insert(*id, ());
        }
        let full = shards.nth(0).capacity();
        for id in &ids[1..] {
            assert_eq!(shards.remove(*id), Some(()));
        }
        assert!(shards.nth(0).capacity() < full / 8, "{full}");
        assert!(shards.nth(0).contains_key(&ids[0]));
    }
}
