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

#[cfg(test)]
mod tests {
    use syn::{Attribute, parse_quote};

    use super::description;

    #[test]
    fn a_doc_comment_keeps_its_lines_and_loses_its_margin() {
        let attributes: [Attribute; 6] = [
            parse_quote!(#[doc = ""]),
            parse_quote!(#[doc = " One."]),
            parse_quote!(#[must_use]),
            parse_quote!(#[doc = ""]),
            parse_quote!(#[doc = "   - two"]),
            parse_quote!(#[doc = " \n"]),
        ];
        let text = description(&attributes).expect("plain text");
        assert_eq!(text.as_deref(), Some("One.\n\n  - two"));
    }

    #[test]
    fn no_text_is_no_description() {
        let attributes: [Attribute; 2] = [parse_quote!(#[doc = " "]), parse_quote!(#[doc(hidden)])];
        assert_eq!(description(&attributes).expect("plain text"), None);
    }

    #[test]
    fn a_text_that_only_the_compiler_knows_is_refused() {
        let attributes: [Attribute; 1] = [parse_quote!(#[doc = include_str!("a.md")])];
        let fault = description(&attributes).expect_err("refused").to_string();
        assert!(fault.contains("`description = …`"), "{fault}");
    }
}
