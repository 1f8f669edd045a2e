use schemars::JsonSchema;
use serde::Deserialize;

use super::{Cursor, RegisterErrorKind, Registry};
use crate::{Prompt, ResourceTemplate, Source, Tool};

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "the schema is what counts")]
struct Number {
    count: u64,
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "the schema is what counts")]
struct Text {
    id: String,
    note: Option<String>,
}

fn kind(result: Result<(), super::RegisterError>) -> RegisterErrorKind {
    result.expect_err("refused").kind()
}

#[test]
fn a_change_that_fails_leaves_nothing_behind() {
    let registry = Registry::default();
    registry.update(|draft| draft.add_tool(Tool::new("kept", || ""))).expect("valid");
    let refused = registry.update(|draft| {
        draft.remove_tool("kept");
        draft.add_tool(Tool::new("new", || ""))?;
        draft.add_tool(Tool::new("new", || ""))
    });
    assert_eq!(kind(refused), RegisterErrorKind::Duplicate); // TOOL-7
    assert!(registry.has_tool("kept"));
    assert!(!registry.has_tool("new"));
}

#[test]
fn each_change_of_a_table_shows_in_its_revision_alone() {
    let registry = Registry::default();
    let changed = |change: fn(&mut super::Draft)| {
        let before = registry.snapshot().revisions();
        let update = registry.update(|draft| {
            change(draft);
            Ok(())
        });
        update.expect("it cannot fail");
        let after = registry.snapshot().revisions();
        std::array::from_fn(|at| before[at] != after[at])
    };
    let [tools, none] = [[true, false, false, false], [false; 4]];
    assert_eq!(changed(|draft| draft.replace_tool(Tool::new("a", || "")).expect("fit")), tools);
    assert_eq!(changed(|draft| draft.replace_tool(Tool::new("a", || "")).expect("fit")), tools);
    assert_eq!(changed(|draft| assert!(draft.remove_tool("a"))), tools);
    assert_eq!(changed(|draft| assert!(!draft.remove_tool("a"))), none);
    let prompts = [false, false, false, true];
    assert_eq!(changed(|draft| draft.add_prompt_source(Source::new(Vec::new))), prompts);
}

#[test]
fn a_tool_keeps_its_place_when_it_is_replaced() {
    let registry = Registry::default();
    registry
        .update(|draft| {
            draft.add_tool(Tool::new("a", || ""))?;
            draft.add_tool(Tool::new("b", || ""))?;
            draft.replace_tool(Tool::new("a", || "").with_title("A"))
        })
        .expect("valid");
    let snapshot = registry.snapshot();
    let reader = super::Reader { era: mcp_layers_core::protocol::Era::Modern, views: false };
    let page = snapshot.tools.page("tools", reader, None, 10);
    let page = std::str::from_utf8(&page).expect("JSON");
    assert!(page.find("\"A\"") < page.find("\"b\""), "{page}");
} // TOOL-4

#[test]
fn a_prompt_whose_argument_no_string_fits_is_refused() {
    let registry = Registry::default();
    let prompt = Prompt::new("count", |_: Number| "never");
    let refused = registry.update(|draft| draft.add_prompt(prompt));
    assert_eq!(kind(refused), RegisterErrorKind::InvalidPart);
    let prompt = Prompt::new("text", |_: Text| "fine");
    registry.update(|draft| draft.add_prompt(prompt)).expect("strings fit");
} // PROMPT-7

#[test]
fn a_template_that_cannot_give_its_handler_what_it_wants_is_refused() {
    let registry = Registry::default();
    for template in [
        ResourceTemplate::new("x://{count}", "number", |_: Number| "never"),
        ResourceTemplate::new("x://{name}", "other name", |_: Text| "never"),
    ] {
        let refused = registry.update(|draft| draft.add_resource_template(template));
        assert_eq!(kind(refused), RegisterErrorKind::InvalidPart);
    }
    let template = ResourceTemplate::new("x://{id}", "text", |_: Text| "fine");
    registry.update(|draft| draft.add_resource_template(template)).expect("it has an id");
}

#[test]
fn a_tool_that_takes_any_json_takes_any_object() {
    let registry = Registry::default();
    let tool = Tool::new("any", |value: serde_json::Value| value.to_string());
    registry.update(|draft| draft.add_tool(tool)).expect("a schema of objects");
} // TOOL-9

#[test]
fn a_cursor_is_its_own_inverse_and_refuses_what_it_did_not_write() {
    let mut cursors: Vec<_> = [0, 7, u64::MAX].map(Cursor::After).into();
    for own in [None, Some(""), Some("7"), Some("a:b"), Some("é\"\0")] {
        cursors.push(Cursor::Source(3, own.map(str::to_owned)));
    }
    for cursor in cursors {
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }
    for foreign in ["", "7", "YWZ0ZXI6", "YWZ0ZXI6LTE", "%%%", "c291cmNlOg", "c291cmNlOng6MQ"] {
        assert_eq!(Cursor::decode(foreign), None, "{foreign}");
    }
} // PAGE-1, PAGE-4, PAGE-6
