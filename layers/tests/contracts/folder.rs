use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What every page has, in this order.
pub(super) const HEADINGS: [&str; 3] = ["# Contract", "# Example", "# Example: configured"];

/// One layer's folder.
pub(super) struct Folder {
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// The lines of the module's page, without `//!`.
    pub(super) page: Vec<String>,
}

impl Folder {
    pub(super) fn all() -> Vec<Self> {
        let source = package().join("src");
        let mut names: Vec<String> = source
            .read_dir()
            .expect("the package has a source")
            .map(|entry| entry.expect("an entry"))
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().into_string().expect("ASCII"))
            .collect();
        names.sort_unstable();
        assert!(!names.is_empty());
        names.into_iter().map(|name| Self::read(&source, name)).collect()
    }

    fn read(source: &Path, name: String) -> Self {
        let path = source.join(&name);
        let page = read(&path.join("mod.rs"))
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned())
            .collect();
        Self { name, path, page }
    }

    /// A paragraph of the page, on one line.
    pub(super) fn paragraph(&self, at: usize) -> String {
        let mut paragraphs = self.page.split(String::is_empty);
        paragraphs.nth(at).map(|lines| lines.join(" ")).unwrap_or_default()
    }

    /// The paragraph that says by what the layer goes.
    pub(super) fn spec(&self) -> String {
        let spec = self.paragraph(1);
        assert!(spec.starts_with("Spec: "), "{}: the second paragraph is the Spec", self.name);
        spec
    }

    pub(super) fn era(&self) -> String {
        let spec = self.spec();
        let (_, era) = spec.split_once("Era: ").unwrap_or_else(|| panic!("{}: no era", self.name));
        era.split(['.', ';']).next().unwrap_or_default().to_owned()
    }

    /// The rows of the contract's table: what each is called, and what it says.
    pub(super) fn contract(&self) -> Vec<(&str, &str)> {
        let mut lines =
            self.page.iter().map(String::as_str).skip_while(|line| *line != HEADINGS[0]);
        let head: Vec<_> = lines.by_ref().take(4).collect();
        assert_eq!(head, ["# Contract", "", "| | |", "|---|---|"], "{}", self.name);
        lines
            .map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
            .collect()
    }

    pub(super) fn row(&self, row: &str) -> &str {
        let found = self.contract().into_iter().find(|(name, _)| *name == row);
        found.unwrap_or_else(|| panic!("{}: no row {row:?}", self.name)).1
    }

    /// The HTTP statuses that it refuses with.
    pub(super) fn statuses(&self) -> BTreeSet<&str> {
        // Each is written `status · code`, the code perhaps with more about it.
        let parts: Vec<_> = self.row("Rejects").split(" · ").collect();
        let status = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let code = |text: &str| text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        parts
            .windows(2)
            .filter(|pair| code(pair[1]))
            .filter_map(|pair| pair[0].rsplit(' ').next().filter(|word| status(word)))
            .collect()
    }

    /// Every source file of the layer, and its text.
    pub(super) fn files(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        let mut folders = vec![self.path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().expect("a folder") {
                let path = entry.expect("an entry").path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => files.push((path.clone(), read(&path))),
                }
            }
        }
        files
    }
}

pub(super) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
