//! Requests and their answers, of the whole stack and in each era.

use http::StatusCode;
use mcp_stack::testing::CallErrorKind;
use serde_json::{Value, json};

use crate::support::{Terms, TestResult, clients, empty, json_body, scripted, seen, stream};

#[tokio::test]
async fn a_tool_is_called() -> TestResult {
    for client in clients().await {
        let sum = client.call_tool("add", json!({ "a": 1, "b": 2 })).await?;
        assert_eq!(sum.text(), "3");
        assert!(!sum.is_error() && !sum.is_stream() && !sum.is_input_required());
        assert_eq!(sum.headers()["content-type"], "application/json");
        assert_eq!(sum["content"][0]["type"], "text");
        assert_eq!(sum["nothing"], Value::Null);

        let failed = client.call_tool("fail", Value::Null).await?;
        assert!(failed.is_error());
        assert_eq!(failed.text(), "out of luck");
    }
    Ok(())
}

#[tokio::test]
async fn structured_content_is_read_into_a_type() -> TestResult {
    for client in clients().await {
        let swapped = client.call_tool("swap", json!({ "a": 1, "b": 2 })).await?;
        if swapped["structuredContent"].is_object() {
            assert_eq!(swapped.structured::<Terms>()?, Terms { a: 2, b: 1 });
        } else {
            assert_eq!(client.protocol_version().as_str(), "2025-03-26", "which has none");
            assert!(swapped.structured::<Terms>().is_err());
        }
    }
    Ok(())
}

#[tokio::test]
async fn lists_are_read_to_their_last_page() -> TestResult {
    for client in clients().await {
        let tools = client.list_tools().await?;
        let names: Vec<_> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
        assert_eq!(names.len(), 5, "{names:?}");
        assert_eq!(client.list_resources().await?[0]["uri"], "test://motd");
        assert_eq!(client.list_resource_templates().await?[0]["uriTemplate"], "test://{name}");
        assert_eq!(client.list_prompts().await?[0]["name"], "greet");
    }
    Ok(())
}

#[tokio::test]
async fn resources_prompts_and_completions_are_read() -> TestResult {
    for client in clients().await {
        assert_eq!(client.read_resource("test://motd").await?.text(), "be kind");
        assert_eq!(client.read_resource("test://ada").await?.text(), "ada");
        let prompt = client.get_prompt("greet", json!({ "name": "Ada" })).await?;
        assert_eq!(prompt.text(), "Greet Ada.");
        let greet = json!({ "type": "ref/prompt", "name": "greet" });
        let completed = client.complete(greet, "name", "A").await?;
        assert_eq!(completed["completion"]["values"], json!(["Ada", "Alan"]));
    }
    Ok(())
}

#[tokio::test]
async fn a_refusal_has_code_and_status() {
    for client in clients().await {
        let is_modern = client.protocol_version().is_modern();
        let refused = client.call_tool("nope", json!({})).await.expect_err("there is no such tool");
        assert_eq!(refused.kind(), CallErrorKind::Refused);
        assert_eq!((refused.code(), refused.status()), (Some(-32602), Some(StatusCode::OK)));
        assert!(refused.to_string().contains("nope"), "{refused}");

        let unknown = client.request("no/method", Value::Null).await.expect_err("no such method");
        let status = if is_modern { StatusCode::NOT_FOUND } else { StatusCode::OK };
        assert_eq!((unknown.code(), unknown.status()), (Some(-32601), Some(status)));

        let missing = client.read_resource("other://x").await.expect_err("no such resource");
        let error = missing.error().expect("a JSON-RPC error");
        assert_eq!(error.code(), if is_modern { -32602 } else { -32002 });
        let data: Value = error.data().expect("data").to().expect("JSON");
        assert_eq!(data["uri"], "other://x");
    }
}

#[tokio::test]
async fn a_request_can_be_spoiled_by_hand() -> TestResult {
    for client in clients().await {
        let call = client.ping().with_edit(|request| {
            request.headers_mut().insert("content-type", "text/plain".parse().expect("a value"));
        });
        let refused = call.await.expect_err("it is no JSON");
        assert_eq!(refused.status(), Some(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_answer_says_what_it_is() -> TestResult {
    let (client, _) = scripted(|seen| match seen.body["params"]["name"].as_str() {
        Some("status") => empty(502),
        Some("page") => {
            let mut page = json_body(403, &json!("forbidden"));
            page.headers_mut().insert("content-type", "text/html".parse().expect("a value"));
            page
        }
        Some("accepted") => empty(202),
        Some("nothing") => empty(200),
        Some("result") => {
            json_body(500, &json!({ "jsonrpc": "2.0", "id": seen.body["id"], "result": {} }))
        }
        Some("no_json") => {
            let (writer, mut response) = stream();
            writer.raw("{oops");
            response.headers_mut().remove("content-type");
            response
                .headers_mut()
                .insert("content-type", "application/json".parse().expect("a value"));
            response
        }
        Some("cut") => stream().1,
        Some("broken") => {
            let (writer, response) = stream();
            writer.raw("data: {");
            writer.break_off();
            response
        }
        Some("neither") => json_body(200, &json!({ "jsonrpc": "2.0", "id": seen.body["id"] })),
        Some("another") => json_body(200, &json!({ "jsonrpc": "2.0", "id": "x", "result": {} })),
        Some("nobody") => {
            json_body(400, &json!({ "jsonrpc": "2.0", "error": { "code": 1, "message": "m" } }))
        }
        Some("number") => {
            json_body(200, &json!({ "jsonrpc": "2.0", "id": seen.body["id"], "error": 1 }))
        }
        Some("asks") => {
            json_body(200, &json!({ "jsonrpc": "2.0", "id": 9, "method": "roots/list" }))
        }
        other => panic!("{other:?}"),
    });
    let table = [
        ("status", CallErrorKind::Status, 502),
        ("page", CallErrorKind::Status, 403),
        ("accepted", CallErrorKind::Status, 202),
        ("nothing", CallErrorKind::Cut, 200),
        ("result", CallErrorKind::Status, 500),
        ("no_json", CallErrorKind::Malformed, 200),
        ("cut", CallErrorKind::Cut, 200),
        ("broken", CallErrorKind::Cut, 200),
        ("neither", CallErrorKind::Malformed, 200),
        ("another", CallErrorKind::Malformed, 200),
        ("nobody", CallErrorKind::Refused, 400),
        ("number", CallErrorKind::Malformed, 200),
        ("asks", CallErrorKind::Malformed, 200),
    ];
    for (name, kind, status) in table {
        let error = client.call_tool(name, Value::Null).await.expect_err(name);
        assert_eq!(error.kind(), kind, "{name}: {error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{name}: {error}");
    }
    let refused = client.notify("notifications/x", json!({ "name": "status" })).await;
    assert_eq!(refused.expect_err("not taken").kind(), CallErrorKind::Status);
    Ok(())
}

#[tokio::test]
async fn a_service_that_fails_is_told_apart() {
    let broken = tower::service_fn(|_: http::Request<http_body_util::Full<bytes::Bytes>>| async {
        Err::<http::Response<http_body_util::Full<bytes::Bytes>>, _>("broken")
    });
    let error = mcp_stack::testing::TestClient::new(broken).ping().await.expect_err("it fails");
    assert_eq!((error.kind(), error.status()), (CallErrorKind::Service, None));
    assert_eq!(std::error::Error::source(&error).expect("the cause").to_string(), "broken");
}

#[tokio::test]
async fn a_list_that_goes_in_a_circle_ends() {
    let (client, log) = scripted(|seen| seen.result(&json!({ "tools": [], "nextCursor": "c" })));
    let error = client.list_tools().await.expect_err("it never ends");
    assert_eq!(error.kind(), CallErrorKind::Malformed);
    assert_eq!(seen(&log).len(), 2);
    assert_eq!(client.list_prompts().await.expect_err("no list").kind(), CallErrorKind::Malformed);
}
