//! Every example of RFC 6570 §1.2 and §3.2, and its grammar.

use super::{
    super::{ExpandErrorKind, TemplateValue, UriTemplate},
    template,
};

/// The variables of §3.2. `undef` has no value.
fn values() -> Vec<(&'static str, TemplateValue)> {
    let keys = TemplateValue::pairs([("semi", ";"), ("dot", "."), ("comma", ",")]);
    vec![
        ("count", vec!["one", "two", "three"].into()),
        ("dom", vec!["example", "com"].into()),
        ("dub", "me/too".into()),
        ("hello", "Hello World!".into()),
        ("half", "50%".into()),
        ("var", "value".into()),
        ("who", "fred".into()),
        ("base", "http://example.com/home/".into()),
        ("path", "/foo/bar".into()),
        ("list", vec!["red", "green", "blue"].into()),
        ("keys", keys),
        ("v", 6.into()),
        ("x", "1024".into()),
        ("y", "768".into()),
        ("empty", "".into()),
        ("empty_keys", TemplateValue::Pairs(Vec::new())),
    ]
}

fn check(examples: &str) {
    for line in examples.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (text, expected) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let expanded = template(text).expand(values());
        assert_eq!(expanded.as_deref(), Ok(expected.trim()), "{text}");
    }
}

#[test]
fn the_examples_of_each_level_expand() {
    check(
        "{var} value
        {hello} Hello%20World%21
        {+var} value
        {+hello} Hello%20World!
        {+path}/here /foo/bar/here
        here?ref={+path} here?ref=/foo/bar
        X{#var} X#value
        X{#hello} X#Hello%20World!
        map?{x,y} map?1024,768
        {x,hello,y} 1024,Hello%20World%21,768
        {+x,hello,y} 1024,Hello%20World!,768
        {+path,x}/here /foo/bar,1024/here
        {#x,hello,y} #1024,Hello%20World!,768
        {#path,x}/here #/foo/bar,1024/here
        X{.var} X.value
        X{.x,y} X.1024.768
        {/var} /value
        {/var,x}/here /value/1024/here
        {;x,y} ;x=1024;y=768
        {;x,y,empty} ;x=1024;y=768;empty
        {?x,y} ?x=1024&y=768
        {?x,y,empty} ?x=1024&y=768&empty=
        ?fixed=yes{&x} ?fixed=yes&x=1024
        {&x,y,empty} &x=1024&y=768&empty=",
    );
} // §1.2, levels 1 to 3; level 4 is in the tests below

#[test]
fn the_examples_of_values_expand() {
    check(
        "{count} one,two,three
        {count*} one,two,three
        {/count} /one,two,three
        {/count*} /one/two/three
        {;count} ;count=one,two,three
        {;count*} ;count=one;count=two;count=three
        {?count} ?count=one,two,three
        {?count*} ?count=one&count=two&count=three
        {&count*} &count=one&count=two&count=three",
    );
} // §3.2.1

#[test]
fn the_examples_of_simple_expansion_expand() {
    check(
        "{var} value
        {hello} Hello%20World%21
        {half} 50%25
        O{empty}X OX
        O{undef}X OX
        {x,y} 1024,768
        {x,hello,y} 1024,Hello%20World%21,768
        ?{x,empty} ?1024,
        ?{x,undef} ?1024
        ?{undef,y} ?768
        {var:3} val
        {var:30} value
        {list} red,green,blue
        {list*} red,green,blue
        {keys} semi,%3B,dot,.,comma,%2C
        {keys*} semi=%3B,dot=.,comma=%2C",
    );
} // §3.2.2

#[test]
fn the_examples_of_reserved_expansion_expand() {
    check(
        "{+var} value
        {+hello} Hello%20World!
        {+half} 50%25
        {base}index http%3A%2F%2Fexample.com%2Fhome%2Findex
        {+base}index http://example.com/home/index
        O{+empty}X OX
        O{+undef}X OX
        {+path}/here /foo/bar/here
        here?ref={+path} here?ref=/foo/bar
        up{+path}{var}/here up/foo/barvalue/here
        {+x,hello,y} 1024,Hello%20World!,768
        {+path,x}/here /foo/bar,1024/here
        {+path:6}/here /foo/b/here
        {+list} red,green,blue
        {+list*} red,green,blue
        {+keys} semi,;,dot,.,comma,,
        {+keys*} semi=;,dot=.,comma=,",
    );
} // §3.2.3

#[test]
fn the_examples_of_fragment_expansion_expand() {
    check(
        "{#var} #value
        {#hello} #Hello%20World!
        {#half} #50%25
        foo{#empty} foo#
        foo{#undef} foo
        {#x,hello,y} #1024,Hello%20World!,768
        {#path,x}/here #/foo/bar,1024/here
        {#path:6}/here #/foo/b/here
        {#list} #red,green,blue
        {#list*} #red,green,blue
        {#keys} #semi,;,dot,.,comma,,
        {#keys*} #semi=;,dot=.,comma=,",
    );
} // §3.2.4

#[test]
fn the_examples_of_label_expansion_expand() {
    check(
        "{.who} .fred
        {.who,who} .fred.fred
        {.half,who} .50%25.fred
        www{.dom*} www.example.com
        X{.var} X.value
        X{.empty} X.
        X{.undef} X
        X{.var:3} X.val
        X{.list} X.red,green,blue
        X{.list*} X.red.green.blue
        X{.keys} X.semi,%3B,dot,.,comma,%2C
        X{.keys*} X.semi=%3B.dot=..comma=%2C
        X{.empty_keys} X
        X{.empty_keys*} X",
    );
} // §3.2.5

#[test]
fn the_examples_of_path_expansion_expand() {
    check(
        "{/who} /fred
        {/who,who} /fred/fred
        {/half,who} /50%25/fred
        {/who,dub} /fred/me%2Ftoo
        {/var} /value
        {/var,empty} /value/
        {/var,undef} /value
        {/var,x}/here /value/1024/here
        {/var:1,var} /v/value
        {/list} /red,green,blue
        {/list*} /red/green/blue
        {/list*,path:4} /red/green/blue/%2Ffoo
        {/keys} /semi,%3B,dot,.,comma,%2C
        {/keys*} /semi=%3B/dot=./comma=%2C",
    );
} // §3.2.6

#[test]
fn the_examples_of_parameter_expansion_expand() {
    check(
        "{;who} ;who=fred
        {;half} ;half=50%25
        {;empty} ;empty
        {;v,empty,who} ;v=6;empty;who=fred
        {;v,bar,who} ;v=6;who=fred
        {;x,y} ;x=1024;y=768
        {;x,y,empty} ;x=1024;y=768;empty
        {;x,y,undef} ;x=1024;y=768
        {;hello:5} ;hello=Hello
        {;list} ;list=red,green,blue
        {;list*} ;list=red;list=green;list=blue
        {;keys} ;keys=semi,%3B,dot,.,comma,%2C
        {;keys*} ;semi=%3B;dot=.;comma=%2C",
    );
} // §3.2.7

#[test]
fn the_examples_of_query_expansion_expand() {
    check(
        "{?who} ?who=fred
        {?half} ?half=50%25
        {?x,y} ?x=1024&y=768
        {?x,y,empty} ?x=1024&y=768&empty=
        {?x,y,undef} ?x=1024&y=768
        {?var:3} ?var=val
        {?list} ?list=red,green,blue
        {?list*} ?list=red&list=green&list=blue
        {?keys} ?keys=semi,%3B,dot,.,comma,%2C
        {?keys*} ?semi=%3B&dot=.&comma=%2C",
    );
} // §3.2.8

#[test]
fn the_examples_of_query_continuation_expand() {
    check(
        "{&who} &who=fred
        {&half} &half=50%25
        ?fixed=yes{&x} ?fixed=yes&x=1024
        {&x,y,empty} &x=1024&y=768&empty=
        {&x,y,undef} &x=1024&y=768
        {&var:3} &var=val
        {&list} &list=red,green,blue
        {&list*} &list=red&list=green&list=blue
        {&keys} &keys=semi,%3B,dot,.,comma,%2C
        {&keys*} &semi=%3B&dot=.&comma=%2C",
    );
} // §3.2.9

#[test]
fn what_is_encoded_already_stays_so_where_reserved_characters_do() {
    for (text, expected) in [
        ("{+x}", "a%2Fb%25zz"),
        ("{#x}", "#a%2Fb%25zz"),
        ("{x}", "a%252Fb%25zz"),
        ("http://é.example/%2f{x}", "http://%C3%A9.example/%2fa%252Fb%25zz"),
    ] {
        assert_eq!(template(text).expand([("x", "a%2Fb%zz")]).as_deref(), Ok(expected), "{text}");
    }
} // §2.1, §3.2.1

#[test]
fn a_prefix_counts_characters_not_bytes() {
    let text = template("{x:2}");
    assert_eq!(text.expand([("x", "éàü")]).as_deref(), Ok("%C3%A9%C3%A0"));
    let error = text.expand([("x", vec!["a"])]).expect_err("a list has no prefix");
    assert_eq!(error.kind(), ExpandErrorKind::PrefixOfMany);
} // §2.4.1

#[test]
fn what_the_grammar_does_not_have_is_refused() {
    for text in [
        "{",
        "}",
        "a{b",
        "a}b",
        "{}",
        "{,}",
        "{a,}",
        "{a,,b}",
        "{a:}",
        "{a:0}",
        "{a:01}",
        "{a:10000}",
        "{a:x}",
        "{a:-1}",
        "{a*:3}",
        "{a:3*}",
        "{a**}",
        "{=a}",
        "{,a}",
        "{!a}",
        "{@a}",
        "{|a}",
        "{a b}",
        "{a-b}",
        "{.}",
        "{a..b}",
        "{.a.}",
        "{a%}",
        "{a%2}",
        "{é}",
        "{{a}}",
        "a b{c}",
        "a\"{c}",
        "<{c}>",
        "a%{c}",
        "a%2g{c}",
        "a\\{c}",
        "a\u{7f}{c}",
        "{+}",
        "{$a}",
    ] {
        assert!(text.parse::<UriTemplate>().is_err(), "{text}");
    }
    for text in ["", "plain", "{a_1}", "{a.b}", "{%41}", "{a:9999}", "it's{a}", "%7b{a}", "{a,b*}"]
    {
        assert!(text.parse::<UriTemplate>().is_ok(), "{text}");
    }
} // §2
