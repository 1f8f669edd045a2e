//! An answer that was found right, to know the next one by.

use memchr::memmem;

use crate::http::Response;

/// The body of a right answer. Another that differs from it only in the id is right
/// too, and comparing costs the load far less than parsing.
#[derive(Debug, Default)]
pub(super) struct Seen {
    body: Vec<u8>,
    is_sse: bool,
    /// Where the id stands; empty while nothing has been seen.
    id: std::ops::Range<usize>,
}

impl Seen {
    pub(super) fn remember(&mut self, response: &Response<'_>, id: u64) {
        let id = id.to_string();
        let mut places = memmem::find_iter(response.body, id.as_bytes());
        self.id = match (places.next(), places.next()) {
            (Some(at), None) => at..at + id.len(),
            _ => 0..0,
        };
        self.is_sse = response.head.is_sse;
        self.body.clear();
        self.body.extend_from_slice(response.body);
    }

    pub(super) fn is_like(&self, response: &Response<'_>, id: u64) -> bool {
        let body = response.body;
        !self.id.is_empty()
            && response.head.status == 200
            && response.head.is_sse == self.is_sse
            && body.len() == self.body.len()
            && body[..self.id.start] == self.body[..self.id.start]
            && body[self.id.end..] == self.body[self.id.end..]
            && body[self.id.clone()] == *id.to_string().as_bytes()
    }
}
