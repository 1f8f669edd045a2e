//! What the tests of the transport need besides [`support`](crate::support): every byte
//! of a request and of its answer, connections that break off, and handlers that can be
//! watched from outside.
//!
//! ```ignore
//! let stage = Stage::new();
//! let server = TestServer::of(stage.service()).await;
//! let caller = Caller::of(server.addr(), MODERN).await;
//! let connection = caller.send(&caller.call(1, "silent")).await;
//! take(&stage.started).await;
//! drop(connection);
//! take(&stage.dropped).await;
//! ```

mod caller;
mod connection;
mod request;
mod stage;

pub(crate) use caller::{Caller, initialize};
pub(crate) use connection::{Connection, Event, Reply};
pub(crate) use request::Request;
pub(crate) use stage::{Stage, take, take_many};

pub(crate) use crate::shared::{alive_tasks, patiently, until};
