use mcp_stack::{
    Content, IncludeContext, Input, ModelPreferences, RawJson, ResourceLink, Sampling,
    SamplingContent, SamplingMessage, SamplingTool, ToolChoice, ToolUse,
};
use serde_json::json;

use crate::support::{NEWER, V, declared, params};

const OLDER: [V; 3] = [V::V2024_11_05, V::V2025_03_26, V::V2025_06_18];

fn ask(message: SamplingMessage) -> Sampling {
    Sampling::new([message], 100)
}

fn tool() -> SamplingTool {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only described")]
    struct Place {
        city: String,
    }
    SamplingTool::of::<Place>("get_weather").with_description("Tells the weather")
}

fn tool_use(id: &str) -> ToolUse {
    ToolUse::new(id, "get_weather", RawJson::empty_object())
}

fn uses(ids: &[&str]) -> SamplingMessage {
    let mut message = SamplingMessage::assistant("Let me see");
    for id in ids {
        message = message.add_content(SamplingContent::ToolUse(tool_use(id)));
    }
    message
}

fn results(ids: &[&str]) -> SamplingMessage {
    SamplingMessage::tool_results(ids.iter().map(|id| tool_use(id).result(["18 degrees"])))
}

#[test]
fn all_that_can_be_asked_fits_each_revision() {
    let sampling = ask(SamplingMessage::user("Hello"))
        .add_message(SamplingMessage::assistant(SamplingContent::image(&b"png"[..], "image/png")))
        .add_message(SamplingMessage::user(SamplingContent::audio(&b"wav"[..], "audio/wav")))
        .with_system_prompt("Be brief")
        .with_temperature(0.5)
        .add_stop_sequence("END")
        .with_model_preferences(
            ModelPreferences::new()
                .add_hint("sonnet")
                .with_cost(2.0)
                .with_speed(f64::NAN)
                .with_intelligence(0.5),
        )
        .with_include_context(IncludeContext::ThisServer)
        .with_metadata(json!({ "a": 1 }));
    for version in V::ALL {
        let params = params(&sampling, version);
        assert_eq!(params["maxTokens"], 100);
        let hello = json!({ "role": "user", "content": { "type": "text", "text": "Hello" } });
        assert_eq!(params["messages"][0], hello);
        assert_eq!(params["messages"][1]["content"]["data"], "cG5n");
        assert_eq!(params["systemPrompt"], "Be brief");
        assert_eq!(params["temperature"], 0.5);
        assert_eq!(params["stopSequences"], json!(["END"]));
        assert_eq!(
            params["modelPreferences"],
            json!({
                "hints": [{ "name": "sonnet" }], "costPriority": 1.0, "speedPriority": 0.0,
                "intelligencePriority": 0.5,
            })
        );
        assert_eq!(params["includeContext"], "thisServer");
        assert_eq!(params["metadata"], json!({ "a": 1 }));
        let sound = &params["messages"][2]["content"];
        let expected = if version < V::V2025_03_26 { "text" } else { "audio" };
        assert_eq!(sound["type"], expected, "D-22");
    }
} // SAMP-4, MRTR-5

#[test]
fn what_was_not_said_is_not_sent() {
    let sampling = params(&ask(SamplingMessage::user("Hello")), V::V2026_07_28);
    let members: Vec<_> = sampling.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["maxTokens", "messages"]);
} // SAMP-2, SAMP-3, SAMP-4

#[test]
fn a_message_of_several_blocks_is_several_messages_before_2025_11_25() {
    let sampling = ask(SamplingMessage::user("one").add_content("two"));
    let (one, two) =
        (json!({ "type": "text", "text": "one" }), json!({ "type": "text", "text": "two" }));
    for version in OLDER {
        let expected =
            json!([{ "role": "user", "content": one }, { "role": "user", "content": two }]);
        assert_eq!(params(&sampling, version)["messages"], expected);
    }
    for version in NEWER {
        let expected = json!([{ "role": "user", "content": [one, two] }]);
        assert_eq!(params(&sampling, version)["messages"], expected);
    }
} // SAMP-10

#[test]
fn tools_are_offered_from_2025_11_25_on() {
    let sampling =
        ask(SamplingMessage::user("?")).add_tool(tool()).with_tool_choice(ToolChoice::Required);
    for version in NEWER {
        let params = params(&sampling, version);
        assert_eq!(params["tools"][0]["name"], "get_weather");
        assert_eq!(params["tools"][0]["inputSchema"]["type"], "object");
        assert_eq!(params["toolChoice"], json!({ "mode": "required" }));
    }
    for version in OLDER {
        sampling.params(version).expect_err("no tools");
        ask(uses(&["1"])).add_message(results(&["1"])).params(version).expect_err("no tools");
    }
} // SAMP-2, SAMP-10

#[test]
fn the_results_of_tools_go_back_to_the_model() {
    let link = Content::resource_link(ResourceLink::new("file:///a", "a"));
    let result = tool_use("2").result([Content::text("no"), link]).with_error();
    let sampling = ask(SamplingMessage::user("?"))
        .add_message(uses(&["1", "2"]))
        .add_message(SamplingMessage::tool_results([tool_use("1").result(["18 degrees"]), result]));
    for version in NEWER {
        let params = params(&sampling, version);
        assert_eq!(
            params["messages"][1]["content"][1],
            json!({ "type": "tool_use", "id": "1", "name": "get_weather", "input": {} })
        );
        let results = &params["messages"][2]["content"];
        let text = json!({ "type": "text", "text": "18 degrees" });
        assert_eq!(
            results[0],
            json!({ "type": "tool_result", "toolUseId": "1", "content": [text] })
        );
        assert_eq!(results[1]["isError"], true);
    }
} // SAMP-5, SAMP-6

#[test]
fn structured_results_are_objects_before_2026_07_28() {
    let sent = |content: serde_json::Value, version| {
        let result = tool_use("1").result(["18 degrees"]).with_structured(content);
        let sampling = ask(uses(&["1"])).add_message(SamplingMessage::tool_results([result]));
        params(&sampling, version)["messages"][1]["content"].get("structuredContent").cloned()
    };
    for version in NEWER {
        assert_eq!(sent(json!({ "t": 18 }), version), Some(json!({ "t": 18 })));
    }
    assert_eq!(sent(json!(18), V::V2025_11_25), None);
    assert_eq!(sent(json!(18), V::V2026_07_28), Some(json!(18)));
} // D-22

#[test]
fn messages_with_tools_follow_the_order_of_the_protocol() {
    let user = || SamplingMessage::user("?");
    let both = results(&["1"]).add_content("and");
    for (messages, fits) in [
        (vec![user(), uses(&["1"]), results(&["1"])], true),
        (vec![user(), uses(&["1", "2"]), results(&["2", "1"])], true),
        (vec![uses(&["1"]), results(&["1"]), uses(&["1"]), results(&["1"]), user()], true),
        (vec![user(), uses(&["1"]), both], false), // SAMP-5
        (vec![user(), uses(&["1"])], false),       // SAMP-6
        (vec![user(), uses(&["1"]), user()], false),
        (vec![user(), uses(&["1"]), user(), results(&["1"])], false),
        (vec![user(), uses(&["1", "2"]), results(&["1"])], false),
        (vec![user(), uses(&["1"]), results(&["2"])], false),
        (vec![user(), uses(&["1"]), results(&["1", "1"])], false),
        (vec![user(), uses(&["1", "1"]), results(&["1", "1"])], false),
        (vec![user(), results(&["1"])], false),
        (vec![SamplingMessage::user(SamplingContent::ToolUse(tool_use("1")))], false),
        (vec![results(&[])], false),
        (vec![], false), // SAMP-4
    ] {
        let said = format!("{messages:?}");
        let asked = Sampling::new(messages, 1).params(V::V2026_07_28);
        assert_eq!(asked.is_ok(), fits, "{said}");
    }
} // SAMP-4, SAMP-5, SAMP-6

#[test]
fn what_is_asked_takes_the_capability_for_it() {
    let plain = ask(SamplingMessage::user("?"));
    let tools = plain.clone().add_tool(tool());
    let choice = plain.clone().with_tool_choice(ToolChoice::None);
    let results = plain.clone().add_message(uses(&["1"])).add_message(results(&["1"]));
    let context = plain.clone().with_include_context(IncludeContext::AllServers);
    type Path = Option<&'static [&'static str]>;
    let (sampling, tools_path, context_path): (Path, Path, Path) =
        (Some(&["sampling"]), Some(&["sampling", "tools"]), Some(&["sampling", "context"]));
    let (none, bare) = (declared(json!({})), declared(json!({ "sampling": {} })));
    let full = declared(json!({ "sampling": { "tools": {}, "context": {} } }));
    for version in V::ALL {
        for ask in [&plain, &tools, &choice, &results, &context] {
            assert_eq!(ask.missing(None, version), sampling, "SAMP-1");
            assert_eq!(ask.missing(Some(&none), version), sampling, "SAMP-1");
        }
        assert_eq!(plain.missing(Some(&bare), version), None);
        let newer = version >= V::V2025_11_25;
        for ask in [&tools, &choice, &results] {
            assert_eq!(ask.missing(Some(&bare), version), tools_path, "SAMP-2");
            let expected = if newer { None } else { tools_path };
            assert_eq!(ask.missing(Some(&full), version), expected, "SAMP-2");
        }
        let expected = if newer { context_path } else { None };
        assert_eq!(context.missing(Some(&bare), version), expected, "SAMP-3");
        assert_eq!(context.missing(Some(&full), version), None);
    }
} // SAMP-1, SAMP-2, SAMP-3, MRTR-6

#[test]
fn what_cannot_be_sent_is_refused() {
    let sampling = ask(SamplingMessage::user("?"));
    let no_object = RawJson::parse(r#"{"type":"string"}"#).expect("JSON");
    let input = RawJson::parse("1").expect("JSON");
    let no_input = SamplingContent::ToolUse(ToolUse::new("1", "n", input));
    for sampling in [
        sampling.clone().with_temperature(f64::NAN),
        sampling.clone().with_metadata(json!([])),
        sampling.clone().add_tool(SamplingTool::new("n", no_object)),
        ask(SamplingMessage::assistant(no_input)).add_message(results(&["1"])),
    ] {
        sampling.params(V::V2026_07_28).expect_err("it does not fit the schema");
    }
}

#[test]
fn what_was_said_is_not_shown_for_debugging() {
    let message = SamplingMessage::user(SamplingContent::image(&b"secret"[..], "image/png"));
    let sampling = ask(message).with_system_prompt("secret");
    let message = SamplingMessage::assistant("secret");
    let shown = format!("{sampling:?} {message:?} {:?}", tool_use("1").result(["secret"]));
    assert!(!shown.contains("secret"), "{shown}");
} // SAMP-11
