//! Media types and media ranges (RFC 9110 §8.3.1, §12.5.1) as bytes of a field value.

/// `type/subtype` and the parameters, which are not read until asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct MediaType<'a> {
    kind: &'a [u8],
    subtype: &'a [u8],
    parameters: &'a [u8],
}

impl<'a> MediaType<'a> {
    /// `None` unless both halves are tokens; `*` is one.
    pub(super) fn parse(value: &'a [u8]) -> Option<Self> {
        let (essence, parameters) = cut(value, b';').unwrap_or((value, b""));
        let (kind, subtype) = cut(essence.trim_ascii(), b'/')?;
        (is_token(kind) && is_token(subtype)).then_some(Self { kind, subtype, parameters })
    }

    pub(super) fn is(&self, kind: &str, subtype: &str) -> bool {
        self.is_of(kind) && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
    }

    pub(super) fn is_of(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind.as_bytes())
    }

    /// The first parameter of this name, quotes and all.
    pub(super) fn parameter(&self, name: &str) -> Option<&'a [u8]> {
        split(self.parameters, b';')
            .filter_map(|parameter| cut(parameter, b'='))
            .find(|(found, _)| found.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.trim_ascii())
    }
}

/// The pieces between separators that stand outside quoted strings.
pub(super) fn split(value: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
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
pub(super) fn cut(value: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(separator, value)?;
    Some((&value[..at], &value[at + 1..]))
}

fn is_token(text: &[u8]) -> bool {
    let is_tchar = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b);
    !text.is_empty() && text.iter().all(is_tchar)
}
