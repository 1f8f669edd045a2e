use std::fmt;

use mcp_layers_core::protocol::ProtocolVersion;
use serde_json::{Map, Value};

use super::{Field, FieldKind, Sealed, property};

/// A whole number of 64 bits.
pub type Integer = Range<i64>;

/// A number.
pub type Number = Range<f64>;

/// A number, and its limits.
#[derive(Debug, Clone)]
pub struct Range<N> {
    minimum: Option<N>,
    maximum: Option<N>,
    default: Option<N>,
}

impl Field<Integer> {
    /// A whole number.
    pub fn integer(name: impl Into<String>) -> Self {
        Self::of(name, Range::default())
    }
}

impl Field<Number> {
    /// A number.
    pub fn number(name: impl Into<String>) -> Self {
        Self::of(name, Range::default())
    }
}

impl<N: Numeric> Field<Range<N>> {
    /// The least it may be.
    pub fn with_minimum(mut self, minimum: N) -> Self {
        self.kind.minimum = Some(minimum);
        self
    }

    /// The most it may be.
    pub fn with_maximum(mut self, maximum: N) -> Self {
        self.kind.maximum = Some(maximum);
        self
    }

    /// What is filled in at first. Clients of 2025-06-18 do not get it (ELICIT-8).
    pub fn with_default(mut self, default: N) -> Self {
        self.kind.default = Some(default);
        self
    }
}

impl<N> Default for Range<N> {
    fn default() -> Self {
        Self { minimum: None, maximum: None, default: None }
    }
}

/// `i64` or `f64`. Sealed.
pub trait Numeric:
    Sealed + Copy + PartialOrd + fmt::Display + fmt::Debug + Send + Sync + 'static
{
    /// The type's name in JSON Schema, and in words.
    #[doc(hidden)]
    const NAMES: (&'static str, &'static str);

    /// The number as JSON; `null` if JSON has none such.
    #[doc(hidden)]
    fn to_json(self) -> Value;

    /// The number that the JSON stands for.
    #[doc(hidden)]
    fn of_json(value: &Value) -> Option<Self>;
}

impl Sealed for i64 {}

impl Numeric for i64 {
    const NAMES: (&'static str, &'static str) = ("integer", "a whole number of 64 bits");

    fn to_json(self) -> Value {
        self.into()
    }

    fn of_json(value: &Value) -> Option<Self> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = |number: &f64| number.fract() == 0.0 && number.abs() <= EXACT;
        #[expect(clippy::cast_possible_truncation, reason = "a whole number up to 2^53")]
        let from_fraction = |number: f64| number as Self;
        // JSON Schema takes 2.0 for an integer. serde does not.
        value.as_i64().or_else(|| value.as_f64().filter(whole).map(from_fraction))
    }
}

impl Sealed for f64 {}

impl Numeric for f64 {
    const NAMES: (&'static str, &'static str) = ("number", "a number");

    fn to_json(self) -> Value {
        self.into()
    }

    fn of_json(value: &Value) -> Option<Self> {
        value.as_f64()
    }
}

impl<N> Sealed for Range<N> {}

impl<N: Numeric> FieldKind for Range<N> {
    fn check(&self) -> Result<(), String> {
        let all = [self.minimum, self.maximum, self.default];
        if all.into_iter().flatten().any(|number| number.to_json().is_null()) {
            return Err("has a limit or default that is not a finite number".into());
        }
        match (self.minimum, self.maximum) {
            (Some(min), Some(max)) if min > max => {
                Err(format!("is at least {min}, and at most {max}"))
            }
            _ => Ok(()),
        }
    }

    fn initial(&self) -> Option<Value> {
        self.default.map(N::to_json)
    }

    fn property(&self, _: ProtocolVersion) -> Result<Map<String, Value>, String> {
        let (minimum, maximum) = (self.minimum.map(N::to_json), self.maximum.map(N::to_json));
        Ok(property(N::NAMES.0, [("minimum", minimum), ("maximum", maximum)]))
    }

    fn read(&self, value: Value) -> Result<Value, String> {
        let Some(number) = N::of_json(&value) else {
            return Err(format!("must be {}", N::NAMES.1));
        };
        if let Some(min) = self.minimum.filter(|min| number < *min) {
            return Err(format!("must be at least {min}"));
        }
        if let Some(max) = self.maximum.filter(|max| number > *max) {
            return Err(format!("must be at most {max}"));
        }
        Ok(number.to_json())
    }
}
