use mcp_layers_core::extensions::{ClientCapabilities, ClientInfo};

use super::*;

/// `tools/list` with this `_meta`.
fn with_meta(meta: Value) -> Request<Inbound> {
    modern("tools/list", json!({"_meta": meta}))
}

/// A complete `_meta` with one more member, or another value for one.
fn meta_with(key: &str, value: Value) -> Value {
    let mut meta = complete_meta();
    meta[key] = value;
    meta
}

fn meta_without(key: &str) -> Value {
    let mut meta = complete_meta();
    meta.as_object_mut().expect("an object").remove(key);
    meta
}

#[tokio::test]
async fn a_missing_key_gets_400_invalid_params_naming_it() {
    for key in [meta::PROTOCOL_VERSION, meta::CLIENT_CAPABILITIES] {
        let response = serve(with_meta(meta_without(key))).await;
        assert_eq!(outcome(&response), INVALID_PARAMS, "{key}");
        assert!(message(&response).contains(key));
    }
} // META-1

#[tokio::test]
async fn a_request_without_params_or_meta_gets_400_invalid_params() {
    let bodies = [
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}),
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": {}}}),
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": null}}),
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": []}}),
    ];
    for body in bodies {
        // Not -32020, although `Mcp-Method` is missing too.
        let response = serve(under(ProtocolVersion::V2026_07_28, body.clone())).await;
        assert_eq!(outcome(&response), INVALID_PARAMS, "{body}");
    }
} // META-1, ERR-8

#[tokio::test]
async fn a_request_without_client_info_is_served() {
    let response = serve(with_meta(complete_meta())).await;
    assert_eq!(outcome(&response), Ok(()));
    assert!(response.extensions().get::<ClientInfo>().is_none());
} // META-2

#[tokio::test]
async fn a_key_of_the_wrong_type_gets_400_naming_it() {
    let table = [
        (meta::PROTOCOL_VERSION, json!(20260728)),
        (meta::PROTOCOL_VERSION, json!(null)),
        (meta::CLIENT_CAPABILITIES, json!([])),
        (meta::CLIENT_CAPABILITIES, json!("sampling")),
        (meta::CLIENT_CAPABILITIES, json!(null)),
        (meta::CLIENT_INFO, json!("probe")),
        (meta::CLIENT_INFO, json!(null)),
        (meta::CLIENT_INFO, json!(["probe", "1"])),
        (meta::CLIENT_INFO, json!({})),
        (meta::CLIENT_INFO, json!({"name": "probe"})),
        (meta::CLIENT_INFO, json!({"version": "1"})),
        (meta::CLIENT_INFO, json!({"name": "probe", "version": 1})),
        (meta::CLIENT_INFO, json!({"name": null, "version": "1"})),
    ];
    for (key, value) in table {
        let response = serve(with_meta(meta_with(key, value.clone()))).await;
        assert_eq!(outcome(&response), INVALID_PARAMS, "{key}: {value}");
        assert!(message(&response).contains(key));
    }
} // META-3

#[tokio::test]
async fn what_the_client_declares_reaches_the_inner_service() {
    let mut meta = meta_with(meta::CLIENT_CAPABILITIES, json!({"sampling": {"tools": {}}}));
    meta[meta::CLIENT_INFO] = json!({"name": "probé \"x\"", "version": "1", "icons": []});
    let response = serve(with_meta(meta)).await;
    let capabilities = response.extensions().get::<ClientCapabilities>().expect("inserted");
    assert!(capabilities.has(&["sampling", "tools"]));
    let info = response.extensions().get::<ClientInfo>().expect("inserted");
    assert_eq!(info.name().as_deref(), Some("probé \"x\""));
} // META-5

#[tokio::test]
async fn capabilities_of_an_earlier_request_do_not_count() {
    let layer = RequestMetadataLayer::new();
    let declaring = meta_with(meta::CLIENT_CAPABILITIES, json!({"sampling": {}}));
    serve_with(&layer, with_meta(declaring)).await;
    let response = serve_with(&layer, with_meta(complete_meta())).await;
    let capabilities = response.extensions().get::<ClientCapabilities>().expect("inserted");
    assert!(!capabilities.has(&["sampling"]));
} // META-5

#[tokio::test]
async fn a_log_level_that_is_none_of_the_eight_gets_400_naming_the_key() {
    let values = [json!("verbose"), json!("INFO"), json!(""), json!(1), json!(null)];
    for value in values {
        let response = serve(with_meta(meta_with(meta::LOG_LEVEL, value.clone()))).await;
        assert_eq!(outcome(&response), INVALID_PARAMS, "{value}");
        assert!(message(&response).contains(meta::LOG_LEVEL));
    }
    let levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
    for name in levels {
        let response = serve(with_meta(meta_with(meta::LOG_LEVEL, json!(name)))).await;
        assert_eq!(outcome(&response), Ok(()), "{name}");
    }
} // LOG-5

#[tokio::test]
async fn unknown_keys_are_passed_over() {
    let mut meta = meta_with("io.modelcontextprotocol/unheard-of", json!({"a": 1}));
    meta["com.example/own"] = json!(null);
    meta["not a key!"] = json!([1]);
    meta["progressToken"] = json!(0);
    assert_eq!(outcome(&serve(with_meta(meta)).await), Ok(()));
    let open = json!({"roots": {"listChanged": true}, "unheardOf": 1});
    let response = serve(with_meta(meta_with(meta::CLIENT_CAPABILITIES, open))).await;
    assert_eq!(outcome(&response), Ok(()));
} // META-38

#[tokio::test]
async fn on_a_legacy_request_meta_is_optional_and_its_modern_keys_mean_nothing() {
    let metas = [
        json!(null),
        json!({}),
        json!({"progressToken": "t"}),
        json!({meta::CLIENT_CAPABILITIES: 1, meta::LOG_LEVEL: "loud", meta::CLIENT_INFO: []}),
    ];
    for meta in metas {
        let body = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta},
        });
        let response = serve(under(ProtocolVersion::V2025_11_25, body)).await;
        assert_eq!(outcome(&response), Ok(()));
        assert!(response.extensions().get::<ClientCapabilities>().is_none());
    }
} // META-39

#[tokio::test]
async fn a_request_whose_version_nobody_inserted_is_legacy() {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    assert_eq!(outcome(&serve(support::post(body)).await), Ok(()));
} // META-39
