//! `#[handlers]`: the marked methods of an `impl` block.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, ImplItem, ItemImpl, Meta, Path, Result};

use crate::{
    expand::{self, Builder, Built, Marked},
    kind::Kind,
    options,
    shape::Taken,
};

/// The block, the functions that build its items, and `impl Handlers`.
pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut block: ItemImpl = match syn::parse2(item.clone()) {
        Ok(block) => block,
        Err(error) => {
            let error = match item.clone().into_iter().any(|token| token.to_string() == "impl") {
                true => error,
                false => Error::new_spanned(&item, "`#[handlers]` goes on an `impl` block"),
            };
            let error = error.into_compile_error();
            return quote!(#item #error);
        }
    };
    let built = options::root(options).and_then(|root| {
        let built = methods(&mut block, &root)?;
        Ok(register(&block, &root, &built))
    });
    let built = built.unwrap_or_else(Error::into_compile_error);
    quote!(#block #built)
}

/// Strips every marked method, even after a fault, so that no fault is reported twice.
fn methods(block: &mut ItemImpl, root: &Path) -> Result<Vec<Built>> {
    let mut fault: Option<Error> = None;
    let mut add = |error: Error| match &mut fault {
        Some(fault) => fault.combine(error),
        None => fault = Some(error),
    };
    if let Some((path, _)) = &block.trait_ {
        add(Error::new_spanned(path, "`#[handlers]` goes on an `impl` block without a trait"));
    }
    let mut all = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let Some(at) = method.attrs.iter().position(|it| Kind::of(it.path()).is_some()) else {
            continue;
        };
        let mark = method.attrs.remove(at);
        let kind = Kind::of(mark.path()).expect("found by its kind");
        let options = match mark.meta {
            Meta::List(list) => list.tokens,
            _ => TokenStream::new(),
        };
        let marked = Marked {
            kind,
            options,
            attributes: &mut method.attrs,
            visibility: &method.vis,
            signature: &mut method.sig,
        };
        match expand::item(marked, root, true) {
            Ok(built) => all.push(built),
            Err(error) => add(error),
        }
    }
    if all.is_empty() {
        let none = "no method here is marked with `#[tool]`, `#[prompt]` or `#[resource]`";
        return Err(fault.unwrap_or_else(|| Error::new_spanned(&block.self_ty, none)));
    }
    fault.map_or(Ok(all), Err)
}

fn register(block: &ItemImpl, root: &Path, built: &[Built]) -> TokenStream {
    let ItemImpl { generics, self_ty, .. } = block;
    let (generics, _, bounds) = generics.split_for_impl();
    let functions = built.iter().map(|built| &built.function);
    let lists = [
        (Builder::Tool, "tools"),
        (Builder::Prompt, "prompts"),
        (Builder::Resource, "resources"),
        (Builder::ResourceTemplate, "resource_templates"),
    ]
    .map(|(builder, list)| {
        let built = || built.iter().filter(move |built| built.builder == builder);
        built().next()?;
        let (list, ty) = (format_ident!("{list}"), format_ident!("{builder:?}"));
        let items = built().map(|Built { name, receiver, conditions, .. }| {
            let value = matches!(receiver, Taken::Borrowed | Taken::Shared).then(|| quote!(self));
            quote!(#(#conditions)* Self::#name(#value))
        });
        Some(quote! {
            fn #list(self: &::std::sync::Arc<Self>) -> ::std::vec::Vec<#root::#ty> {
                ::std::vec::Vec::from([#(#items),*])
            }
        })
    });
    let lists = lists.iter().flatten();
    quote! {
        impl #generics #self_ty #bounds {
            #(#functions)*
        }

        impl #generics #root::Handlers for #self_ty #bounds {
            #(#lists)*
        }
    }
}
