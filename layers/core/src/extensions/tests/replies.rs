use std::collections::HashSet;

use tokio_test::{assert_pending, assert_ready, assert_ready_eq, task::spawn};

use super::super::{CancelReason, CancelToken, ClientCapabilities, SessionHandle, SessionId};
use crate::{
    Reply,
    jsonrpc::{RawJson, RequestId},
    protocol::ProtocolVersion,
};

fn session() -> SessionHandle {
    SessionHandle::new(
        SessionId::from_bits(1),
        ProtocolVersion::V2025_11_25,
        ClientCapabilities::default(),
        None,
        CancelToken::new(),
    )
}

fn reply(id: &RequestId, text: &str) -> Reply {
    let outcome = Ok(RawJson::parse(text.to_owned()).expect("JSON"));
    Reply { id: id.clone(), outcome }
}

#[test]
fn ids_are_never_used_twice_in_a_session_not_even_by_another_node() {
    // RPC-14
    let nodes = [session(), session()];
    let pending: Vec<_> = (0..50).map(|n| nodes[n % 2].expect_reply()).collect();
    let ids: HashSet<_> = pending.iter().map(|pending| pending.id().clone()).collect();
    assert_eq!(ids.len(), 50);
    drop(pending);
    assert!(!ids.contains(nodes[0].expect_reply().id()));
}

#[test]
fn a_reply_reaches_who_waits_for_it_once() {
    // SESS-20, SESS-21
    let (session, other) = (session(), session());
    let mut first = spawn(session.expect_reply());
    let mut second = spawn(session.expect_reply());
    let id = second.id().clone();
    assert_pending!(first.poll());
    assert_pending!(second.poll());
    assert!(!other.deliver(reply(&id, "{}")), "another session's");
    assert!(session.deliver(reply(&id, r#"{"a":1}"#)));
    assert!(!session.deliver(reply(&id, r#"{"a":2}"#)), "there is one reply");
    assert!(second.is_woken() && !first.is_woken());
    let outcome = assert_ready!(second.poll());
    assert_eq!(outcome.expect("in session").expect("a result").as_str(), r#"{"a":1}"#);
    drop(second);
    assert!(!session.deliver(reply(&id, "{}")), "nobody waits any more");
    assert!(!session.deliver(reply(&RequestId::from(7), "{}")), "never asked");
}

#[test]
fn nobody_waits_for_a_session_that_has_ended() {
    // SESS-18
    let session = session();
    let mut pending = spawn(session.expect_reply());
    assert_pending!(pending.poll());
    session.ended().cancel(CancelReason::SessionEnded);
    assert!(pending.is_woken());
    assert_ready_eq!(pending.poll(), Err(CancelReason::SessionEnded));
}

#[test]
fn what_is_no_longer_waited_for_leaves_nothing_behind() {
    let session = session();
    let pending = session.expect_reply();
    assert_eq!(session.replies().waiting(), 1);
    drop(pending);
    assert_eq!(session.replies().waiting(), 0);
}
