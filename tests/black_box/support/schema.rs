//! Checks messages against the schemas that the protocol publishes.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonschema::Validator;
use mcp_stack::ProtocolVersion;
use serde_json::{Value, json};

/// Panics unless `message`, sent by the server in an exchange that the client began
/// with `method`, is one that the revision defines.
pub(crate) fn check(version: ProtocolVersion, message: &Value, method: &str) {
    let schema = Schema::of(version);
    assert_eq!(message["jsonrpc"], "2.0", "RPC-1: {message}");
    assert_ne!(message.get("id"), Some(&Value::Null), "RPC-13: {message}");
    for meta in ["/result/_meta", "/params/_meta"] {
        for key in message.pointer(meta).and_then(Value::as_object).into_iter().flatten() {
            assert!(is_meta_key(key.0), "META-35: {} in {message}", key.0);
        }
    }
    // This server sends no requests, so it has none to cancel: CANCEL-11, CANCEL-12
    assert_ne!(message["method"], "notifications/cancelled", "CANCEL-12: {message}");
    match message["method"].as_str() {
        Some(sent) => schema.check_sent(sent, message),
        None if message.get("error").is_some() => schema.check_error(message),
        None => schema.check_result(method, message),
    }
}

/// One revision's definitions.
struct Schema {
    version: ProtocolVersion,
    document: Value,
    /// What the definitions stand under.
    key: &'static str,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Schema {
    fn of(version: ProtocolVersion) -> &'static Self {
        static ALL: LazyLock<[Schema; 5]> = LazyLock::new(|| {
            ProtocolVersion::ALL.map(|version| Schema::new(version, published(version)))
        });
        ALL.iter().find(|schema| schema.version == version).expect("there is one for each")
    }

    fn new(version: ProtocolVersion, text: &str) -> Self {
        let mut document: Value = serde_json::from_str(text).expect("a schema is JSON");
        numbers_where_integers_stand(&mut document);
        let key = if document.get("$defs").is_some() { "$defs" } else { "definitions" };
        Self { version, document, key, compiled: Mutex::default() }
    }

    /// A request or a notification of the server's.
    fn check_sent(&self, method: &str, message: &Value) {
        let (base, ending) = match message.get("id") {
            Some(_) => ("JSONRPCRequest", "Request"),
            None => ("JSONRPCNotification", "Notification"),
        };
        self.require(base, message);
        let definition = self.with_method(method, ending);
        let definition = definition.unwrap_or_else(|| panic!("{} has no {method}", self.version));
        self.require(definition, message);
    }

    fn check_error(&self, message: &Value) {
        assert!(message.get("result").is_none(), "RPC-5: {message}");
        let base = ["JSONRPCErrorResponse", "JSONRPCError"];
        let base = base.into_iter().find(|name| self.definition(name).is_some());
        let base = base.expect("each revision defines errors");
        let mut message = message.clone();
        if self.version < ProtocolVersion::V2025_11_25 && message.get("id").is_none() {
            // D-12: these revisions want an id even where none could be read.
            message["id"] = json!(0);
        }
        self.require(base, &message);
        let error = &message["error"];
        for (name, definition) in self.definitions() {
            let code = definition.pointer("/properties/code/const");
            if code == Some(&error["code"]) {
                self.require(name, error);
            }
            let code = definition.pointer("/properties/error/allOf/1/properties/code/const");
            if code == Some(&error["code"]) {
                self.require(name, &message);
            }
        }
    }

    fn check_result(&self, method: &str, message: &Value) {
        let base = ["JSONRPCResultResponse", "JSONRPCResponse"];
        let base = base.into_iter().find(|name| self.definition(name).is_some());
        self.require(base.expect("each revision defines responses"), message);
        let request = self.with_method(method, "Request").map(|name| &name[..name.len() - 7]);
        let request = request.unwrap_or_else(|| panic!("{} has no {method}", self.version));
        let (whole, result) = (format!("{request}ResultResponse"), format!("{request}Result"));
        if self.definition(&whole).is_some() {
            self.require(&whole, message);
        } else if self.definition(&result).is_some() {
            self.require(&result, &message["result"]);
        } else {
            self.require("EmptyResult", &message["result"]);
        }
    }

    /// Panics unless the value fits the definition.
    fn require(&self, definition: &str, value: &Value) {
        let validator = self.compiled(definition);
        let faults: Vec<_> = validator
            .iter_errors(value)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(
            faults.is_empty(),
            "no {definition} of {}: {}\n{value:#}",
            self.version,
            faults.join("\n")
        );
    }

    fn compiled(&self, definition: &str) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let compile = || {
            let mut schema = self.document.clone();
            schema["$ref"] = format!("#/{}/{definition}", self.key).into();
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .with_format("byte", |text: &str| STANDARD.decode(text).is_ok())
                .build(&schema)
                .expect("a published schema compiles");
            Arc::new(validator)
        };
        Arc::clone(compiled.entry(definition.into()).or_insert_with(compile))
    }

    /// The definition of the message with this method.
    fn with_method(&self, method: &str, ending: &str) -> Option<&str> {
        self.definitions()
            .filter(|(name, _)| name.ends_with(ending) && !name.starts_with("Client"))
            .find(|(_, definition)| {
                definition.pointer("/properties/method/const") == Some(&method.into())
            })
            .map(|(name, _)| name)
    }

    fn definition(&self, name: &str) -> Option<&Value> {
        self.document[self.key].get(name)
    }

    fn definitions(&self) -> impl Iterator<Item = (&str, &Value)> {
        let all = self.document[self.key].as_object();
        all.into_iter().flatten().map(|(name, definition)| (name.as_str(), definition))
    }
}

/// `name` or `prefix/name`: labels of letters, digits and hyphens that begin with a
/// letter, and a name of letters and digits with `-`, `_` and `.` inside.
fn is_meta_key(key: &str) -> bool {
    let ends = |text: &str, first: fn(char) -> bool| {
        text.starts_with(first) && text.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    let has_only = |text: &str, inside: &str| {
        text.chars().all(|c| c.is_ascii_alphanumeric() || inside.contains(c))
    };
    let is_label = |label: &str| ends(label, |c| c.is_ascii_alphabetic()) && has_only(label, "-");
    let is_name = |name: &str| ends(name, |c| c.is_ascii_alphanumeric()) && has_only(name, "-_.");
    match key.split_once('/') {
        None => is_name(key),
        Some((prefix, name)) => {
            prefix.split('.').all(is_label) && (name.is_empty() || is_name(name))
        }
    }
}

fn published(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::V2024_11_05 => include_str!("../../schema/2024-11-05.json"),
        ProtocolVersion::V2025_03_26 => include_str!("../../schema/2025-03-26.json"),
        ProtocolVersion::V2025_06_18 => include_str!("../../schema/2025-06-18.json"),
        ProtocolVersion::V2025_11_25 => include_str!("../../schema/2025-11-25.json"),
        ProtocolVersion::V2026_07_28 => include_str!("../../schema/2026-07-28.json"),
        other => panic!("add the schema of {other} to tests/schema"),
    }
}

/// Unions of string, number and boolean were generated with `integer` in the place of
/// `number` (D-29).
fn numbers_where_integers_stand(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("type") == Some(&json!(["string", "integer", "boolean"])) {
                members.insert("type".into(), json!(["string", "number", "boolean"]));
            }
            members.values_mut().for_each(numbers_where_integers_stand);
        }
        Value::Array(items) => items.iter_mut().for_each(numbers_where_integers_stand),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    fn fits(version: ProtocolVersion, message: &Value, method: &str) -> bool {
        catch_unwind(|| check(version, message, method)).is_ok()
    }

    #[test]
    fn each_revision_tells_its_messages_from_others() {
        use ProtocolVersion as V;
        let call = |result: Value| json!({ "jsonrpc": "2.0", "id": 1, "result": result });
        let audio = json!({ "type": "audio", "data": "AAAA", "mimeType": "audio/wav" });
        let audio = call(json!({ "content": [audio] }));
        let broken = json!({ "type": "image", "data": "?", "mimeType": "image/png" });
        let broken = call(json!({ "content": [broken] }));
        let modern = call(json!({ "content": [], "resultType": "complete" }));
        let error = |code: i64, data: Value| {
            let error = json!({ "code": code, "message": "no", "data": data });
            json!({ "jsonrpc": "2.0", "error": error })
        };
        for (version, message, expected) in [
            (V::V2024_11_05, &audio, false),
            (V::V2025_03_26, &audio, true),
            (V::V2025_11_25, &broken, false),
            (V::V2026_07_28, &call(json!({ "content": [] })), false),
            (V::V2026_07_28, &modern, true),
            (V::V2025_03_26, &error(-32600, Value::Null), true),
            (V::V2026_07_28, &error(-32021, json!({})), false),
            (V::V2026_07_28, &json!({ "jsonrpc": "2.0", "id": null, "result": {} }), false),
            (V::V2026_07_28, &json!({ "id": 1, "result": {} }), false),
        ] {
            assert_eq!(fits(version, message, "tools/call"), expected, "{version}: {message}");
        }
    }

    #[test]
    fn keys_of_meta_have_a_grammar() {
        for key in ["a", "progressToken", "com.example/", "io.x-1.y/a_b.c-d", "1"] {
            assert!(is_meta_key(key), "{key}");
        }
        for key in ["", "_a", "a.", "/a", "1x/a", "x-/a", "a b", "x..y/a", "a/b/c", "ä"] {
            assert!(!is_meta_key(key), "{key}");
        }
    }

    #[test]
    fn notifications_are_told_by_their_method() {
        let progress = |token: Value| {
            let params = json!({ "progressToken": token, "progress": 0.5 });
            json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params })
        };
        for version in ProtocolVersion::ALL {
            assert!(fits(version, &progress(json!("a")), "tools/call"), "{version}");
            assert!(!fits(version, &progress(Value::Null), "tools/call"), "{version}");
            let unknown = json!({ "jsonrpc": "2.0", "method": "notifications/other" });
            assert!(!fits(version, &unknown, "tools/call"), "{version}");
        }
    }

    #[test]
    fn numbers_of_a_union_may_have_fractions() {
        let capabilities = json!({ "experimental": { "acme": { "half": 0.5 } } });
        let result = json!({
            "resultType": "complete", "ttlMs": 0, "cacheScope": "private",
            "supportedVersions": ["2026-07-28"], "capabilities": capabilities,
        });
        let message = json!({ "jsonrpc": "2.0", "id": 1, "result": result });
        check(ProtocolVersion::V2026_07_28, &message, "server/discover");
    }
}
