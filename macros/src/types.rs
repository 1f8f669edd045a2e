//! What can be told of a type from its tokens.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Type;

/// Whether it is the call's context, which is known by its name.
pub(crate) fn is_context(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    path.qself.is_none() && last.is_some_and(|it| it.ident == "Context" && it.arguments.is_empty())
}

/// The type behind `&` and `&mut`.
pub(crate) fn behind_references(mut ty: &Type) -> &Type {
    while let Type::Reference(reference) = ty {
        ty = &reference.elem;
    }
    ty
}

/// Where it borrows: the first `&`, save those for `'static` if `or_static`.
pub(crate) fn borrows(tokens: TokenStream, or_static: bool) -> Option<Span> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                let mut rest = tokens.clone();
                let lifetime = rest.next().is_some_and(|next| next.to_string() == "'");
                let is_static =
                    lifetime && rest.next().is_some_and(|it| it.to_string() == "static");
                if !(or_static && is_static) {
                    return Some(punct.span());
                }
            }
            TokenTree::Group(group) => {
                if let Some(span) = borrows(group.stream(), or_static) {
                    return Some(span);
                }
            }
            _ => {}
        }
    }
    None
}

/// Where it says this word.
pub(crate) fn says(tokens: TokenStream, word: &str) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => (ident == word).then(|| ident.span()),
        TokenTree::Group(group) => says(group.stream(), word),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::{Type, parse_str};

    use super::{borrows, is_context};

    fn ty(text: &str) -> Type {
        parse_str(text).expect("a type")
    }

    #[test]
    fn the_context_is_known_by_its_name() {
        for text in ["Context", "mcp_stack::Context", "::mcp_stack::Context"] {
            assert!(is_context(&ty(text)), "{text}");
        }
        for text in ["Cx", "Context<u8>", "&Context", "Context::Item", "<T as Trait>::Context"] {
            assert!(!is_context(&ty(text)), "{text}");
        }
    }

    #[test]
    fn a_reference_is_found_wherever_it_stands() {
        let found =
            |text: &str, or_static| borrows(ty(text).to_token_stream(), or_static).is_some();
        for text in ["&str", "Vec<&[u8]>", "(u8, Option<(&'a str,)>)", "[&mut T; 2]"] {
            assert!(found(text, false) && found(text, true), "{text}");
        }
        for text in ["&'static str", "Result<&'static [u8], String>"] {
            assert!(found(text, false) && !found(text, true), "{text}");
        }
        for text in ["String", "Cow<'static, str>", "[u8; 4]"] {
            assert!(!found(text, false), "{text}");
        }
    }
}
