use http::{Request, Response};
use tower_service::Service;

use crate::{Inbound, Outbound};

/// A service of the message zone: `http::Request<Inbound>` in,
/// `http::Response<Outbound>` out.
///
/// Implemented for every such [`Service`]; it exists so that the compiler can
/// say what is wrong when a layer stands in the wrong zone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a service of the message zone",
    label = "expected `Service<http::Request<Inbound>, Response = http::Response<Outbound>>`",
    note = "layers of the message zone (protocol_version, request_metadata, session, cancellation …) go inside `NegotiateLayer`, around `McpService`",
    note = "layers of the bytes zone (validate_host, validate_origin, tower-http's …) go outside `NegotiateLayer`: in a `Stack`, into `with_bytes_layer`; in a `ServiceBuilder`, above it",
    note = "where every layer is in its zone, one of the services inside lacks `Clone`, or its future `Send`"
)]
pub trait MessageService: Service<Request<Inbound>, Response = Response<Outbound>> {}

// Else the compiler names what the blanket implementation lacks, and not the zone.
#[diagnostic::do_not_recommend]
impl<S> MessageService for S where S: Service<Request<Inbound>, Response = Response<Outbound>> {}
