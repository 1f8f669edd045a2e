mod cancellation;
mod client;
mod replies;
mod session;
mod stream_control;
mod trace_context;
mod versions;
mod watched;

use super::{
    CancelToken, Cancellation, Cancelled, ClientAddr, ClientCapabilities, ClientInfo, Principal,
    ServedVersions, SessionHandle, SessionId, StreamControl, TraceContext,
};
use crate::protocol::ProtocolVersion;

// What http's extensions ask for.
static_assertions::assert_impl_all!(CancelToken: Clone, Send, Sync);
static_assertions::assert_impl_all!(Cancellation: Clone, Send, Sync);
static_assertions::assert_impl_all!(Cancelled: Send, Sync, Unpin);
static_assertions::assert_impl_all!(ClientAddr: Clone, Send, Sync);
static_assertions::assert_impl_all!(ClientCapabilities: Clone, Send, Sync);
static_assertions::assert_impl_all!(ClientInfo: Clone, Send, Sync);
static_assertions::assert_impl_all!(Principal: Clone, Send, Sync);
static_assertions::assert_impl_all!(ProtocolVersion: Clone, Send, Sync);
static_assertions::assert_impl_all!(ServedVersions: Clone, Send, Sync);
static_assertions::assert_impl_all!(SessionHandle: Clone, Send, Sync);
static_assertions::assert_impl_all!(SessionId: Copy, Send, Sync);
static_assertions::assert_impl_all!(StreamControl: Clone, Send, Sync);
static_assertions::assert_impl_all!(TraceContext: Clone, Send, Sync);

#[test]
fn a_principal_is_not_printed() {
    assert_eq!(format!("{:?}", Principal::new("alice@example.com")), "Principal(…)");
}
