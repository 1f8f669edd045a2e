//! Bytes that JSON treats apart.

/// The blanks that JSON allows between tokens.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// How many bytes at the start are the inside of a string as they stand:
/// neither a quote, nor a backslash, nor a control character.
///
/// Eight bytes are looked at together: a byte's top bit ends up set where the
/// byte is one of the three, and a borrow can set it falsely only after a true
/// one. With one bit turned over, a quote comes right after the control
/// characters: the two are found by one subtraction. A long text goes on by
/// blocks, which the compiler makes vectors of.
#[inline]
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = ONES << 7;
    let all = |byte: u8| ONES * u64::from(byte);

    let mut len = 0;
    for (index, word) in bytes.as_chunks::<8>().0.iter().enumerate() {
        if index == 4 {
            let blocks = bytes[len..].as_chunks::<32>().0;
            let plain = |block: &&[u8; 32]| {
                !block.iter().fold(false, |special, &byte| special | is_special(byte))
            };
            len += 32 * blocks.iter().take_while(plain).count();
            break;
        }
        let word = u64::from_le_bytes(*word);
        let control_or_quote = (word ^ all(0x02)).wrapping_sub(all(0x21));
        let backslash = (word ^ all(b'\\')).wrapping_sub(all(0x01));
        let found = (control_or_quote | backslash) & !word & TOPS;
        if found != 0 {
            return len + found.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    let rest = &bytes[len..];
    len + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len())
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends a JSON string, as `serde_json` writes it. Text without anything to escape is
/// copied as a whole.
///
/// ```
/// use mcp_layers_core::jsonrpc::write_string;
///
/// let mut out = Vec::new();
/// write_string(&mut out, "a\nb");
/// assert_eq!(out, br#""a\nb""#);
/// ```
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    if plain_len(text.as_bytes()) == text.len() {
        out.reserve(text.len() + 2);
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        serde_json::to_writer(out, text).expect("a string serialises");
    }
}
