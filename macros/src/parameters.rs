//! The parameters of a function: its arguments, and the context among them.

use quote::ToTokens as _;
use syn::{Attribute, Error, FnArg, Ident, Pat, PatType, Result, Signature, Type};

use crate::types;

/// One parameter.
pub(crate) enum Parameter {
    /// An argument of the call.
    Argument(Box<Argument>),
    /// The call's context.
    Context,
}

/// A field of the hidden struct that the arguments are read into.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    /// Doc comments, `#[serde(…)]`, `#[schemars(…)]`.
    pub(crate) attributes: Vec<Attribute>,
}

impl Argument {
    /// Whether serde or schemars were told to treat it in a way of its own; its type
    /// may then lack their traits.
    pub(crate) fn is_told(&self) -> bool {
        self.attributes.iter().any(|attribute| !attribute.path().is_ident("doc"))
    }
}

/// Takes from each parameter what belongs to the field, not to the function, so that
/// what is left is a function like any other.
pub(crate) fn take_attributes(signature: &mut Signature) -> Vec<Vec<Attribute>> {
    let take = |parameter: &mut FnArg| {
        let (FnArg::Receiver(syn::Receiver { attrs, .. }) | FnArg::Typed(PatType { attrs, .. })) =
            parameter;
        take(attrs, &["doc", "serde", "schemars"])
    };
    signature.inputs.iter_mut().map(take).collect()
}

/// Takes the attributes of these names.
pub(crate) fn take(attributes: &mut Vec<Attribute>, names: &[&str]) -> Vec<Attribute> {
    let wanted = |it: &Attribute| names.iter().any(|name| it.path().is_ident(name));
    let (taken, left) = std::mem::take(attributes).into_iter().partition(wanted);
    *attributes = left;
    taken
}

/// The parameters after the receiver, with the attributes that were taken from each.
pub(crate) fn read(signature: &Signature, taken: Vec<Vec<Attribute>>) -> Result<Vec<Parameter>> {
    let mut parameters = Vec::new();
    for (input, attributes) in signature.inputs.iter().zip(taken) {
        let FnArg::Typed(PatType { pat, ty, .. }) = input else { continue };
        let parameter = match types::is_context(ty) {
            true => Parameter::Context,
            false => Parameter::Argument(Box::new(argument(pat, ty, attributes)?)),
        };
        let is_context = |it: &Parameter| matches!(it, Parameter::Context);
        if is_context(&parameter) && parameters.iter().any(is_context) {
            let fault =
                "a call has one `Context`: take it once, and clone it where it is needed twice";
            return Err(Error::new_spanned(ty, fault));
        }
        parameters.push(parameter);
    }
    Ok(parameters)
}

fn argument(pattern: &Pat, ty: &Type, attributes: Vec<Attribute>) -> Result<Argument> {
    if types::is_context(types::behind_references(ty)) {
        let fault = "take the `Context` itself, not a reference: it is cheap to clone";
        return Err(Error::new_spanned(ty, fault));
    }
    if let Type::ImplTrait(_) | Type::Infer(_) = ty {
        let fault = "name this argument's type: it is read from JSON, and has a schema";
        return Err(Error::new_spanned(ty, fault));
    }
    if let Some(span) = types::borrows(ty.to_token_stream(), false) {
        let fault = "an argument is owned, since nothing outlives the call to borrow it from: \
                     take `String` for `&str`, `Vec<T>` for `&[T]`, `T` for `&T`";
        return Err(Error::new(span, fault));
    }
    if let Some(span) = types::says(ty.to_token_stream(), "Self") {
        return Err(Error::new(span, "write the type's name here instead of `Self`"));
    }
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
            Ok(Argument { name: pattern.ident.clone(), ty: ty.clone(), attributes })
        }
        other => {
            let fault = "give this parameter a name, which is the argument's, \
                         and take it apart in the body";
            Err(Error::new_spanned(other, fault))
        }
    }
}
