use std::{
    mem,
    sync::Arc,
    task::{Context, Poll},
};

use http::{
    HeaderValue, Request, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
    request::Parts,
};
use http_body::Body;
use mcp_layers_core::{
    Rejection,
    headers::{TEXT_EVENT_STREAM, X_ACCEL_BUFFERING},
    jsonrpc::{ErrorObject, code},
    shutdown::{Shutdown, Work, WorkGuard},
};
use tower_service::Service;

use super::{
    InnerService, RequestBody, ResponseBody, ResponseFuture,
    conversation::Conversation,
    layer::Rules,
    route::{Route, SESSION_ID},
    stream::Stream,
    streams::Streams,
};

/// The service of [`HttpSseLayer`](super::HttpSseLayer).
#[derive(Debug, Clone)]
pub struct HttpSse<S> {
    inner: S,
    rules: Arc<Rules>,
    shutdown: Option<Shutdown>,
    streams: Arc<Streams>,
}

impl<S> HttpSse<S> {
    pub(super) fn new(
        inner: S,
        rules: Arc<Rules>,
        shutdown: Option<Shutdown>,
        streams: Arc<Streams>,
    ) -> Self {
        Self { inner, rules, shutdown, streams }
    }

    /// The stream, and a task that ends what belongs to it.
    fn open<B>(&self, opener: Parts) -> Result<Response<ResponseBody<S::ResponseBody>>, Rejection>
    where
        S: InnerService<B>,
        B: Body + Send + 'static,
    {
        if self.shutdown.as_ref().is_some_and(Shutdown::is_draining) {
            return Err(Rejection::shutting_down());
        }
        let stream = self.streams.open(self.rules.max_streams, |id| {
            Stream::new(id, opener, &self.rules, self.shutdown.as_ref())
        })?;
        tracing::debug!(stream = %stream.id(), "opened by a client of 2024-11-05");
        let first = stream.endpoint_event(&self.rules);
        let body = ResponseBody::events(Arc::clone(&stream), first, self.rules.heartbeat);
        let streams = Arc::clone(&self.streams);
        let conversation = self.conversation(stream, self.inner.clone());
        tokio::spawn(conversation.guard::<B>(streams, self.work()));

        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, TEXT_EVENT_STREAM);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
        Ok(response)
    }

    /// A message for a stream: it is worked on by a task, since its answer outlives the
    /// POST.
    fn post<B>(&mut self, id: Option<&str>, parts: &Parts) -> Result<Conversation<S>, Rejection>
    where
        S: InnerService<B>,
    {
        let missing = || {
            Rejection::invalid_request(format!(
                "the query has no `{SESSION_ID}`: POST to the URL of the `endpoint` event"
            ))
        };
        let stream = self.streams.find(id.ok_or_else(missing)?, parts.extensions.get())?;
        let post = stream.begin_post(self.rules.max_posts).ok_or_else(too_many)?;
        let next = self.inner.clone();
        let ready = mem::replace(&mut self.inner, next);
        Ok(self.conversation(stream, ready).holding(post))
    }

    fn work(&self) -> Option<WorkGuard> {
        self.shutdown.as_ref().map(|shutdown| shutdown.track(Work::Call))
    }

    fn conversation(&self, stream: Arc<Stream>, service: S) -> Conversation<S> {
        Conversation::new(service, stream, self.rules.endpoint_path.clone())
    }
}

impl<S, B> Service<Request<B>> for HttpSse<S>
where
    S: InnerService<B>,
    B: Body + Send + 'static,
{
    type Response = Response<ResponseBody<S::ResponseBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, S::ResponseBody, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        match Route::of(&parts, &self.rules) {
            Route::Inner => {
                let request = Request::from_parts(parts, RequestBody::through(body));
                ResponseFuture::inner(self.inner.call(request))
            }
            Route::Open => ResponseFuture::answered(
                self.open::<B>(parts).unwrap_or_else(Rejection::into_response),
            ),
            Route::Message(id) => match self.post::<B>(id, &parts) {
                Err(rejection) => ResponseFuture::answered(rejection.into_response()),
                Ok(conversation) => {
                    let (reply, answer) = tokio::sync::oneshot::channel();
                    let (work, post) = (self.work(), conversation.post(parts, body, reply));
                    tokio::spawn(async move {
                        let _work = work;
                        post.await;
                    });
                    ResponseFuture::posted(answer)
                }
            },
        }
    }
}

fn too_many() -> Rejection {
    let error =
        ErrorObject::new(code::TOO_MANY_REQUESTS, "too many messages of this stream are at work");
    Rejection::new(StatusCode::TOO_MANY_REQUESTS, error)
}
