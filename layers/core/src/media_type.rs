//! Media types and media ranges (RFC 9110 §8.3.1, §12.5.1), read from the bytes of a
//! field value without allocating.
//!
//! ```
//! use mcp_layers_core::media_type::{MediaRange, MediaType};
//!
//! let html = MediaType::parse(b"Text/HTML; charset=utf-8").unwrap();
//! assert!(html.is("text", "html"));
//!
//! let accept = b"text/html;q=0.5, */*;q=0.8, garbage";
//! let deciding = |kind, subtype| {
//!     MediaRange::list(accept).filter_map(|range| range.covers(kind, subtype)).max()
//! };
//! assert_eq!(deciding("text", "html").map(|it| it.weight()), Some(500));
//! assert_eq!(deciding("image", "png").map(|it| it.weight()), Some(800));
//! ```

#[cfg(test)]
mod tests;

/// `type/subtype` and the parameters, which are not read until asked for.
#[derive(Debug, Clone, Copy)]
pub struct MediaType<'a> {
    kind: &'a [u8],
    subtype: &'a [u8],
    parameters: &'a [u8],
}

/// An element of `Accept`: a media type in which `*` stands for any, and its weight.
/// Parameters other than `q` do not narrow it.
#[derive(Debug, Clone, Copy)]
pub struct MediaRange<'a> {
    media_type: MediaType<'a>,
    weight: u16,
}

/// How a range covers a media type. Of several ranges the greatest decides: the most
/// specific one, and of equally specific ones that of the most weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Precedence {
    specificity: u8,
    weight: u16,
}

impl<'a> MediaType<'a> {
    /// `None` unless both halves are tokens; `*` is one.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        let (essence, parameters) = cut(value, b';').unwrap_or((value, b""));
        let (kind, subtype) = cut(essence.trim_ascii(), b'/')?;
        (is_token(kind) && is_token(subtype)).then_some(Self { kind, subtype, parameters })
    }

    /// Whether it is `kind/subtype`, in whatever case.
    #[must_use]
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.is_of(kind) && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
    }

    fn is_of(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind.as_bytes())
    }

    /// The first parameter of this name, quotes and all.
    fn parameter(&self, name: &str) -> Option<&'a [u8]> {
        split(self.parameters, b';')
            .filter_map(|parameter| cut(parameter, b'='))
            .find(|(found, _)| found.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.trim_ascii())
    }
}

impl<'a> MediaRange<'a> {
    /// The ranges of a line of `Accept`; a malformed one is passed over.
    pub fn list(value: &'a [u8]) -> impl Iterator<Item = Self> {
        split(value, b',').filter_map(Self::parse)
    }

    fn parse(element: &'a [u8]) -> Option<Self> {
        let media_type = MediaType::parse(element)?;
        if media_type.is_of("*") && !media_type.is("*", "*") {
            return None;
        }
        let weight = media_type.parameter("q").map_or(Some(MAX_WEIGHT), read_weight)?;
        Some(Self { media_type, weight })
    }

    /// Whether it covers `kind/subtype`, and how.
    #[must_use]
    pub fn covers(&self, kind: &str, subtype: &str) -> Option<Precedence> {
        let specificity = match &self.media_type {
            range if range.is(kind, subtype) => EXACT,
            range if range.is(kind, "*") => 1,
            range if range.is("*", "*") => 0,
            _ => return None,
        };
        Some(Precedence { specificity, weight: self.weight })
    }
}

impl Precedence {
    /// The weight in thousandths, `q=0.5` being 500; 0 excludes the media type.
    #[must_use]
    pub const fn weight(self) -> u16 {
        self.weight
    }

    /// Whether the range names the media type, and not just one like it.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        self.specificity == EXACT
    }
}

const EXACT: u8 = 2;
const MAX_WEIGHT: u16 = 1000;

/// `0.75` as 750; `None` for what is no weight between 0 and 1. Digits after the third
/// are more than there can be, and say nothing.
fn read_weight(weight: &[u8]) -> Option<u16> {
    let (whole, fraction) = cut(weight, b'.').unwrap_or((weight, b""));
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = fraction.iter().chain(b"000").take(3);
    let thousandths = digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match whole {
        b"0" => Some(thousandths),
        b"1" if fraction.iter().all(|digit| *digit == b'0') => Some(MAX_WEIGHT),
        _ => None,
    }
}

/// The pieces between separators that stand outside quoted strings.
fn split(value: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    value.split(move |&byte| {
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            return false;
        }
        quoted = byte == b'"';
        byte == separator
    })
}

/// What stands before and after the first separator.
fn cut(value: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(separator, value)?;
    Some((&value[..at], &value[at + 1..]))
}

fn is_token(text: &[u8]) -> bool {
    let is_tchar = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b);
    !text.is_empty() && text.iter().all(is_tchar)
}
