//! The struct that a call's arguments are read into.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::{Attribute, Ident, Path, ext::IdentExt as _, spanned::Spanned as _};

use crate::{parameters::Argument, shape::Shape};

/// Its definition, if there are arguments. The schema calls it by the function's name.
pub(crate) fn hidden_struct(
    shape: &Shape,
    root: &Path,
    attributes: Vec<Attribute>,
) -> Option<TokenStream> {
    let name = name(shape)?;
    let fields = shape.arguments().map(|argument| {
        let Argument { name, attributes, .. } = argument;
        let ty = field_type(argument, root);
        quote!(#(#attributes)* #name: #ty)
    });
    let title = shape.name.unraw().to_string();
    let root_text = root.to_token_stream().to_string().replace(' ', "");
    let [serde, schemars] =
        ["serde", "schemars"].map(|name| format!("{root_text}::__private::{name}"));
    Some(quote! {
        #[derive(#root::__private::serde::Deserialize, #root::__private::schemars::JsonSchema)]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars, rename = #title)]
        #(#attributes)*
        struct #name { #(#fields,)* }
    })
}

/// Its name, if there are arguments. It is an item, so hygiene does not keep it from
/// the author's types: the underscores do.
pub(crate) fn name(shape: &Shape) -> Option<Ident> {
    shape.arguments().next().map(|_| format_ident!("__Arguments"))
}

/// The parameter's type, written so that the compiler says what it lacks once, and in
/// our words: see `As` in `mcp_stack`.
fn field_type(argument: &Argument, root: &Path) -> TokenStream {
    let ty = &argument.ty;
    if argument.is_told() {
        return quote!(#ty);
    }
    // As code of ours, so that no lint takes it for the author's.
    quote_spanned! {Span::mixed_site().located_at(ty.span())=>
        <[(); #root::__private::checked::<#ty>()] as #root::__private::As<#ty>>::Type
    }
}
