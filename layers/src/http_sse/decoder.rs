//! Server-sent events: a decoder for what the endpoint inside sends.

use std::{mem, time::Duration};

/// Reads events from pieces of any size.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// A line that has not ended yet.
    line: Vec<u8>,
    /// The line before ended in CR: an LF right after belongs to it.
    after_cr: bool,
    data: Vec<u8>,
    has_data: bool,
    /// The id of the last event that had one.
    last_id: Option<Vec<u8>>,
    retry: Option<Duration>,
}

impl Decoder {
    /// Takes one more piece; `event` is given the data of each event that is complete.
    pub(super) fn feed(&mut self, mut piece: &[u8], mut event: impl FnMut(Vec<u8>)) {
        if mem::take(&mut self.after_cr) && piece.first() == Some(&b'\n') {
            piece = &piece[1..];
        }
        while let Some(end) = piece.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            self.line.extend_from_slice(&piece[..end]);
            let is_cr = piece[end] == b'\r';
            piece = &piece[end + 1..];
            match piece.first() {
                Some(b'\n') if is_cr => piece = &piece[1..],
                None => self.after_cr = is_cr,
                Some(_) => {}
            }
            let line = mem::take(&mut self.line);
            if let Some(data) = self.take_line(&line) {
                event(data);
            }
            self.line = line;
            self.line.clear();
        }
        self.line.extend_from_slice(piece);
    }

    /// The id of the last event that had one.
    pub(super) fn last_id(&self) -> Option<&[u8]> {
        self.last_id.as_deref().filter(|id| !id.is_empty())
    }

    /// After how long the sender wants to be asked again.
    pub(super) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// The data of the event that this line ends; events without any are none.
    fn take_line(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        if line.is_empty() {
            let data = mem::take(&mut self.data);
            return (mem::take(&mut self.has_data) && !data.is_empty()).then_some(data);
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let value = line.get(colon + 1..).unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match &line[..colon] {
            b"data" => {
                if mem::replace(&mut self.has_data, true) {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value);
            }
            b"id" if !value.contains(&0) => self.last_id = Some(value.to_vec()),
            b"retry" => {
                let digits = std::str::from_utf8(value).ok().filter(|text| !text.starts_with('+'));
                if let Some(millis) = digits.and_then(|text| text.parse().ok()) {
                    self.retry = Some(Duration::from_millis(millis));
                }
            }
            _ => {}
        }
        None
    }
}
