use super::charset::{CharSet, RESERVED, UNRESERVED};

/// What stands first in an expression (RFC 6570 §2.2), and what follows from it
/// (appendix A).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `{x}`
    Simple,
    /// `{+x}`
    Reserved,
    /// `{#x}`
    Fragment,
    /// `{.x}`
    Label,
    /// `{/x}`
    Path,
    /// `{;x}`
    Param,
    /// `{?x}`
    Query,
    /// `{&x}`
    Continuation,
}

impl Operator {
    /// The operator that this character is.
    pub(super) fn from_char(char: u8) -> Option<Self> {
        Some(match char {
            b'+' => Self::Reserved,
            b'#' => Self::Fragment,
            b'.' => Self::Label,
            b'/' => Self::Path,
            b';' => Self::Param,
            b'?' => Self::Query,
            b'&' => Self::Continuation,
            _ => return None,
        })
    }

    /// What an expansion that is not empty begins with.
    pub(super) fn first(self) -> Option<u8> {
        match self {
            Self::Simple | Self::Reserved => None,
            Self::Fragment => Some(b'#'),
            Self::Label => Some(b'.'),
            Self::Path => Some(b'/'),
            Self::Param => Some(b';'),
            Self::Query => Some(b'?'),
            Self::Continuation => Some(b'&'),
        }
    }

    /// What stands between two values.
    pub(super) fn separator(self) -> u8 {
        match self {
            Self::Simple | Self::Reserved | Self::Fragment => b',',
            Self::Label => b'.',
            Self::Path => b'/',
            Self::Param => b';',
            Self::Query | Self::Continuation => b'&',
        }
    }

    /// Whether values come with their variables' names.
    pub(super) fn is_named(self) -> bool {
        matches!(self, Self::Param | Self::Query | Self::Continuation)
    }

    /// What follows the name of an empty value.
    pub(super) fn if_empty(self) -> &'static str {
        match self {
            Self::Query | Self::Continuation => "=",
            _ => "",
        }
    }

    /// Whether reserved characters in values stay as they are.
    pub(super) fn keeps_reserved(self) -> bool {
        matches!(self, Self::Reserved | Self::Fragment)
    }

    /// The characters that a value is expanded to, besides `%`.
    pub(super) fn literal(self) -> CharSet {
        match self.keeps_reserved() {
            true => UNRESERVED.or(RESERVED),
            false => UNRESERVED,
        }
    }
}
