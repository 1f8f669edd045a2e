use proptest::prelude::*;

use super::*;

#[test]
fn only_what_is_written_as_ours_is_an_event_id() {
    // RESUME-8
    for text in [
        "",
        "-",
        "1",
        "1-",
        "-1",
        "1-1-1",
        "01-1",
        "1-01",
        "+1-1",
        "1-+1",
        "A-1",
        "1-g",
        " 1-1",
        "1-1 ",
        "10000000000000000-1",
        "1-10000000000000000",
        "1\u{2013}1",
    ] {
        assert!(text.parse::<EventId>().is_err(), "{text:?}");
    }
    assert_eq!("0-0".parse(), Ok(EventId { stream: 0, position: 0 }));
    let largest = EventId { stream: u64::MAX, position: u64::MAX };
    assert_eq!("ffffffffffffffff-ffffffffffffffff".parse(), Ok(largest));
}

proptest! {
    #[test]
    fn an_event_id_is_read_as_it_was_written(stream: u64, position: u64) {
        // RESUME-3
        let id = EventId { stream, position };
        let text = id.to_string();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
        prop_assert_eq!(text.parse(), Ok(id));
    }

    #[test]
    fn there_is_one_way_to_write_it(bytes in "[0-9a-f+ A]{0,18}-?[0-9a-f]{0,18}") {
        // RESUME-2
        if let Ok(id) = EventId::parse(bytes.as_bytes()) {
            prop_assert_eq!(id.to_string(), bytes);
        }
    }

    #[test]
    fn no_bytes_break_the_parser(bytes: Vec<u8>) {
        // RESUME-8
        let _ = EventId::parse(&bytes);
    }
}
