//! URI templates (RFC 6570): parsed once, then expanded and matched.

mod charset;
mod error;
mod expand;
mod matcher;
mod operator;
mod parse;
#[cfg(test)]
mod tests;
mod value;

pub use error::{ExpandError, ExpandErrorKind, InvalidUriTemplate};
pub use value::TemplateValue;

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

use self::{matcher::Matcher, operator::Operator};

/// A URI template (RFC 6570, all four levels): it [`expand`](Self::expand)s to a
/// URI, and most templates can also be [matched](Self::matches) against one.
///
/// ```
/// use mcp_stack::UriTemplate;
///
/// let template: UriTemplate = "repo://{owner}/{name}/raw/{+path}".parse()?;
/// let uri = template.expand([("owner", "acme"), ("name", "my site"), ("path", "src/main.rs")])?;
/// assert_eq!(uri, "repo://acme/my%20site/raw/src/main.rs");
/// let found = template.matches(&uri).unwrap();
/// assert_eq!(found["name"], "my site");
/// assert_eq!(found["path"], "src/main.rs");
/// assert!(template.matches("repo://acme").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Matching
///
/// A match is well defined where only one set of values could have given the URI.
/// That needs, and [`require_matchable`](Self::require_matchable) checks, that
///
/// - each expression but the last is followed by a character that its values cannot
///   have: `{a}/{b}` and `{a}{?b}`, but not `{a}{b}`, `{a}-{b}` or `{+a}/{b}`. Values
///   have letters, digits, `-`, `.`, `_`, `~` and what is percent-encoded; those of
///   `{+a}` and `{#a}` have any character of a URI. The last expression ends where the
///   text after it begins: `{a}.json`;
/// - no variable stands twice, or has a prefix (`{a:3}`), which loses the rest of it;
/// - several variables or `*` stand only where their separator cannot be part of a
///   value, so not in `{+a,b}`, `{#a,b}` and `{.a,b}`; and one with `*` comes last,
///   except among named ones (`;`, `?`, `&`).
///
/// Values are strings, percent-decoded; those of a variable with `*` are lists.
/// Associative arrays are for expansion alone. `{a}` and `{+a}` match one or more
/// characters; the other forms may be absent, and then their variables are too. Of
/// several values without names the first ones may not be absent before the others.
/// Named values may come in any order. Characters that a careful client encodes are
/// taken as they are where they separate nothing: `users://{id}` matches
/// `users://a@b.c`, but not `users://a/b`.
///
/// A match takes time linear in the length of the URI: no character is gone back to.
///
/// A value may hold anything once decoded: `%2F` is a `/`. A caller that makes a path
/// of it checks it first; a [`ResourceTemplate`](crate::ResourceTemplate) refuses such
/// values by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UriTemplate {
    text: String,
    parts: Vec<Part>,
    matcher: Result<Matcher, InvalidUriTemplate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Text as it stands in the URI.
    Literal(String),
    Expression(Expression),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Expression {
    operator: Operator,
    variables: Vec<Variable>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    name: String,
    modifier: Modifier,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Modifier {
    None,
    /// The first so many characters.
    Prefix(usize),
    Explode,
}

impl UriTemplate {
    /// The URI with these values in the places of their variables.
    ///
    /// Values are strings, numbers, lists, associative arrays or what
    /// [`matches`](Self::matches) gave. A variable without a value leaves its place
    /// empty, and a value without a variable is not used.
    ///
    /// # Errors
    ///
    /// [`ExpandErrorKind::PrefixOfMany`] for a list or an associative array where the
    /// template wants the first characters of a string.
    pub fn expand<K, V>(
        &self,
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Result<String, ExpandError>
    where
        K: Into<String>,
        V: Into<TemplateValue>,
    {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        expand::expand(&self.parts, &values)
    }

    /// The variables' values, if the URI matches. `None` also for a template that
    /// cannot be matched at all.
    #[must_use]
    pub fn matches(&self, uri: &str) -> Option<Map<String, Value>> {
        self.matcher.as_ref().ok()?.matches(uri, &mut ())
    }

    /// Whether this template can be matched.
    ///
    /// # Errors
    ///
    /// Says what stands in the way, and what would help.
    pub fn require_matchable(&self) -> Result<(), InvalidUriTemplate> {
        self.matcher.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    /// The variables' names, in order; one that stands twice comes twice.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.all_variables().map(|(_, variable)| variable.name.as_str())
    }

    /// The template's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a match gives a list for this variable.
    pub(crate) fn is_list(&self, name: &str) -> bool {
        self.all_variables()
            .any(|(_, variable)| variable.name == name && variable.modifier == Modifier::Explode)
    }

    /// Whether this variable's values stand in the URI as they are, `/` included.
    pub(crate) fn is_reserved(&self, name: &str) -> bool {
        self.all_variables()
            .any(|(operator, variable)| variable.name == name && operator.keeps_reserved())
    }

    fn all_variables(&self) -> impl Iterator<Item = (Operator, &Variable)> {
        let expressions = self.parts.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Expression(expression) => Some(expression),
        });
        expressions.flat_map(|it| it.variables.iter().map(|variable| (it.operator, variable)))
    }
}

impl FromStr for UriTemplate {
    type Err = InvalidUriTemplate;

    fn from_str(text: &str) -> Result<Self, InvalidUriTemplate> {
        let parts = parse::parse(text)?;
        let matcher = Matcher::new(&parts);
        Ok(Self { text: text.to_owned(), parts, matcher })
    }
}

impl fmt::Display for UriTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
