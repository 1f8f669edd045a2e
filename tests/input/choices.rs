use mcp_stack::{Field, Form, Input};
use serde_json::{Value, json};

use crate::support::{ELICITING, NEWER, V, params, raw};

fn property(form: &Form, version: V) -> Value {
    params(form, version)["requestedSchema"]["properties"]["a"].clone()
}

#[test]
fn plain_choices_are_an_enum() {
    let form = Form::build("?").add_field(Field::choice("a", ["x", "y"]));
    for version in ELICITING {
        assert_eq!(property(&form, version), json!({ "type": "string", "enum": ["x", "y"] }));
    }
} // ELICIT-6

#[test]
fn titled_choices_are_constants_with_titles() {
    let form = Form::build("?").add_field(Field::choice("a", [("x", "X"), ("y", "Y")]));
    let one_of = json!([{ "const": "x", "title": "X" }, { "const": "y", "title": "Y" }]);
    for version in NEWER {
        assert_eq!(property(&form, version), json!({ "type": "string", "oneOf": one_of }));
    }
} // ELICIT-7

#[test]
fn several_may_be_chosen() {
    let plain = Field::choices("a", ["x", "y"]).with_min_items(1).with_max_items(2);
    let plain = Form::build("?").add_field(plain.with_default(["x"]));
    let titled = Form::build("?").add_field(Field::choices("a", [("x", "X")]));
    for version in NEWER {
        let items = json!({ "type": "string", "enum": ["x", "y"] });
        assert_eq!(
            property(&plain, version),
            json!({
                "type": "array", "items": items, "minItems": 1, "maxItems": 2, "default": ["x"]
            })
        );
        let items = json!({ "anyOf": [{ "const": "x", "title": "X" }] });
        assert_eq!(property(&titled, version), json!({ "type": "array", "items": items }));
    }
    let fault = plain.params(V::V2025_06_18).expect_err("2025-06-18 has no arrays");
    assert!(fault.contains("\"a\"") && fault.contains("2025-06-18"), "{fault}");
} // ELICIT-7, ELICIT-8

#[test]
fn what_was_chosen_is_checked() {
    let field = Field::choices("a", ["x", "y", "z"]).with_min_items(1).with_max_items(2);
    let form = Form::build("?").add_field(field);
    for (chosen, fits) in [
        (json!(["x"]), true),
        (json!(["z", "x"]), true),
        (json!([]), false),
        (json!(["x", "y", "z"]), false),
        (json!(["w"]), false),
        (json!(["x", "x"]), false),
        (json!([1]), false),
        (json!("x"), false),
    ] {
        let answer = json!({ "action": "accept", "content": { "a": chosen } });
        assert_eq!(form.read(&raw(answer)).is_ok(), fits, "{chosen}");
    }
} // ELICIT-14, MRTR-23
