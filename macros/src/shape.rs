//! What is to be known of a function's signature.

use quote::ToTokens as _;
use syn::{
    Attribute, Error, Ident, PathArguments, Receiver, ReceiverKind, Result, ReturnType, Safety,
    Signature, Type,
};

use crate::{
    parameters::{self, Argument, Parameter},
    types,
};

/// A signature, understood.
pub(crate) struct Shape {
    pub(crate) name: Ident,
    pub(crate) is_async: bool,
    pub(crate) receiver: Taken,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: ReturnType,
}

/// How a function takes the value it is a method of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It stands free.
    Free,
    /// It stands in the `impl`, and takes no value.
    Not,
    /// `&self`
    Borrowed,
    /// `self: Arc<Self>`
    Shared,
}

impl Shape {
    /// Reads a signature whose attributes were taken off.
    pub(crate) fn read(
        signature: &Signature,
        taken: Vec<Vec<Attribute>>,
        in_impl: bool,
    ) -> Result<Self> {
        refuse(signature)?;
        let receiver = match (signature.receiver(), in_impl) {
            (None, false) => Taken::Free,
            (None, true) => Taken::Not,
            (Some(receiver), true) => taken_by(receiver)?,
            (Some(receiver), false) => {
                let fault = "a method is a handler through its `impl` block: \
                             put `#[mcp_stack::handlers]` on that";
                return Err(Error::new_spanned(receiver, fault));
            }
        };
        if let Some(span) = types::borrows(signature.output.to_token_stream(), true) {
            let fault = "a handler's answer is owned: return `String` for `&str`, `T` for `&T`";
            return Err(Error::new(span, fault));
        }
        Ok(Self {
            name: signature.ident.clone(),
            is_async: signature.asyncness.is_some(),
            receiver,
            parameters: parameters::read(signature, taken)?,
            output: signature.output.clone(),
        })
    }

    /// The parameters but for the context.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.parameters.iter().filter_map(|parameter| match parameter {
            Parameter::Argument(argument) => Some(&**argument),
            Parameter::Context => None,
        })
    }

    pub(crate) fn takes_context(&self) -> bool {
        self.parameters.iter().any(|parameter| matches!(parameter, Parameter::Context))
    }
}

/// What no handler can be.
fn refuse(signature: &Signature) -> Result<()> {
    if let Safety::Unsafe(token) = &signature.safety {
        return Err(Error::new_spanned(
            token,
            "a handler is called by clients, so it cannot be `unsafe`",
        ));
    }
    if let Some(variadic) = &signature.variadic {
        return Err(Error::new_spanned(variadic, "a handler's arguments all have names"));
    }
    if let Some(parameter) = signature.generics.params.first() {
        let fault = "a handler's types are all settled: write the type in place of this parameter";
        return Err(Error::new_spanned(parameter, fault));
    }
    Ok(())
}

fn taken_by(receiver: &Receiver) -> Result<Taken> {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, None) => Ok(Taken::Borrowed),
        ReceiverKind::Typed(_, ty) if is_arc_of_self(ty) => Ok(Taken::Shared),
        ReceiverKind::Reference(_, _, Some(_)) => Err(Error::new_spanned(
            receiver,
            "take `&self`: calls run at the same time, so keep what changes in an atomic or a `Mutex`",
        )),
        _ => Err(Error::new_spanned(
            receiver,
            "take `&self` or `self: Arc<Self>`: the value serves every call, so none can use it up",
        )),
    }
}

fn is_arc_of_self(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let PathArguments::AngleBracketed(of) = &last.arguments else { return false };
    last.ident == "Arc" && of.args.to_token_stream().to_string() == "Self"
}
