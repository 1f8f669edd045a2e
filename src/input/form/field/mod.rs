//! The fields of a [`Form`](crate::Form) built by hand: one type for each kind of
//! answer, so that a limit can only be set where it has a meaning.

mod boolean;
mod choice;
mod format;
mod number;
mod text;

use std::{fmt, sync::Arc};

use mcp_layers_core::protocol::ProtocolVersion;
use serde_json::{Map, Value};

pub use boolean::Boolean;
pub use choice::{Choice, OneOf, SomeOf};
pub use format::Format;
pub use number::{Integer, Number, Numeric, Range};
pub use text::Text;

use super::{InvalidForm, Sealed};

/// A field of a [`Form`](crate::Form): its name, what is shown with it, and what kind of
/// answer it takes.
#[derive(Debug, Clone)]
#[must_use]
pub struct Field<K> {
    name: String,
    title: Option<String>,
    description: Option<String>,
    required: bool,
    kind: K,
}

/// A field of whatever kind.
pub(crate) type AnyField = Field<Arc<dyn FieldKind>>;

impl<K> Field<K> {
    pub(super) fn of(name: impl Into<String>, kind: K) -> Self {
        Self { name: name.into(), title: None, description: None, required: false, kind }
    }

    /// The person may not leave it empty. By default they may.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// A name for people.
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What to fill in.
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The name, which the answer goes by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it may not be left empty.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }
}

impl<K: FieldKind> Field<K> {
    pub(super) fn erase(self) -> AnyField {
        let Self { name, title, description, required, kind } = self;
        Field { name, title, description, required, kind: Arc::new(kind) }
    }
}

impl AnyField {
    /// Whether it can be asked.
    pub(super) fn check(&self) -> Result<(), InvalidForm> {
        let fail = |fault: String| Err(InvalidForm::field(&self.name, fault));
        if asks_for_a_secret(&self.name) {
            return fail("asks for a secret: that takes a UrlElicitation, not a form".into());
        }
        self.kind.check().or_else(fail)?;
        match self.kind.initial().map(|default| self.kind.read(default)) {
            Some(Err(fault)) => fail(format!("has a default that does not fit: it {fault}")),
            _ => Ok(()),
        }
    }

    /// Its schema.
    pub(super) fn property(&self, version: ProtocolVersion) -> Result<Map<String, Value>, String> {
        let fail = |fault| InvalidForm::field(&self.name, fault).to_string();
        let mut property = self.kind.property(version).map_err(fail)?;
        // ELICIT-7, ELICIT-8
        let knows_defaults = version >= ProtocolVersion::V2025_11_25;
        if let Some(default) = self.kind.initial()
            && (knows_defaults || default.is_boolean())
        {
            property.insert("default".into(), default);
        }
        for (key, text) in [("title", &self.title), ("description", &self.description)] {
            if let Some(text) = text {
                property.insert(key.into(), text.as_str().into());
            }
        }
        Ok(property)
    }

    /// Checks what was filled in (ELICIT-14).
    pub(super) fn read(&self, value: Option<Value>) -> Result<Option<Value>, String> {
        let fail = |fault: String| format!("the field {:?} {fault}", self.name);
        match value {
            Some(value) => self.kind.read(value).map(Some).map_err(fail),
            None if self.required => Err(fail("is required".into())),
            None => Ok(None),
        }
    }
}

/// A kind of answer. Sealed.
pub trait FieldKind: Sealed + fmt::Debug + Send + Sync + 'static {
    /// Says what is wrong with the field itself.
    #[doc(hidden)]
    fn check(&self) -> Result<(), String>;

    /// What is filled in at first.
    #[doc(hidden)]
    fn initial(&self) -> Option<Value>;

    /// The schema, without default, title and description.
    #[doc(hidden)]
    fn property(&self, version: ProtocolVersion) -> Result<Map<String, Value>, String>;

    /// Checks an answer; gives it in the form in which Rust types read it. The fault
    /// completes a sentence that begins with the field, and does not repeat the answer.
    #[doc(hidden)]
    fn read(&self, value: Value) -> Result<Value, String>;
}

/// A property of this type with these members, where they are set.
fn property<const N: usize>(kind: &str, members: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let members = members.into_iter().filter_map(|(key, value)| Some((key.into(), value?)));
    std::iter::once(("type".into(), kind.into())).chain(members).collect()
}

/// ELICIT-9, as far as a name tells.
fn asks_for_a_secret(name: &str) -> bool {
    const SECRETS: [&str; 17] = [
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "apikey",
        "secretkey",
        "privatekey",
        "clientsecret",
        "accesstoken",
        "refreshtoken",
        "authtoken",
        "bearertoken",
        "apitoken",
        "creditcard",
        "cardnumber",
        "cvv",
        "iban",
    ];
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let name: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    SECRETS.iter().any(|secret| name.ends_with(secret))
}
