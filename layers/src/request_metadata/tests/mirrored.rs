use proptest::prelude::*;

use super::*;

/// One tool, `deploy`, with this schema.
struct Deploy(Arc<[MirroredParam]>);

impl MirroredParams for Deploy {
    fn of_tool(&self, name: &str) -> Option<Arc<[MirroredParam]>> {
        (name == "deploy").then(|| self.0.clone())
    }
}

fn layer(properties: Value) -> RequestMetadataLayer {
    let schema = json!({"type": "object", "properties": properties});
    let params = MirroredParam::from_schema(&schema).expect("a valid schema");
    RequestMetadataLayer::new().with_mirrored_params(Arc::new(Deploy(params.into())))
}

fn region() -> RequestMetadataLayer {
    layer(json!({"region": {"type": "string", "x-mcp-header": "Region"}}))
}

fn replicas() -> RequestMetadataLayer {
    layer(json!({"replicas": {"type": "integer", "x-mcp-header": "Replicas"}}))
}

fn call(tool: &str, arguments: Value) -> Request<Inbound> {
    let params = json!({"name": tool, "arguments": arguments});
    with_header(modern("tools/call", params), "mcp-name", tool)
}

async fn check(
    layer: &RequestMetadataLayer,
    arguments: Value,
    headers: &[(&str, &str)],
) -> Result<(), i64> {
    let request = headers.iter().fold(call("deploy", arguments), |request, (name, value)| {
        with_header(request, name, value)
    });
    outcome(&serve_with(layer, request).await)
}

#[tokio::test]
async fn a_value_must_be_repeated_exactly() {
    let table = [
        (vec![("Mcp-Param-Region", "eu")], Ok(())),
        (vec![("mcp-param-region", " eu\t")], Ok(())),
        (vec![("mcp-param-region", "=?base64?ZXU=?=")], Ok(())),
        (vec![], MISMATCH),
        (vec![("mcp-param-region", "EU")], MISMATCH),
        (vec![("mcp-param-region", "us")], MISMATCH),
        (vec![("mcp-param-region", "")], MISMATCH),
        (vec![("mcp-param-region", "eu"), ("mcp-param-region", "us")], MISMATCH),
        (vec![("mcp-param-region", "=?base64?ZXU?=")], MISMATCH),
        (vec![("mcp-param-region", "=?base64?Z!U=?=")], MISMATCH),
        (vec![("mcp-param-region", "é")], MISMATCH),
    ];
    for (headers, expected) in table {
        assert_eq!(
            check(&region(), json!({"region": "eu"}), &headers).await,
            expected,
            "{headers:?}"
        );
    }
} // META-18, META-12, META-13, META-15, META-16

#[tokio::test]
async fn a_value_is_text_unless_both_markers_are_there() {
    let table = [
        ("Hello", "=?base64?SGVsbG8=?=", Ok(())),
        ("SGVsbG8=", "SGVsbG8=", Ok(())),
        ("=?base64?SGVsbG8=", "=?base64?SGVsbG8=", Ok(())),
        ("=?Base64?SGVsbG8=?=", "=?Base64?SGVsbG8=?=", Ok(())),
        ("=?base64?SGVsbG8=?=", "=?base64?SGVsbG8=?=", MISMATCH),
        ("", "=?base64??=", Ok(())),
        (" padded ", "=?base64?IHBhZGRlZCA=?=", Ok(())),
        ("a\"b", "a\"b", Ok(())),
    ];
    for (body, header, expected) in table {
        let headers = [("mcp-param-region", header)];
        assert_eq!(check(&region(), json!({"region": body}), &headers).await, expected, "{header}");
    }
} // META-13, META-14, META-22

#[tokio::test]
async fn no_header_is_expected_for_a_value_that_is_absent_or_null() {
    let arguments = [json!({}), json!({"region": null}), json!({"other": "eu"}), json!(null)];
    for arguments in arguments {
        assert_eq!(check(&region(), arguments.clone(), &[]).await, Ok(()));
        // META-20, D-28
        let headers = [("mcp-param-region", "eu")];
        assert_eq!(check(&region(), arguments, &headers).await, MISMATCH);
    }
    let absent = with_header(modern("tools/call", json!({"name": "deploy"})), "mcp-name", "deploy");
    assert_eq!(outcome(&serve_with(&region(), absent).await), Ok(()));
} // META-19, META-20

#[tokio::test]
async fn integers_are_compared_as_numbers() {
    let table = [
        (json!(42), "42", Ok(())),
        (json!(42), "42.0", Ok(())),
        (json!(42), "4.2e1", Ok(())),
        (json!(42.0), "42", Ok(())),
        (json!(0), "-0", Ok(())),
        (json!(-7), "-7.00", Ok(())),
        (json!(42), "=?base64?NDI=?=", Ok(())),
        (json!(42), "43", MISMATCH),
        (json!(42), "42.1", MISMATCH),
        (json!(42), "042", MISMATCH),
        (json!(42), "+42", MISMATCH),
        (json!(42), "0x2a", MISMATCH),
        (json!(42), "", MISMATCH),
        // Equal as floating point.
        (json!(9_007_199_254_740_991_i64), "9007199254740991.4", MISMATCH),
    ];
    for (body, header, expected) in table {
        let headers = [("mcp-param-replicas", header)];
        let arguments = json!({"replicas": body});
        assert_eq!(check(&replicas(), arguments, &headers).await, expected, "{body} {header}");
    }
} // META-21

#[tokio::test]
async fn an_integer_beyond_2_to_the_53_is_refused() {
    let table = [
        (9_007_199_254_740_991_i64, Ok(())),
        (-9_007_199_254_740_991, Ok(())),
        (9_007_199_254_740_992, INVALID_PARAMS),
        (-9_007_199_254_740_992, INVALID_PARAMS),
        (i64::MAX, INVALID_PARAMS),
    ];
    for (number, expected) in table {
        let header = number.to_string();
        let headers = [("mcp-param-replicas", header.as_str())];
        assert_eq!(check(&replicas(), json!({"replicas": number}), &headers).await, expected);
    }
} // META-29

#[tokio::test]
async fn booleans_are_compared_as_lower_case_words() {
    let dry_run = layer(json!({"dryRun": {"type": "boolean", "x-mcp-header": "Dry-Run"}}));
    let table = [
        (true, "true", Ok(())),
        (false, "false", Ok(())),
        (true, "True", MISMATCH),
        (true, "1", MISMATCH),
        (true, "false", MISMATCH),
    ];
    for (body, header, expected) in table {
        let headers = [("mcp-param-dry-run", header)];
        assert_eq!(check(&dry_run, json!({"dryRun": body}), &headers).await, expected, "{header}");
    }
} // META-22

#[tokio::test]
async fn a_value_that_is_not_of_its_type_is_refused_as_a_param() {
    for value in [json!(5), json!(true), json!(["eu"]), json!({"eu": 1})] {
        let headers = [("mcp-param-region", "5")];
        let arguments = json!({"region": value});
        assert_eq!(check(&region(), arguments, &headers).await, INVALID_PARAMS, "{value}");
    }
    for value in [json!("5"), json!(5.5), json!(false)] {
        let headers = [("mcp-param-replicas", "5")];
        let arguments = json!({"replicas": value});
        assert_eq!(check(&replicas(), arguments, &headers).await, INVALID_PARAMS, "{value}");
    }
} // META-18, META-29

#[tokio::test]
async fn a_header_that_no_annotation_names_is_ignored() {
    let headers = [("mcp-param-region", "eu"), ("mcp-param-other", "=?base64?!?=")];
    assert_eq!(check(&region(), json!({"region": "eu", "other": "x"}), &headers).await, Ok(()));
    for layer in [region(), RequestMetadataLayer::new()] {
        let unannotated =
            with_header(call("add", json!({"region": "eu"})), "mcp-param-region", "us");
        assert_eq!(outcome(&serve_with(&layer, unannotated).await), Ok(()));
    }
} // META-23

#[tokio::test]
async fn only_tools_call_has_mirrored_params() {
    let params = json!({"name": "deploy", "arguments": {"region": "eu"}});
    let request = with_header(modern("prompts/get", params), "mcp-name", "deploy");
    assert_eq!(outcome(&serve_with(&region(), request).await), Ok(()));
} // META-18

#[tokio::test]
async fn the_value_is_read_at_the_full_path_and_not_by_name_alone() {
    let nested = layer(json!({
        "target": {"type": "object", "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
        }},
        "region": {"type": "string"},
    }));
    let headers = [("mcp-param-region", "eu")];
    let table = [
        (json!({"target": {"region": "eu"}, "region": "us"}), Ok(())),
        (json!({"region": "us", "target": {"zone": 1, "region": "eu"}}), Ok(())),
        (json!({"target": {"region": "us"}, "region": "eu"}), MISMATCH),
        (json!({"region": "eu"}), MISMATCH),
        (json!({"target": {"nested": {"region": "eu"}}}), MISMATCH),
        (json!({"target": "eu"}), MISMATCH),
        (json!({"target": [{"region": "eu"}]}), MISMATCH),
    ];
    for (arguments, expected) in table {
        assert_eq!(check(&nested, arguments.clone(), &headers).await, expected, "{arguments}");
    }
} // META-24

#[tokio::test]
async fn a_key_with_escapes_is_the_same_key() {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"deploy",
        "arguments":{"\u0072egion":"\u0065u"},"_meta":{
        "io.modelcontextprotocol/protocolVersion":"2026-07-28",
        "io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    let call = || {
        let mut request = support::post(body);
        request.extensions_mut().insert(ProtocolVersion::V2026_07_28);
        with_header(with_header(request, "mcp-method", "tools/call"), "mcp-name", "deploy")
    };
    let told = with_header(call(), "mcp-param-region", "eu");
    assert_eq!(outcome(&serve_with(&region(), told).await), Ok(()));
    assert_eq!(outcome(&serve_with(&region(), call()).await), MISMATCH);
} // META-18, META-24

/// A handler might read the one that was not compared.
#[tokio::test]
async fn a_mirrored_value_that_occurs_twice_is_refused() {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"deploy",
        "arguments":{"region":"eu","\u0072egion":"us"},"_meta":{
        "io.modelcontextprotocol/protocolVersion":"2026-07-28",
        "io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    for region_header in ["eu", "us"] {
        let mut request = support::post(body);
        request.extensions_mut().insert(ProtocolVersion::V2026_07_28);
        let request =
            with_header(with_header(request, "mcp-method", "tools/call"), "mcp-name", "deploy");
        let request = with_header(request, "mcp-param-region", region_header);
        let response = serve_with(&region(), request).await;
        assert_eq!(outcome(&response), INVALID_PARAMS);
        assert!(message(&response).contains("occurs twice"));
    }
} // META-24, META-31

#[tokio::test]
async fn the_names_are_checked_before_the_params() {
    let request = modern("tools/call", json!({"name": "deploy", "arguments": {"region": 5}}));
    assert_eq!(outcome(&serve_with(&region(), request).await), MISMATCH);
} // ERR-8

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever a client encodes as it should, passes; and only that value does.
    #[test]
    fn an_encoded_string_passes_and_no_other(value in "\\PC{0,16}", other in "\\PC{0,16}") {
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        let header = format!("=?base64?{}?=", BASE64_STANDARD.encode(&value));
        let headers = http::HeaderMap::from_iter([(
            HeaderName::from_static("mcp-param-region"),
            HeaderValue::try_from(header).expect("ASCII"),
        )]);
        let schema = json!({"properties": {"region": {"type": "string", "x-mcp-header": "Region"}}});
        let params = MirroredParam::from_schema(&schema).expect("a valid schema");
        let check = |value: &str| {
            let arguments = json!({"region": value}).to_string();
            super::super::arguments::check(&headers, Some(&arguments), &params)
        };
        prop_assert!(check(&value).is_ok());
        prop_assert_eq!(check(&other).is_ok(), value == other);
    }

    /// No arguments make the check panic.
    #[test]
    fn any_arguments_are_read(arguments in "[{}\\[\\]\",:a-e0-9\\\\ ]{0,40}") {
        let schema = json!({"properties": {"a": {"type": "object", "properties": {
            "b": {"type": "string", "x-mcp-header": "B"},
        }}}});
        let params = MirroredParam::from_schema(&schema).expect("a valid schema");
        let headers = http::HeaderMap::new();
        let _ = super::super::arguments::check(&headers, Some(&arguments), &params);
    }
}
