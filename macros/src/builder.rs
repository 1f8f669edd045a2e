//! The builder of an item, and what it is told.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, Error, Ident, Result, ext::IdentExt as _};

use crate::{
    docs,
    kind::{HINTS, Kind},
    options::Options,
    shape::Shape,
};

/// The type that describes an item and carries its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Builder {
    Tool,
    Prompt,
    Resource,
    ResourceTemplate,
}

impl Builder {
    /// Tells a template from a resource, and whether the arguments suit it.
    pub(crate) fn choose(kind: Kind, options: &Options, shape: &Shape) -> Result<Self> {
        match kind {
            Kind::Tool => return Ok(Self::Tool),
            Kind::Prompt => return Ok(Self::Prompt),
            Kind::Resource => {}
        }
        let uri = options.uri(&shape.name)?.value();
        let variables: Vec<_> = variables(&uri).collect();
        for argument in shape.arguments().filter(|argument| !argument.is_told()) {
            let name = argument.name.unraw().to_string();
            if !variables.contains(&name.as_str()) {
                let fault = format!(
                    "`{name}` is no variable of the URI: write `{{{name}}}` where it stands in `{uri}`"
                );
                return Err(Error::new(argument.name.span(), fault));
            }
        }
        match (variables.is_empty(), options.get("size")) {
            (true, _) => Ok(Self::Resource),
            (false, None) => Ok(Self::ResourceTemplate),
            (false, Some(size)) => {
                Err(Error::new_spanned(size, "a template has no size: leave `size` out"))
            }
        }
    }

    /// Its name in `mcp_stack`.
    pub(crate) fn type_name(self) -> Ident {
        format_ident!("{self:?}")
    }

    /// What the function that builds it is called, after the handler's name.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Prompt => "prompt",
            Self::Resource => "resource",
            Self::ResourceTemplate => "resource_template",
        }
    }
}

/// The names in braces; whether the template is one is for the registry to say.
fn variables(uri: &str) -> impl Iterator<Item = &str> {
    let expressions = uri.split('{').skip(1).filter_map(|part| part.split_once('}'));
    expressions.map(|(expression, _)| expression.trim_start_matches('+'))
}

/// What the constructor takes before the handler: the name, or the URI and the name.
pub(crate) fn place(options: &Options, shape: &Shape, builder: Builder) -> Vec<TokenStream> {
    let own = shape.name.unraw().to_string();
    let name = options.get("name").map_or_else(|| quote!(#own), |name| quote!(#name));
    match builder {
        Builder::Tool | Builder::Prompt => vec![name],
        Builder::Resource | Builder::ResourceTemplate => {
            vec![options.get("uri").to_token_stream(), name]
        }
    }
}

/// The calls that add what the options say, and the doc comment.
pub(crate) fn described(options: &Options, attributes: &[Attribute]) -> Result<TokenStream> {
    let mut calls = TokenStream::new();
    if options.get("description").is_none() {
        let text = docs::description(attributes)?.into_iter();
        calls.extend(text.map(|text| quote!(.with_description(#text))));
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
    Ok(calls)
}
