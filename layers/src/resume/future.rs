use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use http::Response;
use mcp_layers_core::{
    FromRejection, Outbound, Rejection,
    extensions::{SessionHandle, StreamControl},
};
use pin_project_lite::pin_project;

use super::{EventId, LogFuture, Page, node::Node};

pin_project! {
    /// The future of [`Resume`](super::Resume).
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F> {
        Untouched { #[pin] inner: F },
        Watched { #[pin] inner: F, exchange: Option<Exchange> },
        Resuming { reading: LogFuture<Option<Page>>, id: EventId, exchange: Option<Exchange> },
        Rejected { rejection: Option<Rejection> },
    }
}

/// What is kept of a request until it is answered.
pub(super) struct Exchange {
    pub(super) node: Arc<Node>,
    pub(super) session: SessionHandle,
    /// Of a request that opens a stream.
    pub(super) control: Option<StreamControl>,
}

impl<F> ResponseFuture<F> {
    pub(super) fn untouched(inner: F) -> Self {
        Self { state: State::Untouched { inner } }
    }

    /// The answer is looked at, in case it is a stream.
    pub(super) fn watched(inner: F, exchange: Exchange) -> Self {
        Self { state: State::Watched { inner, exchange: Some(exchange) } }
    }

    pub(super) fn resuming(node: &Arc<Node>, session: SessionHandle, id: EventId) -> Self {
        let reading = node.log.read(session.id(), id.stream, id.position);
        let exchange = Some(Exchange { node: Arc::clone(node), session, control: None });
        Self { state: State::Resuming { reading, id, exchange } }
    }

    pub(super) fn rejected(rejection: Rejection) -> Self {
        Self { state: State::Rejected { rejection: Some(rejection) } }
    }
}

impl<F, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<Outbound>, E>>,
{
    type Output = Result<Response<Outbound>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProj::Untouched { inner } => inner.poll(cx),
            StateProj::Watched { inner, exchange } => {
                let response = ready!(inner.poll(cx))?;
                let exchange = exchange.take().expect("polled after completion");
                if !matches!(response.body(), Outbound::Stream(_)) {
                    return Poll::Ready(Ok(response));
                }
                Poll::Ready(Ok(response.map(|outbound| exchange.adopt(outbound))))
            }
            StateProj::Resuming { reading, id, exchange } => {
                let page = ready!(Pin::new(reading).poll(cx));
                let exchange = exchange.take().expect("polled after completion");
                let resumed = page.map(|page| exchange.resume(*id, page?));
                Poll::Ready(Ok(match resumed {
                    Ok(Some(stream)) => Response::new(stream),
                    Ok(None) => Outbound::from_rejection(unknown_event()),
                    Err(error) => {
                        tracing::error!(%error, "a stream was not resumed");
                        let retry_after = Duration::from_secs(5);
                        let message = "event streams are unavailable";
                        Outbound::from_rejection(Rejection::unavailable(message, retry_after))
                    }
                }))
            }
            StateProj::Rejected { rejection } => {
                let rejection = rejection.take().expect("polled after completion");
                Poll::Ready(Ok(Outbound::from_rejection(rejection)))
            }
        }
    }
}

impl Exchange {
    fn adopt(self, outbound: Outbound) -> Outbound {
        match outbound {
            Outbound::Stream(stream) => {
                Outbound::Stream(self.node.adopt(self.session, self.control, stream))
            }
            other => other,
        }
    }

    fn resume(self, id: EventId, page: Page) -> Option<Outbound> {
        self.node.resume(self.session, id.stream, id.position, page).map(Outbound::Stream)
    }
}

/// One answer, whatever is wrong with the id: it tells nothing of other sessions
/// (RESUME-8).
pub(super) fn unknown_event() -> Rejection {
    Rejection::invalid_request(
        "no stream can be resumed after this Last-Event-ID; leave it out to open a new one",
    )
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
