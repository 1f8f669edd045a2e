//! What RFC 3986 calls a URI, as far as characters go.

/// Whether `text` is a URI: a scheme, a colon, and nothing but the characters that
/// URIs are made of, with whole percent-encodings.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme_fits = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    scheme_fits && has_uri_characters(rest) && rest.matches('#').count() <= 1
}

fn has_uri_characters(text: &str) -> bool {
    const MARKS: &[u8] = b"-._~:/?#@!$&'()*+,;=";
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex = [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()));
            if !hex {
                return false;
            }
        } else if !byte.is_ascii_alphanumeric() && !MARKS.contains(&byte) {
            return false;
        }
    }
    true
}
