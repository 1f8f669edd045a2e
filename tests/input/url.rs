use mcp_stack::{Elicited, Input, UrlElicitation};
use serde_json::json;

use crate::support::{NEWER, V, declared, params, raw};

fn page() -> UrlElicitation {
    UrlElicitation::new("Please enter your key", "https://example.com/ui/key?for=a#b")
}

#[test]
fn a_page_is_asked_for_in_url_mode() {
    for version in NEWER {
        let params = params(&page(), version);
        assert_eq!(params["mode"], "url");
        assert_eq!(params["message"], "Please enter your key");
        assert_eq!(params["url"], "https://example.com/ui/key?for=a#b");
    }
} // ELICIT-3, MRTR-5

#[test]
fn a_page_has_an_id_of_its_own_in_2025_11_25() {
    let (one, other) = (page(), page());
    assert_eq!(params(&one, V::V2025_11_25)["elicitationId"], one.id());
    assert_ne!(one.id(), other.id());
    assert_eq!(one.id().len(), 36);
} // ELICIT-4

#[test]
fn a_page_has_no_id_in_the_modern_era() {
    assert_eq!(params(&page(), V::V2026_07_28).get("elicitationId"), None);
} // ELICIT-5

#[test]
fn url_mode_takes_the_capability_for_it() {
    let path: Option<&'static [&'static str]> = Some(&["elicitation", "url"]);
    for (capabilities, version, expected) in [
        (json!({ "elicitation": { "url": {} } }), V::V2025_11_25, None),
        (json!({ "elicitation": { "url": {} } }), V::V2026_07_28, None),
        (json!({ "elicitation": {} }), V::V2025_11_25, path),
        (json!({ "elicitation": { "form": {} } }), V::V2026_07_28, path),
        (json!({}), V::V2026_07_28, path),
        (json!({ "elicitation": { "url": {} } }), V::V2025_06_18, path),
    ] {
        let declared = declared(capabilities.clone());
        assert_eq!(page().missing(Some(&declared), version), expected, "{capabilities} {version}");
    }
    assert_eq!(page().missing(None, V::V2026_07_28), path);
} // ELICIT-1, ELICIT-2, MRTR-6

#[test]
fn what_older_revisions_cannot_express_is_an_error() {
    for version in [V::V2024_11_05, V::V2025_03_26, V::V2025_06_18] {
        page().params(version).expect_err("no url mode");
    }
} // ELICIT-8

#[test]
fn a_url_is_https_outside_of_loopback() {
    for (url, fits) in [
        ("https://example.com", true),
        ("https://example.com:8443/a%20b?c=d", true),
        ("http://localhost:3000/a", true),
        ("http://127.0.0.1/a", true),
        ("http://[::1]:8080/a", true),
        ("http://example.com/", false),
        ("http://localhost.example.com/", false),
        ("https://user:secret@example.com/", false),
        ("http://localhost@example.com/", false),
        ("ftp://example.com/", false),
        ("javascript:alert(1)", false),
        ("https:///a", false),
        ("https://example.com/a b", false),
        ("https://example.com/ü", false),
        ("https://example.com/%zz", false),
        ("/relative", false),
        ("", false),
    ] {
        let page = UrlElicitation::new("m", url);
        assert_eq!(page.params(V::V2026_07_28).is_ok(), fits, "{url}");
    }
} // ELICIT-3, ELICIT-11, ELICIT-12

#[test]
fn all_three_answers_reach_the_handler() {
    for (answer, expected) in [
        (json!({ "action": "accept" }), Elicited::Accept(())),
        (json!({ "action": "accept", "content": {}, "more": 1 }), Elicited::Accept(())),
        (json!({ "action": "decline" }), Elicited::Decline),
        (json!({ "action": "cancel", "content": null }), Elicited::Cancel),
    ] {
        assert_eq!(page().read(&raw(answer)), Ok(expected));
    }
} // ELICIT-13, MRTR-24

#[test]
fn an_answer_of_another_shape_is_an_error() {
    for answer in [
        json!(12345),
        json!(null),
        json!("accept"),
        json!(["accept", null]),
        json!({}),
        json!({ "action": "agree" }),
        json!({ "action": { "accept": {} } }),
        json!({ "action": 1 }),
    ] {
        assert!(page().read(&raw(answer.clone())).is_err(), "{answer}");
    }
} // MRTR-17
