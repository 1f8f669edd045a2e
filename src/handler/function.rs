use std::{any::Any, future::Future};

use mcp_layers_core::jsonrpc::RawJson;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{BoxError, Call, Handler, HandlerFuture, IntoOutput};
use crate::Context;

/// A function that can become a [`Handler`] for items that answer with a `T`, or a value
/// that implements [`Handle`](super::Handle).
///
/// `Form` tells the forms apart and is always inferred.
#[diagnostic::on_unimplemented(
    message = "this function cannot be a handler",
    label = "not one of `Fn()`, `Fn(Args)`, `Fn(Context)`, `Fn(Args, Context)`, sync or async",
    note = "`Args` must be owned and implement `serde::Deserialize` and `schemars::JsonSchema`; arguments come before the `Context`",
    note = "the return type must be text, content, `Json(value)`, or a `Result` of one of these whose error is a `std::error::Error`, a `String` or a `&str`",
    note = "a handler with state of its own may be a value that implements `mcp_stack::Handle`",
    note = "the future of an async handler must be `Send`: hold no `Rc`, `RefCell` borrow or `std::sync::MutexGuard` across an `.await`"
)]
pub trait IntoHandler<T, Form>: Send + Sync + 'static {
    /// Converts.
    fn into_handler(self) -> Handler<T>;

    /// The JSON Schema of the arguments; `None` if the function takes none.
    fn input_schema() -> Option<RawJson>;

    /// The JSON Schema of the structured content, if there is one.
    fn output_schema() -> Option<RawJson>;
}

/// The form of a function that returns its output.
#[derive(Debug)]
pub enum Blocking {}

/// The form of a function that returns a future of its output.
#[derive(Debug)]
pub enum Async {}

/// What a handler can take first: its arguments, or the [`Context`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the arguments of a handler",
    label = "cannot be read from JSON, or has no schema",
    note = "derive `serde::Deserialize` and `schemars::JsonSchema` for `{Self}`, without borrowed fields"
)]
pub trait Argument: Sized {
    #[doc(hidden)]
    fn from_call(call: Call) -> Result<Self, BoxError>;

    #[doc(hidden)]
    fn schema() -> Option<RawJson>;
}

/// `()` stands for no arguments, like no parameter (TOOL-10).
#[diagnostic::do_not_recommend]
impl<A: DeserializeOwned + JsonSchema + 'static> Argument for A {
    fn from_call(call: Call) -> Result<Self, BoxError> {
        match if_unit() {
            Some(unit) => Ok(unit),
            None => Ok(call.arguments.to()?),
        }
    }

    fn schema() -> Option<RawJson> {
        match if_unit::<A>() {
            Some(_) => None,
            None => Some(crate::schema::of::<A>()),
        }
    }
}

/// The value of `A`, if that is `()`.
fn if_unit<A: 'static>() -> Option<A> {
    let mut value = None::<A>;
    if let Some(unit) = (&mut value as &mut dyn Any).downcast_mut::<Option<()>>() {
        *unit = Some(());
    }
    value
}

impl Argument for Context {
    fn from_call(call: Call) -> Result<Self, BoxError> {
        Ok(call.context)
    }

    fn schema() -> Option<RawJson> {
        None
    }
}

/// One form: its type parameter, its parameters, and how a call becomes values
/// for them.
macro_rules! form {
    (<$($a:ident)?>($($value:ident: $param:ty),*) from $call:ident $take:block) => {
        impl<T, R, F $(, $a)?> IntoHandler<T, (Blocking, fn($($param),*))> for F
        where
            T: 'static,
            R: IntoOutput<T>,
            F: Fn($($param),*) -> R + Send + Sync + 'static,
            $($a: Argument + 'static,)?
        {
            fn into_handler(self) -> Handler<T> {
                let take = |$call: Call| -> Result<_, BoxError> { $take };
                Handler::new(move |call| {
                    let output = take(call).and_then(|($($value,)*)| self($($value),*).into_output());
                    HandlerFuture::ready(output)
                })
            }

            fn input_schema() -> Option<RawJson> {
                None$(.or_else($a::schema))?
            }

            fn output_schema() -> Option<RawJson> {
                R::schema()
            }
        }

        impl<T, R, Fut, F $(, $a)?> IntoHandler<T, (Async, fn($($param),*))> for F
        where
            T: 'static,
            R: IntoOutput<T>,
            Fut: Future<Output = R> + Send + 'static,
            F: Fn($($param),*) -> Fut + Send + Sync + 'static,
            $($a: Argument + 'static,)?
        {
            fn into_handler(self) -> Handler<T> {
                let take = |$call: Call| -> Result<_, BoxError> { $take };
                Handler::new(move |call| match take(call) {
                    Ok(($($value,)*)) => {
                        let work = self($($value),*);
                        HandlerFuture::boxed(async { work.await.into_output() })
                    }
                    Err(error) => HandlerFuture::ready(Err(error)),
                })
            }

            fn input_schema() -> Option<RawJson> {
                None$(.or_else($a::schema))?
            }

            fn output_schema() -> Option<RawJson> {
                R::schema()
            }
        }
    };
}

form!(<>() from _call { Ok(()) });
form!(<A>(first: A) from call { Ok((A::from_call(call)?,)) });
form!(<A>(first: A, context: Context) from call {
    let context = call.context.clone();
    Ok((A::from_call(call)?, context))
});
