//! From plain functions to handlers: what a function may take, what it may
//! return, and the one shape all of them get.
//!
//! A handler is a closure or function, sync or async, in one of four forms:
//! `Fn()`, `Fn(Args)`, `Fn(Context)` or `Fn(Args, Context)`, where `Args` is any
//! type with `serde::Deserialize` and `schemars::JsonSchema`. What it returns is
//! anything that implements [`IntoOutput`] for the item at hand, or a `Result` of
//! that with an error that can become a boxed [`std::error::Error`]. A handler with
//! much state is a value that implements [`Handle`].

mod arguments;
mod function;
mod future;
mod handle;
mod output;
#[cfg(feature = "macros")]
pub(crate) mod parameter;

pub use arguments::{Arguments, InvalidArguments};
pub use function::{Argument, Async, Blocking, IntoHandler};
pub use future::HandlerFuture;
pub use handle::{Handle, Stateful};
pub use output::{IntoOutput, Json};

use std::{
    fmt,
    future::poll_fn,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use tower_layer::Layer;
use tower_service::Service;

use crate::Context;

/// Any error, as tower and the standard library box it.
///
/// Of a tool's errors one is special: an
/// [`ErrorObject`](mcp_layers_core::jsonrpc::ErrorObject) is sent as that JSON-RPC
/// error. Every other is shown to the model as the text of a tool error.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// One call of a handler: what a per-item tower layer sees as the request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Call {
    /// The arguments; an empty object when the client sent none.
    pub arguments: Arguments,
    /// Everything else.
    pub context: Context,
}

/// A handler that answers with a `T`, whatever function it was made from. It is
/// a tower service, so that layers can be put around a single item.
pub struct Handler<T>(Arc<dyn Fn(Call) -> HandlerFuture<T> + Send + Sync>);

impl<T: 'static> Handler<T> {
    pub(crate) fn new(run: impl Fn(Call) -> HandlerFuture<T> + Send + Sync + 'static) -> Self {
        Self(Arc::new(run))
    }

    pub(crate) fn call(&self, arguments: Arguments, context: Context) -> HandlerFuture<T> {
        (self.0)(Call { arguments, context })
    }

    /// Puts a tower layer around the handler.
    pub(crate) fn layer<L>(self, layer: &L) -> Self
    where
        L: Layer<Self>,
        L::Service: Service<Call, Response = T> + Clone + Send + Sync + 'static,
        <L::Service as Service<Call>>::Error: Into<BoxError>,
        <L::Service as Service<Call>>::Future: Send,
        T: Send,
    {
        let service = layer.layer(self);
        Self::new(move |call| {
            let mut service = service.clone();
            HandlerFuture::boxed(async move {
                poll_fn(|cx| service.poll_ready(cx)).await.map_err(Into::into)?;
                service.call(call).await.map_err(Into::into)
            })
        })
    }
}

impl<T: 'static> Service<Call> for Handler<T> {
    type Response = T;
    type Error = BoxError;
    type Future = HandlerFuture<T>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> HandlerFuture<T> {
        (self.0)(call)
    }
}

impl<T> Clone for Handler<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Handler<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}
