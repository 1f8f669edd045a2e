use mcp_layers_core::protocol::meta;
use proptest::prelude::*;

use super::*;
use crate::support::refusal;

async fn refused(request: Request<Inbound>) -> (u16, i64) {
    let (response, calls) = send_plain(request).await;
    assert_eq!(calls, [""; 0], "the inner service was called");
    refusal(&response)
}

#[tokio::test]
async fn an_array_of_requests_and_notifications_is_accepted() {
    // RPC-19, RPC-22, D-35
    for version in [ProtocolVersion::V2024_11_05, ProtocolVersion::V2025_03_26] {
        let messages = [call(1, "ping"), notification("notifications/initialized"), call(2, "x")];
        let (response, calls) = send_plain(under(version, messages)).await;
        assert_eq!(response.status(), 200);
        let expected: Vec<_> =
            [1, 2].map(|id| json!({ "jsonrpc": "2.0", "id": id, "result": {} })).into();
        assert_eq!(responses(&response), expected);
        assert_eq!(calls.len(), 3);
    }
}

#[tokio::test]
async fn an_array_of_only_notifications_or_only_replies_has_no_body() {
    // RPC-19, RPC-21
    for messages in [
        vec![reply(1), reply(2)],
        vec![notification("notifications/initialized"), notification("x")],
        vec![notification("x"), reply(1)],
    ] {
        let (response, calls) = send_plain(batch(messages)).await;
        assert!(matches!(response.body(), Outbound::Accepted));
        assert_eq!(calls.len(), 2);
    }
}

#[tokio::test]
async fn later_revisions_have_no_arrays() {
    // RPC-24
    for version in ProtocolVersion::ALL {
        if version > ProtocolVersion::V2025_03_26 {
            assert_eq!(refused(under(version, [call(1, "ping")])).await, (400, -32600));
        }
    }
    let unknown = post(json!([call(1, "ping")]));
    assert_eq!(refused(unknown).await, (400, -32600));
}

#[tokio::test]
async fn an_empty_array_is_refused() {
    // RPC-25
    assert_eq!(refused(batch([])).await, (400, -32600));
}

#[tokio::test]
async fn an_array_over_the_limit_is_refused_whole() {
    // RPC-25
    let pings = |count| vec![call(1, "ping"); count];
    assert_eq!(refused(batch(pings(101))).await, (400, -32600));
    assert_eq!(refused(batch(pings(10_000))).await, (400, -32600));
    let (response, calls) = send_plain(batch(pings(100))).await;
    assert_eq!((responses(&response).len(), calls.len()), (100, 100));

    let layer = BatchLayer::new().with_max_length(2);
    let inner = |request: Request<Inbound>| async move { Ok(answer(&request)) };
    assert_eq!(refusal(&send(layer.clone(), batch(pings(3)), inner).await.0), (400, -32600));
    assert_eq!(responses(&send(layer, batch(pings(2)), inner).await.0).len(), 2);
}

#[tokio::test]
async fn initialize_is_no_part_of_an_array() {
    // RPC-20
    for messages in [
        vec![call(1, "initialize")],
        vec![call(1, "ping"), call(2, "initialize"), notification("x")],
    ] {
        assert_eq!(refused(batch(messages)).await, (400, -32600));
    }
}

#[tokio::test]
async fn an_array_with_a_modern_claim_is_refused_whole() {
    // RPC-26
    let claim = json!({ "_meta": { meta::PROTOCOL_VERSION: "2026-07-28" } });
    for mut modern in [call(2, "tools/list"), notification("notifications/cancelled")] {
        modern["params"] = claim.clone();
        for version in ProtocolVersion::ALL {
            let request = under(version, [call(1, "ping"), modern.clone()]);
            assert_eq!(refused(request).await, (400, -32600));
        }
    }
}

#[tokio::test]
async fn what_is_no_message_gets_its_error_among_the_answers() {
    // RPC-22: and without an id where none could be read.
    let broken = json!({ "jsonrpc": "2.0", "id": 2, "method": "x", "params": [] });
    let (response, calls) =
        send_plain(batch([call(1, "ping"), broken, json!(7), json!([call(3, "ping")])])).await;
    assert_eq!(calls, ["ping"]);
    let found: Vec<_> = responses(&response)
        .iter()
        .map(|message| (message.get("id").cloned(), message["error"]["code"].as_i64()))
        .collect();
    assert_eq!(
        found,
        [
            (None, Some(-32600)),
            (None, Some(-32600)),
            (Some(json!(1)), None),
            (Some(json!(2)), Some(-32602)),
        ]
    );
}

#[tokio::test]
async fn a_notification_with_wrong_params_gets_no_message() {
    // RPC-10, RPC-22
    let broken = json!({ "jsonrpc": "2.0", "method": "x", "params": 1 });
    let (response, _) = send_plain(batch([broken.clone(), call(1, "ping")])).await;
    assert_eq!(responses(&response).len(), 1);
    let (response, _) = send_plain(batch([broken, notification("x")])).await;
    assert_eq!(refusal(&response), (400, -32602));
}

#[tokio::test]
async fn what_is_no_array_goes_through_untouched() {
    // RPC-19
    let (response, calls) = send_plain(post(call(1, "initialize"))).await;
    assert!(matches!(response.body(), Outbound::Response(_)));
    assert_eq!(calls, ["initialize"]);
    let (_, calls) = send_plain(crate::support::delete()).await;
    assert_eq!(calls.len(), 1);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Request,
    Notification,
    Reply,
    Malformed,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_request_is_answered_once_whatever_stands_beside_it(
        kinds in prop::collection::vec(
            prop::sample::select(vec![Kind::Request, Kind::Notification, Kind::Reply, Kind::Malformed]),
            1..30,
        ),
    ) {
        // RPC-22
        let messages: Vec<_> = (0..).zip(&kinds).map(|(id, kind)| match kind {
            Kind::Request => call(id, "ping"),
            Kind::Notification => notification("x"),
            Kind::Reply => reply(id),
            Kind::Malformed => json!({ "id": true }),
        }).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (response, calls) = runtime.block_on(send_plain(batch(messages)));
        let count = |wanted| kinds.iter().filter(|kind| **kind == wanted).count();
        let answered = count(Kind::Request) + count(Kind::Malformed);
        prop_assert_eq!(calls.len(), kinds.len() - count(Kind::Malformed));
        if answered == 0 {
            prop_assert!(matches!(response.body(), Outbound::Accepted));
        } else {
            let expected: Vec<_> = (0_i64..)
                .zip(&kinds)
                .filter_map(|(id, kind)| (*kind == Kind::Request).then_some(id))
                .collect();
            let responses = responses(&response);
            let ids: Vec<_> = responses.iter().filter_map(|message| message["id"].as_i64()).collect();
            prop_assert_eq!(ids, expected);
            prop_assert_eq!(responses.len(), answered);
        }
    }
}
