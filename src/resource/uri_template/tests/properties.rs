use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::select,
};
use serde_json::{Map, Value, json};

use super::{
    super::{UriTemplate, matcher::Count},
    template,
};

/// Templates that can be matched, for any values of the kinds beside them.
const MATCHABLE: [(&str, &[(&str, Kind)]); 12] = {
    use Kind::{Filled, List, Maybe, Reserved};
    [
        ("u://{a}", &[("a", Filled)]),
        ("u://{a}/{b}/c", &[("a", Filled), ("b", Filled)]),
        ("u://{a},{b}", &[("a", Filled), ("b", Filled)]),
        ("u://{a}.json", &[("a", Filled)]),
        ("u://{a}/raw/{+b}", &[("a", Filled), ("b", Reserved)]),
        ("u://{+b}/raw", &[("b", Reserved)]),
        ("u://{a}{#b}", &[("a", Filled), ("b", Reserved)]),
        ("u://{a}{/b*}", &[("a", Filled), ("b", List)]),
        ("u://{a,b*}", &[("a", Filled), ("b", List)]),
        (
            "u://{a}{;b,c}{?d*,e}",
            &[("a", Filled), ("b", Maybe), ("c", Maybe), ("d", List), ("e", Maybe)],
        ),
        ("u://x{?a,b}{#c}", &[("a", Maybe), ("b", Maybe), ("c", Reserved)]),
        ("u://x?y=1{&a*}", &[("a", List)]),
    ]
};

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Any text but the empty one.
    Filled,
    /// Any text, or none.
    Maybe,
    /// Text that is not encoded already: a triplet stays as it is, and is then decoded.
    Reserved,
    List,
}

impl Kind {
    fn values(self) -> BoxedStrategy<Option<Value>> {
        let text = || any::<String>();
        let delimiters = || {
            vec(select(b"%/?#,;&=.-~ a1".as_slice()), 0..6)
                .prop_map(|bytes| String::from_utf8(bytes).expect("ASCII"))
        };
        let some = move || prop_oneof![text(), delimiters()];
        match self {
            Self::Filled => some().prop_map(|it| Some(json!(format!("x{it}")))).boxed(),
            Self::Maybe => proptest::option::of(some().prop_map(Value::from)).boxed(),
            Self::Reserved => {
                some().prop_map(|it| Some(json!(format!("x{}", it.replace('%', ""))))).boxed()
            }
            Self::List => vec(some(), 0..4)
                .prop_map(|items| (!items.is_empty()).then(|| json!(items)))
                .boxed(),
        }
    }
}

fn template_and_values() -> impl Strategy<Value = (UriTemplate, Map<String, Value>)> {
    select(MATCHABLE.as_slice()).prop_flat_map(|(text, variables)| {
        let values: Vec<_> = variables.iter().map(|(_, kind)| kind.values()).collect();
        values.prop_map(move |values| {
            let names = variables.iter().map(|(name, _)| (*name).to_owned());
            let values = names.zip(values).filter_map(|(name, value)| Some((name, value?)));
            (template(text), values.collect())
        })
    })
}

proptest! {
    #[test]
    fn what_was_expanded_is_found_again((template, values) in template_and_values()) {
        let uri = template.expand(values.clone()).expect("no prefix");
        prop_assert!(uri.is_ascii());
        prop_assert_eq!(template.matches(&uri), Some(values), "{}", uri);
    } // RES-20

    #[test]
    fn no_text_makes_a_panic(
        text in "[{}+#./;?&,:*%a-c0-9 é]{0,24}",
        uri in "[{}+#./;?&,:*%a-c0-9 é]{0,24}",
        values in btree_map("[a-c]", any::<String>(), 0..3),
    ) {
        if let Ok(template) = text.parse::<UriTemplate>() {
            let _ = template.expand(values);
            let _ = template.matches(&uri);
        }
    }

    #[test]
    fn no_uri_takes_more_than_linear_time(
        (text, _) in select(MATCHABLE.as_slice()),
        piece in "[%/?#,;&=.a-c1-9]{1,6}",
        repeats in 1..400_usize,
    ) {
        let uri = format!("u://{}", piece.repeat(repeats));
        let template = template(text);
        let steps = steps(&template, &uri);
        prop_assert!(steps <= 4 * (uri.len() + text.len()), "{steps} for {}", uri.len());
    }
}

#[test]
fn texts_that_tempt_a_matcher_to_go_back_take_linear_time() {
    for (text, piece) in [
        ("u://{a}/{b}/{c}/{d}/{e}x", "/"),
        ("u://{a}/{b}/{c}/{d}/{e}x", "a/"),
        ("u://{+a}aaaaaaab", "a"),
        ("u://{a},{b},{c},{d},{+e}!", "a,"),
        ("u://x{/a*}/a/a/a/a/b", "/a"),
        ("u://x{?a*,b,c}{#d}", "a=&"),
    ] {
        let (template, uri) = (template(text), |n: usize| format!("u://{}", piece.repeat(n)));
        let [once, twice] = [10_000, 20_000].map(|n| steps(&template, &uri(n)));
        assert!(twice <= 2 * once + 100, "{text}: {once}, then {twice}");
    }
}

/// How many characters a match looks at.
fn steps(template: &UriTemplate, uri: &str) -> usize {
    struct Counter(usize);
    impl Count for Counter {
        fn add(&mut self, characters: usize) {
            self.0 += characters;
        }
    }
    let mut counter = Counter(0);
    let matcher = template.matcher.as_ref().expect("it can be matched");
    let _ = matcher.matches(uri, &mut counter);
    counter.0
}
