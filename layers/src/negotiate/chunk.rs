use bytes::{Bytes, BytesMut};
use mcp_layers_core::Event;

use super::sse;

/// Events that go out together, in one frame. One alone, as most go, is sent as it was
/// written, without a copy.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    alone: Bytes,
    several: BytesMut,
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.alone.len() + self.several.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn push(&mut self, event: &Event) {
        if self.is_empty()
            && let Some(whole) = sse::message_alone(event)
        {
            self.alone = whole;
            return;
        }
        if !self.alone.is_empty() {
            self.several.extend_from_slice(&self.alone);
            self.alone = Bytes::new();
        }
        sse::encode(event, &mut self.several);
    }

    pub(super) fn into_bytes(self) -> Bytes {
        if self.several.is_empty() { self.alone } else { self.several.freeze() }
    }
}
