//! What stands in the brackets of an attribute.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{
    Error, Expr, ExprLit, Ident, Lit, LitStr, Path, Result, Token,
    ext::IdentExt as _,
    parse::{Parse, ParseStream, Parser as _},
    parse_quote,
    punctuated::Punctuated,
};

use crate::kind::{HINTS, Kind};

/// The options of one item.
pub(crate) struct Options {
    /// Where `mcp_stack` is.
    pub(crate) root: Path,
    given: Vec<(Ident, Expr)>,
}

impl Options {
    /// Those of an item of this kind; `root` unless they say otherwise.
    pub(crate) fn parse(kind: Kind, root: &Path, tokens: TokenStream) -> Result<Self> {
        read(kind.name(), kind.options(), root, tokens)
    }

    /// What was given under this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Expr> {
        self.given.iter().find(|(given, _)| given == name).map(|(_, value)| value)
    }

    /// All that was given, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Ident, Expr)> {
        self.given.iter()
    }

    /// The URI, which must be read here to tell a template from a resource.
    pub(crate) fn uri(&self, owner: &Ident) -> Result<&LitStr> {
        match self.get("uri") {
            Some(Expr::Lit(ExprLit { lit: Lit::Str(uri), .. })) => Ok(uri),
            Some(other) => Err(Error::new_spanned(other, "`uri` is a string literal")),
            None => Err(Error::new(
                owner.span(),
                "a resource needs a URI: `#[resource(uri = \"scheme://path\")]`",
            )),
        }
    }
}

/// Where `mcp_stack` is, by the options of `#[handlers]`.
pub(crate) fn root(tokens: TokenStream) -> Result<Path> {
    Ok(read("handlers", &["crate"], &parse_quote!(::mcp_stack), tokens)?.root)
}

fn read(attribute: &str, known: &[&str], root: &Path, tokens: TokenStream) -> Result<Options> {
    let mut options = Options { root: root.clone(), given: Vec::new() };
    for Given { name, value } in Punctuated::<Given, Token![,]>::parse_terminated.parse2(tokens)? {
        let fail = |fault| Err(Error::new(name.span(), fault));
        if !known.iter().any(|known| name == known) {
            let known = known.join("`, `");
            return fail(format!("`#[{attribute}]` has no option `{name}`; it has `{known}`"));
        }
        if options.get(&name.to_string()).is_some() {
            return fail(format!("`{name}` is given twice"));
        }
        let value = match value {
            Some(value) => value,
            None if HINTS.iter().any(|hint| name == hint) => parse_quote!(true),
            None => return fail(format!("`{name}` needs a value: `{name} = …`")),
        };
        if name == "crate" {
            options.root = syn::parse2(value.to_token_stream())?;
        }
        options.given.push((name, value));
    }
    Ok(options)
}

/// `name = value`, or a name alone.
struct Given {
    name: Ident,
    value: Option<Expr>,
}

impl Parse for Given {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let equals: Option<Token![=]> = input.parse()?;
        let value = equals.map(|_| input.parse()).transpose()?;
        Ok(Self { name, value })
    }
}
