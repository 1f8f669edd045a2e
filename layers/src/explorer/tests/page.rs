use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::Method;
use sha2::{Digest, Sha256};

use super::{BROWSER, answer, request};

async fn page() -> String {
    let page = answer(request(Method::GET, &[BROWSER])).await;
    String::from_utf8(page.body().to_vec()).expect("UTF-8")
}

async fn header(name: &str) -> String {
    let page = answer(request(Method::GET, &[BROWSER])).await;
    let value = page.headers().get(name).unwrap_or_else(|| panic!("no {name}"));
    value.to_str().expect("ASCII").to_owned()
}

/// What stands between the only two tags of this kind.
fn inside<'a>(page: &'a str, open: &str, close: &str) -> &'a str {
    assert_eq!(page.matches(open).count(), 1, "{open}");
    let (_, rest) = page.split_once(open).expect("counted");
    rest.split_once(close).expect("it is closed").0
}

#[tokio::test]
async fn the_policy_lets_nothing_run_but_the_page_s_own_script_and_style() {
    let page = page().await;
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    let script = hash(inside(&page, "<script type=\"module\">", "</script>"));
    let style = hash(inside(&page, "<style>", "</style>"));
    assert_eq!(
        header("content-security-policy").await,
        format!(
            "default-src 'none'; script-src {script}; style-src {style}; connect-src 'self'; \
             img-src data:; media-src data:; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        ),
        "the hashes are pinned in page.rs"
    );
}

#[tokio::test]
async fn the_answer_is_html_that_no_cache_keeps_and_no_other_page_opens() {
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("vary", "accept"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(header(name).await, value, "{name}");
    }
}

#[tokio::test]
async fn nothing_is_ever_made_into_markup_or_code() {
    let page = page().await;
    let script = inside(&page, "<script type=\"module\">", "</script>");
    for sink in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "setHTMLUnsafe",
        "createContextualFragment",
        "parseFromString",
        "document.write",
        "srcdoc",
        "eval",
        "Function(",
        "import(",
        "javascript:",
        "window.open",
        "<!--",
    ] {
        assert!(!script.contains(sink), "{sink}");
    }
    // Timers take code as text, too: here they are given functions.
    for timer in script.split("setTimeout(").skip(1) {
        assert!(timer.starts_with("() =>") || timer.starts_with("resolve"), "{timer:.40}");
    }
}

#[tokio::test]
async fn the_page_asks_nobody_else_for_anything() {
    let page = page().await;
    // An icon of its own, or the browser asks the server for one.
    assert_eq!(page.matches("<link").count(), 1);
    assert!(page.contains("<link rel=\"icon\" href=\"data:,\">"));
    for other in ["http://", "https://", "url(", "@import", "<img", "<iframe", "src=\""] {
        assert!(!page.contains(other), "{other}");
    }
    let script = inside(&page, "<script type=\"module\">", "</script>");
    assert!(script.contains("const ENDPOINT = location.origin + location.pathname"));
    assert!(script.contains("await fetch(ENDPOINT, options)"));
    assert_eq!(script.matches("fetch(").count(), 1);
    for other in ["XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "importScripts"] {
        assert!(!script.contains(other), "{other}");
    }
}

#[tokio::test]
async fn the_page_keeps_nothing() {
    let page = page().await;
    for store in ["localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches."] {
        assert!(!page.contains(store), "{store}");
    }
}
