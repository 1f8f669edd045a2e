use mcp_layers_core::jsonrpc::{Params, RequestId};
use proptest::prelude::*;

use super::*;
use crate::cancellation::notice::{MAX_REASON, Notice};

fn read(params: &Value) -> Option<Notice> {
    Notice::read(&Params::parse(params.to_string()).expect("an object"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_integer_or_a_string_names_a_request(number: i64, text in "\\PC{0,40}") { // CANCEL-10
        let ids = [(json!(number), RequestId::from(number)), (json!(text), RequestId::from(&*text))];
        for (json, id) in ids {
            let notice = read(&json!({ "requestId": json })).expect("a notice");
            prop_assert_eq!(notice, Notice { id, reason: None });
        }
    }

    #[test]
    fn any_reason_is_kept_up_to_a_length(reason in "\\PC{0,1500}") { // CANCEL-19
        let notice = read(&json!({ "requestId": 1, "reason": reason })).expect("a notice");
        let kept = notice.reason.expect("a reason");
        prop_assert!(reason.starts_with(&*kept));
        prop_assert!(kept.len() <= MAX_REASON);
        prop_assert!(kept.len() == reason.len() || kept.len() > MAX_REASON - 4);
    }

    #[test]
    fn what_is_neither_names_nothing(other in prop_oneof![
        Just(json!(null)), Just(json!(true)), Just(json!({})), Just(json!([1])), Just(json!(0.5)),
    ]) { // CANCEL-7, CANCEL-20
        prop_assert_eq!(read(&json!({ "requestId": other })), None);
        let odd_reason = read(&json!({ "requestId": 1, "reason": other }));
        prop_assert_eq!(odd_reason.map(|notice| notice.reason), Some(None));
    }
}
