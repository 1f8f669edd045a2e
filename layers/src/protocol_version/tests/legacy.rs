use super::*;
use crate::support::{delete, get, post, refusal};

fn bare() -> Request<Inbound> {
    request("tools/list", json!({}))
}

#[tokio::test]
async fn a_served_legacy_header_decides() {
    for name in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        assert_eq!(version(&serve_all(with_header(bare(), name)).await), name);
    }
} // VER-12, VER-19, D-35

/// With a session, the session layer puts the negotiated revision in its place.
#[tokio::test]
async fn without_a_header_2025_03_26_is_assumed() {
    let reply = post(json!({"jsonrpc": "2.0", "id": 1, "result": {}}));
    let batch = post(json!([{"jsonrpc": "2.0", "id": 1, "method": "ping"}]));
    for body in [bare(), notification(json!({})), reply, batch, get(), delete()] {
        assert_eq!(version(&serve_all(body).await), "2025-03-26");
    }
} // VER-10, VER-11

/// What was negotiated is not known here: the header only has to be one that is
/// served, and the session layer narrows the extension.
#[tokio::test]
async fn a_served_legacy_header_is_accepted_whatever_the_session_negotiated() {
    for header in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut body = with_header(bare(), header);
        let session = "0123456789abcdef0123456789abcdef".parse().expect("a header value");
        body.headers_mut().insert("mcp-session-id", session);
        assert_eq!(version(&serve_all(body).await), header);
    }
} // VER-15, VER-16, D-21

#[tokio::test]
async fn a_header_that_is_malformed_or_not_served_gets_400_with_supported_and_requested() {
    let names = ["2025-01-01", "1.0", "", "v999.0.0", "draft", "2025-06-18,2025-06-18"];
    for name in names {
        for body in [bare(), notification(json!({})), get(), delete()] {
            let response = serve_all(with_header(body, name)).await;
            assert_eq!(refusal(&response), (400, -32022), "{name:?}");
            assert_eq!(data(&response), json!({"supported": [MODERN], "requested": name}));
            for legacy in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
                assert!(message(&response).contains(legacy), "D-7");
            }
        }
    }
} // VER-12, VER-13, VER-19

#[tokio::test]
async fn a_legacy_only_server_lists_the_legacy_revisions() {
    let layer = ProtocolVersionLayer::new().with_versions([ProtocolVersion::V2025_11_25]);
    let modern = with_header(request("tools/list", claim(MODERN)), MODERN);
    for body in [with_header(bare(), "2025-06-18"), modern] {
        let response = serve(&layer, body).await;
        assert_eq!(refusal(&response), (400, -32022));
        assert_eq!(data(&response)["supported"], json!(["2025-11-25"]));
    }
} // VER-7, VER-13

#[tokio::test]
async fn a_server_of_nothing_before_2025_06_18_refuses_a_post_without_header_and_session() {
    let layer = ProtocolVersionLayer::new()
        .with_versions([ProtocolVersion::V2025_06_18, ProtocolVersion::V2025_11_25]);
    for body in [bare(), notification(json!({})), post(json!([]))] {
        let response = serve(&layer, body).await;
        assert_eq!(refusal(&response), (400, -32600));
        assert!(message(&response).contains("MCP-Protocol-Version"));
        assert!(data(&response).is_null());
    }
    let mut in_session = bare();
    let session = "0123456789abcdef0123456789abcdef".parse().expect("a header value");
    in_session.headers_mut().insert("mcp-session-id", session);
    assert_eq!(version(&serve(&layer, in_session).await), "2025-06-18");
    assert_eq!(version(&serve(&layer, get()).await), "2025-06-18");
} // VER-10, VER-11, D-33

#[tokio::test]
async fn a_server_of_2024_11_05_alone_assumes_that() {
    let layer = ProtocolVersionLayer::new()
        .with_versions([ProtocolVersion::V2024_11_05, ProtocolVersion::V2025_11_25]);
    assert_eq!(version(&serve(&layer, bare()).await), "2024-11-05");
} // VER-10, D-35

#[tokio::test]
async fn the_check_of_the_legacy_header_can_be_switched_off() {
    let layer = ProtocolVersionLayer::new().accept_any_legacy_header();
    for name in ["2025-01-01", "nonsense", ""] {
        assert_eq!(version(&serve(&layer, with_header(bare(), name)).await), "2025-03-26");
    }
    assert_eq!(version(&serve(&layer, with_header(bare(), "2025-06-18")).await), "2025-06-18");
    let claimless = with_header(bare(), MODERN);
    assert_eq!(refusal(&serve(&layer, claimless).await), (400, -32602));
    let differing = with_header(request("tools/list", claim(MODERN)), "nonsense");
    assert_eq!(refusal(&serve(&layer, differing).await), (400, -32020));
} // VER-12

/// One message, one revision: nothing else tells the layers inside which features
/// there are.
#[tokio::test]
async fn the_revision_reaches_the_inner_service() {
    let layer = ProtocolVersionLayer::new()
        .with_versions([ProtocolVersion::V2025_06_18, ProtocolVersion::V2024_11_05]);
    let response = serve(&layer, with_header(bare(), "2025-06-18")).await;
    assert_eq!(version(&response), "2025-06-18");
} // VER-16

#[tokio::test]
async fn initialize_reaches_the_inner_service_with_the_list_of_those_served() {
    let versions = [ProtocolVersion::V2024_11_05, ProtocolVersion::V2025_06_18];
    let layer = ProtocolVersionLayer::new().with_versions(versions);
    let initialize = request("initialize", json!({ "protocolVersion": "2025-06-18" }));
    assert_eq!(served(&serve(&layer, initialize).await), &ServedVersions::new(versions));
}
