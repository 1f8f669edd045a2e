//! An attribute on a function that stands free.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Attribute, Error, Path, Result, Signature, Visibility,
    parse::{Parse, ParseStream},
    parse_quote,
};

use crate::{item::Marked, kind::Kind};

/// A function whose body is nobody's concern.
struct Function {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        Ok(Self {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, signature, body } = self;
        tokens.extend(quote!(#(#attributes)* #visibility #signature #body));
    }
}

/// The function, and beside it the one that builds its item.
pub(crate) fn expand(kind: Kind, options: TokenStream, item: TokenStream) -> TokenStream {
    let mut function: Function = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(_) => {
            let fault = format!("`#[{}]` goes on a function", kind.name());
            let error = Error::new_spanned(&item, fault).into_compile_error();
            return quote!(#item #error);
        }
    };
    let root: Path = parse_quote!(::mcp_stack);
    let marked = Marked {
        kind,
        options,
        attributes: &mut function.attributes,
        visibility: &function.visibility,
        signature: &mut function.signature,
    };
    let built = marked.build(&root, false);
    let built = built.map_or_else(Error::into_compile_error, |built| built.function);
    quote!(#function #built)
}
