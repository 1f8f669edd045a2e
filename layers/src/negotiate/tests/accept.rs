use http::{HeaderMap, HeaderValue, header};
use proptest::prelude::*;

use super::super::Accept;

/// `Some((json, event_stream))`, or `None` if nothing was stated.
fn parse(lines: &[&str]) -> Option<(bool, bool)> {
    let mut headers = HeaderMap::new();
    for line in lines {
        let value = HeaderValue::from_bytes(line.as_bytes()).expect("a valid header value");
        headers.append(header::ACCEPT, value);
    }
    Accept::parse(&headers).map(|accept| (accept.json(), accept.event_stream()))
}

#[test]
fn accept_is_read_as_media_ranges() {
    // NEG-14
    let (both, json, sse, neither) =
        (Some((true, true)), Some((true, false)), Some((false, true)), Some((false, false)));
    for (line, expected) in [
        ("application/json, text/event-stream", both),
        ("text/event-stream, application/json", both),
        ("text/event-stream,application/json", both),
        ("Application/JSON , TEXT/Event-Stream", both),
        ("application/json;q=0.5, text/event-stream;q=0.9", both),
        ("application/json; charset=utf-8, text/event-stream", both),
        ("*/*", both),
        ("*/*;q=0.1", both),
        ("application/*, text/*", both),
        ("text/html, */*;q=0.8", both),
        (", ,application/json,, text/event-stream,", both),
        ("application/json", json),
        ("application/*", json),
        ("APPLICATION/*;Q=1.000", json),
        ("application/json, text/event-stream;q=0", json),
        ("*/*, text/event-stream;q=0", json),
        ("*/*, text/*;q=0.000", json),
        ("application/json;note=\"a, text/event-stream\"", json),
        ("application/json;note=\"\\\", text/event-stream;\"", json),
        ("text/event-stream", sse),
        ("text/*", sse),
        ("text/*;q=0, text/event-stream;q=0.001", sse),
        ("application/json;q=0.0, */*", sse),
        ("application/json;q=0;q=1, */*", sse),
        ("text/html", neither),
        ("text/html, application/xhtml+xml, image/*", neither),
        ("application/jsonl, text/event-streams", neither),
        ("*/*;q=0", neither),
        ("application/json;q=0, text/event-stream;q=0", neither),
    ] {
        assert_eq!(parse(&[line]), expected, "{line:?}");
    }
}

#[test]
fn a_malformed_range_is_passed_over() {
    // NEG-14
    for line in [
        "garbage, application/json",
        "*/json, application/json",
        "text/event-stream;q=2, application/json",
        "text/event-stream;q=x, application/json",
        "text/event-stream;q=1.1, application/json",
        "text/event-stream;q=-1, application/json",
        "text/event-stream;q=, application/json",
        "text/ event-stream, application/json",
        "/, application/json",
        "application/json, text/event-stream;note=\"open",
    ] {
        let parsed = parse(&[line]).expect("one range is well formed");
        assert!(parsed.0, "{line:?}");
    }
    assert_eq!(parse(&["text/event-stream;q=x, application/json"]), Some((true, false)));
}

#[test]
fn no_well_formed_range_states_nothing() {
    // NEG-15
    for lines in [&[][..], &[""], &["garbage"], &[";q=1"], &["*"], &["", " , "]] {
        assert_eq!(parse(lines), None, "{lines:?}");
    }
}

#[test]
fn of_equally_specific_ranges_one_that_admits_wins() {
    // NEG-14
    let line = "application/json;q=0;v=2, application/json;v=1";
    assert_eq!(parse(&[line]), Some((true, false)));
}

#[test]
fn several_lines_are_one_list() {
    // NEG-14
    assert_eq!(parse(&["application/json", "text/event-stream"]), Some((true, true)));
    assert_eq!(parse(&["*/*", "text/html", "application/json;q=0"]), Some((false, true)));
}

#[derive(Debug, Clone)]
struct Range {
    essence: &'static str,
    weight: &'static str,
}

fn range() -> impl Strategy<Value = Range> {
    let essence = prop::sample::select(vec![
        "application/json",
        "text/event-stream",
        "application/*",
        "text/*",
        "*/*",
        "text/html",
    ]);
    let weight = prop::sample::select(vec!["", ";q=0", "; Q=0.00", ";q=0.3", " ; q=1", ";v=\",\""]);
    (essence, weight).prop_map(|(essence, weight)| Range { essence, weight })
}

/// What RFC 9110 §12.5.1 says, the slow way.
fn admits(ranges: &[Range], precedence: [&str; 3]) -> bool {
    precedence
        .iter()
        .find_map(|essence| {
            let mut matching = ranges.iter().filter(|range| range.essence == *essence).peekable();
            matching.peek()?;
            Some(matching.any(|range| {
                !range.weight.to_lowercase().contains("q=0") || range.weight.contains("0.3")
            }))
        })
        .unwrap_or(false)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_list_is_judged_by_its_most_specific_ranges(
        ranges in prop::collection::vec(range(), 1..6),
        upper in any::<bool>(),
        split_at in any::<prop::sample::Index>(),
    ) {
        // NEG-14
        let texts: Vec<_> = ranges
            .iter()
            .map(|range| format!("{}{}", range.essence, range.weight))
            .map(|text| if upper { text.to_uppercase() } else { text })
            .collect();
        let expected = Some((
            admits(&ranges, ["application/json", "application/*", "*/*"]),
            admits(&ranges, ["text/event-stream", "text/*", "*/*"]),
        ));
        let line = texts.join(", ");
        prop_assert_eq!(parse(&[&line]), expected);
        let reversed = texts.iter().rev().cloned().collect::<Vec<_>>().join(",");
        prop_assert_eq!(parse(&[&reversed]), expected);
        let (head, tail) = texts.split_at(split_at.index(texts.len()));
        prop_assert_eq!(parse(&[&head.join(","), &tail.join(",")]), expected);
    }

    #[test]
    fn any_bytes_are_read_without_panic(value in prop::collection::vec(any::<u8>(), 0..64)) {
        // NEG-14
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            let headers = HeaderMap::from_iter([(header::ACCEPT, value)]);
            let _ = Accept::parse(&headers);
        }
    }
}
