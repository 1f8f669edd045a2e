use mcp_stack::{Input, Role, Sampled, Sampling, SamplingContent, SamplingMessage, StopReason};
use serde_json::{Value, json};

use crate::support::{V, is_valid, params, raw};

fn read(answer: Value) -> Result<Sampled, String> {
    Sampling::new([SamplingMessage::user("?")], 1).read(&raw(answer))
}

#[test]
fn one_block_is_read() {
    let content = json!({ "type": "text", "text": "Paris", "annotations": { "priority": 1 } });
    let answer = json!({
        "role": "assistant", "content": content, "model": "m", "stopReason": "endTurn", "more": 1,
    });
    let answer = read(answer).expect("an answer");
    assert_eq!((answer.role(), answer.model()), (Role::Assistant, "m"));
    assert_eq!(answer.text(), "Paris");
    assert_eq!(answer.stop_reason(), Some(&StopReason::EndTurn));
} // SAMP-8

#[test]
fn several_blocks_are_read_and_sent_back() {
    let input = json!({ "city": "Paris" });
    let tool_use = json!({
        "type": "tool_use", "id": "1", "name": "get_weather", "input": input, "_meta": { "k": 1 },
    });
    let answer = json!({
        "role": "assistant", "model": "m", "stopReason": "toolUse", "content": [
            { "type": "text", "text": "Let me " },
            { "type": "image", "data": "cG5n", "mimeType": "image/png" },
            { "type": "text", "text": "see" },
            tool_use,
        ],
    });
    assert!(is_valid("CreateMessageResult", &answer));
    let answer = read(answer).expect("an answer");
    assert_eq!(answer.text(), "Let me see");
    assert_eq!(answer.stop_reason(), Some(&StopReason::ToolUse));
    let [_, SamplingContent::Image(image), ..] = answer.content() else { panic!("an image") };
    assert_eq!((&image.data[..], &*image.mime_type), (&b"png"[..], "image/png"));
    let tools: Vec<_> = answer.tool_uses().cloned().collect();
    assert_eq!((tools[0].id(), tools[0].name()), ("1", "get_weather"));
    assert_eq!(tools[0].input_to::<Value>().expect("JSON"), input);

    let results = tools.iter().map(|tool| tool.result(["18 degrees"]));
    let next = Sampling::new([SamplingMessage::user("?"), answer.into_message()], 1)
        .add_message(SamplingMessage::tool_results(results));
    assert_eq!(params(&next, V::V2026_07_28)["messages"][1]["content"][3], tool_use);
} // SAMP-6, SAMP-8

#[test]
fn a_reason_of_the_clients_own_is_kept() {
    let stop = |reason: Value| {
        let content = json!({ "type": "text", "text": "" });
        let answer =
            json!({ "role": "assistant", "model": "m", "content": content, "stopReason": reason });
        read(answer).expect("an answer").stop_reason().cloned()
    };
    for (reason, expected) in [
        (json!("stopSequence"), Some(StopReason::StopSequence)),
        (json!("maxTokens"), Some(StopReason::MaxTokens)),
        (json!("filtered"), Some(StopReason::Other("filtered".into()))),
        (json!(null), None),
    ] {
        assert_eq!(stop(reason), expected);
    }
} // SAMP-8

#[test]
fn an_answer_that_is_no_sampling_is_an_error() {
    let text = json!({ "type": "text", "text": "a" });
    let with = |content: Value| json!({ "role": "assistant", "model": "m", "content": content });
    read(with(text.clone())).expect("the rest is sound");
    for answer in [
        json!(12345),
        json!(null),
        json!(["assistant", text, "m"]),
        json!({}),
        json!({ "role": "system", "model": "m", "content": text }),
        json!({ "role": "assistant", "content": text }),
        json!({ "role": "assistant", "model": "m" }),
        json!({ "role": "assistant", "model": 1, "content": text }),
        with(json!("a")),
        with(json!([])),
        with(json!([["text", "a"]])),
        with(json!({ "type": "text" })),
        with(json!({ "type": "text", "text": 1 })),
        with(json!({ "type": "video", "data": "" })),
        with(json!({ "type": "image", "data": "?", "mimeType": "image/png" })),
        with(json!({ "type": "image", "data": "cG5n" })),
        with(json!({ "type": "tool_use", "id": "1", "name": "n", "input": [] })),
        with(json!({ "type": "tool_use", "id": "1", "name": "n" })),
        with(json!({ "type": "tool_result", "toolUseId": "1", "content": [] })),
    ] {
        assert!(read(answer.clone()).is_err(), "{answer}");
    }
} // SAMP-8, MRTR-17

#[test]
fn what_was_answered_is_not_shown_for_debugging() {
    let content = json!({ "type": "text", "text": "secret" });
    let answer = read(json!({ "role": "assistant", "model": "m", "content": content }));
    let shown = format!("{:?}", answer.expect("an answer"));
    assert!(!shown.contains("secret"), "{shown}");
    let with = |content: Value| json!({ "role": "assistant", "model": "m", "content": content });
    for answer in [with(json!("secret")), with(json!({ "type": "secret" })), json!("secret")] {
        let fault = read(answer).expect_err("no sampling");
        assert!(!fault.contains("secret"), "{fault}");
    }
    let fault = read(json!({ "role": "assistant", "content": [] })).expect_err("no model");
    assert_eq!(fault, "the result of a sampling: missing field `model`");
} // SAMP-11
