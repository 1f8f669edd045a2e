use std::{collections::VecDeque, time::Duration};

use mcp_layers_core::jsonrpc::{Message, Overflow};
use tokio::time::Instant;

use super::losses::Losses;
use crate::resume::Page;

/// What a stream costs besides its events, and an event besides its message, in bytes.
const STREAM: usize = 512;
const EVENT: usize = 128;

/// A page ends with the event that passes either.
const PAGE_EVENTS: usize = 64;
const PAGE_BYTES: usize = 64 * 1024;

/// When a stream's turn comes to make room: those that have ended first, by their end;
/// then the others, by their oldest event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    running: bool,
    pub(super) moment: u64,
}

/// The events of one stream.
#[derive(Debug)]
pub(super) struct Track {
    events: VecDeque<Kept>,
    bytes: usize,
    /// How many of them may be lost.
    losable: usize,
    /// The position of the last event there was.
    tail: u64,
    /// The position of the last event that is gone and leaves a gap.
    gone: u64,
    /// The log messages that are gone.
    losses: Losses,
    ended: Option<(u64, Instant)>,
}

#[derive(Debug)]
struct Kept {
    position: u64,
    /// A count of all that has happened, by which age is compared.
    moment: u64,
    at: Instant,
    message: Message,
}

impl Track {
    pub(super) fn new() -> Self {
        Self {
            events: VecDeque::new(),
            bytes: STREAM,
            losable: 0,
            tail: 0,
            gone: 0,
            losses: Losses::default(),
            ended: None,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.losses.bytes()
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// `None` for a stream with nothing to give.
    pub(super) fn turn(&self) -> Option<Turn> {
        match (self.ended, self.events.front()) {
            (Some((moment, _)), _) => Some(Turn { running: false, moment }),
            (None, Some(oldest)) => Some(Turn { running: true, moment: oldest.moment }),
            (None, None) => None,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    pub(super) fn ended_before(&self, age: Duration) -> bool {
        self.ended.is_some_and(|(_, at)| at.elapsed() >= age)
    }

    pub(super) fn end(&mut self, moment: u64) {
        self.ended.get_or_insert((moment, Instant::now()));
        self.events.shrink_to_fit();
    }

    pub(super) fn push(&mut self, message: Message, moment: u64) -> u64 {
        self.tail += 1;
        self.bytes += cost(&message);
        self.losable += usize::from(may_be_lost(&message));
        let (position, at) = (self.tail, Instant::now());
        self.events.push_back(Kept { position, moment, at, message });
        position
    }

    /// Drops what is older than this, up to the newest.
    pub(super) fn drop_older(&mut self, age: Duration) {
        while self.events.len() > 1 && self.events[0].at.elapsed() >= age {
            self.drop_nth(0);
        }
    }

    /// Drops the oldest event that may be lost, else the oldest of all. The newest goes
    /// only when it is alone.
    pub(super) fn give(&mut self) {
        let newest = self.events.len().saturating_sub(1);
        let losable = (self.losable > 0)
            .then(|| self.events.iter().take(newest).position(|kept| may_be_lost(&kept.message)))
            .flatten();
        if newest > 0 || !self.events.is_empty() {
            self.drop_nth(losable.unwrap_or(0));
        }
    }

    pub(super) fn page(&self, after: u64) -> Option<Page> {
        if after < self.gone || after > self.tail {
            return None;
        }
        let start = self.events.partition_point(|kept| kept.position <= after);
        let (mut events, mut bytes) = (Vec::new(), 0);
        let mut rest = self.events.range(start..);
        while events.len() < PAGE_EVENTS
            && bytes < PAGE_BYTES
            && let Some(kept) = rest.next()
        {
            bytes += kept.message.bytes().len();
            events.push((kept.position, kept.message.clone()));
        }
        let through = match (rest.next(), events.last()) {
            (Some(_), Some((last, _))) => *last,
            _ => self.tail,
        };
        let page = Page::new(events, through, self.tail, self.has_ended());
        Some(page.with_lost(self.losses.within(after, through)))
    }

    fn drop_nth(&mut self, n: usize) {
        let Some(dropped) = self.events.remove(n) else { return };
        self.bytes -= cost(&dropped.message);
        self.losable -= usize::from(may_be_lost(&dropped.message));
        match dropped.message.overflow() {
            Overflow::Close => {
                self.gone = self.gone.max(dropped.position);
                self.losses.forget(self.gone);
            }
            Overflow::DropOldest => self.losses.add(dropped.position),
            _ => {}
        }
    }
}

fn cost(message: &Message) -> usize {
    EVENT + message.bytes().len()
}

fn may_be_lost(message: &Message) -> bool {
    message.overflow() != Overflow::Close
}
