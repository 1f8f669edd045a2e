//! From a marked function to the function that builds its item.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{
    Attribute, Error, Ident, Path, Result, ReturnType, Signature, Visibility, ext::IdentExt as _,
    spanned::Spanned as _,
};

use crate::{
    arguments,
    builder::{self, Builder},
    closure,
    kind::Kind,
    options::Options,
    parameters,
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

impl Marked<'_> {
    /// Strips the function of what is ours, and builds its item.
    pub(crate) fn build(self, root: &Path, in_impl: bool) -> Result<Built> {
        let Self { kind, options, attributes, visibility, signature } = self;
        let on_parameters = parameters::take_attributes(signature);
        let on_struct = parameters::take(attributes, &["serde", "schemars"]);
        if let Some(at) = attributes.iter().position(|it| Kind::of(it.path()).is_some()) {
            let second = attributes.remove(at);
            let fault = "a function becomes one item: call it from another function for a second";
            return Err(Error::new_spanned(second, fault));
        }
        let options = Options::parse(kind, root, options)?;
        let shape = Shape::read(signature, on_parameters, in_impl)?;
        let builder = Builder::choose(kind, &options, &shape)?;

        let root = &options.root;
        let own_name = shape.name.unraw();
        let name = format_ident!("{own_name}_{}", builder.suffix(), span = shape.name.span());
        let about = format!(" `{own_name}` as a {}.", builder.suffix().replace('_', " "));
        let conditions: Vec<_> =
            attributes.iter().filter(|it| it.path().is_ident("cfg")).cloned().collect();
        let (returned, new) = (builder.type_name(), new(&shape, builder, root));
        let place = builder::place(&options, &shape, builder);
        let described = builder::described(&options, attributes)?;
        let arguments = arguments::hidden_struct(&shape, root, on_struct);
        let receiver = match shape.receiver {
            Taken::Borrowed | Taken::Shared => Some(quote!(self: &::std::sync::Arc<Self>)),
            Taken::Free | Taken::Not => None,
        };
        let captured = closure::captured(&shape);
        let closure = closure::closure(&shape, root);
        let function = quote! {
            #(#conditions)*
            #[doc = #about]
            #visibility fn #name(#receiver) -> #root::#returned {
                #arguments
                #captured
                #new(#(#place,)* #closure) #described
            }
        };
        Ok(Built { function, name, builder, receiver: shape.receiver, conditions })
    }
}

/// The path of the builder's constructor, placed where the compiler is to point if the
/// function returns what no handler returns.
fn new(shape: &Shape, builder: Builder, root: &Path) -> TokenStream {
    let place = match &shape.output {
        ReturnType::Default => shape.name.span(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let (builder, form) = (builder.type_name(), closure::form(shape, root));
    quote_spanned!(Span::mixed_site().located_at(place)=> #root::#builder::new::<_, #form>)
}
