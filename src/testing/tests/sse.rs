use std::time::Duration;

use proptest::prelude::*;

use super::super::sse::{SseEvent, SseParser};

fn parse(stream: &[u8]) -> Vec<SseEvent> {
    SseParser::default().push(stream)
}

fn data(text: &str) -> SseEvent {
    SseEvent { data: text.into(), ..SseEvent::default() }
}

#[test]
fn each_field_is_read_and_what_is_none_is_passed_over() {
    let table: [(&str, &[SseEvent]); 14] = [
        ("", &[]),
        ("\n\n\n", &[]),
        (": beat\n\n", &[]),
        ("data: cut off", &[]),
        ("data: cut off\n", &[]),
        ("data: a\n\n", &[data("a")]),
        ("data:a\n\n", &[data("a")]),
        ("data:  a\n\n", &[data(" a")]),
        ("data: a\ndata\ndata: b\n\n", &[data("a\n\nb")]),
        ("data\ndata: b\n\n", &[data("\nb")]),
        ("colour: red\ndata: a\n: beat\n\n", &[data("a")]),
        ("\u{feff}data: a\n\n", &[data("a")]),
        (
            "id: 1\nid: 2\0\nretry: 15\nretry: 1s\nretry: -1\nevent: x\ndata\n\n",
            &[SseEvent {
                id: Some("1".into()),
                name: Some("x".into()),
                data: String::new(),
                retry: Some(Duration::from_millis(15)),
            }],
        ),
        ("id: 7\n\ndata: a\n\n", &[SseEvent { id: Some("7".into()), ..data("") }, data("a")]),
    ];
    for (stream, expected) in table {
        assert_eq!(parse(stream.as_bytes()), expected, "{stream:?}");
    }
}

#[test]
fn every_line_end_ends_a_line() {
    let expected = [data("a\nb"), data("c")];
    for stream in ["data:a\ndata:b\n\ndata:c\n\n", "data:a\rdata:b\r\rdata:c\r\r"] {
        assert_eq!(parse(stream.as_bytes()), expected);
    }
    assert_eq!(parse(b"data:a\r\ndata:b\r\n\r\ndata:c\r\n\r\n"), expected);
    assert_eq!(parse(b"data:a\rdata:b\n\r\ndata:c\r\n\n"), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn where_the_bytes_are_cut_makes_no_difference(
        lines in proptest::collection::vec(
            prop_oneof![
                Just(String::new()), "data: ?[a-é]{0,3}", "id: [0-9]{1,2}", "retry:[0-9a]{1,2}",
                ":.{0,3}", ".{0,5}",
            ],
            0..12,
        ),
        end in prop_oneof![Just("\n"), Just("\r"), Just("\r\n")],
        size in 1_usize..7,
    ) {
        let stream: String = lines.iter().flat_map(|line| [line.as_str(), end]).collect();
        let mut parser = SseParser::default();
        let pieces: Vec<_> =
            stream.as_bytes().chunks(size).flat_map(|bytes| parser.push(bytes)).collect();
        prop_assert_eq!(pieces, parse(stream.as_bytes()));
    }

    #[test]
    fn any_bytes_are_taken(stream in proptest::collection::vec(any::<u8>(), 0..64)) {
        let ends = stream.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
        prop_assert!(parse(&stream).len() <= ends);
    }

    #[test]
    fn what_the_border_writes_is_read_back(id in "[!-~]{1,8}", text in "[ -~é]{0,20}") {
        use mcp_layers_core::{Event, jsonrpc::Message};

        let message = Message::notification("notifications/message", &text);
        let json = String::from_utf8(message.bytes().to_vec()).expect("JSON is UTF-8");
        let mut event = Event::from(message);
        event.id = Some(id.as_str().into());
        let mut stream = bytes::BytesMut::new();
        mcp_layers::negotiate::sse::encode(&event, &mut stream);
        prop_assert_eq!(parse(&stream), [SseEvent { id: Some(id), ..data(&json) }]);
    }
}
