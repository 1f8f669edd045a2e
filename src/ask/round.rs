use std::collections::BTreeMap;

use mcp_layers_core::jsonrpc::{ErrorObject, RawJson};

use super::{InputError, InputErrorKind};

/// One run of a handler: what it knows, and what it still wants to know.
#[derive(Debug, Default)]
pub(crate) struct Round {
    /// The client's answers so far, by key.
    pub(super) answers: BTreeMap<String, RawJson>,
    /// What the author keeps between rounds.
    pub(super) state: Option<RawJson>,
    /// What this run has asked for in vain (modern), or waits for (legacy).
    pub(super) wanted: BTreeMap<String, Wanted>,
    /// The client is to call again, whatever is wanted (MRTR-10).
    pub(super) retry: bool,
    /// The first question that cannot be put to this client at all.
    pub(super) refused: Option<Refused>,
}

/// A question of the modern era: an entry of `inputRequests`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Wanted {
    pub(super) method: &'static str,
    pub(super) params: RawJson,
}

#[derive(Debug)]
pub(super) enum Refused {
    Capability(Vec<&'static str>),
    Malformed { key: String, fault: String },
}

/// What stands between a failed run and an answer (modern).
pub(crate) enum Unmet {
    /// Answers that are to come.
    Input,
    /// A capability, by its path.
    Capability(Vec<&'static str>),
    /// An answer that does not fit (MRTR-17, MRTR-18).
    Malformed(ErrorObject),
}

impl Round {
    /// Begins another round, with this state.
    pub(super) fn next(&mut self, state: Option<RawJson>) {
        *self = Self {
            answers: std::mem::take(&mut self.answers),
            state,
            retry: true,
            ..Self::default()
        };
    }

    /// Notes what is wanted from the client.
    ///
    /// # Errors
    ///
    /// [`InputErrorKind::DuplicateKey`] (MRTR-4).
    pub(super) fn want(&mut self, key: String, wanted: Wanted) -> Result<(), InputError> {
        if self.wanted.get(&key).is_some_and(|other| *other != wanted) {
            let message = format!("{key:?} is the key of another question already");
            return Err(InputError::new(InputErrorKind::DuplicateKey, message));
        }
        // MRTR-17: it is asked for again.
        if matches!(&self.refused, Some(Refused::Malformed { key: other, .. }) if *other == key) {
            self.refused = None;
        }
        self.wanted.insert(key, wanted);
        Ok(())
    }

    /// Why a run failed, if it did for want of an answer. What can be asked is asked,
    /// whatever else is missing (MRTR-6, MRTR-7).
    pub(super) fn unmet(&self) -> Option<Unmet> {
        match &self.refused {
            Some(Refused::Malformed { fault, .. }) => {
                Some(Unmet::Malformed(ErrorObject::invalid_params(fault.clone())))
            }
            _ if !self.wanted.is_empty() => Some(Unmet::Input),
            Some(Refused::Capability(path)) => Some(Unmet::Capability(path.clone())),
            None => self.retry.then_some(Unmet::Input),
        }
    }
}
