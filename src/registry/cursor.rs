use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Where a page of a list ends: after the item that was registered with this
/// number.
///
/// It holds all that the next page needs, so it works on another node with the
/// same registrations (PAGE-6), and stays valid when items come and go (PAGE-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor(pub(crate) u64);

const PREFIX: &str = "after:";

impl Cursor {
    /// Reads a cursor that a client sent back; `None` if this server never wrote it.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let number = std::str::from_utf8(&bytes).ok()?.strip_prefix(PREFIX)?;
        number.parse().ok().map(Self)
    }

    /// The opaque text.
    pub(crate) fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{PREFIX}{}", self.0))
    }
}
