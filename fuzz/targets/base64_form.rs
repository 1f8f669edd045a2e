//! Mirrored values are read as the `base64` crate writes them.
#![no_main]

use base64::{Engine as _, prelude::BASE64_STANDARD};
use libfuzzer_sys::fuzz_target;
use mcp_layers::request_metadata::{InvalidMirroredValueKind as Kind, decode_mirrored};

fuzz_target!(|input: &[u8]| {
    let written = format!("=?base64?{}?=", BASE64_STANDARD.encode(input));
    match std::str::from_utf8(input) {
        Ok(text) => assert_eq!(decode_mirrored(written.as_bytes()).as_deref(), Ok(text)),
        Err(_) => assert_eq!(kind(written.as_bytes()), Some(Kind::NotUtf8)),
    }

    let value = input.trim_ascii();
    let in_markers = value.strip_prefix(b"=?base64?").and_then(|rest| rest.strip_suffix(b"?="));
    let readable = value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    match (decode_mirrored(input), in_markers) {
        (Ok(text), None) => assert!(readable && text.as_bytes() == value),
        (Ok(text), Some(encoded)) => {
            assert_eq!(BASE64_STANDARD.encode(&*text).as_bytes(), encoded, "there is one spelling");
        }
        (Err(error), _) if !readable => assert_eq!(error.kind(), Kind::NotAscii),
        (Err(error), in_markers) => {
            let encoded = in_markers.expect("what is no Base64 stands for itself");
            let expected = match BASE64_STANDARD.decode(encoded) {
                Ok(_) => Kind::NotUtf8,
                Err(_) => Kind::NotBase64,
            };
            assert_eq!(error.kind(), expected);
        }
    }
});

fn kind(value: &[u8]) -> Option<Kind> {
    decode_mirrored(value).err().map(|error| error.kind())
}
