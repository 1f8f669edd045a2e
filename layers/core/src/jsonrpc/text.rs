use bytes::{Buf as _, Bytes};

/// A message's JSON. It is written as the data of a server-sent event, so that a stream
/// can send it without a copy; text that was encoded elsewhere is bare.
#[derive(Debug, Clone)]
pub(super) struct Text(Bytes);

/// No JSON text begins so: it tells an event from bare text.
const BEFORE: &[u8] = b"data: ";
const AFTER: &[u8] = b"\n\n";

impl Text {
    /// What `write` appends; `capacity` is its likely size in bytes.
    pub(super) fn written(capacity: usize, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut out = Vec::with_capacity(BEFORE.len() + capacity + AFTER.len());
        out.extend_from_slice(BEFORE);
        write(&mut out);
        out.extend_from_slice(AFTER);
        Self(out.into())
    }

    pub(super) fn bare(json: Bytes) -> Self {
        Self(json)
    }

    pub(super) fn json(&self) -> &[u8] {
        match self.0.strip_prefix(BEFORE) {
            Some(rest) => &rest[..rest.len() - AFTER.len()],
            None => &self.0,
        }
    }

    pub(super) fn into_json(self) -> Bytes {
        let Self(mut bytes) = self;
        if bytes.starts_with(BEFORE) {
            bytes.advance(BEFORE.len());
            bytes.truncate(bytes.len() - AFTER.len());
        }
        bytes
    }

    /// The event, unless the text is bare or has more than one line.
    pub(super) fn event(&self) -> Option<&Bytes> {
        let is_event =
            self.0.starts_with(BEFORE) && memchr::memchr2(b'\r', b'\n', self.json()).is_none();
        is_event.then_some(&self.0)
    }
}
