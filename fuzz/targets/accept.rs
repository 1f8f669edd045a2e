//! `Accept` is read by the rules of content negotiation. One line of the input is one
//! line of the header.
#![no_main]

use http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::fuzz_target;
use mcp_layers::negotiate::Accept;

fuzz_target!(|input: &[u8]| {
    let lines: Vec<_> = input.split(|byte| *byte == b'\n').collect();
    let accept = parse(&lines);
    let with = |line: &'static [u8]| parse(&[&lines[..], &[line]].concat());

    let mut reversed = lines.clone();
    reversed.reverse();
    assert_eq!(parse(&reversed), accept, "the order of lines means nothing");

    let upper: Vec<_> = lines.iter().map(|line| line.to_ascii_uppercase()).collect();
    let upper: Vec<_> = upper.iter().map(Vec::as_slice).collect();
    assert_eq!(parse(&upper), accept, "nor does case");

    let lines_are_values = lines.iter().all(|line| HeaderValue::from_bytes(line).is_ok());
    if !input.contains(&b'"') && lines_are_values {
        assert_eq!(parse(&[&lines.join(&b", "[..])]), accept, "lines are parts of one list");
    }

    // A type that is named is taken, and says nothing of the other.
    let (json, event_stream) = (with(b"application/json"), with(b"text/event-stream"));
    assert!(json.is_some_and(Accept::json) && event_stream.is_some_and(Accept::event_stream));
    let neither = parse(&[b"text/html"]).expect("a range");
    let before = accept.unwrap_or(neither);
    assert_eq!(json.map(Accept::event_stream), Some(before.event_stream()));
    assert_eq!(event_stream.map(Accept::json), Some(before.json()));
    // What is not taken already is by the least specific range, unless it was excluded.
    let any = with(b"*/*").expect("a range");
    assert!(any.json() >= before.json() && any.event_stream() >= before.event_stream());
    // Garbage, and what is about other types, changes nothing.
    for other in [&b"text/"[..], b";", b"text/html", b"image/*;q=0"] {
        let with_other = parse(&[&lines[..], &[other]].concat());
        assert_eq!(with_other.unwrap_or(before), before, "{:?}", String::from_utf8_lossy(other));
    }
});

fn parse(lines: &[&[u8]]) -> Option<Accept> {
    let mut headers = HeaderMap::new();
    for value in lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        headers.append(header::ACCEPT, value);
    }
    Accept::parse(&headers)
}
