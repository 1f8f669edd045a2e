//! A browser in front of tower-http's layer, authentication and the check.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header::WWW_AUTHENTICATE};
use tower::{Layer, ServiceBuilder, ServiceExt, service_fn, util::MapRequestLayer};

use super::super::{CORS_ALLOW_HEADERS, CORS_EXPOSE_HEADERS, ValidateOriginLayer};

const PAGE: &str = "https://app.example.com";

fn page() -> ValidateOriginLayer {
    ValidateOriginLayer::new().with_origins([PAGE]).expect("an origin")
}

/// What a browser sends before a request of this method with these headers.
fn preflight(origin: &str, method: &str, headers: &str) -> Request<Bytes> {
    Request::options("/mcp")
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers)
        .body(Bytes::new())
        .expect("a valid request")
}

/// The answer where nobody inside is asked.
async fn answered_outside(
    origins: ValidateOriginLayer,
    request: Request<Bytes>,
) -> Response<Bytes> {
    let inner = service_fn(|request: Request<Bytes>| async move {
        panic!("{request:?} came through");
        #[expect(unreachable_code, reason = "it says what the service would answer")]
        Ok::<_, Infallible>(Response::new(Bytes::new()))
    });
    origins.cors().layer(inner).oneshot(request).await.expect("an answer")
}

fn header<'a, B>(answer: &'a Response<B>, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().expect("ASCII"))
}

#[tokio::test]
async fn a_preflight_is_answered_before_authentication() {
    // ORIGIN-11
    let names = CORS_ALLOW_HEADERS.map(|name| name.to_string()).join(",");
    // Which arguments a tool mirrors, no list could tell ahead.
    let names = format!("{names},mcp-param-region");
    for method in ["GET", "POST", "DELETE"] {
        let answer = answered_outside(page(), preflight(PAGE, method, &names)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(header(&answer, "access-control-allow-origin"), PAGE);
        assert_eq!(header(&answer, "access-control-allow-methods"), "GET,POST,DELETE");
        assert_eq!(header(&answer, "access-control-allow-headers"), names);
        assert_eq!(header(&answer, "access-control-max-age"), "7200");
        assert_eq!(header(&answer, "access-control-allow-credentials"), "");
        // Nobody between keeps one page's answer for another's.
        assert!(
            answer.headers().get_all("vary").iter().any(|it| it.as_bytes().starts_with(b"origin"))
        );
    }
}

#[tokio::test]
async fn a_page_reads_why_it_was_refused() {
    // ORIGIN-11
    let refuse = service_fn(|_: Request<Bytes>| async {
        let answer = Response::builder().status(401).header(WWW_AUTHENTICATE, "Bearer");
        Ok::<_, Infallible>(answer.body(Bytes::new()).expect("a valid answer"))
    });
    let service = ServiceBuilder::new().layer(page().cors()).layer(page()).service(refuse);
    let request = Request::post("/mcp").header("origin", PAGE).body(Bytes::new());
    let answer = service.oneshot(request.expect("a valid request")).await.expect("infallible");
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(header(&answer, "access-control-allow-origin"), PAGE);
    let exposed = CORS_EXPOSE_HEADERS.map(|name| name.to_string()).join(",");
    assert_eq!(header(&answer, "access-control-expose-headers"), exposed);
}

#[tokio::test]
async fn cors_and_the_check_let_the_same_pages_in() {
    // ORIGIN-2, ORIGIN-6, ORIGIN-8, ORIGIN-11
    let of = |layer: ValidateOriginLayer, allowed: &[&'static str]| (layer, allowed.to_vec());
    let origins = [
        PAGE,
        "https://APP.example.com:443",
        "https://app.example.com.evil.example",
        "http://localhost:5173",
        "https://pr-7.preview.example.com",
        "null",
        "not an origin",
    ];
    let preview = page().with_predicate(|origin| origin.host().ends_with(".preview.example.com"));
    for (layer, allowed) in [
        of(ValidateOriginLayer::new(), &origins[3..4]),
        of(page(), &origins[..2]),
        of(page().add_origin("null").expect("it may be named"), &[origins[0], origins[1], "null"]),
        of(preview, &[origins[0], origins[1], origins[4]]),
        of(ValidateOriginLayer::dangerously_allow_any(), &origins),
    ] {
        for origin in origins {
            let expected = if allowed.contains(&origin) { origin } else { "" };
            let answer = answered_outside(layer.clone(), preflight(origin, "POST", "accept")).await;
            assert_eq!(header(&answer, "access-control-allow-origin"), expected, "{layer:?}");
            assert_eq!(
                super::status(&layer, origin).await == 200,
                !expected.is_empty(),
                "{origin}"
            );
        }
    }
}

#[tokio::test]
async fn what_it_does_not_answer_goes_in_as_it_came() {
    // ORIGIN-5
    let seen = service_fn(|request: Request<Bytes>| async move {
        assert_eq!(request.extensions().get(), Some(&7));
        Ok::<_, Infallible>(Response::new(request.into_body()))
    });
    let mark = MapRequestLayer::new(|mut request: Request<Bytes>| {
        request.extensions_mut().insert(7);
        request
    });
    let service = ServiceBuilder::new().layer(mark).layer(page().cors()).layer(page());
    let request = Request::post("/mcp").body(Bytes::from("ping")).expect("a valid request");
    let answer = service.service(seen).oneshot(request).await.expect("infallible");
    assert_eq!(answer.into_body(), "ping");
}
