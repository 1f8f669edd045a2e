//! The default stack: every layer in its place, each replaceable.

use std::any::Any;

use mcp_layers::{
    cancellation::CancellationLayer, negotiate::NegotiateLayer,
    protocol_version::ProtocolVersionLayer, request_metadata::RequestMetadataLayer,
    session::SessionLayer, validate_host::ValidateHostLayer, validate_origin::ValidateOriginLayer,
};
use mcp_layers_core::{MessageService, shutdown::Shutdown};
use tower_layer::{Identity, Layer};

use crate::McpService;

/// An MCP endpoint: a service and the layers around it, safe by default.
///
/// From the outside in:
///
/// | slot | default | zone |
/// |---|---|---|
/// | [`validate_host`](Self::with_validate_host) | loopback names only | bytes |
/// | [`validate_origin`](Self::with_validate_origin) | absent, or loopback | bytes |
/// | [`rate_limit`](Self::with_rate_limit) | none | bytes |
/// | [`bytes_layer`](Self::with_bytes_layer) | none: a place for your own | bytes |
/// | [`negotiate`](Self::with_negotiate) | lenient, 4 MiB, heartbeat every 15 s | the border |
/// | [`protocol_version`](Self::with_protocol_version) | all revisions | message |
/// | [`request_metadata`](Self::with_request_metadata) | all checks | message |
/// | [`session`](Self::with_session) | required, in memory | message |
/// | [`resume`](Self::with_resume) | none | message |
/// | [`batch`](Self::with_batch) | none | message |
/// | [`cancellation`](Self::with_cancellation) | 5 minutes | message |
/// | [`message_layer`](Self::with_message_layer) | none: a place for your own | message |
///
/// `with_…` replaces a slot, `without_…` leaves it out, and
/// [`build`](Self::build) gives a tower service to mount anywhere.
///
/// ```
/// use mcp_stack::{McpService, Stack, layers::session::SessionLayer};
///
/// let service = McpService::new("demo", "1.0.0");
/// let endpoint = Stack::new(service)
///     .with_session(SessionLayer::new().optional())
///     .without_cancellation()
///     .build();
/// # fn is_service<S: tower::Service<http::Request<http_body_util::Full<bytes::Bytes>>>>(_: S) {}
/// # is_service(endpoint);
/// ```
///
/// Each slot with another layer of its kind:
///
/// ```
/// # #[cfg(feature = "full")] {
/// use std::time::Duration;
/// use mcp_stack::{McpService, ProtocolVersion::{V2025_03_26, V2026_07_28}, Stack, layers::{
///     batch::BatchLayer, cancellation::CancellationLayer, negotiate::NegotiateLayer,
///     protocol_version::ProtocolVersionLayer, rate_limit::{ByPrincipalOrAddr, Rate, RateLimitLayer},
///     resume::ResumeLayer, session::SessionLayer, validate_host::ValidateHostLayer, validate_origin::ValidateOriginLayer,
/// }};
///
/// let hour = Duration::from_secs(3600);
/// let endpoint = Stack::new(McpService::new("demo", "1.0.0"))
///     .with_validate_host(ValidateHostLayer::new().add_host("mcp.example.com")?)
///     .with_validate_origin(ValidateOriginLayer::new().add_origin("https://app.example.com")?)
///     .with_rate_limit(RateLimitLayer::new(Rate::per_second(20)?, ByPrincipalOrAddr))
///     .with_negotiate(NegotiateLayer::new().strict())
///     .with_protocol_version(ProtocolVersionLayer::new().with_versions([V2025_03_26, V2026_07_28]))
///     .with_session(SessionLayer::new().require_initialized())
///     .with_resume(ResumeLayer::new())
///     .with_batch(BatchLayer::new())
///     .with_cancellation(CancellationLayer::new().with_timeout(Some(hour)))
///     .build();
/// # fn is_service<S: tower::Service<http::Request<http_body_util::Full<bytes::Bytes>>>>(_: S) {}
/// # is_service(endpoint);
/// # }
/// # Ok::<(), mcp_stack::BoxError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Stack<S, L> {
    service: S,
    layers: L,
    shutdown: Shutdown,
}

/// The slots of a [`Stack`], outermost first.
pub type Slots<
    Host,
    Origin,
    Limit,
    Bytes,
    Border,
    Version,
    Metadata,
    Session,
    Resume,
    Batch,
    Cancel,
    Message,
> = (
    Host,
    Origin,
    Limit,
    Bytes,
    Border,
    Version,
    Metadata,
    Session,
    Resume,
    Batch,
    Cancel,
    Message,
);

/// The slots of [`Stack::new`].
pub type DefaultSlots = Slots<
    ValidateHostLayer,
    ValidateOriginLayer,
    Identity,
    Identity,
    NegotiateLayer,
    ProtocolVersionLayer,
    RequestMetadataLayer,
    SessionLayer,
    Identity,
    Identity,
    CancellationLayer,
    Identity,
>;

impl Stack<McpService, DefaultSlots> {
    /// The default stack around `service`.
    pub fn new(service: McpService) -> Self {
        let shutdown = Shutdown::new();
        let service = service.with_shutdown(shutdown.clone());
        let layers = (
            ValidateHostLayer::new(),
            ValidateOriginLayer::new(),
            Identity::new(),
            Identity::new(),
            NegotiateLayer::new(),
            ProtocolVersionLayer::new(),
            RequestMetadataLayer::new()
                .with_mirrored_params(std::sync::Arc::new(service.registry())),
            SessionLayer::new().with_shutdown(shutdown.clone()),
            Identity::new(),
            Identity::new(),
            CancellationLayer::new().with_shutdown(shutdown.clone()),
            Identity::new(),
        );
        Self { service, layers, shutdown }
    }
}

impl<S, L> Stack<S, L> {
    /// How this stack stops: first it drains, then it cancels. A host that stops
    /// [runs](Shutdown::run) it; [`Server`](crate::Server) does.
    ///
    /// The slots' layers take part in it. A layer of ours that you put into a slot does
    /// too, unless it has a shutdown of its own; one that is not a slot's own value, such
    /// as a layer in a `ServiceBuilder`, you hand this yourself.
    pub fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// The tower service, for any request body.
    pub fn build(self) -> L::Service
    where
        L: Layer<S>,
    {
        self.layers.layer(self.service)
    }
}

/// Has a layer of ours take part in the stack's shutdown.
fn take_part(layer: &mut dyn Any, shutdown: &Shutdown) {
    macro_rules! each {
        ($($(#[$feature:meta])? $layer:ty),*) => {
            $($(#[$feature])?
            if let Some(layer) = layer.downcast_mut::<$layer>() {
                *layer = layer.clone().with_shutdown(shutdown.clone());
            })*
        };
    }
    each!(
        SessionLayer,
        CancellationLayer,
        #[cfg(feature = "batch")]
        mcp_layers::batch::BatchLayer,
        #[cfg(feature = "http_sse")]
        mcp_layers::http_sse::HttpSseLayer,
        #[cfg(feature = "resume")]
        mcp_layers::resume::ResumeLayer
    );
}

/// The method that fills one slot.
macro_rules! replaceable {
    (
        $(#[$doc:meta])* $with:ident: ($($before:ident),*) $slot:ident ($($after:ident),*)
        $(where $($bound:tt)+)?
    ) => {
        impl<S, $($before,)* $slot, $($after),*> Stack<S, ($($before,)* $slot, $($after,)*)> {
            $(#[$doc])*
            pub fn $with<New>(self, mut layer: New) -> Stack<S, ($($before,)* New, $($after,)*)>
            where
                New: 'static,
                $($($bound)+)?
            {
                #[expect(non_snake_case, reason = "a value is named after its type parameter")]
                let ($($before,)* _, $($after,)*) = self.layers;
                take_part(&mut layer, &self.shutdown);
                let layers = ($($before,)* layer, $($after,)*);
                Stack { service: self.service, layers, shutdown: self.shutdown }
            }
        }
    };
}

/// The method that empties one slot.
macro_rules! omissible {
    ($without:ident: ($($before:ident),*) $slot:ident ($($after:ident),*)) => {
        impl<S, $($before,)* $slot, $($after),*> Stack<S, ($($before,)* $slot, $($after,)*)> {
            /// Leaves the slot empty; the layer's page says what the server then does.
            pub fn $without(self) -> Stack<S, ($($before,)* Identity, $($after,)*)> {
                #[expect(non_snake_case, reason = "a value is named after its type parameter")]
                let ($($before,)* _, $($after,)*) = self.layers;
                let layers = ($($before,)* Identity::new(), $($after,)*);
                Stack { service: self.service, layers, shutdown: self.shutdown }
            }
        }
    };
}

replaceable! {
    /// Which `Host`s are served; see [`mcp_layers::validate_host`].
    with_validate_host: () A (B, C, D, E, F, G, H, I, J, K, L)
}
replaceable! {
    /// Which `Origin`s are served; see [`mcp_layers::validate_origin`].
    with_validate_origin: (A) B (C, D, E, F, G, H, I, J, K, L)
}
replaceable! {
    /// A limit that is checked before the body is read; see
    /// [`mcp_layers::rate_limit`].
    with_rate_limit: (A, B) C (D, E, F, G, H, I, J, K, L)
}
replaceable! {
    /// A layer of your own in the bytes zone, just outside the border: it sees
    /// bodies as bytes, of requests that passed the checks before it. For several,
    /// give a `tower::ServiceBuilder`.
    with_bytes_layer: (A, B, C) D (E, F, G, H, I, J, K, L)
}
replaceable! {
    /// The border between bytes and messages; see [`mcp_layers::negotiate`].
    with_negotiate: (A, B, C, D) E (F, G, H, I, J, K, L)
}
replaceable! {
    /// Which revisions are served; see [`mcp_layers::protocol_version`].
    with_protocol_version: (A, B, C, D, E) F (G, H, I, J, K, L)
    where New: Layer<McpService>, New::Service: MessageService
}
replaceable! {
    /// What modern requests must carry; see [`mcp_layers::request_metadata`].
    with_request_metadata: (A, B, C, D, E, F) G (H, I, J, K, L)
    where New: Layer<McpService>, New::Service: MessageService
}
replaceable! {
    /// Legacy sessions; see [`mcp_layers::session`].
    with_session: (A, B, C, D, E, F, G) H (I, J, K, L)
    where New: Layer<McpService>, New::Service: MessageService
}
replaceable! {
    /// Resumption of legacy streams: none unless set; see [`mcp_layers::resume`].
    with_resume: (A, B, C, D, E, F, G, H) I (J, K, L)
    where New: Layer<McpService>, New::Service: MessageService
}
replaceable! {
    /// JSON-RPC batches of 2025-03-26: refused unless set; see [`mcp_layers::batch`].
    with_batch: (A, B, C, D, E, F, G, H, I) J (K, L)
    where New: Layer<McpService>, New::Service: MessageService
}
replaceable! {
    /// Cancellation and timeouts; see [`mcp_layers::cancellation`].
    with_cancellation: (A, B, C, D, E, F, G, H, I, J) K (L)
    where New: Layer<McpService>, New::Service: MessageService
}
replaceable! {
    /// A layer of your own in the message zone, just around the service: it sees
    /// parsed messages, with version, session and cancellation in the request's
    /// extensions. For several, give a `tower::ServiceBuilder`.
    with_message_layer: (A, B, C, D, E, F, G, H, I, J, K) L ()
    where New: Layer<McpService>, New::Service: MessageService
}

omissible! { without_validate_host: () A (B, C, D, E, F, G, H, I, J, K, L) }
omissible! { without_validate_origin: (A) B (C, D, E, F, G, H, I, J, K, L) }
omissible! { without_protocol_version: (A, B, C, D, E) F (G, H, I, J, K, L) }
omissible! { without_request_metadata: (A, B, C, D, E, F) G (H, I, J, K, L) }
omissible! { without_session: (A, B, C, D, E, F, G) H (I, J, K, L) }
omissible! { without_cancellation: (A, B, C, D, E, F, G, H, I, J) K (L) }
