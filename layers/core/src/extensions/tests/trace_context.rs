use proptest::prelude::*;

use super::super::TraceContext;

#[test]
fn traceparent_has_the_form_w3c_gives_it() {
    // OTEL-1
    let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let context = TraceContext::new(valid, Some("a=b"), None).expect("valid");
    assert_eq!(context.traceparent(), valid);
    assert_eq!((context.tracestate(), context.baggage()), (Some("a=b"), None));
    for invalid in [
        "",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-001",
    ] {
        assert_eq!(TraceContext::new(invalid, None, None), None, "{invalid:?}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[0-9a-f\\-é]{0,60}") {
        let _ = TraceContext::new(&text, None, None);
    }
}
