//! Values that would lead a handler astray that makes a path of them (RES-7, RES-12).

use serde_json::Value;

/// Whether a variable's value is free of what walks through a file system. `reserved`
/// values may have `/`, since that is what they are for.
pub(super) fn is_safe(value: &Value, reserved: bool) -> bool {
    match value {
        Value::String(text) => is_safe_text(text, reserved),
        Value::Array(items) => items.iter().all(|item| is_safe(item, reserved)),
        _ => true,
    }
}

fn is_safe_text(text: &str, reserved: bool) -> bool {
    if text.contains('\0') {
        return false;
    }
    match reserved {
        // A backslash separates on some systems.
        true => text.split(['/', '\\']).all(|segment| segment != ".."),
        false => !text.contains(['/', '\\']) && text != "." && text != "..",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_safe;

    #[test]
    fn what_climbs_or_separates_is_not_safe() {
        // RES-7, RES-12
        for value in ["a", "", "a.b", "...", "a..b", ".hidden", "x:y", "~"] {
            assert!(is_safe(&json!(value), false), "{value}");
            assert!(is_safe(&json!(value), true), "{value}");
        }
        for value in ["..", "../a", "a/../b", "a/..", "..\\a", "a\\..\\b", "a\0b"] {
            assert!(!is_safe(&json!(value), false), "{value}");
            assert!(!is_safe(&json!(value), true), "{value}");
        }
        for value in ["a/b", "/a", "a/", ".", "a\\b"] {
            assert!(!is_safe(&json!(value), false), "{value}");
            assert!(is_safe(&json!(value), true), "{value}");
        }
        assert!(!is_safe(&json!(["a", ".."]), false));
        assert!(is_safe(&json!(["a", "b"]), false));
    }
}
