#[cfg(feature = "cors")]
use std::{sync::Arc, time::Duration};

use http::{HeaderName, header};
use mcp_layers_core::headers;
#[cfg(feature = "cors")]
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// The request headers a browser must be allowed to send: for
/// `Access-Control-Allow-Headers` (ORIGIN-11).
///
/// A tool that mirrors parameters also needs each of its `Mcp-Param-…` headers by
/// name: there is no prefix form, and `*` does not cover `Authorization`. Mirroring
/// the request's `Access-Control-Request-Headers` allows them all.
pub const CORS_ALLOW_HEADERS: [HeaderName; 8] = [
    header::CONTENT_TYPE,
    header::ACCEPT,
    header::AUTHORIZATION,
    headers::MCP_PROTOCOL_VERSION,
    headers::MCP_SESSION_ID,
    headers::LAST_EVENT_ID,
    headers::MCP_METHOD,
    headers::MCP_NAME,
];

/// The response headers a page must be able to read: for
/// `Access-Control-Expose-Headers` (ORIGIN-11). `Retry-After` says when one that was
/// told 429 or 503 may come again.
pub const CORS_EXPOSE_HEADERS: [HeaderName; 3] =
    [headers::MCP_SESSION_ID, header::WWW_AUTHENTICATE, header::RETRY_AFTER];

#[cfg(feature = "cors")]
impl super::ValidateOriginLayer {
    /// tower-http's CORS layer for the pages that this layer lets in, which are those of
    /// its list, its loopback rule and its predicate as they are now. It goes outside this
    /// layer and outside authentication (ORIGIN-11).
    ///
    /// It allows GET, POST and DELETE and every request header that a page asks for,
    /// since the names of `Mcp-Param-…` headers cannot be listed ahead; it exposes
    /// [`CORS_EXPOSE_HEADERS`]; a browser may keep the answer to a preflight for two
    /// hours. It asks for no cookies. Each of these can be set anew on what is returned.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use mcp_layers::validate_origin::ValidateOriginLayer;
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let endpoint = service_fn(|_: Request<Bytes>| async {
    /// #     Ok::<_, std::convert::Infallible>(Response::new(Bytes::new()))
    /// # });
    /// let page = "https://app.example.com";
    /// let origins = ValidateOriginLayer::new().with_origins([page])?;
    /// let service = ServiceBuilder::new()
    ///     .layer(origins.cors())
    ///     // Authentication goes here.
    ///     .layer(origins)
    ///     .service(endpoint);
    ///
    /// let preflight = Request::options("/mcp")
    ///     .header("origin", page)
    ///     .header("access-control-request-method", "POST")
    ///     .body(Bytes::new())?;
    /// let answer = service.oneshot(preflight).await?;
    /// assert_eq!(answer.headers()["access-control-allow-origin"], page);
    /// # Ok(())
    /// # }
    /// ```
    pub fn cors(&self) -> CorsLayer {
        let allowed = Arc::clone(&self.allowed);
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(move |origin, _| allowed.allows(origin)))
            .allow_methods([http::Method::GET, http::Method::POST, http::Method::DELETE])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(CORS_EXPOSE_HEADERS)
            .max_age(Duration::from_secs(7_200))
    }
}
