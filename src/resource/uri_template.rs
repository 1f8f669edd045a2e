use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

/// A URI template that can be matched (RFC 6570): literals, `{name}`, which
/// matches one or more characters other than `/`, `?` and `#`, and `{+name}`,
/// which matches any.
///
/// Two expressions must have a literal between them, so that a match takes time
/// linear in the length of the URI. Values are percent-decoded.
///
/// ```
/// use mcp_stack::UriTemplate;
///
/// let template: UriTemplate = "repo://{owner}/{name}/raw/{+path}".parse()?;
/// let found = template.matches("repo://acme/site/raw/src/main.rs").unwrap();
/// assert_eq!(found["owner"], "acme");
/// assert_eq!(found["path"], "src/main.rs");
/// assert!(template.matches("repo://acme").is_none());
/// # Ok::<(), mcp_stack::InvalidUriTemplate>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UriTemplate {
    /// What stands before the first variable.
    head: String,
    /// Each variable and the literal after it.
    variables: Vec<Variable>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    name: String,
    reserved: bool,
    tail: String,
}

impl UriTemplate {
    /// The variables' values, if the URI matches.
    #[must_use]
    pub fn matches(&self, uri: &str) -> Option<Map<String, Value>> {
        let mut rest = uri.strip_prefix(self.head.as_str())?;
        let mut values = Map::new();
        for (at, variable) in self.variables.iter().enumerate() {
            let last = at + 1 == self.variables.len();
            let end = match variable.tail.as_str() {
                "" => rest.len(),
                // The last literal is the URI's end; any other is taken where it comes first.
                tail if last => rest.len() - rest.strip_suffix(tail).map(|_| tail.len())?,
                tail => rest.find(tail)?,
            };
            let value = &rest[..end];
            if value.is_empty() || (!variable.reserved && value.contains(['/', '?', '#'])) {
                return None;
            }
            values.insert(variable.name.clone(), Value::String(percent_decode(value)?));
            rest = &rest[end + variable.tail.len()..];
        }
        rest.is_empty().then_some(values)
    }

    /// The variables' names, in order.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.name.as_str())
    }
}

impl FromStr for UriTemplate {
    type Err = InvalidUriTemplate;

    fn from_str(template: &str) -> Result<Self, InvalidUriTemplate> {
        let mut parts = template.split('{');
        let head = parts.next().unwrap_or_default();
        if head.contains('}') {
            return Err(InvalidUriTemplate::new("has a } without a {"));
        }
        let mut variables: Vec<Variable> = Vec::new();
        for part in parts {
            let (expression, tail) =
                part.split_once('}').ok_or(InvalidUriTemplate::new("has a { without a }"))?;
            if tail.contains('}') {
                return Err(InvalidUriTemplate::new("has a } without a {"));
            }
            let (reserved, name) = match expression.strip_prefix('+') {
                Some(name) => (true, name),
                None => (false, expression),
            };
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return Err(InvalidUriTemplate::new(
                    "may have only expressions of the forms {name} and {+name}",
                ));
            }
            if variables.iter().any(|variable| variable.name == name) {
                return Err(InvalidUriTemplate::new("has a variable twice"));
            }
            if variables.last().is_some_and(|variable| variable.tail.is_empty()) {
                return Err(InvalidUriTemplate::new("has two expressions with nothing between"));
            }
            variables.push(Variable { name: name.into(), reserved, tail: tail.into() });
        }
        if variables.is_empty() {
            return Err(InvalidUriTemplate::new("has no variable: register a resource instead"));
        }
        Ok(Self { head: head.into(), variables })
    }
}

/// The text is no URI template that can be matched; the message says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidUriTemplate(&'static str);

impl InvalidUriTemplate {
    fn new(fault: &'static str) -> Self {
        Self(fault)
    }
}

impl fmt::Display for InvalidUriTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the URI template {}", self.0)
    }
}

impl std::error::Error for InvalidUriTemplate {}

/// `None` for a `%` without two hexadecimal digits, and for what is no UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        out.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(out).ok()
}
