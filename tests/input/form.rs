use mcp_stack::{Elicited, Field, Form, Input, field::Format};
use serde_json::{Value, json};

use crate::support::{ELICITING, NEWER, V, declared, params, raw};

fn trip() -> Form {
    Form::build("Where to?")
        .add_field(
            Field::string("to").required().with_title("City").with_min_length(1).with_max_length(5),
        )
        .add_field(Field::string("mail").with_format(Format::Email).with_description("Yours"))
        .add_field(Field::integer("bags").with_minimum(0).with_maximum(3).with_default(1))
        .add_field(Field::number("budget").with_minimum(0.5))
        .add_field(Field::boolean("return").with_default(true))
        .add_field(Field::choice("class", [("1", "First"), ("2", "Second")]).with_default("2"))
}

fn answer(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

#[test]
fn a_form_is_a_flat_object_of_primitives() {
    for version in NEWER {
        let schema = &params(&trip(), version)["requestedSchema"];
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["required"], json!(["to"]));
        let properties = &schema["properties"];
        assert_eq!(
            properties["to"],
            json!({ "type": "string", "title": "City", "minLength": 1, "maxLength": 5 })
        );
        let mail = json!({ "type": "string", "format": "email", "description": "Yours" });
        assert_eq!(properties["mail"], mail);
        let bags = json!({ "type": "integer", "minimum": 0, "maximum": 3, "default": 1 });
        assert_eq!(properties["bags"], bags);
        assert_eq!(properties["budget"], json!({ "type": "number", "minimum": 0.5 }));
        assert_eq!(properties["return"], json!({ "type": "boolean", "default": true }));
    }
} // ELICIT-3, ELICIT-6, ELICIT-7

#[test]
fn fields_stay_in_the_order_they_were_added() {
    let params = trip().params(V::V2026_07_28).expect("params");
    let places = ["to", "mail", "bags", "budget", "return", "class"]
        .map(|name| params.as_str().find(&format!("{name:?}:{{")).expect("the field is there"));
    assert!(places.is_sorted(), "{params:?}");
}

#[test]
fn the_mode_is_named_from_2025_11_25_on() {
    for version in ELICITING {
        let params = params(&trip(), version);
        let named = (version >= V::V2025_11_25).then(|| json!("form"));
        assert_eq!(params.get("mode"), named.as_ref());
        assert_eq!(params["message"], "Where to?");
    }
} // ELICIT-3, ELICIT-8

#[test]
fn clients_of_2025_06_18_get_what_they_know() {
    let schema = &params(&trip(), V::V2025_06_18)["requestedSchema"];
    assert_eq!(schema.get("$schema"), None);
    let properties = &schema["properties"];
    assert_eq!(properties["return"]["default"], true);
    assert_eq!(properties["bags"], json!({ "type": "integer", "minimum": 0, "maximum": 3 }));
    let class = json!({ "type": "string", "enum": ["1", "2"], "enumNames": ["First", "Second"] });
    assert_eq!(properties["class"], class);
} // ELICIT-8

#[test]
fn titles_can_be_sent_as_enum_names_to_all() {
    let class = Field::choice("class", [("1", "First"), ("2", "Second")]).with_enum_names();
    let form = Form::build("Which class?").add_field(class);
    for version in ELICITING {
        let class =
            json!({ "type": "string", "enum": ["1", "2"], "enumNames": ["First", "Second"] });
        assert_eq!(params(&form, version)["requestedSchema"]["properties"]["class"], class);
    }
} // ELICIT-7

#[test]
fn there_is_no_elicitation_before_2025_06_18() {
    let declared = declared(json!({ "elicitation": {} }));
    for version in [V::V2024_11_05, V::V2025_03_26] {
        trip().params(version).expect_err("no elicitation");
        assert!(trip().missing(Some(&declared), version).is_some());
    }
} // ELICIT-8

#[test]
fn form_mode_takes_the_capability_for_it() {
    let missing = |capabilities, version| trip().missing(Some(&declared(capabilities)), version);
    let form: Option<&'static [&'static str]> = Some(&["elicitation", "form"]);
    for version in ELICITING {
        for capabilities in [
            json!({ "elicitation": {} }),
            json!({ "elicitation": { "form": {} } }),
            json!({ "elicitation": { "form": {}, "url": {} } }),
        ] {
            assert_eq!(missing(capabilities, version), None);
        }
        let elicitation: &[&str] = &["elicitation"];
        assert_eq!(missing(json!({}), version), Some(elicitation));
        assert_eq!(trip().missing(None, version), Some(elicitation));
    }
    for version in NEWER {
        assert_eq!(missing(json!({ "elicitation": { "url": {} } }), version), form);
    }
} // ELICIT-1, ELICIT-2, MRTR-6

#[test]
fn an_answer_has_what_was_asked_for_and_nothing_else() {
    let content = json!({ "to": "Rome", "bags": 2.0, "budget": 10, "class": "1", "other": [{}] });
    let read = trip().read(&raw(answer(content))).expect("an answer");
    let Elicited::Accept(read) = read else { panic!("accepted") };
    let expected = json!({ "to": "Rome", "bags": 2, "budget": 10.0, "class": "1" });
    assert_eq!(Value::Object(read), expected);
} // ELICIT-14, MRTR-23

#[test]
fn an_answer_that_does_not_fit_the_form_is_an_error() {
    for (content, fault) in [
        (json!({}), "the field \"to\" is required"),
        (json!({ "to": null }), "the field \"to\" must be a string"),
        (json!({ "to": 5 }), "the field \"to\" must be a string"),
        (json!({ "to": "" }), "the field \"to\" must have at least 1 characters"),
        (json!({ "to": "ééééé é" }), "the field \"to\" must have at most 5 characters"),
        (json!({ "to": "a", "mail": "b" }), "the field \"mail\" must be an email address"),
        (json!({ "to": "a", "bags": 1.5 }), "the field \"bags\" must be a whole number of 64 bits"),
        (json!({ "to": "a", "bags": "1" }), "the field \"bags\" must be a whole number of 64 bits"),
        (json!({ "to": "a", "bags": 4 }), "the field \"bags\" must be at most 3"),
        (json!({ "to": "a", "bags": -1 }), "the field \"bags\" must be at least 0"),
        (json!({ "to": "a", "budget": 0.25 }), "the field \"budget\" must be at least 0.5"),
        (json!({ "to": "a", "return": "yes" }), "the field \"return\" must be true or false"),
        (json!({ "to": "a", "class": "3" }), "the field \"class\" must be one of its choices"),
    ] {
        assert_eq!(trip().read(&raw(answer(content))), Err(fault.to_owned()));
    }
} // ELICIT-14, MRTR-23

#[test]
fn a_length_is_counted_in_characters() {
    let read = trip().read(&raw(answer(json!({ "to": "ééééé" }))));
    assert!(read.is_ok(), "{read:?}");
} // ELICIT-14

#[test]
fn an_answer_of_another_shape_is_an_error() {
    for answer in [
        json!(12345),
        json!("Rome"),
        json!(["accept", { "to": "Rome" }]),
        json!({ "to": "Rome" }),
        json!({ "action": "accept" }),
        json!({ "action": "accept", "content": [] }),
        json!({ "action": "accept", "content": "to" }),
    ] {
        assert!(trip().read(&raw(answer.clone())).is_err(), "{answer}");
    }
} // MRTR-17

#[test]
fn declining_and_dismissing_are_answers() {
    let read = |action: &str| trip().read(&raw(json!({ "action": action })));
    assert_eq!(read("decline"), Ok(Elicited::Decline));
    assert_eq!(read("cancel"), Ok(Elicited::Cancel));
} // ELICIT-13, MRTR-24

#[test]
fn a_form_without_fields_asks_for_consent() {
    let form = Form::build("Delete everything?");
    for version in ELICITING {
        assert_eq!(params(&form, version)["requestedSchema"]["properties"], json!({}));
    }
    let read = form.read(&raw(json!({ "action": "accept" })));
    assert!(read.is_ok_and(|read| read.is_accepted()));
} // ELICIT-6

#[test]
fn a_form_that_contradicts_itself_is_refused() {
    let one = |form: Form| form.check().expect_err("a fault").to_string();
    let form = || Form::build("?");
    for (form, fault) in [
        (form().add_field(Field::string("a")).add_field(Field::boolean("a")), "is there twice"),
        (form().add_field(Field::string("a").with_min_length(2).with_max_length(1)), "at most 1"),
        (form().add_field(Field::integer("a").with_minimum(2).with_maximum(1)), "at most 1"),
        (form().add_field(Field::number("a").with_maximum(f64::NAN)), "not a finite number"),
        (form().add_field(Field::string("a").with_max_length(1).with_default("ab")), "default"),
        (form().add_field(Field::choice("a", ["b"]).with_default("c")), "default"),
        (form().add_field(Field::choice("a", ["b", "b"])), "twice"),
        (form().add_field(Field::choice("a", [""; 0])), "no choices"),
        (form().add_field(Field::choices("a", ["b"]).with_min_items(2).with_max_items(1)), "most"),
    ] {
        form.params(V::V2026_07_28).expect_err("it is not asked either");
        let found = one(form);
        assert!(found.contains("\"a\"") && found.contains(fault), "{found}");
    }
}

#[test]
fn a_form_never_asks_for_secrets() {
    for name in ["password", "new_password", "apiKey", "API-KEY", "github_access_token", "cvv"] {
        let form = Form::build("?").add_field(Field::string(name));
        form.params(V::V2026_07_28).expect_err("a secret takes url mode");
    }
    for name in ["password_length", "max_tokens", "key", "token_count"] {
        assert_eq!(Form::build("?").add_field(Field::string(name)).check(), Ok(()));
    }
} // ELICIT-9, ELICIT-10
