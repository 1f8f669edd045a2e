use std::time::Duration;

use proptest::prelude::*;

use super::super::decoder::Decoder;

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<String>, Decoder) {
    let (mut decoder, mut events) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.feed(piece, |data| events.push(String::from_utf8_lossy(&data).into_owned()));
    }
    (events, decoder)
}

#[test]
fn events_are_read_as_a_browser_does() {
    // LEGACY-SSE-3
    let table: [(&str, &[&str]); 9] = [
        ("data: a\n\n", &["a"]),
        ("data:a\r\n\r\ndata: b\r\r", &["a", "b"]),
        ("event: x\nid: 1\ndata: a\ndata:  b\n\n", &["a\n b"]),
        (":\n\n: comment\n\ndata: a\n\n", &["a"]),
        ("id: 7\ndata: \n\n", &[]),
        ("data\n\ndata: b\n\n", &["b"]),
        ("data: never ended", &[]),
        ("data: never ended\n", &[]),
        ("datax: a\nretry: 5\n\n", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(decode([text.as_bytes()]).0, expected, "{text:?}");
    }
}

#[test]
fn the_last_id_and_the_retry_time_are_kept() {
    // LEGACY-SSE-3
    let (_, decoder) = decode([&b"id: 1\nretry: 250\ndata: a\n\nid: 2\ndata:\n\nretry: x\n\n"[..]]);
    assert_eq!(decoder.last_id(), Some(&b"2"[..]));
    assert_eq!(decoder.retry(), Some(Duration::from_millis(250)));
    let (_, decoder) = decode([&b"id: 1\nid\nid: \0\n\n"[..]]);
    assert_eq!(decoder.last_id(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn it_matters_not_where_the_text_is_cut(
        text in "((data|id|retry|)(:| |: )?[a-c0-9]{0,3}(\n|\r|\r\n)){0,12}",
        size in 1_usize..5,
    ) {
        // LEGACY-SSE-3
        let whole = decode([text.as_bytes()]);
        let pieces = decode(text.as_bytes().chunks(size));
        prop_assert_eq!(&whole.0, &pieces.0);
        prop_assert_eq!(whole.1.last_id(), pieces.1.last_id());
        prop_assert_eq!(whole.1.retry(), pieces.1.retry());
    }
}
