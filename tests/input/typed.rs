use std::collections::HashSet;

use mcp_stack::{Elicited, Form, Input};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::support::{ELICITING, NEWER, V, params, raw};

/// Documented, and so not a plain enum for schemars.
#[derive(Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Size {
    /// Small one
    Small,
    #[schemars(title = "Big one")]
    Big,
    Other,
}

#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Nickname(String);

/// All that a form can ask for.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Everything {
    /// As on your passport.
    #[schemars(title = "Full name", length(min = 1, max = 80))]
    name: String,
    #[schemars(email)]
    mail: Option<String>,
    #[schemars(url)]
    home: Option<String>,
    nick: Option<Nickname>,
    age: u8,
    #[schemars(range(min = -5, max = 5))]
    mood: Option<i32>,
    budget: f64,
    #[serde(default)]
    news: bool,
    #[serde(default = "three")]
    count: u32,
    colour: Option<Colour>,
    size: Size,
    #[schemars(length(min = 1, max = 2))]
    sizes: HashSet<Size>,
}

fn three() -> u32 {
    3
}

fn fault<T: JsonSchema + DeserializeOwned>() -> String {
    Form::<T>::new("?").check().expect_err("a fault").to_string()
}

#[test]
fn a_struct_is_a_form() {
    for version in NEWER {
        let schema = params(&Form::<Everything>::new("?"), version)["requestedSchema"].clone();
        let sizes = json!([
            { "const": "other", "title": "other" },
            { "const": "small", "title": "Small one" },
            { "const": "big", "title": "Big one" },
        ]);
        let required = json!(["name", "age", "budget", "size", "sizes"]);
        assert_eq!(schema["required"], required);
        let members: Vec<_> = schema.as_object().expect("an object").keys().collect();
        assert_eq!(members, ["properties", "required", "type"]);
        assert_eq!(
            schema["properties"],
            json!({
                "name": {
                    "type": "string", "title": "Full name", "minLength": 1, "maxLength": 80,
                    "description": "As on your passport.",
                },
                "mail": { "type": "string", "format": "email" },
                "home": { "type": "string", "format": "uri" },
                "nick": { "type": "string" },
                "age": { "type": "integer", "minimum": 0, "maximum": 255 },
                "mood": { "type": "integer", "minimum": -5, "maximum": 5 },
                "budget": { "type": "number" },
                "news": { "type": "boolean", "default": false },
                "count": { "type": "integer", "minimum": 0, "default": 3 },
                "colour": { "type": "string", "enum": ["red", "green"] },
                "size": {
                    "type": "string", "oneOf": sizes,
                    "description": "Documented, and so not a plain enum for schemars.",
                },
                "sizes": {
                    "type": "array", "items": { "anyOf": sizes }, "minItems": 1, "maxItems": 2,
                },
            })
        );
    }
} // ELICIT-6, ELICIT-7

#[test]
fn fields_stay_in_the_order_of_the_struct() {
    let params = Form::<Everything>::new("?").params(V::V2026_07_28).expect("params");
    let places = ["name", "mail", "home", "nick", "age", "mood", "budget", "news", "count"]
        .map(|name| params.as_str().find(&format!("{name:?}:{{")).expect("the field is there"));
    assert!(places.is_sorted(), "{params:?}");
}

#[test]
fn an_answer_is_read_into_the_struct() {
    let content = json!({
        "name": "Ada", "age": 36.0, "budget": 1, "colour": "green", "size": "big",
        "sizes": ["small", "other"], "unasked": 1,
    });
    let answer = json!({ "action": "accept", "content": content });
    let read = Form::<Everything>::new("?").read(&raw(answer)).expect("an answer");
    let expected = Everything {
        name: "Ada".into(),
        mail: None,
        home: None,
        nick: None,
        age: 36,
        mood: None,
        budget: 1.0,
        news: false,
        count: 3,
        colour: Some(Colour::Green),
        size: Size::Big,
        sizes: [Size::Small, Size::Other].into(),
    };
    assert_eq!(read, Elicited::Accept(expected));
} // ELICIT-14

#[test]
fn a_struct_without_lists_can_be_asked_in_2025_06_18() {
    #[derive(Deserialize, JsonSchema)]
    struct Order {
        #[expect(dead_code, reason = "only asked for")]
        size: Option<Size>,
        #[expect(dead_code, reason = "only asked for")]
        #[serde(default = "three")]
        count: u32,
    }
    for version in ELICITING {
        params(&Form::<Order>::new("?"), version);
    }
    let properties =
        &params(&Form::<Order>::new("?"), V::V2025_06_18)["requestedSchema"]["properties"];
    assert_eq!(properties["size"]["enum"], json!(["other", "small", "big"]));
    assert_eq!(properties["size"]["enumNames"], json!(["other", "Small one", "Big one"]));
    assert_eq!(properties["count"].get("default"), None);
} // ELICIT-8

#[test]
fn what_a_form_cannot_ask_is_named_with_the_fix() {
    #[derive(Deserialize, JsonSchema)]
    struct Inner {
        #[expect(dead_code, reason = "only asked for")]
        x: String,
    }
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only asked for")]
    enum Shape {
        Round(f64),
        Square,
    }
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only asked for")]
    struct Circle {
        x: Option<Box<Circle>>,
    }
    macro_rules! with {
        ($(#[$attribute:meta])* $kind:ty) => {{
            #[derive(Deserialize, JsonSchema)]
            #[expect(dead_code, reason = "only asked for")]
            struct Asked {
                $(#[$attribute])*
                a: $kind,
            }
            fault::<Asked>()
        }};
    }
    for (found, fault) in [
        (with!(Inner), "a form is flat"),
        (with!(Option<Inner>), "a form is flat"),
        (with!(Vec<String>), "a list of something else than choices"),
        (with!(Vec<Inner>), "a list of something else than choices"),
        (with!(Shape), "an enum with data"),
        (with!(Value), "may be anything"),
        (with!(std::num::NonZeroI8), "\"not\""),
        (
            with!(
                #[schemars(regex(pattern = "^a$"))]
                String
            ),
            "\"pattern\"",
        ), // D-30
        (
            with!(
                #[schemars(extend("format" = "password"))]
                String
            ),
            "UrlElicitation",
        ),
    ] {
        assert!(found.contains("the field \"a\"") && found.contains(fault), "{found}");
    }
    assert!(fault::<Circle>().contains("itself"));
    for found in [fault::<String>(), fault::<Colour>(), fault::<Vec<Inner>>(), fault::<Shape>()] {
        assert!(found.contains("a struct with named fields"), "{found}");
    }
} // ELICIT-6, ELICIT-9

#[test]
fn members_of_a_flattened_struct_are_fields() {
    #[derive(Deserialize, JsonSchema)]
    struct Inner {
        x: String,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Outer {
        y: bool,
        #[serde(flatten)]
        inner: Inner,
    }
    let form = Form::<Outer>::new("?");
    let answer = json!({ "action": "accept", "content": { "x": "a", "y": true } });
    let read = form.read(&raw(answer)).expect("an answer").accepted().expect("accepted");
    assert!(read.inner.x == "a" && read.y);
} // ELICIT-6
