use http::{HeaderMap, HeaderName, HeaderValue};
use mcp_layers_core::protocol::Era;
use proptest::prelude::*;

use super::super::{
    era::{self, Stated},
    header,
};
use super::*;
use crate::support::refusal;

#[tokio::test]
async fn blanks_around_the_value_are_trimmed() {
    for value in [" 2026-07-28", "2026-07-28 ", "\t2026-07-28 \t"] {
        let body = with_header(request("tools/list", claim(MODERN)), value);
        assert_eq!(version(&serve_all(body).await), MODERN, "{value:?}");
    }
    let body = with_header(request("tools/list", json!({})), " 2025-06-18\t");
    assert_eq!(version(&serve_all(body).await), "2025-06-18");
} // VER-20

#[tokio::test]
async fn the_name_is_matched_without_regard_to_case() {
    for name in ["MCP-Protocol-Version", "mcp-protocol-version", "MCP-PROTOCOL-VERSION"] {
        let mut body = request("tools/list", json!({}));
        let name = HeaderName::try_from(name).expect("a header name");
        body.headers_mut().insert(name, HeaderValue::from_static("2025-06-18"));
        assert_eq!(version(&serve_all(body).await), "2025-06-18");
    }
} // VER-20

#[tokio::test]
async fn two_lines_that_differ_get_400() {
    let table = [
        (request("tools/list", json!({})), "2025-06-18", "2025-11-25", -32022),
        (request("tools/list", json!({})), "2025-06-18", MODERN, -32022),
        (request("tools/list", claim(MODERN)), MODERN, "2025-11-25", -32020),
        (request("tools/list", claim(MODERN)), MODERN, "", -32020),
        (notification(json!({})), MODERN, "2025-11-25", -32022),
    ];
    for (body, one, other, code) in table {
        let response = serve_all(with_header(with_header(body, one), other)).await;
        assert_eq!(refusal(&response), (400, code), "{one} and {other}");
    }
} // VER-20

#[tokio::test]
async fn two_lines_that_agree_are_one() {
    let body = request("tools/list", claim(MODERN));
    let body = with_header(with_header(body, MODERN), " 2026-07-28 ");
    assert_eq!(version(&serve_all(body).await), MODERN);
} // VER-20

#[tokio::test]
async fn a_value_that_is_no_text_gets_400() {
    for (params, code) in [(json!({}), -32022), (claim(MODERN), -32020)] {
        let mut body = request("tools/list", params);
        let value = HeaderValue::from_bytes(b"2025-06-18\xff").expect("a header value");
        body.headers_mut().insert("mcp-protocol-version", value);
        assert_eq!(refusal(&serve_all(body).await), (400, code));
    }
} // VER-12, VER-20

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_header_value_is_read_and_one_line_reads_as_itself(
        value in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let Ok(line) = HeaderValue::from_bytes(&value) else { return Ok(()) };
        let mut headers = HeaderMap::new();
        headers.insert("mcp-protocol-version", line);
        let read = header::read(&headers).expect("there is a line");
        prop_assert_eq!(read, String::from_utf8_lossy(value.trim_ascii()));
    }

    #[test]
    fn lines_that_differ_never_read_as_a_served_version(
        lines in proptest::collection::vec("[ -~]{0,12}", 2..5),
    ) {
        let mut headers = HeaderMap::new();
        for line in &lines {
            headers.append("mcp-protocol-version", line.parse().expect("a header value"));
        }
        let read = header::read(&headers).expect("there are lines");
        let agree = lines.iter().all(|line| line.trim() == lines[0].trim());
        prop_assert!(agree || ProtocolVersion::from_name(&read).is_none());
    }

    /// VER-19: an unknown name is modern if it looks like a later date, and only
    /// exact names are versions.
    #[test]
    fn only_exact_names_are_versions(name in "[0-9]{4}-[0-9]{2}-[0-9]{2}|[ -~]{0,12}") {
        let body = request("tools/list", json!({}));
        let stated = era::read(body.body(), Some(&name));
        let expected = match Era::of_name(&name) {
            Era::Modern => Stated::ModernHeader(&name),
            Era::Legacy => Stated::Legacy(Some(&name)),
        };
        prop_assert_eq!(stated, expected);
        if let Some(version) = ProtocolVersion::from_name(&name) {
            prop_assert_eq!(version.as_str(), name.as_str());
            prop_assert_eq!(version.era(), Era::of_name(&name));
        }
    }

    /// D-1: the body comes first, whatever the header says.
    #[test]
    fn a_claim_is_read_before_any_header(claimed in "\\PC{0,12}", header in "[ -~]{0,12}") {
        let body = request("initialize", claim(claimed.clone()));
        prop_assert_eq!(era::read(body.body(), Some(&header)), Stated::Claim(claimed.into()));
    }
}
