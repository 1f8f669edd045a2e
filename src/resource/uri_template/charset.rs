//! Sets of ASCII characters, and the ones that RFC 3986 names.

/// A bit per ASCII character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CharSet(u128);

/// Letters, digits and `-._~`.
pub(super) const UNRESERVED: CharSet =
    CharSet::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

/// `gen-delims` and `sub-delims`.
pub(super) const RESERVED: CharSet = CharSet::of(b":/?#[]@!$&'()*+,;=");

/// Reserved characters that a path segment may have as they are.
pub(super) const SOFT: CharSet = CharSet::of(b":@!$&'()*+,;=");

impl CharSet {
    pub(super) const EMPTY: Self = Self(0);

    pub(super) const fn of(bytes: &[u8]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < bytes.len() {
            assert!(bytes[at].is_ascii());
            bits |= 1 << bytes[at];
            at += 1;
        }
        Self(bits)
    }

    pub(super) const fn contains(self, byte: u8) -> bool {
        byte.is_ascii() && self.0 >> byte & 1 == 1
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The first character of the set, for messages.
    pub(super) fn first(self) -> Option<char> {
        (0..128_u8).find(|byte| self.contains(*byte)).map(char::from)
    }
}
