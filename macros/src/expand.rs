//! From a marked function to the function that builds its item.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::{
    Attribute, Error, Ident, Path, Result, Signature, Visibility, ext::IdentExt as _,
    spanned::Spanned as _,
};

use crate::{
    docs,
    kind::{HINTS, Kind},
    options::Options,
    parameters::{self, Argument, Parameter},
    shape::{Shape, Taken},
};

/// A function with an attribute of ours, which is off already.
pub(crate) struct Marked<'a> {
    pub(crate) kind: Kind,
    pub(crate) options: TokenStream,
    pub(crate) attributes: &'a mut Vec<Attribute>,
    pub(crate) visibility: &'a Visibility,
    pub(crate) signature: &'a mut Signature,
}

/// The function that builds an item.
pub(crate) struct Built {
    pub(crate) function: TokenStream,
    pub(crate) name: Ident,
    pub(crate) builder: Builder,
    pub(crate) receiver: Taken,
    /// The `#[cfg(…)]`s it stands under.
    pub(crate) conditions: Vec<Attribute>,
}

/// The type that describes an item and carries its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Builder {
    Tool,
    Prompt,
    Resource,
    ResourceTemplate,
}

impl Builder {
    fn type_name(self) -> Ident {
        format_ident!("{self:?}")
    }

    /// What the function that builds it is called, after the handler's name.
    fn suffix(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Prompt => "prompt",
            Self::Resource => "resource",
            Self::ResourceTemplate => "resource_template",
        }
    }
}

/// Strips the function of what is ours, and builds its item.
pub(crate) fn item(marked: Marked<'_>, root: &Path, in_impl: bool) -> Result<Built> {
    let Marked { kind, options, attributes, visibility, signature } = marked;
    let on_parameters = parameters::take_attributes(signature);
    let on_struct = parameters::take(attributes, &["serde", "schemars"]);
    let options = Options::parse(kind, root, options)?;
    let description = docs::description(attributes)?;
    let shape = Shape::read(signature, on_parameters, in_impl)?;
    let conditions: Vec<_> =
        attributes.iter().filter(|it| it.path().is_ident("cfg")).cloned().collect();

    let builder = builder(kind, &options, &shape)?;
    let (root, type_name) = (&options.root, builder.type_name());
    let name = shape.name.unraw();
    let built_by = format_ident!("{name}_{}", builder.suffix(), span = shape.name.span());
    let arguments = arguments(&shape, root, on_struct);
    let place = place(&options, &shape, builder);
    let (form, handler) = handler(&shape, root);
    let described = described(&options, description);
    let this = local("this");
    let (shared, receiver) = match shape.receiver {
        Taken::Borrowed | Taken::Shared => (
            Some(quote!(let #this = ::std::sync::Arc::clone(self);)),
            Some(quote!(self: &::std::sync::Arc<Self>)),
        ),
        Taken::Free | Taken::Not => (None, None),
    };
    let link = match in_impl {
        true => format!("[`{name}`](Self::{name})"),
        false => format!("[`{name}`](fn@{name})"),
    };
    let documentation = format!(" The {} that {link} is.", builder.suffix().replace('_', " "));
    // Where the compiler points when the answer is none.
    let spot = Span::mixed_site().located_at(match &shape.output {
        syn::ReturnType::Default => shape.name.span(),
        syn::ReturnType::Type(_, ty) => ty.span(),
    });
    let new = quote_spanned!(spot=> #root::#type_name::new::<_, #form>);
    let function = quote_spanned! {Span::mixed_site()=>
        #(#conditions)*
        #[doc = #documentation]
        #visibility fn #built_by(#receiver) -> #root::#type_name {
            #arguments
            #shared
            #new(#(#place,)* #handler) #described
        }
    };
    Ok(Built { function, name: built_by, builder, receiver: shape.receiver, conditions })
}

/// Tells a template from a resource, and whether the arguments suit it.
fn builder(kind: Kind, options: &Options, shape: &Shape) -> Result<Builder> {
    match kind {
        Kind::Tool => return Ok(Builder::Tool),
        Kind::Prompt => return Ok(Builder::Prompt),
        Kind::Resource => {}
    }
    let uri = options.uri(&shape.name)?.value();
    let variables: Vec<_> = uri
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(variable, _)| variable.trim_start_matches('+'))
        .collect();
    for Argument { name, .. } in own_arguments(shape).filter(|argument| !argument.is_told()) {
        let named = name.unraw().to_string();
        if !variables.contains(&named.as_str()) {
            let fault = format!(
                "`{named}` is no variable of the URI: write `{{{named}}}` where it stands in `{uri}`"
            );
            return Err(Error::new(name.span(), fault));
        }
    }
    if variables.is_empty() {
        return Ok(Builder::Resource);
    }
    match options.get("size") {
        Some(size) => Err(Error::new_spanned(size, "a template has no `size`: a resource has")),
        None => Ok(Builder::ResourceTemplate),
    }
}

fn own_arguments(shape: &Shape) -> impl Iterator<Item = &Argument> {
    shape.parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Argument(argument) => Some(&**argument),
        Parameter::Context => None,
    })
}

/// The hidden struct, which the schema calls by the function's name.
fn arguments(shape: &Shape, root: &Path, on_struct: Vec<Attribute>) -> Option<TokenStream> {
    own_arguments(shape).next()?;
    let fields = own_arguments(shape).map(|argument| {
        let Argument { name, ty, attributes } = argument;
        // Says what a type lacks, in place of what the derives would say.
        let ty = match argument.is_told() {
            true => quote!(#ty),
            false => quote_spanned!(ty.span()=> <#ty as #root::__private::Parameter>::Itself),
        };
        quote!(#(#attributes)* #name: #ty)
    });
    let title = shape.name.unraw().to_string();
    let root_text = root.to_token_stream().to_string().replace(' ', "");
    let [serde, schemars] =
        ["serde", "schemars"].map(|name| format!("{root_text}::__private::{name}"));
    let name = struct_name();
    Some(quote! {
        #[derive(#root::__private::serde::Deserialize, #root::__private::schemars::JsonSchema)]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars, rename = #title)]
        #(#on_struct)*
        struct #name { #(#fields,)* }
    })
}

fn struct_name() -> Ident {
    format_ident!("__Arguments")
}

/// A variable that no name of the author's can meet.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// What comes before the handler: the name, or the URI and the name.
fn place(options: &Options, shape: &Shape, builder: Builder) -> Vec<TokenStream> {
    let own = shape.name.unraw().to_string();
    let name = options.get("name").map_or_else(|| quote!(#own), |name| quote!(#name));
    match builder {
        Builder::Tool | Builder::Prompt => vec![name],
        Builder::Resource | Builder::ResourceTemplate => {
            vec![options.get("uri").to_token_stream(), name]
        }
    }
}

/// The closure that calls the function, and the form of it that `IntoHandler` knows.
fn handler(shape: &Shape, root: &Path) -> (TokenStream, TokenStream) {
    let arguments = own_arguments(shape).next().map(|_| struct_name());
    let has_context = shape.parameters.iter().any(|it| matches!(it, Parameter::Context));
    let types: Vec<_> = arguments
        .iter()
        .map(quote::ToTokens::to_token_stream)
        .chain(has_context.then(|| quote!(#root::Context)))
        .collect();
    // A function that is not `async` may still return a future.
    let form = match shape.is_async {
        true => quote!((#root::Async, fn(#(#types),*))),
        false => quote!((_, fn(#(#types),*))),
    };

    let [this, arguments_of, context] = ["this", "arguments", "context"].map(local);
    let mut takes = Vec::new();
    takes.extend(arguments.map(|ty| quote!(#arguments_of: #ty)));
    takes.extend(has_context.then(|| quote!(#context: #root::Context)));
    let values = shape.parameters.iter().map(|parameter| match parameter {
        Parameter::Argument(argument) => {
            let name = &argument.name;
            quote!(#arguments_of.#name)
        }
        Parameter::Context => quote!(#context),
    });

    let name = &shape.name;
    let clone = quote!(::std::sync::Arc::clone(&#this));
    let handler = match shape.receiver {
        Taken::Free => quote!(|#(#takes),*| #name(#(#values),*)),
        Taken::Not => quote!(|#(#takes),*| Self::#name(#(#values),*)),
        Taken::Shared => quote!(move |#(#takes),*| Self::#name(#clone, #(#values),*)),
        Taken::Borrowed if !shape.is_async => {
            quote!(move |#(#takes),*| Self::#name(&#this, #(#values),*))
        }
        Taken::Borrowed => quote! {
            move |#(#takes),*| {
                let #this = #clone;
                async move { Self::#name(&#this, #(#values),*).await }
            }
        },
    };
    (form, handler)
}

/// The rest of what the options and the doc comment say.
fn described(options: &Options, description: Option<String>) -> TokenStream {
    let mut calls = TokenStream::new();
    if let Some(text) = description.filter(|_| options.get("description").is_none()) {
        calls.extend(quote!(.with_description(#text)));
    }
    let mut hints = TokenStream::new();
    for (name, value) in options.iter() {
        if HINTS.iter().any(|hint| name == hint) {
            hints.extend(quote!(.#name(#value)));
        } else if !["name", "uri", "crate"].iter().any(|known| name == known) {
            let method = format_ident!("with_{name}");
            calls.extend(quote!(.#method(#value)));
        }
    }
    if !hints.is_empty() {
        let root = &options.root;
        calls.extend(quote!(.with_annotations(#root::ToolAnnotations::new() #hints)));
    }
    calls
}
