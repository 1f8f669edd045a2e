use base64::{Engine as _, prelude::BASE64_STANDARD};
use proptest::prelude::*;

use super::super::{InvalidMirroredValueKind as Kind, decode_mirrored, encode_mirrored};

#[test]
fn the_form_is_decoded_and_everything_else_is_text() {
    let table: [(&[u8], Result<&str, Kind>); 22] = [
        (b"add", Ok("add")),
        (b"", Ok("")),
        (b"  add\t", Ok("add")),
        (b"a b\tc", Ok("a b\tc")),
        (b"=?base64?SGVsbG8=?=", Ok("Hello")),
        (b" =?base64?SGVsbG8=?= ", Ok("Hello")),
        (b"=?base64??=", Ok("")),
        (b"=?base64?4pyT?=", Ok("\u{2713}")),
        // Not both markers, or not exactly: META-14.
        (b"=?base64?=", Ok("=?base64?=")),
        (b"=?base64?SGVsbG8=", Ok("=?base64?SGVsbG8=")),
        (b"base64?SGVsbG8=?=", Ok("base64?SGVsbG8=?=")),
        (b"=?BASE64?SGVsbG8=?=", Ok("=?BASE64?SGVsbG8=?=")),
        (b"=?utf-8?B?SGVsbG8=?=", Ok("=?utf-8?B?SGVsbG8=?=")),
        // META-15
        (b"=?base64?SGVsbG8?=", Err(Kind::NotBase64)),
        (b"=?base64?SGVsbG8==?=", Err(Kind::NotBase64)),
        (b"=?base64?SGVs!!!bG8=?=", Err(Kind::NotBase64)),
        (b"=?base64?SGVs bG8=?=", Err(Kind::NotBase64)),
        (b"=?base64?_-8=?=", Err(Kind::NotBase64)),
        (b"=?base64?SGVsbG9=?=", Err(Kind::NotBase64)),
        (b"=?base64?/w==?=", Err(Kind::NotUtf8)),
        // META-16
        (b"caf\xe9", Err(Kind::NotAscii)),
        (b"=?base64?\xc3\xa9?=", Err(Kind::NotAscii)),
    ];
    for (value, expected) in table {
        let decoded = decode_mirrored(value);
        let decoded = decoded.as_deref().map_err(super::super::InvalidMirroredValue::kind);
        assert_eq!(decoded, expected, "{}", value.escape_ascii());
    }
} // META-12, META-13, META-14, META-15, META-16

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_was_encoded_is_decoded(text in any::<String>()) {
        let value = format!("=?base64?{}?=", BASE64_STANDARD.encode(&text));
        prop_assert_eq!(decode_mirrored(value.as_bytes()).expect("it is well formed"), text);
    }

    #[test]
    fn every_text_is_written_so_that_it_is_read_back(text in any::<String>()) {
        let value = encode_mirrored(&text);
        prop_assert_eq!(decode_mirrored(value.as_bytes()).expect("it is well formed"), text);
    }

    #[test]
    fn text_that_looks_like_the_form_is_written_in_it(text in "=\\?base64\\?[ -~]{0,8}\\?=") {
        let value = encode_mirrored(&text);
        prop_assert_ne!(value.as_bytes(), text.as_bytes());
        prop_assert_eq!(decode_mirrored(value.as_bytes()).expect("it is well formed"), text);
    }

    #[test]
    fn any_bytes_are_read_and_only_visible_ascii_is_accepted(
        value in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        if decode_mirrored(&value).is_ok() {
            prop_assert!(value.trim_ascii().iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t')));
        }
    }

    #[test]
    fn plain_text_stands_for_itself_without_a_copy(text in "[!-<>-~]([ -~]{0,20}[!-~])?") {
        let decoded = decode_mirrored(text.as_bytes()).expect("it is visible ASCII");
        prop_assert!(matches!(decoded, std::borrow::Cow::Borrowed(_)));
        prop_assert_eq!(decoded.as_ref(), text.as_str());
    }
}
