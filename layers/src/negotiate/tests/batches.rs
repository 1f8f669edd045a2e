use super::*;

const BATCH: &str = "[1]";

fn batch(accept: &str) -> Request<Full<Bytes>> {
    post_accepting(accept, BATCH)
}

fn results() -> Vec<Message> {
    [1, 2].map(|id| Message::result(&RequestId::from(id), &RawJson::empty_object())).into()
}

fn expected() -> Value {
    json!([
        { "jsonrpc": "2.0", "id": 1, "result": {} },
        { "jsonrpc": "2.0", "id": 2, "result": {} },
    ])
}

#[tokio::test]
async fn the_responses_to_a_batch_are_one_json_array() {
    // RPC-22
    for accept in ["application/json, text/event-stream", "application/json"] {
        let answer = send(border(answering(|| Outbound::Batch(results()))), batch(accept)).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, expected()));
    }
}

#[tokio::test]
async fn where_only_events_are_taken_each_response_is_one() {
    // RPC-23, RPC-27
    let inner = answering(|| Outbound::Batch(results()));
    let answer = send(border(inner), batch("text/event-stream")).await;
    assert_eq!(Value::from(answer.messages()), expected());
    assert_eq!(answer.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn a_batch_s_stream_holds_every_response() {
    // RPC-23, SSE-4
    let inner =
        answering(|| call_stream([progress(1)].into_iter().chain(results()).chain([progress(2)])));
    let answer = send(border(inner), batch("*/*")).await;
    assert_eq!(answer.messages().len(), 4);
}

#[tokio::test]
async fn where_only_json_is_taken_a_batch_s_stream_becomes_the_array_of_its_responses() {
    // RPC-22, NEG-16
    let inner = answering(|| {
        let [first, second] = results().try_into().expect("two");
        call_stream([progress(1), first, progress(2), second, progress(3)])
    });
    let answer = send(border(inner), batch("application/json")).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, expected()));

    // NEG-17
    let inner = answering(|| call_stream([ask()].into_iter().chain(results())));
    let answer = send(border(inner), batch("application/json")).await;
    assert_eq!(answer.refusal(), (406, -32600));
}

#[tokio::test]
async fn a_batch_without_any_response_is_an_error_where_there_must_be_json() {
    // NEG-16
    for outbound in [|| Outbound::Batch(vec![]), || call_stream([progress(1)])] {
        let answer = send(border(answering(outbound)), batch("application/json")).await;
        assert_eq!(answer.refusal(), (200, -32603));
        assert!(answer.json().get("id").is_none());
    }
}
