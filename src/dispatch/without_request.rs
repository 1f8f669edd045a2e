use http::{Extensions, Response};
use mcp_layers_core::{
    FromRejection as _, Inbound, Outbound, Rejection, extensions::SessionHandle,
};

use crate::{notify, offer::Offer};

/// What is answered to anything but a request.
pub(crate) fn without_request(
    offer: &Offer,
    inbound: Inbound,
    extensions: &Extensions,
) -> Response<Outbound> {
    let session = extensions.get::<SessionHandle>();
    let rejection = match inbound {
        // RPC-10: taken, and never answered with a message.
        Inbound::Notification(_) => return Response::new(Outbound::Accepted),
        // SESS-20, SESS-21: also where nobody waits for it.
        Inbound::Reply(reply) => {
            if session.is_some_and(|session| !session.deliver(reply)) {
                tracing::debug!("a client's response came that nobody waits for");
            }
            return Response::new(Outbound::Accepted);
        }
        // RPC-24: only a `batch` layer further out takes arrays apart.
        Inbound::Batch(_) => {
            Rejection::invalid_request("this server takes one message per request, no batches")
        }
        Inbound::Open if let Some(session) = session => match notify::open(offer, session) {
            Ok(stream) => return Response::new(Outbound::Stream(stream)),
            Err(rejection) => rejection,
        },
        // NEG-6, SESS-19: there is nobody to send anything to.
        _ => Rejection::method_not_allowed("POST, DELETE"),
    };
    Outbound::from_rejection(rejection)
}
