use std::{
    collections::hash_map,
    sync::{Mutex, MutexGuard, PoisonError},
};

use http::{HeaderValue, StatusCode, header};
use mcp_layers_core::{
    Rejection,
    extensions::{CancelToken, SessionId, SessionMap, give_back},
    jsonrpc::{ErrorObject, RequestId, code},
};

use super::principals::Principals;

/// The requests at work in sessions, in parts that are locked one at a time; and how many
/// each principal has.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    sessions: [Mutex<SessionMap<OfSession>>; 16],
    pub(super) principals: Principals,
}

/// Those of one session. The first is held in place: most clients ask one thing
/// at a time.
#[derive(Debug, Default)]
struct OfSession {
    first: Option<(RequestId, CancelToken)>,
    more: Vec<(RequestId, CancelToken)>,
}

impl InFlight {
    /// Enters a request.
    ///
    /// # Errors
    ///
    /// 400/-32600 if one with this id is at work in the session (RPC-15), 429 if
    /// `max` are.
    pub(super) fn insert(
        &self,
        session: SessionId,
        id: &RequestId,
        token: &CancelToken,
        max: usize,
    ) -> Result<(), Rejection> {
        if max == 0 {
            return Err(too_many("session", max));
        }
        let mut shard = self.lock(session);
        let requests = shard.entry(session).or_default();
        if requests.find(id).is_some() {
            return Err(Rejection::invalid_request(
                "a request with this id is still in flight in this session",
            ));
        }
        if requests.len() >= max {
            return Err(too_many("session", max));
        }
        requests.push((id.clone(), token.clone()));
        Ok(())
    }

    /// The token of a request at work.
    pub(super) fn get(&self, session: SessionId, id: &RequestId) -> Option<CancelToken> {
        self.lock(session).get(&session)?.find(id).cloned()
    }

    /// Takes a request out: its work is done.
    pub(super) fn remove(&self, session: SessionId, id: &RequestId) {
        let mut shard = self.lock(session);
        if let hash_map::Entry::Occupied(mut requests) = shard.entry(session) {
            requests.get_mut().remove(id);
            if requests.get().len() == 0 {
                requests.remove();
                give_back(&mut shard);
            }
        }
    }

    fn lock(&self, session: SessionId) -> MutexGuard<'_, SessionMap<OfSession>> {
        let shard = &self.sessions[(session.to_bits() >> 124) as usize];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let sessions = |shard: &Mutex<SessionMap<OfSession>>| {
            shard.lock().expect("not poisoned").values().map(OfSession::len).sum::<usize>()
        };
        self.sessions.iter().map(sessions).sum()
    }
}

impl OfSession {
    fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.more.len()
    }

    fn find(&self, id: &RequestId) -> Option<&CancelToken> {
        self.first.iter().chain(&self.more).find(|(other, _)| other == id).map(|(_, token)| token)
    }

    fn push(&mut self, request: (RequestId, CancelToken)) {
        if self.first.is_none() {
            self.first = Some(request);
        } else {
            self.more.push(request);
        }
    }

    fn remove(&mut self, id: &RequestId) {
        if self.first.as_ref().is_some_and(|(first, _)| first == id) {
            self.first = None;
        } else if let Some(at) = self.more.iter().position(|(other, _)| other == id) {
            self.more.swap_remove(at);
        }
    }
}

pub(super) fn too_many(whose: &str, max: usize) -> Rejection {
    let message = format!("this {whose} has {max} requests in flight, which is the limit");
    let error = ErrorObject::new(code::TOO_MANY_REQUESTS, message);
    Rejection::new(StatusCode::TOO_MANY_REQUESTS, error)
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
}
