use super::*;
use crate::support::{delete, get, post, refusal};

fn layer() -> ProtocolVersionLayer {
    ProtocolVersionLayer::new().with_versions([ProtocolVersion::V2026_07_28])
}

#[tokio::test]
async fn modern_requests_are_served() {
    let body = with_header(request("tools/list", claim(MODERN)), MODERN);
    assert_eq!(version(&serve(&layer(), body).await), MODERN);
} // VER-1

#[tokio::test]
async fn initialize_is_refused_with_the_versions_served() {
    let table = [
        (json!({"protocolVersion": "2025-11-25"}), -32022),
        (json!({"protocolVersion": "2027-01-01"}), -32022),
        (json!({"protocolVersion": MODERN}), -32602),
        (json!({}), -32602),
    ];
    for (params, code) in table {
        let response = serve(&layer(), request("initialize", params.clone())).await;
        assert_eq!(refusal(&response), (400, code), "{params}");
        assert!(message(&response).contains(MODERN));
        if code == -32022 {
            assert_eq!(data(&response)["supported"], json!([MODERN]));
            assert_eq!(data(&response)["requested"], params["protocolVersion"]);
        }
    }
} // VER-18, D-33

#[tokio::test]
async fn a_post_with_neither_header_nor_claim_gets_400_header_mismatch() {
    for body in [request("tools/list", json!({})), notification(json!({}))] {
        let response = serve(&layer(), body).await;
        assert_eq!(refusal(&response), (400, -32020));
        assert!(message(&response).contains(MODERN));
    }
} // VER-10

#[tokio::test]
async fn a_legacy_header_is_one_that_is_not_served() {
    let body = with_header(request("tools/list", json!({})), "2025-11-25");
    let response = serve(&layer(), body).await;
    assert_eq!(refusal(&response), (400, -32022));
    assert_eq!(data(&response), json!({"supported": [MODERN], "requested": "2025-11-25"}));
} // VER-12, VER-13

#[tokio::test]
async fn get_and_delete_get_405_and_arrays_and_replies_400() {
    let sticky = || with_header(get(), "2025-11-25");
    for body in [get(), delete(), sticky()] {
        let response = serve(&layer(), body).await;
        assert_eq!(refusal(&response), (405, -32600));
        let rejection = response.extensions().get::<mcp_layers_core::Rejection>();
        assert_eq!(rejection.expect("it is refused").headers()["allow"], "POST");
    }
    for body in [post(json!([])), post(json!({"jsonrpc": "2.0", "id": 1, "result": {}}))] {
        assert_eq!(refusal(&serve(&layer(), body).await), (400, -32600));
    }
} // NEG-3, NEG-13

#[tokio::test]
async fn a_server_of_no_revision_refuses_everything() {
    let nothing = ProtocolVersionLayer::new().with_versions([]);
    let bodies = [
        with_header(request("tools/list", claim(MODERN)), MODERN),
        request("initialize", json!({"protocolVersion": "2025-11-25"})),
        request("tools/list", json!({})),
        with_header(notification(json!({})), MODERN),
        get(),
    ];
    for body in bodies {
        let response = serve(&nothing, body).await;
        assert!(matches!(response.body(), Outbound::Rejected(_)));
    }
}
