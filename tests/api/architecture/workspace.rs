//! The workspace: which crates there are and what each function links, as cargo says it, and the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    sync::{Arc, LazyLock, Mutex},
};

use serde_json::Value;

/// Our crates, each with those of ours it imports (not for its tests).
pub(super) fn crates() -> BTreeMap<String, Vec<String>> {
    let ours: BTreeSet<_> = packages().map(|p| p["name"].as_str().unwrap()).collect();
    let imports = |package: &Value| -> Vec<String> {
        let all = package["dependencies"].as_array().unwrap().iter();
        let shipped = all.filter(|d| d["kind"].is_null()).map(|d| d["name"].as_str().unwrap());
        shipped.filter(|name| ours.contains(name)).map(str::to_owned).collect()
    };
    packages().map(|p| (p["name"].as_str().unwrap().to_owned(), imports(p))).collect()
}

/// Name and folder below `lambdas/` of each function.
pub(super) fn functions() -> Vec<(String, String)> {
    let place = |p: &Value| {
        let path = p["manifest_path"].as_str().unwrap();
        let folder = path.split("/lambdas/").nth(1)?.strip_suffix("/Cargo.toml")?.to_owned();
        Some((p["name"].as_str().unwrap().to_owned(), folder))
    };
    packages().filter_map(place).collect()
}

pub(super) fn packages() -> impl Iterator<Item = &'static Value> {
    metadata()["packages"].as_array().unwrap().iter()
}

/// The functions that have a feature of this name, sorted.
pub(super) fn with_feature(feature: &str) -> Vec<String> {
    let has = |(name, _): &(String, String)| {
        let package = packages().find(|package| package["name"] == **name).unwrap();
        package["features"].get(feature).is_some()
    };
    let mut names: Vec<_> = functions().into_iter().filter(has).map(|(name, _)| name).collect();
    names.sort_unstable();
    names
}

fn metadata() -> &'static Value {
    static METADATA: LazyLock<Value> = LazyLock::new(|| {
        let text = cargo(&["metadata", "--no-deps", "--format-version", "1", "--offline"]);
        serde_json::from_str(&text).unwrap()
    });
    &METADATA
}

/// What a function links.
pub(super) struct Tree(Vec<(String, String)>);

impl Tree {
    fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let (name, version) = line.trim_end_matches(" (*)").split_once(' ')?;
            Some((name.to_owned(), version.to_owned()))
        };
        Self(text.lines().filter_map(line).collect())
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// How many crates there are, each version of one counted.
    pub(super) fn crates(&self) -> usize {
        self.0.iter().collect::<BTreeSet<_>>().len()
    }

    /// The same without ours, whose place is a path.
    pub(super) fn foreign(&self) -> usize {
        self.0.iter().filter(|(_, version)| !version.contains('/')).collect::<BTreeSet<_>>().len()
    }

    pub(super) fn versions(&self, name: &str) -> usize {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, version)| version).collect::<BTreeSet<_>>().len()
    }
}

pub(super) fn tree(name: &str) -> Arc<Tree> {
    tree_with(name, &[])
}

/// What a function links with these options. Many tests ask, and cargo takes a while to answer, so it is asked once.
pub(super) fn tree_with(name: &str, options: &[&str]) -> Arc<Tree> {
    static TREES: Mutex<BTreeMap<String, Arc<Tree>>> = Mutex::new(BTreeMap::new());
    let usual = ["tree", "-p", name, "--edges", "normal", "--prefix", "none", "--format", "{p}", "--offline"];
    let arguments = [&usual, options].concat();
    let mut trees = TREES.lock().unwrap();
    let tree = trees.entry(arguments.join(" ")).or_insert_with(|| Arc::new(Tree::parse(&cargo(&arguments))));
    tree.clone()
}

fn cargo(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The files below a folder, but for tests, and what is in each.
pub(super) fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        if path.is_dir() && !name.ends_with("/tests") {
            found.extend(sources(&name));
        } else if name.ends_with(".rs") {
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}
