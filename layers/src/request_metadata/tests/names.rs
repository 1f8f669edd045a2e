use super::*;

#[tokio::test]
async fn mcp_method_must_be_there_and_equal_the_body_to_the_letter() {
    let table = [
        (None, MISMATCH),
        (Some("tools/list"), Ok(())),
        (Some("TOOLS/LIST"), MISMATCH),
        (Some("tools/call"), MISMATCH),
        (Some("tools/lis"), MISMATCH),
        (Some(""), MISMATCH),
        (Some("=?base64?dG9vbHMvbGlzdA==?="), MISMATCH),
    ];
    for (header, expected) in table {
        let request = bare("tools/list", json!({}));
        let request = match header {
            Some(value) => with_header(request, "mcp-method", value),
            None => request,
        };
        assert_eq!(outcome(&serve(request).await), expected, "{header:?}");
    }
} // META-8, META-11

#[tokio::test]
async fn a_method_of_no_one_s_is_compared_like_any_other() {
    assert_eq!(outcome(&serve(modern("acme/do", json!({}))).await), Ok(()));
    let request = with_header(bare("acme/do", json!({})), "mcp-method", "acme/undo");
    assert_eq!(outcome(&serve(request).await), MISMATCH);
} // META-8

#[tokio::test]
async fn mcp_name_repeats_the_name_of_a_tool_or_prompt_and_the_uri_of_a_resource() {
    let table = [
        ("tools/call", "name", "add"),
        ("prompts/get", "name", "greet"),
        ("resources/read", "uri", "test://static-text"),
    ];
    for (method, source, value) in table {
        let request = || modern(method, json!({source: value}));
        let other = value.to_uppercase();
        assert_eq!(outcome(&serve(with_header(request(), "mcp-name", value)).await), Ok(()));
        assert_eq!(outcome(&serve(with_header(request(), "mcp-name", other)).await), MISMATCH);
        assert_eq!(outcome(&serve(request()).await), MISMATCH, "{method} without it");
    }
} // META-9, META-11

#[tokio::test]
async fn mcp_name_repeats_the_task_id_on_the_three_task_methods() {
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let request = || modern(method, json!({"taskId": "t-1"}));
        assert_eq!(outcome(&serve(with_header(request(), "mcp-name", "t-1")).await), Ok(()));
        assert_eq!(outcome(&serve(with_header(request(), "mcp-name", "t-2")).await), MISMATCH);
        assert_eq!(outcome(&serve(request()).await), MISMATCH);
    }
} // TASK-27

#[tokio::test]
async fn mcp_name_is_ignored_where_it_has_no_source() {
    for method in ["tools/list", "server/discover", "completion/complete", "acme/do"] {
        let request = || modern(method, json!({"name": "add", "uri": "test://a"}));
        for value in ["whatever", "=?base64?!?=", "\u{e9}"] {
            let response = serve(with_header(request(), "mcp-name", value)).await;
            assert_eq!(outcome(&response), Ok(()), "{method} {value}");
        }
    }
} // META-10

#[tokio::test]
async fn mcp_name_without_a_name_in_the_body_is_a_mismatch_and_neither_is_the_service_s_matter() {
    for params in [json!({}), json!({"name": 5}), json!({"name": null})] {
        assert_eq!(outcome(&serve(modern("tools/call", params.clone())).await), Ok(()));
        let request = with_header(modern("tools/call", params), "mcp-name", "add");
        assert_eq!(outcome(&serve(request).await), MISMATCH);
    }
} // META-9

#[tokio::test]
async fn header_names_are_compared_without_regard_to_case() {
    for (method, name) in [("MCP-METHOD", "MCP-NAME"), ("mcp-method", "Mcp-Name")] {
        let request = with_header(bare("tools/call", json!({"name": "add"})), method, "tools/call");
        assert_eq!(outcome(&serve(with_header(request, name, "add")).await), Ok(()));
    }
} // META-11

#[tokio::test]
async fn blanks_around_a_value_are_removed() {
    let call = bare("tools/call", json!({"name": "add"}));
    let request =
        with_header(with_header(call, "mcp-method", " tools/call\t"), "mcp-name", "\t add ");
    assert_eq!(outcome(&serve(request).await), Ok(()));
    // Those of the body are part of the name.
    let request = with_header(modern("tools/call", json!({"name": "add "})), "mcp-name", "add ");
    assert_eq!(outcome(&serve(request).await), MISMATCH);
} // META-12

#[tokio::test]
async fn mcp_name_may_be_base64_and_then_must_decode() {
    let call = || modern("tools/call", json!({"name": "añadir"}));
    let table = [
        ("=?base64?YcOxYWRpcg==?=", Ok(())),
        ("=?base64?YcOxYWRpcg?=", MISMATCH),
        ("=?base64?YcOxYW!pcg==?=", MISMATCH),
        ("=?base64?//79?=", MISMATCH),
        ("=?BASE64?YcOxYWRpcg==?=", MISMATCH),
        ("añadir", MISMATCH),
    ];
    for (value, expected) in table {
        let response = serve(with_header(call(), "mcp-name", value)).await;
        assert_eq!(outcome(&response), expected, "{value}");
    }
} // META-13, META-14, META-15, META-16

#[tokio::test]
async fn bytes_outside_visible_ascii_are_a_mismatch_even_when_they_equal_the_body() {
    let request = with_header(bare("acme/é", json!({})), "mcp-method", "acme/é");
    assert_eq!(outcome(&serve(request).await), MISMATCH);
    let request = with_header(modern("tools/call", json!({"name": "é"})), "mcp-name", "é");
    assert_eq!(outcome(&serve(request).await), MISMATCH);
} // META-16

#[tokio::test]
async fn every_line_of_a_header_must_agree() {
    let call = || modern("tools/call", json!({"name": "add"}));
    let twice = |other| with_header(with_header(call(), "mcp-name", "add"), "mcp-name", other);
    assert_eq!(outcome(&serve(twice("add")).await), Ok(()));
    assert_eq!(outcome(&serve(twice("sub")).await), MISMATCH);
    let request = with_header(with_header(call(), "mcp-name", "add"), "mcp-method", "tools/list");
    assert_eq!(outcome(&serve(request).await), MISMATCH);
} // META-8, META-9

#[tokio::test]
async fn a_refusal_carries_the_id_of_the_request() {
    let mut body = json!({"jsonrpc": "2.0", "id": "a\"b", "method": "tools/list"});
    body["params"] = json!({"_meta": complete_meta()});
    let response = serve(under(ProtocolVersion::V2026_07_28, body)).await;
    assert_eq!(outcome(&response), MISMATCH);
    assert_eq!(support::json(&response)["id"], "a\"b");
} // META-17

/// The body is handed on as it came, and with it the only names there are.
#[tokio::test]
async fn a_header_never_replaces_what_the_body_says() {
    let request = with_header(modern("tools/list", json!({"name": "a"})), "mcp-name", "b");
    let inner = service_fn(|request: Request<Inbound>| async move {
        let params = request.body().params().expect("it has params");
        assert_eq!(params.string("name").as_deref(), Some("a"));
        assert_eq!(request.body().request_id(), Some(&support::id()));
        Ok::<_, Infallible>(support::answer(&request))
    });
    let response = RequestMetadataLayer::new().layer(inner).oneshot(request).await;
    assert_eq!(outcome(&response.expect("an answer")), Ok(()));
} // META-31

#[tokio::test]
async fn on_a_legacy_request_mirrored_headers_are_ignored() {
    let versions = ProtocolVersion::ALL.into_iter().filter(|version| !version.is_modern());
    for version in versions {
        let body = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "add"},
        });
        let request = with_header(under(version, body), "mcp-method", "prompts/get");
        let request = with_header(request, "mcp-name", "=?base64?!?=");
        let request = with_header(request, "mcp-param-region", "eu");
        assert_eq!(outcome(&serve(request).await), Ok(()), "{version}");
    }
} // META-32

#[tokio::test]
async fn a_notification_needs_neither_headers_nor_meta() {
    let body = || json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {}});
    let modern = || under(ProtocolVersion::V2026_07_28, body());
    assert_eq!(outcome(&serve(modern()).await), Ok(()));
    assert_eq!(outcome(&serve(with_header(modern(), "mcp-method", "other")).await), Ok(()));
} // META-33

#[tokio::test]
async fn get_and_delete_have_nothing_to_check() {
    for mut request in [support::get(), support::delete()] {
        request.extensions_mut().insert(ProtocolVersion::V2026_07_28);
        assert_eq!(outcome(&serve(request).await), Ok(()));
    }
} // META-33
