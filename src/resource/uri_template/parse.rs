//! The grammar of RFC 6570 §2.

use super::{
    Expression, InvalidUriTemplate, Modifier, Part, Variable,
    charset::{RESERVED, UNRESERVED},
    expand::push_encoded,
    operator::Operator,
};

type Parsed<T> = Result<T, InvalidUriTemplate>;

pub(super) fn parse(text: &str) -> Parsed<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (literal, after) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        if !literal.is_empty() {
            parts.push(Part::Literal(parse_literal(literal)?));
        }
        let Some(opened) = after.strip_prefix('{') else { break };
        let (inside, after) =
            opened.split_once('}').ok_or(InvalidUriTemplate::new("has a { without a }"))?;
        parts.push(Part::Expression(parse_expression(inside)?));
        rest = after;
    }
    Ok(parts)
}

/// §2.1. What may not stand in a URI is encoded, once for all.
fn parse_literal(text: &str) -> Parsed<String> {
    for (at, char) in text.char_indices() {
        match char {
            '}' => return Err(InvalidUriTemplate::new("has a } without a {")),
            '%' if !is_encoded(&text.as_bytes()[at..]) => {
                let fault = "has a % without two hexadecimal digits";
                return Err(InvalidUriTemplate::new(fault));
            }
            ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '|' | '\0'..='\x1f' | '\x7f' => {
                return Err(InvalidUriTemplate::new(format!("may not have {char:?} in its text")));
            }
            _ => {}
        }
    }
    let mut out = String::with_capacity(text.len());
    push_encoded(&mut out, text, UNRESERVED.or(RESERVED), true);
    Ok(out)
}

/// §2.2
fn parse_expression(inside: &str) -> Parsed<Expression> {
    let first = inside.bytes().next().unwrap_or_default();
    if b"=,!@|".contains(&first) {
        let fault =
            format!("has {:?}, an operator kept for later: {{{inside}}}", char::from(first));
        return Err(InvalidUriTemplate::new(fault));
    }
    let (operator, list) = match Operator::from_char(first) {
        Some(operator) => (operator, &inside[1..]),
        None => (Operator::Simple, inside),
    };
    let variables = list.split(',').map(parse_variable).collect::<Parsed<_>>()?;
    Ok(Expression { operator, variables })
}

/// §2.3, §2.4
fn parse_variable(text: &str) -> Parsed<Variable> {
    let (name, modifier) = if let Some(name) = text.strip_suffix('*') {
        (name, Modifier::Explode)
    } else if let Some((name, length)) = text.split_once(':') {
        let digits = length.bytes().all(|byte| byte.is_ascii_digit());
        let fits = digits && (1..=4).contains(&length.len()) && !length.starts_with('0');
        let length = length.parse().ok().filter(|_| fits).ok_or_else(|| {
            InvalidUriTemplate::new(format!("has a prefix that is not of 1 to 9999: {text:?}"))
        })?;
        (name, Modifier::Prefix(length))
    } else {
        (text, Modifier::None)
    };
    if !is_name(name) {
        let fault = format!("has {name:?} where a variable's name must be");
        return Err(InvalidUriTemplate::new(fault));
    }
    Ok(Variable { name: name.to_owned(), modifier })
}

/// Letters, digits, `_` and triplets, with single dots between.
fn is_name(name: &str) -> bool {
    name.split('.').all(|label| {
        !label.is_empty()
            && label.bytes().enumerate().all(|(at, byte)| {
                byte.is_ascii_alphanumeric()
                    || byte == b'_'
                    || (byte == b'%' && is_encoded(&label.as_bytes()[at..]))
            })
    })
}

/// Whether this begins with a percent-encoded triplet.
pub(super) fn is_encoded(bytes: &[u8]) -> bool {
    matches!(bytes, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}
