use super::*;

#[tokio::test]
async fn a_content_type_that_is_not_json_is_415() {
    // NEG-18
    for value in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;Charset=\"UTF-8\"",
        "application/json ; q=\";\"",
    ] {
        let request = with_header(post(CALL), "content-type", value);
        assert_eq!(send(border(plain), request).await.status, 200, "{value}");
    }
    for value in [
        "",
        "json",
        "text/plain",
        "application/json-rpc",
        "application/jsonx; charset=utf-8",
        "application/json, text/plain",
        "text/plain; a=application/json",
        "application/*",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ] {
        let request = with_header(post(CALL), "content-type", value).map(|_| Untouched);
        let answer = refused(NegotiateLayer::new(), request).await;
        assert_eq!(answer.refusal(), (415, -32600), "{value:?}");
    }
}

#[tokio::test]
async fn a_content_type_that_is_missing_or_twofold_is_415() {
    // NEG-18
    let request = without_header(post(CALL), "content-type");
    assert_eq!(refused(NegotiateLayer::new(), request).await.refusal(), (415, -32600));
    let mut request = post(CALL);
    request.headers_mut().append("content-type", "text/plain".parse().expect("valid"));
    assert_eq!(refused(NegotiateLayer::new(), request).await.refusal(), (415, -32600));
}

#[tokio::test]
async fn an_accept_that_admits_neither_is_406_before_the_body_is_read() {
    // NEG-17
    for accept in ["text/html", "*/*;q=0", "application/xml, text/plain"] {
        let request = post_accepting(accept, CALL).map(|_| Untouched);
        let answer = refused(NegotiateLayer::new(), request).await;
        assert_eq!(answer.refusal(), (406, -32600), "{accept}");
    }
}

#[tokio::test]
async fn a_missing_accept_counts_as_both() {
    // NEG-15
    for lines in [&[][..], &[""], &["nonsense"]] {
        let mut request = without_header(post(CALL), "accept");
        for line in lines {
            request.headers_mut().append("accept", line.parse().expect("valid"));
        }
        let answer = send(border(plain), request).await;
        assert_eq!(answer.json()["result"], json!({}));
    }
    let request = without_header(post(CALL), "accept");
    let answer = send(border(answering(|| call_stream([progress(1), result()]))), request).await;
    assert_eq!(answer.messages().len(), 2);
}

#[tokio::test]
async fn the_strict_profile_wants_both_media_types() {
    // NEG-15
    let strict = NegotiateLayer::new().strict();
    for accept in [None, Some("application/json"), Some("text/event-stream"), Some("text/html")] {
        let request = match accept {
            Some(accept) => post_accepting(accept, CALL),
            None => without_header(post(CALL), "accept"),
        };
        assert_eq!(refused(strict, request).await.refusal(), (406, -32600), "{accept:?}");
    }
    for accept in ["*/*", "text/event-stream;q=0.1, application/json"] {
        let answer = send(strict.layer(Inner(plain)), post_accepting(accept, CALL)).await;
        assert_eq!(answer.status, 200, "{accept}");
    }
}

#[tokio::test]
async fn what_is_no_message_is_400() {
    // NEG-24, RPC-2, RPC-3, RPC-12, RPC-13, RPC-17
    let none = Value::Null;
    for (body, code, id) in [
        ("", -32700, none.clone()),
        ("{", -32700, none.clone()),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,", -32700, none.clone()),
        ("nonsense", -32700, none.clone()),
        ("[1,", -32700, none.clone()),
        ("{} {}", -32700, none.clone()),
        ("1", -32600, none.clone()),
        ("{}", -32600, none.clone()),
        (r#"{"id":1,"method":"ping"}"#, -32600, json!(1)),
        (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, -32600, json!("a")),
        (r#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, -32600, json!(1)),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, none.clone()),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600, none.clone()),
        (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, -32600, none.clone()),
        (r#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, -32600, none.clone()),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600, none.clone()),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600, json!(1)),
        (r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, -32600, none.clone()),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#, -32600, json!(1)),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32602, json!(1)),
        (r#"{"jsonrpc":"2.0","id":"x","method":"ping","params":3}"#, -32602, json!("x")),
        (r#"{"jsonrpc":"2.0","method":"notifications/x","params":"s"}"#, -32602, none.clone()),
    ] {
        let answer = refused(NegotiateLayer::new(), post(body)).await;
        assert_eq!(answer.refusal(), (400, code), "{body}");
        let json = answer.json();
        let members = json.as_object().expect("an object");
        assert_eq!(members.contains_key("id"), id != none, "{body}");
        assert_eq!(json["id"], id, "{body}");
        assert_eq!(answer.rejection.expect("kept").error().code(), code);
    }
}

#[tokio::test]
async fn json_that_nests_too_deep_is_400() {
    // NEG-24
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":{open}{close}}}}}"#)
    };
    let layer = NegotiateLayer::new().with_max_depth(10);
    assert_eq!(send(layer.layer(Inner(plain)), post(nested(8))).await.status, 200);
    assert_eq!(refused(layer, post(nested(9))).await.refusal(), (400, -32600));
    assert_eq!(refused(NegotiateLayer::new(), post(nested(63))).await.refusal(), (400, -32600));
}

#[tokio::test]
async fn unknown_members_are_ignored_and_params_may_be_absent() {
    // RPC-17, RPC-18
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"extra":[{}],"more":null}"#,
        r#" {"extra":1,"params":{"unknown":1},"method":"ping","id":1,"jsonrpc":"2.0"} "#,
    ] {
        assert_eq!(send(border(plain), post(body)).await.json()["result"], json!({}), "{body}");
    }
}

#[tokio::test]
async fn a_reply_with_a_modern_header_is_400() {
    // NEG-13
    for body in [REPLY, r#"{"jsonrpc":"2.0","id":5,"error":{"code":1,"message":""}}"#] {
        let request = with_header(post(body), "mcp-protocol-version", "2026-07-28");
        let answer = refused(NegotiateLayer::new(), request).await;
        assert_eq!(answer.refusal(), (400, -32600));
        assert!(answer.json().get("id").is_none());
        for version in ["2025-11-25", ""] {
            let request = with_header(post(body), "mcp-protocol-version", version);
            assert_eq!(send(border(plain), request).await.status, 202);
        }
    }
}

#[tokio::test]
async fn messages_reach_the_service_with_their_http_request() {
    let inner = |request: Request<Inbound>| {
        assert_eq!(request.uri(), "/mcp?x=1");
        assert_eq!(request.headers()["mcp-session-id"], "s");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.version(), http::Version::HTTP_2);
        assert_eq!(request.extensions().get(), Some(&7_u8));
        assert_eq!(request.body().params().and_then(|p| p.get("name")), Some("\"add\""));
        let mut response = plain(request);
        response.headers_mut().insert("mcp-session-id", "t".parse().expect("valid"));
        response.extensions_mut().insert(8_u16);
        response
    };
    let mut request = with_header(post(CALL), "mcp-session-id", "s");
    *request.uri_mut() = "/mcp?x=1".parse().expect("a URI");
    *request.version_mut() = http::Version::HTTP_2;
    request.extensions_mut().insert(7_u8);
    let Ok(response) = border(inner).oneshot(request).await;
    assert_eq!(response.headers()["mcp-session-id"], "t");
    assert_eq!(response.extensions().get(), Some(&8_u16));
}

#[tokio::test]
async fn an_array_is_handed_on_whole() {
    // What is made of it is the batch layer's business, or the service's.
    let inner = |request: Request<Inbound>| {
        let Inbound::Batch(batch) = request.body() else { panic!("{:?}", request.body()) };
        assert_eq!(batch.as_json().as_str(), "[1]");
        Response::new(Outbound::Accepted)
    };
    assert_eq!(send(border(inner), post("[1]")).await.status, 202);
}
