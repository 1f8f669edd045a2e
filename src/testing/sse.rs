//! Reads server-sent events, by the grammar of the HTML standard (§9.2.5, §9.2.6).

use std::{mem, time::Duration};

/// One event: the lines up to a blank one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SseEvent {
    pub(super) id: Option<String>,
    /// Anything but `message` is no message of the protocol.
    pub(super) name: Option<String>,
    pub(super) data: String,
    pub(super) retry: Option<Duration>,
}

/// Takes bytes as they come, and gives the events that they complete. Comments,
/// unknown fields and what no blank line ends are passed over.
#[derive(Debug, Default)]
pub(super) struct SseParser {
    line: Vec<u8>,
    /// The last line ended in a carriage return: a line feed belongs to it.
    after_cr: bool,
    after_first_line: bool,
    event: SseEvent,
    /// A field of the event has been read.
    is_begun: bool,
    /// A `data` line has been read, if only an empty one.
    has_data: bool,
}

impl SseParser {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<SseEvent> {
        let mut events = Vec::new();
        for &byte in bytes {
            let completes_crlf = mem::take(&mut self.after_cr) && byte == b'\n';
            match byte {
                _ if completes_crlf => {}
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    let line = mem::take(&mut self.line);
                    events.extend(self.end_line(&String::from_utf8_lossy(&line)));
                }
                _ => self.line.push(byte),
            }
        }
        events
    }

    fn end_line(&mut self, mut line: &str) -> Option<SseEvent> {
        if !mem::replace(&mut self.after_first_line, true) {
            line = line.strip_prefix('\u{feff}').unwrap_or(line);
        }
        if line.is_empty() {
            let event = mem::take(&mut self.event);
            self.has_data = false;
            return mem::take(&mut self.is_begun).then_some(event);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "event" => self.event.name = Some(value.to_owned()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.event.retry = value.parse().ok().map(Duration::from_millis);
            }
            _ => return None,
        }
        self.is_begun = true;
        None
    }
}
