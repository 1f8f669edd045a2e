use serde_json::{Value, json};

use super::{super::UriTemplate, template};

fn found(text: &str, uri: &str) -> Value {
    template(text).matches(uri).map_or(Value::Null, Value::Object)
}

#[test]
fn each_form_of_expression_gives_its_values() {
    for (text, uri, expected) in [
        ("u://{id}", "u://7", json!({ "id": "7" })),
        ("u://{id}/x", "u://7/x", json!({ "id": "7" })),
        ("u://{id}.json", "u://a.json.json", json!({ "id": "a.json" })),
        ("u://{a}/{b}", "u://1/2", json!({ "a": "1", "b": "2" })),
        ("u://{a},{b}", "u://1,2", json!({ "a": "1", "b": "2" })),
        ("u://{a}:{b}", "u://1:2:3", json!({ "a": "1", "b": "2:3" })),
        ("u://{a,b}", "u://1,2", json!({ "a": "1", "b": "2" })),
        ("u://{a,b}", "u://1", json!({ "a": "1" })),
        ("u://{a,b}", "u://,2", json!({ "a": "", "b": "2" })),
        ("u://{a,b*}", "u://1,2,3", json!({ "a": "1", "b": ["2", "3"] })),
        ("u://{a*}", "u://1", json!({ "a": ["1"] })),
        ("u://{a}/{+b}", "u://1/2/3?4#5", json!({ "a": "1", "b": "2/3?4#5" })),
        ("u://{+b}/raw", "u://1/raw/raw", json!({ "b": "1/raw" })),
        ("u://x{.b}", "u://x.tar.gz", json!({ "b": "tar.gz" })),
        ("u://x{.b}", "u://x", json!({})),
        ("u://x{.b}", "u://x.", json!({ "b": "" })),
        ("u://x{/b}", "u://x/1", json!({ "b": "1" })),
        ("u://x{/b,c}", "u://x/1/2", json!({ "b": "1", "c": "2" })),
        ("u://x{/b,c}", "u://x/1", json!({ "b": "1" })),
        ("u://x{/b*}", "u://x/1/2//", json!({ "b": ["1", "2", "", ""] })),
        ("u://x{/b*}", "u://x", json!({})),
        ("u://x{/b*}/end", "u://x/1/2/end", json!({ "b": ["1", "2"] })),
        ("u://x{;b,c}", "u://x;c=2;b", json!({ "b": "", "c": "2" })),
        ("u://x{?b,c}", "u://x?b=1", json!({ "b": "1" })),
        ("u://x{?b,c}", "u://x?c=&b=1=2", json!({ "b": "1=2", "c": "" })),
        ("u://x{?b*,c}", "u://x?b=1&c=2&b=3", json!({ "b": ["1", "3"], "c": "2" })),
        ("u://x?f=1{&b}", "u://x?f=1&b=2", json!({ "b": "2" })),
        ("u://x{?b}{#c}", "u://x?b=1#2#3", json!({ "b": "1", "c": "2#3" })),
        ("u://x{?b}{#c}", "u://x", json!({})),
        ("u://{a}{/b}{?c}", "u://1?c=3", json!({ "a": "1", "c": "3" })),
        ("u://é/{a}", "u://%C3%A9/1", json!({ "a": "1" })),
    ] {
        assert_eq!(found(text, uri), expected, "{text} {uri}");
    }
} // RES-20

#[test]
fn what_does_not_fit_is_not_matched() {
    for (text, uri) in [
        ("u://{id}", "u://"),
        ("u://{id}", "u://a/b"),
        ("u://{id}", "u://a?b"),
        ("u://{id}", "u://a#b"),
        ("u://{id}", "U://a"),
        ("u://{id}", "u://a b"),
        ("u://{id}", "u://é"),
        ("u://{id}", "u://a\\b"),
        ("u://{id}", "u://%"),
        ("u://{id}", "u://%2"),
        ("u://{id}", "u://%zz"),
        ("u://{id}", "u://%ff"),
        ("u://{+id}", "u://"),
        ("u://{id}.json", "u://a.jso"),
        ("u://{id}.json", "u://.json"),
        ("u://{a}:{b}", "u://1"),
        ("u://{a,b}", "u://1,2,3"),
        ("u://x{/b}", "u://x/1/2"),
        ("u://x{/b}", "u://xy"),
        ("u://x{/b}{?c}", "u://x/1/2?c=3"),
        ("u://x{?b}", "u://x?"),
        ("u://x{?b}", "u://x?c=1"),
        ("u://x{?b}", "u://x?b=1&b=2"),
        ("u://x{?b}", "u://x?b=1&"),
        ("u://x{&b}", "u://x?b=1"),
        ("u://x/y{z}", "u://x"),
        ("aba{x}", "ab"),
    ] {
        assert_eq!(found(text, uri), Value::Null, "{text} {uri}");
    }
} // RES-7

#[test]
fn values_are_decoded_once() {
    for (value, expected) in [
        ("a%20b", "a b"),
        ("%2e%2E%2f", "../"),
        ("%252e", "%2e"),
        ("a+b", "a+b"),
        ("%C3%A9", "é"),
        ("a@b:c!$&'()*+,;=", "a@b:c!$&'()*+,;="),
    ] {
        assert_eq!(found("u://{v}", &format!("u://{value}")), json!({ "v": expected }), "{value}");
    }
} // RES-7

#[test]
fn a_template_with_more_than_one_reading_cannot_be_matched() {
    for (text, names) in [
        ("u://{a}{b}", "\"a\""),
        ("u://{a}-{b}", "'-'"),
        ("u://{a}x{b}", "'x'"),
        ("u://{a}%20{b}", "'%'"),
        ("u://{a}{.b}", "'.'"),
        ("u://{a}{+b}", "\"a\""),
        ("u://{+a}/{b}", "'/'"),
        ("u://{+a}{?b}", "'?'"),
        ("u://{/a*}{/b}", "'/'"),
        ("u://{?a,b}{&c}", "'&'"),
        ("u://{#a}{b}", "\"a\""),
        ("u://{a}/{a}", "twice"),
        ("u://{a,a}", "twice"),
        ("u://{a:3}", "prefix"),
        ("u://{a:3}/{a}", "prefix"),
        ("u://{+a,b}", "','"),
        ("u://{#a*}", "','"),
        ("u://{.a,b}", "'.'"),
        ("u://{.a*}", "'.'"),
        ("u://{/a*,b}", "last"),
        ("u://{a*,b}", "last"),
    ] {
        let parsed: UriTemplate = template(text);
        let error = parsed.require_matchable().expect_err(text).to_string();
        assert!(error.contains(names), "{text}: {error}");
        assert_eq!(parsed.matches("u://1"), None, "{text}");
    }
}
