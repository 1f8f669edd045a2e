//! Between one client's stream and the endpoint inside.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    task::Poll,
    time::Duration,
};

use http::{
    HeaderValue, Method, Request, Response, StatusCode, header, request::Parts, uri::PathAndQuery,
};
use http_body::Body;
use mcp_layers_core::{
    headers::{LAST_EVENT_ID, MCP_SESSION_ID, TEXT_EVENT_STREAM},
    shutdown::WorkGuard,
};
use tokio::sync::oneshot;

use super::{
    InnerService, RequestBody, ResponseBody,
    bodies::{collect, is_stream, next_data},
    decoder::Decoder,
    messages,
    route::readdress,
    stream::{Post, Stream},
    streams::Streams,
};

/// What becomes of a POST.
pub(super) type Answer<R, E> = Result<Response<ResponseBody<R>>, E>;

/// After how long a stream that ended is asked for again, unless it says so itself.
const RETRY: Duration = Duration::from_secs(1);

/// How long the endpoint may take to end a session before what runs in it is let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// One client's way to the endpoint inside.
#[derive(Debug)]
pub(super) struct Conversation<S> {
    service: S,
    stream: Arc<Stream>,
    endpoint: PathAndQuery,
    /// Held while a message is at work.
    post: Option<Post>,
}

/// How a stream from the inside ended.
struct Ended {
    /// It brought a response.
    answered: bool,
    last_id: Option<HeaderValue>,
    retry: Duration,
}

impl<S> Conversation<S> {
    pub(super) fn new(service: S, stream: Arc<Stream>, endpoint: PathAndQuery) -> Self {
        Self { service, stream, endpoint, post: None }
    }

    pub(super) fn holding(mut self, post: Post) -> Self {
        self.post = Some(post);
        self
    }

    /// Waits for the stream's end, and ends the session with it (LEGACY-SSE-8). While the
    /// server drains, the stream ends as soon as no message is at work.
    pub(super) async fn guard<B>(mut self, streams: Arc<Streams>, work: Option<WorkGuard>)
    where
        S: InnerService<B>,
        B: Body + Send + 'static,
    {
        match &work {
            Some(work) => {
                let draining = work.shutdown().draining().cancelled();
                if self.stream.unless_closed(draining).await.is_some() {
                    self.stream.unless_closed(self.stream.quiet()).await;
                }
            }
            None => self.stream.closed().await,
        }
        self.stream.close();
        streams.remove(self.stream.id());
        self.end_session::<B>().await;
        self.stream.end();
    }

    /// Carries one message inside, and what it is answered with to the stream.
    pub(super) async fn post<B>(
        mut self,
        mut parts: Parts,
        body: B,
        reply: oneshot::Sender<Answer<S::ResponseBody, S::Error>>,
    ) where
        S: InnerService<B>,
        B: Body + Send + 'static,
    {
        parts.uri = readdress(parts.uri, &self.endpoint);
        parts.headers.remove(LAST_EVENT_ID);
        let both = HeaderValue::from_static("application/json, text/event-stream");
        parts.headers.insert(header::ACCEPT, both);
        self.stream.set_headers(&mut parts.headers);

        // Once the endpoint has read the body, or has answered, the client is told: it may
        // have to send another message before this one can be answered.
        let (body, read) = RequestBody::watched(body);
        let stream = Arc::clone(&self.stream);
        let in_session = stream.has_session();
        let service = self.service.clone();
        let ready = std::mem::replace(&mut self.service, service);
        let mut answer = pin!(call::<S, B>(ready, Request::from_parts(parts, body)));
        let first = poll_fn(|cx| match answer.as_mut().poll(cx) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending if read.load(Ordering::Acquire) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await;
        let response = match first {
            Some(Err(error)) => return drop(reply.send(Err(error))),
            Some(Ok(response)) if !response.status().is_success() => {
                return self.refuse::<B>(response, reply).await;
            }
            Some(Ok(response)) => {
                let _ = reply.send(Ok(accepted()));
                response
            }
            None => {
                let _ = reply.send(Ok(accepted()));
                // A session that is yet to come must be known, to be ended.
                let response =
                    if in_session { stream.unless_ended(answer).await } else { Some(answer.await) };
                let Some(Ok(response)) = response else { return };
                response
            }
        };
        self.deliver::<B>(response).await;
    }

    /// The endpoint does not take the message. If it says whom it answers that goes on the
    /// stream, like every response (LEGACY-SSE-4).
    async fn refuse<B>(
        self,
        response: Response<S::ResponseBody>,
        reply: oneshot::Sender<Answer<S::ResponseBody, S::Error>>,
    ) where
        S: InnerService<B>,
    {
        let (parts, body) = response.into_parts();
        let body = collect(body).await;
        let status = parts.status;
        if messages::is_answer(&body) {
            let _ = reply.send(Ok(accepted()));
            self.stream.send(&body).await;
        } else {
            let _ = reply.send(Ok(Response::from_parts(parts, body.into())));
        }
        self.close_if_gone(status);
    }

    async fn deliver<B>(mut self, response: Response<S::ResponseBody>)
    where
        S: InnerService<B>,
        B: Body + Send + 'static,
    {
        self.stream.learn_session(response.headers());
        if self.stream.is_closed() {
            return self.end_session::<B>().await;
        }
        match response.status() {
            StatusCode::ACCEPTED | StatusCode::NO_CONTENT => {
                self.post = None;
                // The first is `notifications/initialized`.
                if self.stream.begins_to_listen() {
                    self.follow::<B>(None, false).await;
                }
            }
            _ if is_stream(&response) => self.follow::<B>(Some(response), true).await,
            status => {
                let Some(body) = self.stream.unless_closed(collect(response.into_body())).await
                else {
                    return;
                };
                for message in messages::split(&body) {
                    // What names nobody would be no answer to anybody.
                    if status.is_success() || messages::is_answer(&message) {
                        self.stream.send(&message).await;
                    }
                }
                self.close_if_gone(status);
            }
        }
    }

    /// A stream whose session is gone would wait for nothing.
    fn close_if_gone(&self, status: StatusCode) {
        if status == StatusCode::NOT_FOUND && self.stream.has_session() {
            self.stream.close();
        }
    }

    /// Passes on a stream of the endpoint's: one that ends in a response, or the one for
    /// whatever comes. It is taken up again where it ended too early.
    async fn follow<B>(mut self, first: Option<Response<S::ResponseBody>>, call: bool)
    where
        S: InnerService<B>,
        B: Body + Send + 'static,
    {
        let mut next = first;
        let mut last_id = None;
        loop {
            let response = match next.take() {
                Some(response) => response,
                None => match self.listen::<B>(last_id.as_ref()).await {
                    Some(response) => response,
                    None => return,
                },
            };
            let Some(ended) = forward(&self.stream, response.into_body()).await else { return };
            // Without an id there is nothing by which a response could be asked for, and
            // where nothing new came there is none.
            if call && (ended.answered || ended.last_id.is_none()) {
                return;
            }
            last_id = ended.last_id.or(last_id);
            if self.stream.unless_closed(tokio::time::sleep(ended.retry)).await.is_none() {
                return;
            }
        }
    }

    /// Asks for the stream of what comes by itself, or for the rest of one.
    async fn listen<B>(
        &mut self,
        last_id: Option<&HeaderValue>,
    ) -> Option<Response<S::ResponseBody>>
    where
        S: InnerService<B>,
        B: Body + Send + 'static,
    {
        let mut request = self.request(Method::GET);
        request.headers_mut().insert(header::ACCEPT, TEXT_EVENT_STREAM);
        if let Some(id) = last_id {
            request.headers_mut().insert(LAST_EVENT_ID, id.clone());
        }
        let stream = Arc::clone(&self.stream);
        let answer = stream.unless_closed(call::<S, B>(self.service.clone(), request)).await?;
        answer.ok().filter(|response| response.status() == StatusCode::OK && is_stream(response))
    }

    /// Ends the session behind the stream, whoever of all comes first.
    async fn end_session<B>(&mut self)
    where
        S: InnerService<B>,
        B: Body + Send + 'static,
    {
        let Some(session) = self.stream.take_session() else { return };
        let mut request = self.request(Method::DELETE);
        request.headers_mut().insert(MCP_SESSION_ID, session);
        // Where the endpoint lets no client end a session, that expires.
        let deleted = call::<S, B>(self.service.clone(), request);
        let _ = tokio::time::timeout(PATIENCE, deleted).await;
    }

    /// A request in the client's name.
    fn request<B: Body>(&self, method: Method) -> Request<RequestBody<B>> {
        let mut parts = self.stream.opener().clone();
        parts.method = method;
        parts.uri = readdress(parts.uri, &self.endpoint);
        parts.headers.remove(LAST_EVENT_ID);
        parts.headers.remove(header::CONTENT_LENGTH);
        self.stream.set_headers(&mut parts.headers);
        Request::from_parts(parts, RequestBody::empty())
    }
}

/// Passes on what a stream brings. `None` if the client's own is closed.
async fn forward<R: Body>(stream: &Stream, body: R) -> Option<Ended> {
    let mut body = pin!(body);
    let (mut decoder, mut events, mut answered) = (Decoder::default(), Vec::new(), false);
    while let Some(data) = stream.unless_closed(next_data(body.as_mut())).await? {
        decoder.feed(&data, |event| events.push(event));
        for message in events.drain(..) {
            answered |= messages::is_answer(&message);
            if !stream.send(&message).await {
                return None;
            }
        }
    }
    let last_id = decoder.last_id().and_then(|id| HeaderValue::from_bytes(id).ok());
    Some(Ended { answered, last_id, retry: decoder.retry().unwrap_or(RETRY) })
}

async fn call<S, B>(
    mut service: S,
    request: Request<RequestBody<B>>,
) -> Result<Response<S::ResponseBody>, S::Error>
where
    S: InnerService<B>,
{
    poll_fn(|cx| service.poll_ready(cx)).await?;
    service.call(request).await
}

/// 202, no body (LEGACY-SSE-5).
fn accepted<R>() -> Response<ResponseBody<R>> {
    let mut response = Response::new(ResponseBody::default());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
