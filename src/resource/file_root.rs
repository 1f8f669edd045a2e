use std::{
    io,
    path::{Component, Path, PathBuf},
};

use super::ResourceNotFound;

/// A folder that paths from clients cannot leave: not through `..`, not through an
/// absolute path, not through a symbolic link (RES-12).
///
/// ```
/// use mcp_stack::{BoxError, FileRoot, ResourceTemplate};
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Page { path: String }
///
/// let root = FileRoot::new(std::env::temp_dir())?;
/// let page = ResourceTemplate::new("file:///{+path}", "page", move |page: Page| {
///     Ok::<_, BoxError>(std::fs::read(root.resolve(&page.path)?)?)
/// });
/// # let _ = page;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A link that is put in the folder between [`resolve`](Self::resolve) and the reading
/// is followed: whoever may write in the folder is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRoot(PathBuf);

impl FileRoot {
    /// The folder at `path`, with all symbolic links in that resolved.
    ///
    /// # Errors
    ///
    /// When there is nothing at `path` that can be looked at.
    pub fn new(path: impl AsRef<Path>) -> io::Result<Self> {
        path.as_ref().canonicalize().map(Self)
    }

    /// Where `path`, a relative one with `/` between its parts and decoded already,
    /// leads. It asks the file system and waits for that.
    ///
    /// # Errors
    ///
    /// [`ResourceNotFound`] when it leads out of the folder or to nothing: a client is
    /// not told which.
    pub fn resolve(&self, path: &str) -> Result<PathBuf, ResourceNotFound> {
        let only_down = |part: Component<'_>| matches!(part, Component::Normal(_));
        // A backslash separates on some systems, and is in no name worth serving on
        // the others.
        if path.contains(['\0', '\\']) || !Path::new(path).components().all(only_down) {
            return Err(ResourceNotFound);
        }
        let found = self.0.join(path).canonicalize().map_err(|_| ResourceNotFound)?;
        found.starts_with(&self.0).then_some(found).ok_or(ResourceNotFound)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::symlink, path::PathBuf};

    use super::FileRoot;

    /// A folder of its own, gone with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("mcp-{name}-{}", std::process::id()));
            fs::create_dir_all(path.join("root/inner")).expect("a folder can be made");
            fs::write(path.join("secret"), "secret").expect("a file can be written");
            fs::write(path.join("root/inner/a.txt"), "a").expect("a file can be written");
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn nothing_leads_out_of_the_root() {
        // RES-12
        let folder = Folder::new("root");
        let secret = folder.0.join("secret");
        symlink(&secret, folder.0.join("root/link")).expect("a link can be made");
        symlink(&folder.0, folder.0.join("root/up")).expect("a link can be made");
        symlink("inner/a.txt", folder.0.join("root/within")).expect("a link can be made");
        let root = FileRoot::new(folder.0.join("root")).expect("it is there");
        for path in [
            "../secret",
            "inner/../../secret",
            "..",
            "/etc/passwd",
            secret.to_str().expect("UTF-8"),
            "link",
            "up/secret",
            "..\\secret",
            "inner\0",
            "none",
            "%2e%2e/secret",
        ] {
            assert!(root.resolve(path).is_err(), "{path}");
        }
        for path in ["inner/a.txt", "within", "inner//a.txt"] {
            let found = root.resolve(path).expect(path);
            assert_eq!(fs::read_to_string(found).expect("text"), "a", "{path}");
        }
    }
}
