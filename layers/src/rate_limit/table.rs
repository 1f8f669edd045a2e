use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::{Mutex, MutexGuard, PoisonError},
};

use governor::{nanos::Nanos, state::StateStore};

/// The buckets, by the hash of their keys: 16 bytes each, however long the key.
///
/// The hash is keyed with random bits, so nobody can aim at another's bucket; two of
/// 100,000 keys share one by chance once in billions of tables.
///
/// Full, it forgets an eighth of a shard, the fullest buckets first. Those that are
/// full again are as good as new, and a caller who is at its limit stays there: no
/// number of new keys pushes it out before all who have used less.
#[derive(Debug)]
pub(super) struct Table {
    shards: Box<[Shard]>,
    buckets_per_shard: usize,
}

/// On a cache line of its own, so that shards do not slow each other down.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Shard(Mutex<Buckets>);

/// When each bucket will be full again.
type Buckets = HashMap<u64, Nanos, BuildHasherDefault<Hashed>>;

/// A power of two.
const SHARDS: usize = 32;

impl Table {
    /// A table of at most `max_buckets`, and at least one.
    pub(super) fn new(max_buckets: usize) -> Self {
        // A small table is not worth dividing, and would be filled unevenly.
        let shards = if max_buckets < SHARDS * 64 { 1 } else { SHARDS };
        Self {
            shards: (0..shards).map(|_| Shard::default()).collect(),
            buckets_per_shard: (max_buckets / shards).max(1),
        }
    }

    fn lock(&self, bucket: u64) -> MutexGuard<'_, Buckets> {
        // Bits that the map inside makes little use of: it takes the lowest and the
        // highest.
        let shard = (bucket >> 40) as usize & (self.shards.len() - 1);
        self.shards[shard].0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.0.lock().expect("not poisoned").len()).sum()
    }
}

impl StateStore for Table {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, bucket: &u64, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut buckets = self.lock(*bucket);
        if let Some(full_at) = buckets.get_mut(bucket) {
            let (outcome, next) = decide(Some(*full_at))?;
            *full_at = next;
            return Ok(outcome);
        }
        let (outcome, next) = decide(None)?;
        if buckets.len() >= self.buckets_per_shard {
            forget_fullest(&mut buckets);
        }
        buckets.insert(*bucket, next);
        Ok(outcome)
    }
}

/// An eighth at once, so that one pass over the shard pays for many new keys.
fn forget_fullest(buckets: &mut Buckets) {
    let mut times: Vec<Nanos> = buckets.values().copied().collect();
    let eighth = times.len() / 8;
    let (_, &mut latest, _) = times.select_nth_unstable(eighth);
    let mut surplus = eighth + 1;
    buckets.retain(|_, full_at| {
        let forgotten = surplus > 0 && *full_at <= latest;
        surplus -= usize::from(forgotten);
        !forgotten
    });
}

/// Passes on a key that is a hash already.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, _: &[u8]) {
        unreachable!("buckets are keyed by u64")
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
