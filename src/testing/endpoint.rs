//! Any HTTP service, without its type.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use bytes::{Buf, Bytes};
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use tower_service::Service;

use crate::BoxError;

pub(super) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A body whose frames come one by one.
pub(super) type Frames = UnsyncBoxBody<Bytes, BoxError>;

pub(super) trait Endpoint: Send + Sync {
    /// Waits until the service is ready, and calls it. Dropping the future is what
    /// the service sees of a client that goes away.
    fn send(&self, request: Request<Full<Bytes>>) -> BoxFuture<Result<Response<Frames>, BoxError>>;
}

/// A service need not be `Sync`, so it is locked, for a clone alone.
pub(super) struct Erased<S>(Mutex<S>);

impl<S> Erased<S> {
    pub(super) fn new(service: S) -> Self {
        Self(Mutex::new(service))
    }
}

impl<S, ResBody> Endpoint for Erased<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    ResBody: Body + Send + 'static,
    ResBody::Error: Into<BoxError>,
{
    fn send(&self, request: Request<Full<Bytes>>) -> BoxFuture<Result<Response<Frames>, BoxError>> {
        let mut service = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(Into::into)?;
            let response = service.call(request).await.map_err(Into::into)?;
            Ok(response.map(|body| {
                body.map_frame(|frame| {
                    frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))
                })
                .map_err(Into::into)
                .boxed_unsync()
            }))
        })
    }
}
