use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use mcp_layers_core::{
    Event, EventStream, Rejection,
    extensions::{CancelToken, Cancelled, Principal, SessionHandle},
    jsonrpc::{Message, RequestId},
    protocol::meta,
    queue::{self, Receiver},
};
use serde::Serialize;

use super::{
    Filter, Hub, Limits,
    hub::{Interest, Listener, Registered},
};

/// A `subscriptions/listen` request.
pub(crate) struct Listen<'a> {
    pub(crate) id: &'a RequestId,
    /// What of it is honoured.
    pub(crate) filter: Filter,
    pub(crate) principal: Option<Principal>,
    /// Fires when the server ends the subscription.
    pub(crate) token: &'a CancelToken,
    /// The response that then ends the stream (LISTEN-11).
    pub(crate) closing: Message,
}

/// Opens a modern listen stream: the acknowledgement comes first (LISTEN-2).
pub(crate) fn listen(
    hub: &Arc<Hub>,
    request: Listen<'_>,
    budget: usize,
    limits: Limits,
) -> Result<EventStream, Rejection> {
    let Listen { id, filter, principal, token, closing } = request;
    let watched = filter
        .watched(limits.watched)
        .map_err(|error| Rejection::new(http::StatusCode::OK, error).with_id(Some(id.clone())))?;
    let subscription = Bytes::from(id.as_json().into_owned());
    let acknowledgement = acknowledgement(&filter, id);
    let (sender, receiver) = queue::channel(budget);
    let interest = Interest::Asked { filter, watched, principal };
    let listener = Arc::new(Listener { sender, interest });
    let _ = listener.sender.send(acknowledgement);
    let registered = hub.enter(&listener, limits)?;
    Ok(EventStream::subscription(Changes {
        receiver,
        subscription: Some(subscription),
        ended: token.cancelled(),
        closing: Some(closing),
        listener,
        _registered: registered,
    }))
}

/// Opens a legacy session's GET stream.
pub(crate) fn open(
    hub: &Arc<Hub>,
    session: &SessionHandle,
    budget: usize,
    limits: Limits,
) -> Result<EventStream, Rejection> {
    let (sender, receiver) = queue::channel(budget);
    // Of the session it holds only what does not keep it in use.
    let interest = Interest::Session(session.id(), Arc::clone(session.watched()));
    let listener = Arc::new(Listener { sender, interest });
    let registered = hub.enter(&listener, limits)?;
    Ok(EventStream::subscription(Changes {
        receiver,
        subscription: None,
        ended: session.ended().cancelled(),
        closing: None,
        listener,
        _registered: registered,
    }))
}

/// The changes that one client hears of, until it or the server has enough.
struct Changes {
    receiver: Receiver,
    subscription: Option<Bytes>,
    ended: Cancelled,
    closing: Option<Message>,
    listener: Arc<Listener>,
    _registered: Registered,
}

impl Stream for Changes {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let this = &mut *self;
        let mut polled = Pin::new(&mut this.receiver).poll_next(cx);
        if polled.is_pending() && Pin::new(&mut this.ended).poll(cx).is_ready() {
            let _ = this.listener.sender.finish(this.closing.take());
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
        #[serde(rename = "_meta")]
        meta: std::collections::BTreeMap<&'static str, &'a RequestId>,
        notifications: &'a Filter,
    }
    let meta = [(meta::SUBSCRIPTION_ID, id)].into();
    let params = Params { meta, notifications: filter };
    Message::notification("notifications/subscriptions/acknowledged", &params)
}
