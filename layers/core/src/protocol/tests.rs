use proptest::prelude::*;

use super::{LogLevel, Method, UnknownLogLevel};

#[test]
fn a_known_method_is_known_by_its_exact_name() {
    for name in
        ["initialize", "tools/call", "server/discover", "notifications/cancelled", "tasks/result"]
    {
        let method = Method::from_name(name);
        assert!(!matches!(method, Method::Other(_)), "{name}");
        assert_eq!(method.as_str(), name);
    }
    for name in ["", "Initialize", "tools/call ", "tools", "rpc.discover"] {
        assert!(matches!(Method::from_name(name), Method::Other(_)), "{name}");
    }
}

#[test]
fn log_levels_go_by_their_lower_case_names_and_by_severity() {
    assert!(LogLevel::ALL.is_sorted());
    for level in LogLevel::ALL {
        assert_eq!(level.as_str().parse(), Ok(level));
        let json = serde_json::to_string(&level).expect("a level serialises");
        assert_eq!(json, format!("\"{}\"", level.as_str()));
        assert_eq!(serde_json::from_str::<LogLevel>(&json).expect("a level"), level);
    }
    for name in ["", "warn", "Error", "fatal"] {
        assert_eq!(name.parse::<LogLevel>(), Err(UnknownLogLevel));
    }
    let names = "a log level is one of debug info notice warning error critical alert emergency";
    assert_eq!(UnknownLogLevel.to_string(), names);
}

proptest! {
    #[test]
    fn a_method_keeps_its_name(name in any::<String>()) {
        prop_assert_eq!(Method::from_name(&name).to_string(), name);
    }
}
