use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use mcp_layers_core::{
    extensions::{SessionId, SessionMap, give_back},
    jsonrpc::Message,
};

use super::track::{Track, Turn};
use crate::resume::Page;

/// How much may be kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) bytes_per_session: usize,
    pub(super) events_per_stream: usize,
    pub(super) age: Duration,
}

/// All streams, and in which order they give way.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    sessions: SessionMap<Session>,
    turns: BTreeMap<Turn, (SessionId, u64)>,
    bytes: usize,
    moment: u64,
}

#[derive(Debug, Default)]
pub(super) struct Session {
    tracks: HashMap<u64, Track>,
    bytes: usize,
}

impl Shelf {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.turns.is_empty()
    }

    pub(super) fn open(&mut self, session: SessionId, stream: u64) {
        let entry = self.sessions.entry(session).or_default();
        if entry.tracks.contains_key(&stream) {
            return;
        }
        let track = Track::new();
        entry.bytes += track.bytes();
        self.bytes += track.bytes();
        entry.tracks.insert(stream, track);
    }

    pub(super) fn append(
        &mut self,
        session: SessionId,
        stream: u64,
        message: Message,
        limits: &Limits,
    ) -> Option<u64> {
        if self.track(session, stream)?.has_ended() {
            return None;
        }
        let moment = self.next_moment();
        let position = self.change(session, stream, |track| {
            let position = track.push(message, moment);
            track.drop_older(limits.age);
            while track.len() > limits.events_per_stream.max(1) {
                track.give();
            }
            position
        })?;
        self.make_room(session, moment, limits);
        Some(position)
    }

    pub(super) fn end(&mut self, session: SessionId, stream: u64) {
        let moment = self.next_moment();
        self.change(session, stream, |track| track.end(moment));
    }

    pub(super) fn read(
        &self,
        session: SessionId,
        stream: u64,
        after: u64,
        limits: &Limits,
    ) -> Option<Page> {
        let track = self.track(session, stream)?;
        if track.ended_before(limits.age) { None } else { track.page(after) }
    }

    /// What is removed comes back, to be dropped where nobody waits for it.
    pub(super) fn remove(&mut self, session: SessionId, stream: u64) -> Option<Track> {
        let entry = self.sessions.get_mut(&session)?;
        let track = entry.tracks.remove(&stream)?;
        entry.bytes -= track.bytes();
        self.bytes -= track.bytes();
        if let Some(turn) = track.turn() {
            self.turns.remove(&turn);
        }
        if entry.tracks.is_empty() {
            self.sessions.remove(&session);
            give_back(&mut self.sessions);
        }
        Some(track)
    }

    /// As [`remove`](Self::remove).
    pub(super) fn purge(&mut self, session: SessionId) -> Option<Session> {
        let entry = self.sessions.remove(&session)?;
        self.bytes -= entry.bytes;
        for turn in entry.tracks.values().filter_map(Track::turn) {
            self.turns.remove(&turn);
        }
        give_back(&mut self.sessions);
        Some(entry)
    }

    /// Makes others give way until the limits are kept, or nothing is left but what came
    /// at this moment: that stays, however large it is.
    fn make_room(&mut self, session: SessionId, newest: u64, limits: &Limits) {
        while self.sessions.get(&session).is_some_and(|own| own.bytes > limits.bytes_per_session) {
            let tracks = self.sessions[&session].tracks.iter();
            let turns = tracks.filter_map(|(stream, track)| Some((track.turn()?, *stream)));
            match turns.min() {
                Some((turn, stream)) if turn.moment != newest => self.give(session, stream),
                _ => break,
            }
        }
        while self.bytes > limits.bytes {
            match self.turns.first_key_value() {
                Some((turn, (session, stream))) if turn.moment != newest => {
                    self.give(*session, *stream);
                }
                _ => break,
            }
        }
    }

    /// A stream that has ended goes as a whole, of another goes one event.
    fn give(&mut self, session: SessionId, stream: u64) {
        if self.track(session, stream).is_some_and(Track::has_ended) {
            self.remove(session, stream);
        } else {
            self.change(session, stream, Track::give);
        }
    }

    fn track(&self, session: SessionId, stream: u64) -> Option<&Track> {
        self.sessions.get(&session)?.tracks.get(&stream)
    }

    /// Changes a stream, and keeps sums and order with it.
    fn change<T>(
        &mut self,
        session: SessionId,
        stream: u64,
        change: impl FnOnce(&mut Track) -> T,
    ) -> Option<T> {
        let entry = self.sessions.get_mut(&session)?;
        let track = entry.tracks.get_mut(&stream)?;
        let (turn, bytes) = (track.turn(), track.bytes());
        let result = change(track);
        entry.bytes = entry.bytes - bytes + track.bytes();
        self.bytes = self.bytes - bytes + track.bytes();
        if track.turn() != turn {
            if let Some(turn) = turn {
                self.turns.remove(&turn);
            }
            if let Some(turn) = track.turn() {
                self.turns.insert(turn, (session, stream));
            }
        }
        Some(result)
    }

    fn next_moment(&mut self) -> u64 {
        self.moment += 1;
        self.moment
    }
}
