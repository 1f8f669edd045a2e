//! Matching: each expression takes all that its values can have and stops at the
//! first character that they cannot.

use serde_json::{Map, Value};

use super::{
    Expression, InvalidUriTemplate, Modifier, Part, Variable,
    charset::{CharSet, RESERVED, SOFT, UNRESERVED},
    operator::Operator,
};

/// A template made ready to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matcher {
    stages: Vec<Stage>,
    /// What stands after the last expression.
    tail: String,
}

/// An expression and the text before it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stage {
    literal: String,
    expression: Expression,
    allowed: CharSet,
}

/// Counts the characters looked at; only the tests do.
pub(super) trait Count {
    fn add(&mut self, characters: usize);
}

impl Count for () {
    fn add(&mut self, _: usize) {}
}

impl Matcher {
    /// Says why if the template cannot be matched.
    pub(super) fn new(parts: &[Part]) -> Result<Self, InvalidUriTemplate> {
        let mut matcher = Self { stages: Vec::new(), tail: String::new() };
        let mut names: Vec<&str> = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let expression = match part {
                Part::Literal(text) => {
                    matcher.tail.push_str(text);
                    continue;
                }
                Part::Expression(expression) => expression,
            };
            check(expression)?;
            for Variable { name, .. } in &expression.variables {
                if names.contains(&name.as_str()) {
                    let fault = format!("cannot be matched: {name:?} stands in it twice");
                    return Err(InvalidUriTemplate::new(fault));
                }
                names.push(name);
            }
            let after = &parts[at + 1..];
            let is_last = !after.iter().any(|part| matches!(part, Part::Expression(_)));
            let allowed = match is_last {
                true => certain(expression).or(SOFT),
                false => ends_before(expression, next(after))?,
            };
            let literal = std::mem::take(&mut matcher.tail);
            matcher.stages.push(Stage { literal, expression: expression.clone(), allowed });
        }
        Ok(matcher)
    }

    pub(super) fn matches(&self, uri: &str, count: &mut impl Count) -> Option<Map<String, Value>> {
        let mut rest = uri;
        let mut found = Map::new();
        for (at, stage) in self.stages.iter().enumerate() {
            count.add(stage.literal.len());
            rest = rest.strip_prefix(stage.literal.as_str())?;
            let region = if at + 1 < self.stages.len() {
                let end = rest.bytes().position(|byte| {
                    count.add(1);
                    !stage.allowed.contains(byte)
                });
                &rest[..end.unwrap_or(rest.len())]
            } else {
                count.add(self.tail.len());
                let region = rest.strip_suffix(self.tail.as_str())?;
                count.add(region.len());
                region.bytes().all(|byte| stage.allowed.contains(byte)).then_some(region)?
            };
            rest = &rest[region.len()..];
            read(&stage.expression, region, &mut found, count)?;
        }
        (rest == self.tail).then_some(found)
    }
}

/// Refuses what cannot be read back whatever stands around it.
fn check(expression: &Expression) -> Result<(), InvalidUriTemplate> {
    let Expression { operator, variables } = expression;
    let fail = |fault: String| Err(InvalidUriTemplate::new(format!("cannot be matched: {fault}")));
    let exploded = |variable: &&Variable| variable.modifier == Modifier::Explode;
    if let Some(cut) = variables.iter().find(|it| matches!(it.modifier, Modifier::Prefix(_))) {
        return fail(format!("the prefix of {:?} loses the rest of its value", cut.name));
    }
    let separates = !certain_of_values(*operator).contains(operator.separator());
    let several = variables.len() > 1 || variables.iter().any(|it| exploded(&it));
    if several && !separates {
        let separator = char::from(operator.separator());
        return fail(format!(
            "a value of {:?} may have the {separator:?} that would end it",
            variables[0].name
        ));
    }
    let (_, before) = variables.split_last().expect("an expression has a variable");
    if let Some(list) = before.iter().find(exploded).filter(|_| !operator.is_named()) {
        return fail(format!("the list {:?} must come last in its expression", list.name));
    }
    Ok(())
}

/// What this expression takes, if that cannot run into `next`: what comes after it.
fn ends_before(expression: &Expression, next: CharSet) -> Result<CharSet, InvalidUriTemplate> {
    match certain(expression).and(next).first() {
        None => Ok(certain(expression).or(SOFT.without(next))),
        Some(char) => Err(InvalidUriTemplate::new(format!(
            "cannot be matched: a value of {:?} may have the {char:?} that follows it; \
             put a / or another reserved character between them",
            expression.variables[0].name
        ))),
    }
}

/// The characters that an expansion of this expression may have.
fn certain(expression: &Expression) -> CharSet {
    let Expression { operator, variables } = expression;
    let separator = operator.separator();
    let several = variables.len() > 1 || variables[0].modifier == Modifier::Explode;
    let mut set = certain_of_values(*operator);
    if several {
        set = set.or(CharSet::of(&[separator]));
    }
    if let Some(first) = operator.first() {
        set = set.or(CharSet::of(&[first]));
    }
    if operator.is_named() {
        set = set.or(CharSet::of(b"="));
    }
    set
}

fn certain_of_values(operator: Operator) -> CharSet {
    operator.literal().or(CharSet::of(b"%"))
}

/// What the rest of a template can begin with.
fn next(parts: &[Part]) -> CharSet {
    let mut set = CharSet::EMPTY;
    for part in parts {
        match part {
            Part::Literal(text) => return set.or(CharSet::of(&text.as_bytes()[..1])),
            Part::Expression(expression) => match expression.operator.first() {
                // It may be absent: what comes next may follow at once.
                Some(first) => set = set.or(CharSet::of(&[first])),
                None => return set.or(UNRESERVED).or(RESERVED).or(CharSet::of(b"%")),
            },
        }
    }
    set
}

/// The variables' values, from what an expression was expanded to.
fn read(
    expression: &Expression,
    region: &str,
    found: &mut Map<String, Value>,
    count: &mut impl Count,
) -> Option<()> {
    let Expression { operator, variables } = expression;
    let Some(first) = operator.first() else {
        return match region {
            "" => None,
            values => read_in_order(*operator, variables, values, found, count),
        };
    };
    let Some((&begin, _)) = region.as_bytes().split_first() else { return Some(()) };
    if begin != first {
        return None;
    }
    match operator.is_named() {
        true => read_by_name(*operator, variables, &region[1..], found, count),
        false => read_in_order(*operator, variables, &region[1..], found, count),
    }
}

fn read_in_order(
    operator: Operator,
    variables: &[Variable],
    values: &str,
    found: &mut Map<String, Value>,
    count: &mut impl Count,
) -> Option<()> {
    // A single value has no separator, but in a path each / begins another.
    if let [Variable { name, modifier: Modifier::None }] = variables
        && operator != Operator::Path
    {
        found.insert(name.clone(), decode(values, count)?);
        return Some(());
    }
    let mut values =
        values.split(char::from(operator.separator())).map(|value| decode(value, count));
    for Variable { name, modifier } in variables {
        let value = match modifier {
            Modifier::Explode => {
                let list = values.by_ref().collect::<Option<Vec<_>>>()?;
                if list.is_empty() {
                    break;
                }
                Value::Array(list)
            }
            _ => match values.next() {
                Some(value) => value?,
                None => break,
            },
        };
        found.insert(name.clone(), value);
    }
    values.next().is_none().then_some(())
}

fn read_by_name(
    operator: Operator,
    variables: &[Variable],
    pairs: &str,
    found: &mut Map<String, Value>,
    count: &mut impl Count,
) -> Option<()> {
    for pair in pairs.split(char::from(operator.separator())) {
        count.add(variables.len() * pair.len() + 1);
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let variable = variables.iter().find(|variable| variable.name == name)?;
        let value = decode(value, count)?;
        match (variable.modifier, found.get_mut(name)) {
            (Modifier::Explode, Some(Value::Array(list))) => list.push(value),
            (Modifier::Explode, _) => {
                found.insert(name.to_owned(), Value::Array(vec![value]));
            }
            (_, None) => {
                found.insert(name.to_owned(), value);
            }
            // Given twice.
            (_, Some(_)) => return None,
        }
    }
    Some(())
}

/// Decodes once. `None` for a `%` without two hexadecimal digits, and for what is no
/// UTF-8.
fn decode(text: &str, count: &mut impl Count) -> Option<Value> {
    count.add(text.len() + 1);
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
    String::from_utf8(out).ok().map(Value::String)
}
