use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    FromRejection, Outbound, Rejection,
    extensions::ServedVersions,
    headers,
    jsonrpc::{ErrorObject, RequestId, code},
    protocol::ProtocolVersion,
};

static_assertions::assert_impl_all!(Rejection: Clone, Send, Sync);

fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).expect("a rejection is JSON")
}

#[test]
fn each_rejection_has_its_status_and_code() {
    let second = std::time::Duration::from_secs(1);
    let table = [
        (Rejection::invalid_request("no"), 400, code::INVALID_REQUEST),
        (Rejection::invalid_params("no"), 400, code::INVALID_PARAMS),
        (Rejection::header_mismatch("no"), 400, code::HEADER_MISMATCH),
        (Rejection::forbidden("no"), 403, code::FORBIDDEN),
        (Rejection::method_not_found("a/b"), 404, code::METHOD_NOT_FOUND),
        (Rejection::session_not_found(), 404, code::SESSION_NOT_FOUND),
        (Rejection::method_not_allowed("POST"), 405, code::INVALID_REQUEST),
        (Rejection::unavailable("no", second), 503, code::UNAVAILABLE),
        (
            Rejection::unsupported_version("1", &ServedVersions::default()),
            400,
            code::UNSUPPORTED_PROTOCOL_VERSION,
        ),
    ];
    for (rejection, status, code) in table {
        assert_eq!(
            (rejection.status().as_u16(), rejection.error().code()),
            (status, code),
            "{rejection:?}"
        );
        let bytes: Response<Bytes> = FromRejection::from_rejection(rejection.clone());
        assert_eq!(bytes.status(), rejection.status());
        assert_eq!(bytes.headers()[header::CONTENT_TYPE], "application/json");
        assert_eq!(body(&bytes)["error"]["code"], code);
        let outbound = Outbound::from_rejection(rejection);
        assert_eq!(outbound.status().as_u16(), status);
        assert!(matches!(outbound.body(), Outbound::Rejected(_)));
    }
}

#[test]
fn the_id_is_repeated_if_known_and_never_null() {
    // RPC-4, RPC-12, RPC-13
    let rejection = Rejection::invalid_request("no");
    let id = RequestId::parse("12345678901234567890123").expect("an id");
    let known = rejection.clone().with_id(Some(id)).into_response::<Bytes>();
    assert!(known.body().starts_with(br#"{"jsonrpc":"2.0","id":12345678901234567890123,"#));
    let unknown = rejection.into_response::<Bytes>();
    assert_eq!(
        body(&unknown),
        json!({"jsonrpc": "2.0", "error": {"code": -32600, "message": "no"}})
    );
}

#[test]
fn headers_of_the_same_name_all_reach_the_response() {
    let challenge = HeaderValue::from_static;
    let rejection = Rejection::new(StatusCode::UNAUTHORIZED, ErrorObject::new(401, "no"))
        .with_header(header::WWW_AUTHENTICATE, challenge("Bearer"))
        .with_header(header::WWW_AUTHENTICATE, challenge("DPoP"));
    let response = rejection.into_response::<Bytes>();
    let challenges: Vec<_> = response.headers().get_all(header::WWW_AUTHENTICATE).iter().collect();
    assert_eq!(challenges, ["Bearer", "DPoP"]);
}

#[test]
fn a_copy_of_the_rejection_is_left_in_the_extensions() {
    let rejection = Rejection::session_not_found();
    let bytes = rejection.clone().into_response::<Bytes>();
    let outbound = Outbound::from_rejection(rejection);
    for extensions in [bytes.extensions(), outbound.extensions()] {
        let copy = extensions.get::<Rejection>().expect("a copy");
        assert_eq!(copy.error().code(), code::SESSION_NOT_FOUND);
    }
}

#[test]
fn an_unserved_version_is_told_what_may_be_claimed() {
    // VER-7
    let served = ServedVersions::new([ProtocolVersion::V2025_11_25, ProtocolVersion::V2026_07_28]);
    let rejection = Rejection::unsupported_version("2031-01-01", &served);
    let data: Value = rejection.error().data().expect("data").to().expect("JSON");
    assert_eq!(data, json!({"supported": ["2026-07-28"], "requested": "2031-01-01"}));
    let long = Rejection::unsupported_version(&"x".repeat(10_000), &served);
    assert!(long.error().message().len() < 300);
}

#[test]
fn a_delay_is_whole_seconds_rounded_up() {
    use std::time::Duration;
    let table = [
        (Duration::ZERO, "0"),
        (Duration::from_nanos(1), "1"),
        (Duration::from_secs(2), "2"),
        (Duration::MAX, "18446744073709551615"),
    ];
    for (delay, expected) in table {
        assert_eq!(headers::delay_seconds(delay), expected);
    }
}
