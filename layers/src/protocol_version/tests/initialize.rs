use super::*;
use crate::support::refusal;

fn initialize(version: impl Into<Value>) -> Request<Inbound> {
    let params = json!({
        "protocolVersion": version.into(),
        "capabilities": {},
        "clientInfo": {"name": "probe", "version": "1"},
    });
    request("initialize", params)
}

#[tokio::test]
async fn a_served_revision_is_the_one_negotiated() {
    for name in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        assert_eq!(version(&serve_all(initialize(name)).await), name);
    }
} // INIT-2, VER-2, D-35

#[tokio::test]
async fn a_revision_that_is_not_served_is_answered_with_the_newest_legacy_one() {
    for name in ["2023-01-01", "1.0", "2025-06-18 ", "2025-12-01", "2099-01-01", ""] {
        assert_eq!(version(&serve_all(initialize(name)).await), "2025-11-25", "{name:?}");
    }
    let layer = ProtocolVersionLayer::new()
        .with_versions([ProtocolVersion::V2025_06_18, ProtocolVersion::V2025_03_26]);
    for name in ["2025-11-25", "2024-11-05", MODERN] {
        assert_eq!(version(&serve(&layer, initialize(name)).await), "2025-06-18", "{name}");
    }
    assert_eq!(version(&serve(&layer, initialize("2025-03-26")).await), "2025-03-26");
} // INIT-3, INIT-4, VER-19

#[tokio::test]
async fn initialize_never_negotiates_a_modern_revision() {
    assert_eq!(version(&serve_all(initialize(MODERN)).await), "2025-11-25");
} // VER-17

#[tokio::test]
async fn the_header_of_initialize_is_ignored() {
    for header in [MODERN, "2099-01-01", "2025-03-26", "1999-01-01", "nonsense", ""] {
        let response = serve_all(with_header(initialize("2025-06-18"), header)).await;
        assert_eq!(version(&response), "2025-06-18", "{header:?}");
    }
    let twice = with_header(with_header(initialize("2025-06-18"), "a"), "b");
    assert_eq!(version(&serve_all(twice).await), "2025-06-18");
} // VER-14, VER-2, D-3

/// The service refuses it (INIT-5): a layer that negotiates does not judge params.
#[tokio::test]
async fn initialize_without_a_string_version_goes_on_under_the_newest_legacy_one() {
    for asked in [json!(null), json!(1), json!(["2025-03-26"])] {
        assert_eq!(version(&serve_all(initialize(asked)).await), "2025-11-25");
    }
    assert_eq!(version(&serve_all(request("initialize", json!({}))).await), "2025-11-25");
} // INIT-5

#[tokio::test]
async fn a_notification_called_initialize_negotiates_nothing() {
    let body = json!({
        "jsonrpc": "2.0",
        "method": "initialize",
        "params": {"protocolVersion": "2025-11-25"},
    });
    assert_eq!(version(&serve_all(support::post(body)).await), "2025-03-26");
} // VER-2

#[tokio::test]
async fn initialize_changes_the_rules_for_no_request_but_itself() {
    let layer = ProtocolVersionLayer::new();
    serve(&layer, initialize("2025-11-25")).await;
    let modern = with_header(request("tools/list", claim(MODERN)), MODERN);
    assert_eq!(version(&serve(&layer, modern).await), MODERN);
    let bare = request("tools/list", json!({}));
    assert_eq!(version(&serve(&layer, bare).await), "2025-03-26");
    let unserved = with_header(request("tools/list", json!({})), "2025-01-01");
    assert_eq!(refusal(&serve(&layer, unserved).await), (400, -32022));
} // VER-2, VER-22
