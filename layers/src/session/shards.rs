use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::{Mutex, MutexGuard, PoisonError},
};

use mcp_layers_core::extensions::SessionId;

/// A map by session id, in parts that are locked one at a time.
#[derive(Debug)]
pub(super) struct Shards<V>([Mutex<Shard<V>>; COUNT]);

pub(super) type Shard<V> = HashMap<SessionId, V, BuildHasherDefault<IdHasher>>;

const COUNT: usize = 16;

impl<V> Shards<V> {
    /// How many parts there are.
    pub(super) const COUNT: usize = COUNT;

    /// One part, locked.
    pub(super) fn nth(&self, n: usize) -> MutexGuard<'_, Shard<V>> {
        lock(&self.0[n])
    }

    /// The part that holds this id, locked.
    pub(super) fn lock(&self, id: SessionId) -> MutexGuard<'_, Shard<V>> {
        // The top four bits choose the part, the low ones the place in it.
        lock(&self.0[(id.to_bits() >> 124) as usize])
    }

    /// Each part, locked when its turn comes.
    pub(super) fn iter(&self) -> impl Iterator<Item = MutexGuard<'_, Shard<V>>> {
        self.0.iter().map(lock)
    }
}

impl<V> Default for Shards<V> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

fn lock<V>(shard: &Mutex<Shard<V>>) -> MutexGuard<'_, Shard<V>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes an id's own bits for its hash.
///
/// An id that is stored came from the operating system's generator, so its bits
/// are as even as any hash. An id from the network is looked up and never stored:
/// choosing it well finds a long chain of nobody's making.
#[derive(Debug, Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write_u128(&mut self, bits: u128) {
        self.0 = bits as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
