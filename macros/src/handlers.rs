//! `#[handlers]`: the marked methods of an `impl` block.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{Error, ImplItem, ItemImpl, Meta, Path, Result};

use crate::{
    builder::Builder,
    item::{Built, Marked},
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
    let (mut all, mut faults) = (Vec::new(), Vec::new());
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let kinds = method.attrs.iter().map(|attribute| Kind::of(attribute.path()));
        let Some((at, kind)) = kinds.enumerate().find_map(|(at, kind)| Some((at, kind?))) else {
            continue;
        };
        let options = match method.attrs.remove(at).meta {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) => list.tokens,
            Meta::NameValue(value) => value.to_token_stream(),
        };
        let marked = Marked {
            kind,
            options,
            attributes: &mut method.attrs,
            visibility: &method.vis,
            signature: &mut method.sig,
        };
        match marked.build(root, true) {
            Ok(built) => all.push(built),
            Err(fault) => faults.push(fault),
        }
    }
    if let Some((path, _)) = &block.trait_ {
        let fault = "`#[handlers]` goes on an `impl` block without a trait";
        return Err(Error::new_spanned(path, fault));
    }
    let together = |mut fault: Error, another| {
        fault.combine(another);
        fault
    };
    match faults.into_iter().reduce(together) {
        Some(faults) => Err(faults),
        None if all.is_empty() => Err(Error::new_spanned(
            &block.self_ty,
            "no method here is marked with `#[tool]`, `#[prompt]` or `#[resource]`",
        )),
        None => Ok(all),
    }
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
        let (list, ty) = (format_ident!("{list}"), builder.type_name());
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
