use super::{MediaRange, MediaType, Precedence};

#[test]
fn a_media_type_is_two_tokens() {
    for value in ["text/html", "TEXT/Html", " text/html ", "text/html;charset=utf-8", "text/html;"]
    {
        let parsed = MediaType::parse(value.as_bytes()).expect(value);
        assert!(parsed.is("text", "html") && !parsed.is("text", "plain"), "{value}");
    }
    for value in ["", "/", "text", "text/", "/html", "text /html", "text/h tml", "text/html/x"] {
        assert!(MediaType::parse(value.as_bytes()).is_none(), "{value}");
    }
    assert!(MediaType::parse(b"text/html\xff").is_none());
}

#[test]
fn a_weight_is_read_in_thousandths() {
    let weight = |weight: &str| {
        let element = format!("a/b;v=\"q=0,\";Q = {weight} ");
        let range = MediaRange::list(element.as_bytes()).next()?;
        range.covers("a", "b").map(Precedence::weight)
    };
    for (text, expected) in [
        ("0", 0),
        ("0.", 0),
        ("0.5", 500),
        ("0.05", 50),
        ("0.375", 375),
        ("0.3759", 375),
        ("0.0009", 0),
        ("1", 1000),
        ("1.000", 1000),
        ("1.0000", 1000),
    ] {
        assert_eq!(weight(text), Some(expected), "{text}");
    }
    for text in
        ["", ".5", "2", "1.1", "1.0001", "-1", "+0.5", "00.5", "0.x", "0.5.5", "\"0.5\"", "1e0"]
    {
        assert_eq!(weight(text), None, "{text}");
    }
}

#[test]
fn the_most_specific_range_comes_first_and_then_the_heaviest() {
    let precedence = |range: &str| {
        let range = MediaRange::list(range.as_bytes()).next().expect(range);
        range.covers("a", "b")
    };
    let order = ["*/*;q=0", "*/*", "a/*;q=0", "a/*;q=0.5", "a/b;q=0", "a/b;q=0.001", "a/b"];
    assert!(order.map(precedence).is_sorted_by(|one, other| one < other));
    for (range, exact) in [("*/*", false), ("a/*", false), ("A/B", true)] {
        assert_eq!(precedence(range).map(Precedence::is_exact), Some(exact), "{range}");
    }
    for other in ["a/c", "b/*", "b/b", "ab/b"] {
        assert_eq!(precedence(other), None, "{other}");
    }
    assert_eq!(MediaRange::list(b"*/b, a, ,a/b;q=2,\"a/b\"").count(), 0);
}
