use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mcp_layers_core::{Rejection, extensions::Principal};

use super::in_flight::{InFlight, too_many};

/// How many requests each principal has at work, in parts that are locked one at a
/// time.
#[derive(Debug, Default)]
pub(super) struct Principals {
    shards: [Mutex<HashMap<Principal, usize>>; 16],
    hasher: RandomState,
}

/// A principal's request at work; no more when dropped.
#[derive(Debug)]
pub(super) struct Place {
    table: Arc<InFlight>,
    principal: Principal,
}

impl Place {
    /// Counts one more request.
    ///
    /// # Errors
    ///
    /// 429 if `max` are at work.
    pub(super) fn take(
        table: &Arc<InFlight>,
        principal: &Principal,
        max: usize,
    ) -> Result<Self, Rejection> {
        let mut shard = table.principals.lock(principal);
        let at_work = shard.get_mut(principal);
        if at_work.as_deref().copied().unwrap_or(0) >= max {
            return Err(too_many("caller", max));
        }
        match at_work {
            Some(at_work) => *at_work += 1,
            None => drop(shard.insert(principal.clone(), 1)),
        }
        drop(shard);
        Ok(Self { table: Arc::clone(table), principal: principal.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut shard = self.table.principals.lock(&self.principal);
        if let Some(at_work) = shard.get_mut(&self.principal) {
            *at_work -= 1;
            if *at_work == 0 {
                shard.remove(&self.principal);
            }
        }
    }
}

impl Principals {
    fn lock(&self, principal: &Principal) -> MutexGuard<'_, HashMap<Principal, usize>> {
        let shard = self.hasher.hash_one(principal) as usize % self.shards.len();
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().expect("not poisoned").len()).sum()
    }
}
