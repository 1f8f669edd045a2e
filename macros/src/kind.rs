//! What a function becomes.

use syn::Path;

/// The attribute that marks a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Tool,
    Prompt,
    Resource,
}

impl Kind {
    /// The attribute's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Prompt => "prompt",
            Self::Resource => "resource",
        }
    }

    /// The kind that an attribute of this path stands for.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let last = &path.segments.last()?.ident;
        [Self::Tool, Self::Prompt, Self::Resource].into_iter().find(|kind| last == kind.name())
    }

    /// The options its attribute has.
    pub(crate) fn options(self) -> &'static [&'static str] {
        match self {
            Self::Tool => &[
                "name",
                "title",
                "description",
                "read_only",
                "destructive",
                "idempotent",
                "open_world",
                "crate",
            ],
            Self::Prompt => &["name", "title", "description", "crate"],
            Self::Resource => {
                &["uri", "name", "title", "description", "mime_type", "size", "crate"]
            }
        }
    }
}

/// The hints of a tool, which may stand alone.
pub(crate) const HINTS: [&str; 4] = ["read_only", "destructive", "idempotent", "open_world"];
