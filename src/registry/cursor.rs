use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Where a page of a list ends.
///
/// It holds all that the next page needs, so it works on another node with the
/// same registrations (PAGE-6), and stays valid when items come and go (PAGE-3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// After the item that was registered with this number.
    After(u64),
    /// At a cursor of the source that was registered with this number, or at its
    /// beginning.
    Source(usize, Option<String>),
}

const AFTER: &str = "after:";
const SOURCE: &str = "source:";

impl Cursor {
    /// Reads a cursor that a client sent back; `None` if this server never wrote it.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = std::str::from_utf8(&bytes).ok()?;
        if let Some(number) = text.strip_prefix(AFTER) {
            return number.parse().ok().map(Self::After);
        }
        let source = text.strip_prefix(SOURCE)?;
        // PAGE-5: an empty cursor is one, and its absence is none.
        let (number, cursor) = match source.split_once(':') {
            Some((number, cursor)) => (number, Some(cursor.to_owned())),
            None => (source, None),
        };
        number.parse().ok().map(|number| Self::Source(number, cursor))
    }

    /// The opaque text.
    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(match self {
            Self::After(number) => format!("{AFTER}{number}"),
            Self::Source(number, None) => format!("{SOURCE}{number}"),
            Self::Source(number, Some(cursor)) => format!("{SOURCE}{number}:{cursor}"),
        })
    }

    /// Appends `,"nextCursor":"…"`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!(",\"nextCursor\":\"{}\"", self.encode()).as_bytes());
    }
}
