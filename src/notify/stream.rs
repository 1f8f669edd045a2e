use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use mcp_layers_core::{
    Event, EventStream, Rejection,
    extensions::{CancelReason, CancelToken, Cancelled, Principal, SessionHandle},
    jsonrpc::{Message, RequestId},
    protocol::{ProtocolVersion, meta},
    queue::{self, Receiver},
    shutdown::{Shutdown, Work, WorkGuard},
};
use serde::{Serialize, Serializer};

use super::{
    Filter,
    hub::{Interest, Listener, Registered},
};
use crate::offer::Offer;

/// A `subscriptions/listen` request.
pub(crate) struct Listen<'a> {
    pub(crate) id: &'a RequestId,
    /// What of it is honoured.
    pub(crate) filter: Filter,
    pub(crate) principal: Option<Principal>,
    /// Fires when the server ends the subscription.
    pub(crate) token: &'a CancelToken,
    pub(crate) closing: Closing,
}

/// Writes the response that ends the stream (LISTEN-11). Most streams end without.
pub(crate) type Closing = Box<dyn FnOnce() -> Message + Send>;

/// Opens a modern listen stream: the acknowledgement comes first (LISTEN-2).
pub(crate) fn listen(offer: &Offer, request: Listen<'_>) -> Result<EventStream, Rejection> {
    let Listen { id, filter, principal, token, closing } = request;
    let watched = filter
        .watched(offer.listening.watched)
        .map_err(|error| Rejection::new(http::StatusCode::OK, error).with_id(Some(id.clone())))?;
    let subscription = Bytes::from(id.as_json().into_owned());
    let acknowledgement = acknowledgement(&filter, id);
    let interest = Interest::Asked { filter, watched, principal };
    let mut changes = Changes::enter(offer, interest, token, Some(acknowledgement))?;
    changes.subscription = Some(subscription);
    changes.closing = Some(closing);
    Ok(EventStream::subscription(changes))
}

/// Opens a legacy session's GET stream.
pub(crate) fn open(offer: &Offer, session: &SessionHandle) -> Result<EventStream, Rejection> {
    // Of the session it holds only what does not keep it in use.
    let interest = Interest::Session(session.id(), Arc::clone(session.watched()));
    let mut changes = Changes::enter(offer, interest, session.ended(), None)?;
    // SSE-18; older clients are told by no event without data.
    if session.protocol_version() >= ProtocolVersion::V2025_11_25 {
        changes.retry = Some(Shutdown::RETRY_AFTER);
    }
    Ok(EventStream::subscription(changes))
}

/// The changes that one client hears of, until it or the server has enough.
struct Changes {
    receiver: Receiver,
    subscription: Option<Bytes>,
    ended: Cancelled,
    closing: Option<Closing>,
    /// When to come back, if it is the server that stops.
    retry: Option<Duration>,
    listener: Arc<Listener>,
    _registered: Registered,
    _work: WorkGuard,
}

impl Changes {
    /// Enters a stream that ends with this token, or when the server drains. What it says
    /// first is in its queue before any change can be.
    fn enter(
        offer: &Offer,
        interest: Interest,
        token: &CancelToken,
        first: Option<Message>,
    ) -> Result<Self, Rejection> {
        let shutdown = &offer.shutdown;
        if shutdown.is_draining() {
            return Err(Rejection::shutting_down());
        }
        let (sender, receiver) = queue::channel(offer.stream_budget);
        if let Some(message) = first {
            let _ = sender.send(message);
        }
        let listener = Arc::new(Listener { sender, interest });
        let registered = offer.registry.hub().enter(&listener, offer.listening)?;
        Ok(Self {
            receiver,
            subscription: None,
            ended: CancelToken::child_of([token, shutdown.draining()]).cancelled(),
            closing: None,
            retry: None,
            listener,
            _registered: registered,
            _work: shutdown.track(Work::Stream),
        })
    }
}

impl Stream for Changes {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let this = &mut *self;
        let mut polled = Pin::new(&mut this.receiver).poll_next(cx);
        if polled.is_pending()
            && let Poll::Ready(reason) = Pin::new(&mut this.ended).poll(cx)
        {
            let closing = this.closing.take().map(|write| write());
            let _ = this.listener.sender.finish(closing);
            if reason == CancelReason::ShuttingDown
                && let Some(retry) = this.retry.take()
            {
                let mut event = Event::default();
                event.retry = Some(retry);
                return Poll::Ready(Some(event));
            }
            polled = Pin::new(&mut this.receiver).poll_next(cx);
        }
        polled.map(|event| {
            event.map(|mut event| {
                if event.message.as_ref().is_some_and(|message| message.gap().is_some()) {
                    event.subscription.clone_from(&this.subscription);
                }
                event
            })
        })
    }
}

fn acknowledgement(filter: &Filter, id: &RequestId) -> Message {
    #[derive(Serialize)]
    struct Params<'a> {
        #[serde(rename = "_meta", serialize_with = "of_subscription")]
        meta: &'a RequestId,
        notifications: &'a Filter,
    }
    fn of_subscription<S: Serializer>(id: &RequestId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(meta::SUBSCRIPTION_ID, id)])
    }
    let params = Params { meta: id, notifications: filter };
    Message::notification("notifications/subscriptions/acknowledged", &params)
}
