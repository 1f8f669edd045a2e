use tower::Service as _;

use super::*;
use crate::support::{delete, get, json, post, refusal};

#[tokio::test]
async fn a_claim_is_served_by_modern_rules_whatever_session_came_with_it() {
    let mut request = with_header(request("tools/list", claim(MODERN)), MODERN);
    let session = "0123456789abcdef0123456789abcdef".parse().expect("a header value");
    request.headers_mut().insert("mcp-session-id", session);
    assert_eq!(version(&serve_all(request).await), MODERN);
} // VER-1

/// The service answers them with 404/-32601: they are not methods of this revision.
#[tokio::test]
async fn a_legacy_method_with_a_claim_is_handed_on_as_modern_and_never_as_legacy() {
    let methods =
        ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];
    for method in methods {
        let mut params = claim(MODERN);
        params["protocolVersion"] = "2025-11-25".into();
        let response = serve_all(with_header(request(method, params), MODERN)).await;
        assert_eq!(version(&response), MODERN, "{method}");
    }
} // VER-4, D-1, D-2

#[tokio::test]
async fn both_eras_are_served_at_once() {
    let layer = ProtocolVersionLayer::new();
    let modern = with_header(request("tools/list", claim(MODERN)), MODERN);
    assert_eq!(version(&serve(&layer, modern).await), MODERN);
    let legacy = with_header(request("tools/list", json!({})), "2025-06-18");
    assert_eq!(version(&serve(&layer, legacy).await), "2025-06-18");
} // VER-3

#[tokio::test]
async fn a_claim_without_header_gets_400_header_mismatch() {
    for name in [MODERN, "2025-11-25", "v999.0.0"] {
        let response = serve_all(request("tools/list", claim(name))).await;
        assert_eq!(refusal(&response), (400, -32020), "{name}");
        assert_eq!(json(&response)["id"], 1);
    }
} // VER-5, D-5

#[tokio::test]
async fn header_and_claim_that_differ_get_400_header_mismatch_even_if_one_is_unsupported() {
    let pairs = [
        (MODERN, "v999.0.0"),
        ("v999.0.0", MODERN),
        ("2025-11-25", MODERN),
        (MODERN, "2025-11-25"),
        ("2026-07-28x", MODERN),
        ("", MODERN),
    ];
    for (header, claimed) in pairs {
        let response = serve_all(with_header(request("tools/list", claim(claimed)), header)).await;
        assert_eq!(refusal(&response), (400, -32020), "{header:?} against {claimed:?}");
        assert!(message(&response).contains(&format!("{header:?}")));
    }
} // VER-6, ERR-8

#[tokio::test]
async fn an_agreed_revision_that_is_not_served_gets_400_with_supported_and_requested() {
    for name in ["v999.0.0", "2027-01-01", "2025-11-25", "2025-06-18", "x"] {
        let response = serve_all(with_header(request("tools/list", claim(name)), name)).await;
        assert_eq!(refusal(&response), (400, -32022), "{name}");
        assert_eq!(data(&response), json!({"supported": [MODERN], "requested": name}));
        // D-7: the legacy ones are named for the reader alone.
        assert!(message(&response).contains("2025-11-25"));
    }
} // VER-7, VER-19, D-6, D-7

#[tokio::test]
async fn what_data_supported_lists_is_what_discover_will_be_told() {
    let layer = ProtocolVersionLayer::new();
    let unserved = with_header(request("tools/list", claim("x")), "x");
    let refused = data(&serve(&layer, unserved).await);
    let discover = request("server/discover", claim(MODERN));
    let served_one = serve(&layer, with_header(discover, MODERN)).await;
    let told: Vec<_> = served(&served_one)
        .of(mcp_layers_core::protocol::Era::Modern)
        .iter()
        .map(|version| version.as_str())
        .collect();
    assert_eq!(refused["supported"], json!(told));
} // VER-8

#[tokio::test]
async fn a_claim_that_is_no_string_gets_400_naming_the_key() {
    for claimed in [json!(null), json!(20260728), json!({}), json!([MODERN]), json!(true)] {
        for body in [request("tools/list", claim(claimed.clone())), notification(claim(claimed))] {
            let response = serve_all(with_header(body, MODERN)).await;
            assert_eq!(refusal(&response), (400, -32602));
            assert!(message(&response).contains(meta::PROTOCOL_VERSION));
        }
    }
} // VER-9

#[tokio::test]
async fn a_modern_header_without_claim_gets_400_naming_the_missing_key() {
    let params = [json!({}), json!({"_meta": {}}), json!({"_meta": "x"}), json!({"name": "a"})];
    for params in params {
        for method in ["tools/list", "server/discover", "ping"] {
            for header in [MODERN, "2027-01-01"] {
                let response =
                    serve_all(with_header(request(method, params.clone()), header)).await;
                assert_eq!(refusal(&response), (400, -32602), "{method} {params}");
                assert!(message(&response).contains(meta::PROTOCOL_VERSION));
            }
        }
    }
} // VER-9, DISC-8, D-4

#[tokio::test]
async fn discover_without_claim_or_header_is_legacy_like_any_other_request() {
    assert_eq!(version(&serve_all(request("server/discover", json!({}))).await), "2025-03-26");
} // DISC-8

#[tokio::test]
async fn a_notification_is_classified_by_its_claim_else_by_the_header() {
    let table = [
        (notification(claim(MODERN)), None, MODERN),
        (notification(claim(MODERN)), Some(MODERN), MODERN),
        (notification(json!({})), Some(MODERN), MODERN),
        (notification(json!({"_meta": {}})), Some(MODERN), MODERN),
        (notification(json!({})), Some("2025-06-18"), "2025-06-18"),
        (notification(json!({})), None, "2025-03-26"),
    ];
    for (body, header, expected) in table {
        let body = match header {
            Some(header) => with_header(body, header),
            None => body,
        };
        assert_eq!(version(&serve_all(body).await), expected);
    }
} // VER-21

#[tokio::test]
async fn a_notification_is_refused_when_it_contradicts_itself_or_its_revision_is_not_served() {
    let response = serve_all(with_header(notification(claim(MODERN)), "2025-11-25")).await;
    assert_eq!(refusal(&response), (400, -32020));
    for body in [notification(claim("2027-01-01")), notification(json!({}))] {
        let response = serve_all(with_header(body, "2027-01-01")).await;
        assert_eq!(refusal(&response), (400, -32022));
    }
    let response = serve_all(notification(claim("2027-01-01"))).await;
    assert_eq!(refusal(&response), (400, -32022));
} // VER-6, VER-7, VER-21

#[tokio::test]
async fn what_the_modern_era_does_not_know_is_refused_under_a_modern_header() {
    let reply = || post(json!({"jsonrpc": "2.0", "id": 1, "result": {}}));
    let table = [
        (get(), (405, -32600)),
        (delete(), (405, -32600)),
        (post(json!([])), (400, -32600)),
        (reply(), (400, -32600)),
    ];
    for (body, expected) in table {
        assert_eq!(refusal(&serve_all(with_header(body, MODERN)).await), expected);
    }
    for body in [get(), delete(), post(json!([])), reply()] {
        assert_eq!(version(&serve_all(with_header(body, "2025-03-26")).await), "2025-03-26");
    }
} // D-1

#[tokio::test]
async fn one_request_teaches_nothing_about_the_next() {
    let mut service =
        ProtocolVersionLayer::new().layer(service_fn(|request: Request<Inbound>| async move {
            let version = *request.extensions().get::<ProtocolVersion>().expect("it is inserted");
            let mut response = support::answer(&request);
            response.extensions_mut().insert(version);
            Ok::<_, Infallible>(response)
        }));
    let modern = || with_header(request("tools/list", claim(MODERN)), MODERN);
    let bare = || request("tools/list", json!({}));
    let asked = || request("initialize", json!({"protocolVersion": "2025-06-18"}));
    let turns = [
        (modern(), MODERN),
        (bare(), "2025-03-26"),
        (asked(), "2025-06-18"),
        (modern(), MODERN),
        (bare(), "2025-03-26"),
    ];
    for (body, expected) in turns {
        let ready = service.ready().await.expect("the inner service does not fail");
        let response = ready.call(body).await.expect("the inner service does not fail");
        assert_eq!(version(&response), expected);
    }
} // VER-22
