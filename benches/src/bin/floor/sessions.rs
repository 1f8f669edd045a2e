//! The least a session can be: a random id in a set. Off unless `--sessions` is given.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;

#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashSet<u128>>);

impl Sessions {
    /// Opens a session and returns its id as 32 hexadecimal digits.
    pub(crate) fn open(&self) -> Result<String> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let id = u128::from_be_bytes(bytes);
        self.lock().insert(id);
        let mut text = String::with_capacity(32);
        write!(text, "{id:032x}")?;
        Ok(text)
    }

    pub(crate) fn is_open(&self, id: &str) -> bool {
        parse(id).is_some_and(|id| self.lock().contains(&id))
    }

    /// Ends a session; false if there was none.
    pub(crate) fn close(&self, id: &str) -> bool {
        parse(id).is_some_and(|id| self.lock().remove(&id))
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<u128>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse(id: &str) -> Option<u128> {
    u128::from_str_radix(id, 16).ok()
}
