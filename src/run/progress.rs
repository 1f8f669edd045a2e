//! What a handler says of how far it is.

use mcp_layers_core::jsonrpc::{Message, Overflow, RawJson, write_string};

/// Written by hand: a handler may say it a thousand times.
pub(crate) fn notification(
    token: &RawJson,
    progress: f64,
    total: Option<f64>,
    message: Option<&str>,
) -> Message {
    let hint = 96 + token.as_bytes().len() + message.map_or(0, str::len);
    let message = Message::notification_with("notifications/progress", hint, |out| {
        out.extend_from_slice(br#"{"progressToken":"#);
        out.extend_from_slice(token.as_bytes());
        out.extend_from_slice(br#","progress":"#);
        write_number(out, progress);
        if let Some(total) = total.filter(|total| total.is_finite()) {
            out.extend_from_slice(br#","total":"#);
            write_number(out, total);
        }
        if let Some(message) = message {
            out.extend_from_slice(br#","message":"#);
            write_string(out, message);
        }
        out.push(b'}');
    });
    // A request has one token, so one key serves.
    message.with_overflow(Overflow::Latest(0))
}

/// A finite number, as an integer where it is one: `50`, not `50.0`.
fn write_number(out: &mut Vec<u8>, number: f64) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "an integer below 2^53")]
        let integer = number as i64;
        serde_json::to_writer(out, &integer).expect("an integer serialises");
    } else {
        serde_json::to_writer(out, &number).expect("a number serialises");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(progress: f64, total: Option<f64>, message: Option<&str>) -> String {
        let token = RawJson::parse(r#""t""#).expect("JSON");
        let message = notification(&token, progress, total, message);
        assert_eq!(message.overflow(), Overflow::Latest(0));
        let text = std::str::from_utf8(message.bytes()).expect("UTF-8");
        let before = r#"{"jsonrpc":"2.0","method":"notifications/progress","params":"#;
        let params = text.strip_prefix(before).and_then(|rest| rest.strip_suffix('}'));
        params.expect("a progress notification").to_owned()
    }

    #[test]
    fn progress_has_its_token_and_what_else_is_known() {
        // PROG-2, PROG-8
        assert_eq!(params(1.0, None, None), r#"{"progressToken":"t","progress":1}"#);
        assert_eq!(
            params(0.5, Some(2e300), Some("a \"b\"\n")),
            r#"{"progressToken":"t","progress":0.5,"total":2e+300,"message":"a \"b\"\n"}"#
        );
        assert_eq!(params(-7.0, Some(f64::NAN), None), r#"{"progressToken":"t","progress":-7}"#);
    }
}
