use std::collections::BTreeMap;

use serde_json::Value;

/// What a variable of a URI template stands for (RFC 6570 §2.3).
///
/// ```
/// use mcp_stack::{TemplateValue, UriTemplate};
///
/// let template: UriTemplate = "search://items{?tag*,page}".parse()?;
/// let tags = TemplateValue::from(vec!["new", "on sale"]);
/// let uri = template.expand([("tag", tags), ("page", 2.into())])?;
/// assert_eq!(uri, "search://items?tag=new&tag=on%20sale&page=2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateValue {
    /// A string, possibly empty.
    Text(String),
    /// A list. An empty one is as good as no value.
    List(Vec<String>),
    /// An associative array, in this order. An empty one is as good as no value.
    Pairs(Vec<(String, String)>),
}

impl TemplateValue {
    /// An associative array.
    pub fn pairs<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self::Pairs(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }

    pub(super) fn is_undefined(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::List(items) => items.is_empty(),
            Self::Pairs(pairs) => pairs.is_empty(),
        }
    }
}

impl From<&str> for TemplateValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for TemplateValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for TemplateValue {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl<T: Into<String>> From<Vec<T>> for TemplateValue {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl<K: Into<String>, V: Into<String>> From<BTreeMap<K, V>> for TemplateValue {
    fn from(pairs: BTreeMap<K, V>) -> Self {
        Self::pairs(pairs)
    }
}

/// `null` is no value; what is neither a string, a list nor an object is its JSON.
impl From<Value> for TemplateValue {
    fn from(value: Value) -> Self {
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        match value {
            Value::Null => Self::List(Vec::new()),
            Value::Array(items) => Self::List(items.into_iter().map(text).collect()),
            Value::Object(members) => {
                Self::pairs(members.into_iter().map(|(key, value)| (key, text(value))))
            }
            other => Self::Text(text(other)),
        }
    }
}

macro_rules! from_number {
    ($($number:ty)*) => {$(
        impl From<$number> for TemplateValue {
            fn from(number: $number) -> Self {
                Self::Text(number.to_string())
            }
        }
    )*};
}
from_number!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);
