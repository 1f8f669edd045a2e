//! The closure that calls the function: the handler that the builder is given.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, Path};

use crate::{
    arguments,
    parameters::Parameter,
    shape::{Shape, Taken},
};

/// The form of the closure, by which `IntoHandler` knows it. That of a function which is
/// not `async` is left open, since such a function may still return a future.
pub(crate) fn form(shape: &Shape, root: &Path) -> TokenStream {
    let arguments = arguments::name(shape).into_iter().map(|name| quote!(#name));
    let context = shape.takes_context().then(|| quote!(#root::Context));
    let types = arguments.chain(context);
    match shape.is_async {
        true => quote!((#root::Async, fn(#(#types),*))),
        false => quote!((_, fn(#(#types),*))),
    }
}

/// What the closure captures.
pub(crate) fn captured(shape: &Shape) -> Option<TokenStream> {
    let this = this();
    match shape.receiver {
        Taken::Free | Taken::Not => None,
        Taken::Borrowed | Taken::Shared => Some(quote!(let #this = ::std::sync::Arc::clone(self);)),
    }
}

/// The closure.
pub(crate) fn closure(shape: &Shape, root: &Path) -> TokenStream {
    let (this, arguments, context) = (this(), local("arguments"), local("context"));
    let mut takes = Vec::new();
    takes.extend(arguments::name(shape).map(|ty| quote!(#arguments: #ty)));
    takes.extend(shape.takes_context().then(|| quote!(#context: #root::Context)));
    let values = shape.parameters.iter().map(|parameter| match parameter {
        Parameter::Argument(argument) => {
            let name = &argument.name;
            quote!(#arguments.#name)
        }
        Parameter::Context => quote!(#context),
    });

    let name = &shape.name;
    let another = quote!(::std::sync::Arc::clone(&#this));
    match shape.receiver {
        Taken::Free => quote!(|#(#takes),*| #name(#(#values),*)),
        Taken::Not => quote!(|#(#takes),*| Self::#name(#(#values),*)),
        Taken::Shared => quote!(move |#(#takes),*| Self::#name(#another, #(#values),*)),
        Taken::Borrowed if !shape.is_async => {
            quote!(move |#(#takes),*| Self::#name(&#this, #(#values),*))
        }
        Taken::Borrowed => quote! {
            move |#(#takes),*| {
                let #this = #another;
                async move { Self::#name(&#this, #(#values),*).await }
            }
        },
    }
}

/// The value that a method is called on.
fn this() -> Ident {
    local("this")
}

/// A variable that no name of the author's can meet.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
