use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{InvalidMirroredParamKind as Kind, MirroredKind, MirroredParam};

fn kind_of(schema: Value) -> Result<usize, Kind> {
    MirroredParam::from_schema(&schema).map(|params| params.len()).map_err(|error| error.kind())
}

/// A schema with one annotated string.
fn annotated(header: Value) -> Value {
    json!({"properties": {"a": {"type": "string", "x-mcp-header": header}}})
}

#[test]
fn annotations_are_found_along_properties() {
    let schema = json!({
        "type": "object",
        "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "plain": {"type": "string"},
            "target": {"type": "object", "properties": {
                "count": {"type": "integer", "x-mcp-header": "Target-Count"},
                "deep": {"type": "object", "properties": {
                    "flag": {"type": "boolean", "x-mcp-header": "flag!"},
                }},
            }},
        },
    });
    let mut found: Vec<_> = MirroredParam::from_schema(&schema)
        .expect("a valid schema")
        .iter()
        .map(|param| (param.header().to_string(), param.path().join("/"), param.kind()))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let expected = [
        ("mcp-param-flag!", "target/deep/flag", MirroredKind::Boolean),
        ("mcp-param-region", "region", MirroredKind::String),
        ("mcp-param-target-count", "target/count", MirroredKind::Integer),
    ];
    assert_eq!(found, expected.map(|(header, path, kind)| (header.into(), path.into(), kind)));
} // META-24, META-28

#[test]
fn a_schema_without_annotations_has_none() {
    for schema in [json!({}), json!(true), json!({"properties": {"a": true}}), json!(null)] {
        assert_eq!(kind_of(schema), Ok(0));
    }
} // META-28

#[test]
fn a_header_must_be_a_non_empty_http_token() {
    for header in ["Region", "a", "X_1.2~", "!#$%&'*+-.^_`|~"] {
        assert_eq!(kind_of(annotated(json!(header))), Ok(1), "{header}");
    }
    let invalid = [
        json!(""),
        json!(" "),
        json!("a b"),
        json!("a:b"),
        json!("a\r\nb"),
        json!("a\u{0}"),
        json!("a\u{7f}"),
        json!("é"),
        json!("a,b"),
        json!("\"a\""),
        json!("a/b"),
        json!(1),
        json!(null),
        json!(true),
        json!(["a"]),
    ];
    for header in invalid {
        assert_eq!(kind_of(annotated(header.clone())), Err(Kind::NotAToken), "{header}");
    }
} // META-25

#[test]
fn two_headers_that_differ_only_in_letter_case_are_refused() {
    let schema = json!({"properties": {
        "a": {"type": "string", "x-mcp-header": "Region"},
        "b": {"type": "object", "properties": {
            "c": {"type": "string", "x-mcp-header": "rEGION"},
        }},
    }});
    assert_eq!(kind_of(schema), Err(Kind::Repeated));
} // META-26

#[test]
fn only_strings_integers_and_booleans_can_be_mirrored() {
    let types = [
        json!("number"),
        json!("object"),
        json!("array"),
        json!("null"),
        json!(["string", "null"]),
        json!(["string"]),
        json!(null),
        json!("String"),
    ];
    for kind in types {
        let schema = json!({"properties": {"a": {"type": kind, "x-mcp-header": "A"}}});
        assert_eq!(kind_of(schema), Err(Kind::Type), "{kind}");
    }
    assert_eq!(kind_of(json!({"properties": {"a": {"x-mcp-header": "A"}}})), Err(Kind::Type));
} // META-27

#[test]
fn an_annotation_that_is_not_reached_through_properties_alone_is_refused() {
    let leaf = || json!({"type": "string", "x-mcp-header": "A"});
    let object = || json!({"properties": {"b": leaf()}});
    let schemas = [
        leaf(),
        json!({"items": leaf()}),
        json!({"prefixItems": [true, leaf()]}),
        json!({"additionalProperties": leaf()}),
        json!({"patternProperties": {"^x": leaf()}}),
        json!({"dependentSchemas": {"x": object()}}),
        json!({"oneOf": [object()]}),
        json!({"anyOf": [{}, object()]}),
        json!({"allOf": [object()]}),
        json!({"not": object()}),
        json!({"if": object()}),
        json!({"then": object()}),
        json!({"else": object()}),
        json!({"$defs": {"b": leaf()}}),
        json!({"definitions": {"b": object()}}),
        json!({"properties": {"a": {"type": "array", "items": leaf()}}}),
        json!({"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": leaf()}}),
        json!({"properties": {"a": {"oneOf": [{"properties": {"b": object()}}]}}}),
        json!({"x-vendor": {"deep": [leaf()]}}),
    ];
    for schema in schemas {
        assert_eq!(kind_of(schema.clone()), Err(Kind::Unreachable), "{schema}");
    }
} // META-28

#[test]
fn names_and_data_that_look_like_the_keyword_are_no_annotations() {
    let schema = json!({
        "properties": {
            "x-mcp-header": {"type": "string"},
            "a": {"type": "object", "default": {"x-mcp-header": "A"}},
        },
        "$defs": {"x-mcp-header": {"type": "string"}},
        "examples": [{"x-mcp-header": "A"}],
        "const": {"x-mcp-header": "A"},
        "enum": [{"x-mcp-header": "A"}],
        "required": ["x-mcp-header"],
    });
    assert_eq!(kind_of(schema), Ok(0));
} // META-28

#[test]
fn an_error_names_the_place_and_the_fix() {
    let schema = json!({"properties": {"a": {"properties": {
        "b": {"type": "number", "x-mcp-header": "B"},
    }}}});
    let error = MirroredParam::from_schema(&schema).expect_err("a number");
    assert_eq!(error.place(), "a.b");
    assert!(error.to_string().contains("\"a.b\"") && error.to_string().contains("integer"));
} // META-27

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_header_is_accepted_exactly_if_it_is_a_token(header in "[ -~\\PC]{0,8}") {
        let is_token = !header.is_empty() && header.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
        });
        let expected = if is_token { Ok(1) } else { Err(Kind::NotAToken) };
        prop_assert_eq!(kind_of(annotated(json!(header))), expected);
    }
}
