use mcp_layers_core::extensions::TraceContext;
use proptest::prelude::*;

use super::super::trace;
use super::*;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A legacy request or notification with these keys in `_meta`.
fn legacy(mut body: Value, meta: Value) -> Request<Inbound> {
    body["params"] = json!({"_meta": meta});
    under(ProtocolVersion::V2025_06_18, body)
}

fn ping() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "ping"})
}

#[tokio::test]
async fn the_trace_is_read_without_a_prefix_in_both_eras_and_off_notifications() {
    let trace = json!({
        "traceparent": PARENT,
        "tracestate": "vendor=1, other=2",
        "baggage": "user=alice;p=1,tier=gold",
    });
    let mut meta = complete_meta();
    meta.as_object_mut().expect("an object").extend(trace.as_object().expect("an object").clone());
    let note = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let requests = [
        modern("tools/list", json!({"_meta": meta})),
        legacy(ping(), trace.clone()),
        legacy(note, trace),
    ];
    let expected =
        TraceContext::new(PARENT, Some("vendor=1, other=2"), Some("user=alice;p=1,tier=gold"));
    for request in requests {
        let response = serve(request).await;
        assert_eq!(response.extensions().get::<TraceContext>(), expected.as_ref());
    }
    let prefixed = json!({"io.modelcontextprotocol/traceparent": PARENT});
    let response = serve(legacy(ping(), prefixed)).await;
    assert!(response.extensions().get::<TraceContext>().is_none());
} // OTEL-1

#[tokio::test]
async fn a_malformed_trace_is_ignored() {
    let parents = [
        json!("nonsense"),
        json!(""),
        json!(5),
        json!(null),
        json!({}),
        json!("00-00000000000000000000000000000000-b7ad6b7169203331-01"),
        json!("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"),
    ];
    for parent in parents {
        let mut meta = complete_meta();
        meta["traceparent"] = parent.clone();
        for request in [
            modern("tools/list", json!({"_meta": meta})),
            legacy(ping(), json!({"traceparent": parent})),
        ] {
            let response = serve(request).await;
            assert_eq!(outcome(&response), Ok(()), "{parent}");
            assert!(response.extensions().get::<TraceContext>().is_none());
        }
    }
} // OTEL-2

#[tokio::test]
async fn a_malformed_list_is_ignored_and_the_parent_kept() {
    let long = format!("a={}", "x".repeat(9000));
    let lists = [
        json!("no pair"),
        json!("=1"),
        json!("a=é"),
        json!("a=1\r\nb"),
        json!(1),
        json!(""),
        json!(long),
    ];
    for list in lists {
        let meta = json!({"traceparent": PARENT, "tracestate": list, "baggage": list});
        let response = serve(legacy(ping(), meta)).await;
        assert_eq!(outcome(&response), Ok(()));
        let expected = TraceContext::new(PARENT, None, None);
        assert_eq!(response.extensions().get::<TraceContext>(), expected.as_ref());
    }
} // OTEL-2

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_trace_is_read_and_what_is_kept_could_be_a_header(list in "(\\PC|[\\r\\n\\t,=]){0,40}") {
        let body = legacy(ping(), json!({"traceparent": PARENT, "baggage": list}));
        let params = body.body().params().expect("it has params");
        let read = trace::read(params.meta()).expect("the parent is well formed");
        if let Some(baggage) = read.baggage() {
            prop_assert_eq!(baggage, list.as_str());
            prop_assert!(HeaderValue::try_from(baggage).is_ok());
        }
    }
}
