//! Doc comments as descriptions.

use syn::{Attribute, Error, Expr, ExprLit, Lit, Meta, Result};

/// The text of the doc comment; `None` if there is none, or nothing in it.
///
/// # Errors
///
/// For a doc attribute whose text only the compiler knows, such as `include_str!`.
pub(crate) fn description(attributes: &[Attribute]) -> Result<Option<String>> {
    let mut lines = Vec::new();
    for attribute in attributes {
        let Meta::NameValue(meta) = &attribute.meta else { continue };
        if !meta.path.is_ident("doc") {
            continue;
        }
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value else {
            let fault = "a description is not taken from here: give it as `description = …`";
            return Err(Error::new_spanned(&meta.value, fault));
        };
        let text = text.value();
        // `/** … */` is one attribute of many lines.
        lines
            .extend(text.split('\n').map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned()));
    }
    let text = lines.join("\n").trim().to_owned();
    Ok((!text.is_empty()).then_some(text))
}
