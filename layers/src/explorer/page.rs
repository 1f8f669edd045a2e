use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, header};

/// The page's style, between its tags.
macro_rules! style {
    () => {
        include_str!("page/style.css")
    };
}

/// The page's script, between its tags: one module, whose files share one scope.
macro_rules! script {
    () => {
        concat!(
            include_str!("page/dom.js"),
            include_str!("page/events.js"),
            include_str!("page/endpoint.js"),
            include_str!("page/modern.js"),
            include_str!("page/legacy.js"),
            include_str!("page/schema.js"),
            include_str!("page/fields.js"),
            include_str!("page/form.js"),
            include_str!("page/template.js"),
            include_str!("page/content.js"),
            include_str!("page/question.js"),
            include_str!("page/run.js"),
            include_str!("page/views.js"),
            include_str!("page/configuration.js"),
            include_str!("page/overview.js"),
            include_str!("page/main.js"),
        )
    };
}

/// All there is to load: the page asks nobody but the endpoint for anything.
const PAGE: &str = concat!(
    include_str!("page/head.html"),
    "<style>",
    style!(),
    "</style>\n",
    include_str!("page/body.html"),
    "<script type=\"module\">",
    script!(),
    "</script>\n",
);

/// By hash, so that nothing else runs even if something got into the page. A test
/// computes the hashes anew, and prints them.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    script-src 'sha256-OMRjkHK/UB4INlTsxVcFKIz0A942CB6aB8mvDCOVAcs='; \
    style-src 'sha256-M1R/Whmx/Fjs2tDNA32h6M1xolQSNQmZKSWNlT4juwI='; \
    connect-src 'self'; img-src data:; media-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::VARY, "accept"),
    // It would otherwise outlive the layer that adds it, and the version it speaks.
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The page, or what its answer would be without it, for HEAD.
pub(super) fn response<B: From<Bytes>>(with_body: bool) -> Response<B> {
    let body = if with_body { Bytes::from_static(PAGE.as_bytes()) } else { Bytes::new() };
    let mut response = Response::new(B::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(PAGE.len()));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
