use crate::{
    Inbound,
    jsonrpc::{DecodeError, DecodeErrorKind, Limits, RequestId, decode},
};

fn read(body: &str) -> Result<Inbound, DecodeError> {
    decode(body.to_owned().into(), Limits::default())
}

/// Refused for this kind, with this id.
#[track_caller]
fn refused(body: &str, kind: DecodeErrorKind, id: Option<&str>) {
    let error = read(body).expect_err(body);
    assert_eq!((error.kind(), error.id().map(RequestId::as_json).as_deref()), (kind, id), "{body}");
}

#[test]
fn a_message_without_jsonrpc_2_0_is_an_invalid_request() {
    // RPC-2
    for jsonrpc in [
        "",
        r#""jsonrpc":"1.0","#,
        r#""jsonrpc":2.0,"#,
        r#""jsonrpc":"2.00","#,
        r#""jsonrpc":null,"#,
    ] {
        let body = format!(r#"{{{jsonrpc}"id":1,"method":"ping"}}"#);
        refused(&body, DecodeErrorKind::InvalidRequest, Some("1"));
    }
    let error = read(r#"{"id":1,"method":"ping"}"#).expect_err("no jsonrpc");
    assert_eq!(error.to_error_object().code(), -32600);
    assert!(read(r#"{"jsonrpc":"\u0032.0","id":1,"method":"ping"}"#).is_ok());
}

#[test]
fn an_id_is_a_string_or_an_integer() {
    // RPC-3
    for id in ["null", "1.5", "1e3", "1.0", "true", "[1]", r#"{"a":1}"#, r#""\ud800""#] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
        refused(&body, DecodeErrorKind::InvalidRequest, None);
        assert_eq!(read(&body).expect_err("refused").to_error_object().code(), -32600);
    }
    for id in ["0", "-0", "-7", "98765432109876543210", r#""""#, r#""\u0041\"""#] {
        let body = format!(r#"{{"method":"ping","id": {id} ,"jsonrpc":"2.0"}}"#);
        let inbound = read(&body).expect("accepted");
        assert_eq!(inbound.request_id().map(RequestId::as_json).as_deref(), Some(id)); // RPC-4
    }
}

#[test]
fn a_response_has_exactly_one_of_result_and_error() {
    // RPC-5
    let outcome = |body: &str| match read(body).expect(body) {
        Inbound::Reply(reply) => {
            reply.outcome.map_err(|e| e.as_str().to_owned()).map(|r| r.as_str().to_owned())
        }
        other => panic!("not a reply: {other:?}"),
    };
    assert_eq!(outcome(r#"{"jsonrpc":"2.0","id":1,"result": {} }"#), Ok("{}".into()));
    assert_eq!(
        outcome(r#"{"jsonrpc":"2.0","id":1,"error":{"code":1}}"#),
        Err(r#"{"code":1}"#.into())
    );
    for members in [
        r#""id":1,"result":{},"error":{}"#,
        r#""result":{}"#,
        r#""error":{"code":-32600,"message":"no id"}"#,
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0",{members}}}"#);
        refused(&body, DecodeErrorKind::InvalidRequest, None);
    }
    for members in [r#""id":1"#, r#""id":1,"method":"a","result":{}"#, r#""id":1,"method":7"#] {
        let body = format!(r#"{{"jsonrpc":"2.0",{members}}}"#);
        refused(&body, DecodeErrorKind::InvalidRequest, Some("1"));
    }
}

#[test]
fn an_error_has_the_id_wherever_in_the_body_it_stands() {
    // RPC-12
    let deep = format!("{}{}", "[".repeat(80), "]".repeat(80));
    refused(
        r#"{"jsonrpc":"2.0","params":[],"method":"a","id":"x"}"#,
        DecodeErrorKind::InvalidParams,
        Some("\"x\""),
    );
    refused(r#"{"jsonrpc":"1","id":9,"method":"a"}"#, DecodeErrorKind::InvalidRequest, Some("9"));
    refused(
        &format!(r#"{{"jsonrpc":"2.0","params":{{"a":{deep}}},"id":9,"method":"a"}}"#),
        DecodeErrorKind::TooDeep,
        Some("9"),
    );
    refused(r#"{"jsonrpc":"2.0","id":9,"method":"a""#, DecodeErrorKind::Syntax, None);
}

#[test]
fn an_id_that_occurs_twice_is_no_id_to_answer_with() {
    // RPC-12
    refused(
        r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}"#,
        DecodeErrorKind::InvalidRequest,
        None,
    );
    refused(
        r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"a","params":{},"params":{}}"#,
        DecodeErrorKind::InvalidRequest,
        None,
    );
}

#[test]
fn a_refused_response_is_answered_without_its_id() {
    // RPC-12: the id is the server's, and may be one of the client's own as well.
    refused(r#"{"id":1,"result":{}}"#, DecodeErrorKind::InvalidRequest, None);
    refused(
        r#"{"jsonrpc":"2.0","id":1,"result":{},"result":{}}"#,
        DecodeErrorKind::InvalidRequest,
        None,
    );
}

#[test]
fn a_member_of_the_envelope_that_occurs_twice_is_refused() {
    // RPC-2
    for member in [r#""jsonrpc":"2.0""#, r#""method":"a""#, r#""params":{}"#] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{{}},{member}}}"#);
        refused(&body, DecodeErrorKind::InvalidRequest, Some("1"));
    }
}

#[test]
fn params_are_absent_or_an_object() {
    // RPC-17
    let body =
        |params: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{params}}}"#);
    for params in ["null", "[]", "[{}]", "1", "1e999", "true", r#""x""#] {
        refused(&body(params), DecodeErrorKind::InvalidParams, Some("1"));
        let error = read(&body(params)).expect_err("refused").to_error_object();
        assert_eq!(error.code(), -32602);
    }
    assert!(read(&body("{}")).expect("accepted").params().is_some_and(|params| params.is_empty()));
    let absent = read(r#"{"jsonrpc":"2.0","method":"a"}"#).expect("accepted");
    assert!(absent.params().is_some_and(|params| params.is_empty() && !params.has_meta()));
}

#[test]
fn a_member_of_params_or_meta_that_occurs_twice_is_refused() {
    // RPC-17: layers and handler must not read different members.
    for params in [
        r#"{"name":"a","name":"b"}"#,
        r#"{"name":"a","n\u0061me":"b"}"#,
        r#"{"_meta":{},"_meta":{}}"#,
        r#"{"_meta":1,"_meta":{}}"#,
        r#"{"_meta":{"a":1,"a":1}}"#,
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{params}}}"#);
        refused(&body, DecodeErrorKind::InvalidParams, Some("1"));
    }
}

#[test]
fn params_and_meta_have_up_to_64_members_each() {
    let members = |count: usize| {
        let members: Vec<_> = (0..count).map(|n| format!("\"m{n}\":{n}")).collect();
        members.join(",")
    };
    let body =
        |params: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{{{params}}}}}"#);
    let (full, meta) = (members(64), format!(r#""_meta":{{{}}}"#, members(64)));
    for params in [format!("{full},{meta}"), format!("{meta},{full}")] {
        let inbound = read(&body(&params)).expect("accepted");
        let params = inbound.params().expect("a request has params");
        assert_eq!((params.len(), params.meta().len()), (64, 64));
    }
    for params in [members(65), format!(r#""_meta":{{{}}}"#, members(65)), members(5000)] {
        refused(&body(&params), DecodeErrorKind::InvalidParams, Some("1"));
    }
}

#[test]
fn a_meta_that_is_no_object_counts_as_absent() {
    // RPC-18
    for meta in ["null", "[]", "7", r#""x""#] {
        let body =
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{{"a":1,"_meta":{meta}}}}}"#);
        let inbound = read(&body).expect("accepted");
        let params = inbound.params().expect("a request has params");
        assert!(!params.has_meta() && params.meta().is_empty() && params.contains("a"));
    }
}

#[test]
fn unknown_members_are_ignored() {
    // RPC-18
    let body =
        r#"{"x":[{"y":"}"}],"jsonrpc":"2.0","id":1,"method":"a","params":{"z":0},"_":null,"x":1}"#;
    assert!(matches!(read(body), Ok(Inbound::Request(_))));
}

#[test]
fn what_is_not_json_is_a_parse_error() {
    for body in [
        "",
        " ",
        "{",
        "nul",
        r#"{"jsonrpc":"2.0",}"#,
        "{} {}",
        "{}x",
        "\u{feff}{}",
        "\u{c}{}",
        "[1,]",
        r#"["\u12"]"#,
    ] {
        refused(body, DecodeErrorKind::Syntax, None);
        assert_eq!(read(body).expect_err("refused").to_error_object().code(), -32700);
    }
    for body in ["1", "null", r#""x""#] {
        refused(body, DecodeErrorKind::InvalidRequest, None);
    }
}

#[test]
fn what_is_not_utf_8_is_a_parse_error_wherever_it_stands() {
    // RPC-1: also in what nobody reads.
    for body in [
        &b"[\"\xff\"]"[..],
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"x\":\"\xff\"}",
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"\xc3\":1}}",
        b"\xff",
    ] {
        let error = decode(body.to_vec().into(), Limits::default()).expect_err("refused");
        assert_eq!(error.kind(), DecodeErrorKind::Syntax);
    }
}

#[test]
fn an_array_is_handed_on_whole() {
    // RPC-19
    let Ok(Inbound::Batch(batch)) = read(" [ {\"a\": \"é\"} , 2 ] \n") else {
        panic!("not a batch")
    };
    assert_eq!(batch.as_json().as_str(), "[ {\"a\": \"é\"} , 2 ]");
}

#[test]
fn nesting_is_limited_to_64_levels_unless_set() {
    let body = |depth: usize| {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{{"a":{}{}}}}}"#,
            "[".repeat(depth - 2),
            "]".repeat(depth - 2)
        )
    };
    assert!(read(&body(64)).is_ok());
    refused(&body(65), DecodeErrorKind::TooDeep, Some("1"));
    refused(&"[".repeat(100_000), DecodeErrorKind::TooDeep, None);
    let limits = |depth| Limits::default().with_depth(depth);
    assert!(decode(body(65).into(), limits(65)).is_ok());
    assert!(decode(body(127).into(), limits(usize::MAX)).is_ok());
    assert!(decode(body(128).into(), limits(usize::MAX)).is_err());
    assert!(decode("[]".into(), limits(0)).is_err());
    let brackets = r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"a":"[[[[[[","b":"\"{{{{"}}"#;
    assert!(decode(brackets.into(), limits(2)).is_ok());
}

#[test]
fn an_error_does_not_echo_a_long_key() {
    let key = "k".repeat(100_000);
    let body =
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"a","params":{{"{key}":1,"{key}":2}}}}"#);
    let error = read(&body).expect_err("a member occurs twice");
    assert!(error.to_string().len() < 200, "{} bytes", error.to_string().len());
}
