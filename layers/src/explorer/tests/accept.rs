use http::Method;
use proptest::prelude::*;

use super::{super::accept::prefers_html, BROWSER, is_page, request};

async fn page(accept: &[&str]) -> bool {
    is_page(request(Method::GET, accept)).await
}

#[tokio::test]
async fn whoever_asks_for_html_gets_the_page() {
    // NEG-14
    for accept in [
        BROWSER,
        "text/html",
        "TEXT/HTML",
        "text/html;q=0.001",
        "text/html; charset=utf-8",
        "text/html;level=1 ; Q = 0.5",
        "application/xml , text/html",
        "text/html, text/event-stream",
        "text/html;q=0.5, text/event-stream;q=0.5",
        "text/html;q=0.5, text/event-stream;q=0.25, */*",
        "text/html;q=0.5, text/event-stream;q=0",
        "text/html;q=0.5, text/*;q=0.4, */*;q=1",
        "text/html;q=0, text/html;q=0.3",
        "text/html;q=1.000",
        "text/event-stream;q=2, text/html;q=0.5",
    ] {
        assert!(page(&[accept]).await, "{accept}");
    }
    assert!(page(&["application/xml", "text/html"]).await, "of two lines");
}

#[tokio::test]
async fn whoever_does_not_is_never_shown_it() {
    // NEG-6, NEG-7
    for accept in [
        "text/event-stream",
        "application/json, text/event-stream",
        "application/json",
        "*/*",
        "text/*",
        "text/html;q=0",
        "text/html;q=0.000",
        "text/html;q=0.4, text/event-stream",
        "text/html;q=0.4, text/event-stream;q=0.5",
        "text/html;q=0.4, text/*;q=0.5",
        "text/html;q=0.4, */*;q=0.5",
        "text/html;q=high",
        "text/html;q=0.0001",
        "text/html;q=1.1",
        "text/html;q=",
        "text/htmlx",
        "application/xhtml+xml",
        "html",
        "",
        ",;=",
    ] {
        assert!(!page(&[accept]).await, "{accept:?}");
    }
    assert!(!page(&[]).await, "without `Accept`");
    let bytes = request(Method::GET, &[]).map(|()| ());
    let (mut parts, body) = bytes.into_parts();
    parts
        .headers
        .insert("accept", http::HeaderValue::from_bytes(b"text/html\xff").expect("opaque"));
    assert!(!is_page(http::Request::from_parts(parts, body)).await, "not ASCII");
}

/// `0.375` for 375.
fn written(thousandths: u16) -> String {
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

proptest! {
    #[test]
    fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..48)) {
        // NEG-14
        if let Ok(value) = http::HeaderValue::from_bytes(&bytes) {
            let headers = [(http::header::ACCEPT, value)].into_iter().collect();
            let _ = prefers_html(&headers);
        }
    }

    #[test]
    fn the_heavier_of_two_types_wins(html in 0..=1000_u16, stream in 0..=1000_u16, swapped: bool) {
        // NEG-14
        let mut ranges = [
            format!("text/html;q={}", written(html)),
            format!("text/event-stream; q={}", written(stream)),
        ];
        if swapped {
            ranges.reverse();
        }
        let value = http::HeaderValue::try_from(ranges.join(" ,")).expect("ASCII");
        let headers = [(http::header::ACCEPT, value)].into_iter().collect();
        prop_assert_eq!(prefers_html(&headers), html > 0 && html >= stream);
    }
}
