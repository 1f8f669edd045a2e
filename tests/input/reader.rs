//! Whatever the client sends, reading it does not panic, and what was accepted fits
//! the form as JSON Schema has it.

use std::sync::LazyLock;

use jsonschema::Validator;
use mcp_stack::{Elicited, Field, Form, Input, Sampling, SamplingMessage, field::Format};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{V, is_valid, raw};

fn form() -> Form {
    Form::build("?")
        .add_field(Field::string("s").with_min_length(1).with_max_length(3))
        .add_field(Field::string("day").with_format(Format::Date))
        .add_field(Field::string("time").with_format(Format::DateTime))
        .add_field(Field::string("uri").with_format(Format::Uri))
        .add_field(Field::string("mail").with_format(Format::Email))
        .add_field(Field::integer("i").with_minimum(-2).with_maximum(2))
        .add_field(Field::number("n").with_minimum(-0.5).with_maximum(2.5))
        .add_field(Field::boolean("b"))
        .add_field(Field::choice("c", ["x", "y"]).required())
        .add_field(Field::choices("cs", [("x", "X"), ("y", "Y")]).with_max_items(1))
}

/// The schema of the form, as it is sent.
static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let params: Value = form().params(V::V2026_07_28).expect("params").to().expect("JSON");
    jsonschema::options()
        .should_validate_formats(true)
        .build(&params["requestedSchema"])
        .expect("a schema")
});

fn anything() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[xyz]{0,2}",
        "\\PC{0,4}",
        "20(00|23|24)-[01][0-9]-[0-3][0-9]",
        "2024-0[1-3]-[0-3][0-9][Tt ][0-3][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,2})?([Zz]|[+-][0-2][0-9]:?[0-6][0-9])",
        "[a-z]{0,2}:[a-z/?#%@:é ]{0,4}(%[0-9a-g]{2})?",
        "[a-z.+é\"]{0,3}@[a-zé.-]{0,5}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..4).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3.0f64..4.0).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn content() -> impl Strategy<Value = Map<String, Value>> {
    let name =
        prop::sample::select(vec!["s", "day", "time", "uri", "mail", "i", "n", "b", "cs", "other"]);
    let members = prop::collection::vec((name, anything()), 0..3);
    (members, prop_oneof![9 => Just(Some("x")), 1 => Just(None)]).prop_map(|(members, chosen)| {
        let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
        members.chain(chosen.map(|value| ("c".to_owned(), value.into()))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn accepted_content_fits_the_requested_schema(content in content()) {
        let form = form();
        let answer = json!({ "action": "accept", "content": content });
        if let Ok(read) = form.read(&raw(answer)) {
            let Elicited::Accept(read) = read else { panic!("it was accepted") };
            let mut asked = content;
            asked.remove("other");
            prop_assert!(SCHEMA.is_valid(&Value::Object(asked)), "{:?}", read);
            let read = json!({ "action": "accept", "content": read });
            prop_assert!(is_valid("ElicitResult", &read), "{}", read);
        }
    } // ELICIT-14, MRTR-17, MRTR-23

    #[test]
    fn whatever_was_sent_is_read_or_refused(answer in anything()) {
        let (form, answer) = (form(), raw(answer));
        // The only objects among them have short members: none is an answer.
        prop_assert!(form.read(&answer).is_err());
        let sampling = Sampling::new([SamplingMessage::user("?")], 1);
        prop_assert!(sampling.read(&answer).is_err());
    } // MRTR-17

    #[test]
    fn accepted_samplings_fit_the_schema(
        role in "(assistant|user|system)",
        kind in "(text|image|tool_use|tool_result)",
        data in "[A-Za-z0-9=]{0,4}",
        value in anything(),
        array in any::<bool>(),
    ) {
        let block = json!({
            "type": kind, "text": value, "data": data, "mimeType": "a/b", "id": "1",
            "name": "n", "input": value,
        });
        let content = if array { json!([block, block]) } else { block };
        let answer = json!({ "role": role, "model": "m", "content": content });
        let sampling = Sampling::new([SamplingMessage::user("?")], 1);
        if sampling.read(&raw(answer.clone())).is_ok() {
            prop_assert!(is_valid("CreateMessageResult", &answer), "{}", answer);
        }
    } // SAMP-8, MRTR-17
}

#[test]
fn dates_times_and_addresses_are_told_from_others() {
    for (format, text, fits) in [
        (Format::Date, "2024-02-29", true),
        (Format::Date, "2023-02-29", false),
        (Format::Date, "2000-02-29", true),
        (Format::Date, "1900-02-29", false),
        (Format::Date, "2024-13-01", false),
        (Format::Date, "2024-04-31", false),
        (Format::Date, "2024-4-3", false),
        (Format::DateTime, "2026-07-28T09:30:00Z", true),
        (Format::DateTime, "2026-07-28t09:30:00.125+02:00", true),
        (Format::DateTime, "2026-07-28T09:30:00", false),
        (Format::DateTime, "2026-07-28 09:30:00Z", false),
        (Format::DateTime, "2026-07-28T24:00:00Z", false),
        (Format::DateTime, "2026-07-28T09:30:00.Z", false),
        (Format::DateTime, "é2026-07-2T09:30:00Z", false),
        (Format::Email, "a.b+c@example.com", true),
        (Format::Email, "ü@bücher.example", true),
        (Format::Email, "a@b@c", false),
        (Format::Email, "a b@example.com", false),
        (Format::Email, ".a@example.com", false),
        (Format::Email, "@example.com", false),
        (Format::Email, "a@-example.com", false),
        (Format::Uri, "urn:isbn:1", true),
        (Format::Uri, "https://example.com/a?b#c", true),
        (Format::Uri, "/a", false),
        (Format::Uri, "1a:b", false),
        (Format::Uri, "a:b c", false),
        (Format::Uri, "a:%4", false),
        (Format::Uri, "a:b#c#d", false),
    ] {
        assert_eq!(format.admits(text), fits, "{format:?} {text}");
    }
} // ELICIT-6, ELICIT-14
