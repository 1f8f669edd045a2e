use std::collections::VecDeque;

use crate::jsonrpc::Message;

/// Messages in the order they came. The first stands in place: a client that keeps up
/// never has two, and an open stream needs no more memory than that.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    first: Option<Message>,
    /// Empty when there is no first.
    more: VecDeque<Message>,
    bytes: usize,
}

impl Waiting {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The sum of their sizes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn push(&mut self, message: Message) {
        self.bytes += message.bytes().len();
        match self.first {
            None => self.first = Some(message),
            Some(_) => self.more.push_back(message),
        }
    }

    pub(super) fn pop(&mut self) -> Option<Message> {
        if self.is_empty() {
            return None;
        }
        let message = std::mem::replace(&mut self.first, self.more.pop_front())?;
        self.bytes -= message.bytes().len();
        if self.more.is_empty() {
            // What a lag took is given back.
            self.more = VecDeque::new();
        }
        Some(message)
    }

    /// Removes the oldest of that sort; `false` if there is none.
    pub(super) fn remove(&mut self, sort: impl Fn(&Message) -> bool) -> bool {
        let Some(first) = &self.first else { return false };
        if sort(first) {
            return self.pop().is_some();
        }
        let Some(at) = self.more.iter().position(sort) else { return false };
        let removed = self.more.remove(at).expect("the position was just found");
        self.bytes -= removed.bytes().len();
        true
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Message> {
        self.first.iter().chain(&self.more)
    }
}
