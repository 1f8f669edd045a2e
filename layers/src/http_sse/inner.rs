use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::RequestBody;

/// What [`HttpSse`](super::HttpSse) can stand in front of, for client bodies of type `B`:
/// a Streamable HTTP endpoint that takes any body.
///
/// Implemented for every such service; it exists so that the compiler can say what is
/// wrong.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand behind `HttpSse`",
    label = "expected a cloneable `Service<http::Request<http_sse::RequestBody<_>>>` that answers with an HTTP body",
    note = "the service and its future, error and body must be `Send + 'static`, and so must the client's body"
)]
pub trait InnerService<B>:
    Service<
        Request<RequestBody<B>>,
        Response = Response<Self::ResponseBody>,
        Error: Send + 'static,
        Future: Send + 'static,
    > + Clone
    + Send
    + 'static
{
    /// The body of its responses.
    type ResponseBody: Body + Send + 'static;
}

#[diagnostic::do_not_recommend]
impl<S, B, R> InnerService<B> for S
where
    S: Service<
            Request<RequestBody<B>>,
            Response = Response<R>,
            Error: Send + 'static,
            Future: Send + 'static,
        > + Clone
        + Send
        + 'static,
    R: Body + Send + 'static,
{
    type ResponseBody = R;
}
