//! Expansion (RFC 6570 §3.2).

use std::collections::BTreeMap;

use super::{
    ExpandError, ExpandErrorKind, Expression, Modifier, Part, TemplateValue, Variable,
    charset::CharSet, operator::Operator, parse::is_encoded,
};

pub(super) type Values = BTreeMap<String, TemplateValue>;

pub(super) fn expand(parts: &[Part], values: &Values) -> Result<String, ExpandError> {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Literal(text) => out.push_str(text),
            Part::Expression(expression) => expand_expression(&mut out, expression, values)?,
        }
    }
    Ok(out)
}

/// §3.2.1
fn expand_expression(
    out: &mut String,
    expression: &Expression,
    values: &Values,
) -> Result<(), ExpandError> {
    let mut writer = Writer { out, operator: expression.operator, first: true };
    for variable in &expression.variables {
        if let Some(value) = values.get(&variable.name).filter(|value| !value.is_undefined()) {
            writer.begin();
            writer.variable(variable, value)?;
        }
    }
    Ok(())
}

struct Writer<'a> {
    out: &'a mut String,
    operator: Operator,
    first: bool,
}

impl Writer<'_> {
    /// What stands before a value: the operator's first string or its separator.
    fn begin(&mut self) {
        let lead = match std::mem::take(&mut self.first) {
            true => self.operator.first(),
            false => Some(self.operator.separator()),
        };
        self.out.extend(lead.map(char::from));
    }

    fn variable(&mut self, variable: &Variable, value: &TemplateValue) -> Result<(), ExpandError> {
        let named = self.operator.is_named();
        match (value, variable.modifier) {
            (TemplateValue::Text(text), modifier) => {
                let text = match modifier {
                    Modifier::Prefix(length) => prefix(text, length),
                    _ => text,
                };
                match named {
                    true => self.pair(&variable.name, text),
                    false => self.encode(text),
                }
            }
            (_, Modifier::Prefix(_)) => {
                let message =
                    format!("only a string has a first part, and {:?} is none", variable.name);
                return Err(ExpandError::new(ExpandErrorKind::PrefixOfMany, message));
            }
            (TemplateValue::List(items), Modifier::Explode) => {
                self.each(items, |writer, item| match named {
                    true => writer.pair(&variable.name, item),
                    false => writer.encode(item),
                });
            }
            (TemplateValue::Pairs(pairs), Modifier::Explode) => {
                self.each(pairs, |writer, (key, value)| {
                    writer.encode(key);
                    let equals = match named && value.is_empty() {
                        true => writer.operator.if_empty(),
                        false => "=",
                    };
                    writer.out.push_str(equals);
                    writer.encode(value);
                });
            }
            (many, Modifier::None) => {
                if named {
                    self.out.push_str(&variable.name);
                    self.out.push('=');
                }
                self.joined(many);
            }
        }
        Ok(())
    }

    fn each<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.begin();
            }
            write(self, item);
        }
    }

    /// `name=value`, or what the operator makes of an empty value.
    fn pair(&mut self, name: &str, value: &str) {
        self.out.push_str(name);
        self.out.push_str(if value.is_empty() { self.operator.if_empty() } else { "=" });
        self.encode(value);
    }

    /// All of them between commas.
    fn joined(&mut self, many: &TemplateValue) {
        let all: Vec<&String> = match many {
            TemplateValue::Text(text) => vec![text],
            TemplateValue::List(items) => items.iter().collect(),
            TemplateValue::Pairs(pairs) => {
                pairs.iter().flat_map(|(key, value)| [key, value]).collect()
            }
        };
        for (at, item) in all.into_iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.encode(item);
        }
    }

    fn encode(&mut self, value: &str) {
        push_encoded(self.out, value, self.operator.literal(), self.operator.keeps_reserved());
    }
}

/// The first so many characters (§2.4.1).
fn prefix(text: &str, length: usize) -> &str {
    text.char_indices().nth(length).map_or(text, |(end, _)| &text[..end])
}

/// Appends `text`, percent-encoding what is not `allowed`; `triplets` that are encoded
/// already stay as they are.
pub(super) fn push_encoded(out: &mut String, text: &str, allowed: CharSet, triplets: bool) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        if allowed.contains(byte) || (triplets && is_encoded(&bytes[at..])) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(DIGITS[usize::from(byte >> 4)]);
            out.push(DIGITS[usize::from(byte & 15)]);
        }
    }
}
