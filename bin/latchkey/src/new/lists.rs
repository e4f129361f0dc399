//! The lists in which a function stands: the workspace, the local cloud, the lock file, and the routes that are public.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use setting::SettingError;
use web::Route;

use super::name::Name;
use crate::mount::FUNCTIONS;

const WORKSPACE: &str = "Cargo.toml";
const BINARY: &str = "bin/latchkey/Cargo.toml";
pub(super) const MOUNT: &str = "bin/latchkey/src/mount.rs";
const LOCK: &str = "Cargo.lock";
/// Beside the test that holds which routes are public.
const PUBLIC: &str = "tests/api/public.txt";
const PACKAGE: &str = "[[package]]\n";

/// The files that change, as they will be.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    files: BTreeMap<PathBuf, String>,
}

impl Tree {
    pub(super) fn open(root: &Path) -> Result<Self, SettingError> {
        let mut tree = Self { root: root.to_owned(), files: BTreeMap::new() };
        for name in [WORKSPACE, BINARY, MOUNT, LOCK] {
            tree.read(name)?;
        }
        // A project may do without our tests.
        if root.join(PUBLIC).exists() {
            tree.read(PUBLIC)?;
        }
        tree.is_ours()?;
        Ok(tree)
    }

    fn read(&mut self, name: &str) -> Result<(), SettingError> {
        let path = self.root.join(name);
        let text = fs::read_to_string(&path)
            .map_err(|error| SettingError::new(format!("{} cannot be read: {error}", path.display())))?;
        self.files.insert(path, text);
        Ok(())
    }

    /// What is printed comes from the functions in this program, so they must be those of the project.
    fn is_ours(&self) -> Result<(), SettingError> {
        let built: Vec<_> = FUNCTIONS.iter().map(|mount| mount.name.replace('-', "_")).collect();
        let lines = self.files[&self.root.join(MOUNT)].lines().filter(|line| is_mount(line));
        let listed: Vec<_> =
            lines.filter_map(|line| line.split_once("::<")?.1.split_once("::")).map(|it| it.0).collect();
        if listed == built {
            return Ok(());
        }
        Err(SettingError::new(format!(
            "{MOUNT} has changed since this program was built: start it with `cargo run --`, which builds it"
        )))
    }

    /// A file that will be written with the others.
    pub(super) fn put(&mut self, path: PathBuf, text: String) {
        self.files.insert(path, text);
    }

    /// Changes a file that was read.
    fn edit<T>(
        &mut self,
        name: &str,
        change: impl FnOnce(&str) -> Option<(String, T)>,
    ) -> Result<T, SettingError> {
        let path = self.root.join(name);
        let changed = self.files.get(&path).and_then(|text| change(text));
        let wrong = || SettingError::new(format!("{name} does not have the list of functions that it had"));
        let (text, result) = changed.ok_or_else(wrong)?;
        self.files.insert(path, text);
        Ok(result)
    }

    /// Puts a function into all lists; returns its place among the functions that are mounted.
    pub(super) fn register(&mut self, name: &Name, dependencies: &[&str]) -> Result<usize, SettingError> {
        self.is_free(name)?;
        self.edit(WORKSPACE, |text| insert(text, is_member, &member(name)))?;
        let functions = functions(&self.files[&self.root.join(WORKSPACE)]);
        self.edit(WORKSPACE, |text| insert(text, is_path, &path(name)))?;
        self.edit(BINARY, |text| insert(text, |line| is_import(line, &functions), &import(name)))?;
        self.edit(LOCK, |text| Some((locked(text, &name.package, dependencies)?, ())))?;
        self.edit(MOUNT, |text| insert(text, is_mount, &mounted(name)))
    }

    /// Takes a function out of all lists.
    pub(super) fn withdraw(&mut self, name: &Name, routes: &[Route]) -> Result<(), SettingError> {
        let package = &name.package;
        self.edit(WORKSPACE, |text| without(text, |line| line == member(name) || line == path(name)))?;
        self.edit(BINARY, |text| without(text, |line| line == import(name)))?;
        let begin = format!("    http::<{}::", name.krate);
        self.edit(MOUNT, |text| without(text, |line| line.starts_with(&begin)))?;
        self.edit(LOCK, |text| Some((unlocked(text, package)?, ())))?;
        let keys: Vec<_> = routes.iter().map(Route::key).collect();
        if self.files.contains_key(&self.root.join(PUBLIC)) {
            self.edit(PUBLIC, |text| {
                let lines = text.lines().filter(|line| !keys.iter().any(|key| key == line));
                Some((lines.map(|line| format!("{line}\n")).collect(), ()))
            })?;
        }
        Ok(())
    }

    /// Writes down that these routes are meant to be public.
    pub(super) fn publish(&mut self, routes: &[Route]) -> Result<(), SettingError> {
        if !self.files.contains_key(&self.root.join(PUBLIC)) {
            return Ok(());
        }
        for route in routes {
            self.edit(PUBLIC, |text| insert(text, |line| !line.is_empty(), &route.key()))?;
        }
        Ok(())
    }

    /// A package of this name, ours or another's, would be taken for the function somewhere.
    fn is_free(&self, name: &Name) -> Result<(), SettingError> {
        let taken = |line: &str| {
            let other = line.strip_prefix("name = \"").and_then(|rest| rest.strip_suffix('"'));
            other.is_some_and(|other| other.replace('-', "_") == name.krate)
        };
        if self.files[&self.root.join(LOCK)].lines().any(taken) {
            return Err(SettingError::new(format!(
                "{:?} cannot be a function: there is a package {} already; choose another path",
                name.path, name.package
            )));
        }
        Ok(())
    }

    /// Writes all files; the first that cannot be written ends it, and those before it stay.
    pub(super) fn write(self) -> Result<(), SettingError> {
        for (path, text) in self.files {
            let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
            folder.and_then(|()| fs::write(&path, text)).map_err(|error| {
                SettingError::new(format!("{} cannot be written: {error}", path.display()))
            })?;
        }
        Ok(())
    }
}

fn member(name: &Name) -> String {
    format!("    \"lambdas/{}\",", name.path)
}

fn is_member(line: &str) -> bool {
    line.starts_with("    \"lambdas/")
}

fn path(name: &Name) -> String {
    format!("{} = {{ path = \"lambdas/{}\" }}", name.package, name.path)
}

fn is_path(line: &str) -> bool {
    line.contains(" = { path = \"lambdas/")
}

/// The functions that the workspace names.
fn functions(workspace: &str) -> Vec<String> {
    let lines = workspace.lines().filter(|line| is_path(line));
    lines.filter_map(|line| Some(line.split_once(" = ")?.0.to_owned())).collect()
}

fn import(name: &Name) -> String {
    format!("{}.workspace = true", name.package)
}

fn is_import(line: &str, functions: &[String]) -> bool {
    line.strip_suffix(".workspace = true").is_some_and(|name| functions.iter().any(|known| known == name))
}

fn mounted(name: &Name) -> String {
    format!("    http::<{}::{}>(),", name.krate, name.kind)
}

fn is_mount(line: &str) -> bool {
    line.starts_with("    http::<") && line.ends_with(">(),")
}

/// The text with a line more, in its place among those that belong to the list; and which place that is.
fn insert(text: &str, belongs: impl Fn(&str) -> bool, line: &str) -> Option<(String, usize)> {
    let lines: Vec<_> = text.lines().collect();
    let list: Vec<_> = lines.iter().enumerate().filter(|(_, line)| belongs(line)).collect();
    let place = list.iter().position(|(_, other)| **other > line).unwrap_or(list.len());
    let at = match list.get(place) {
        Some((at, _)) => *at,
        None => list.last()?.0 + 1,
    };
    let all = lines[..at].iter().chain([&line]).chain(&lines[at..]);
    Some((all.map(|line| format!("{line}\n")).collect(), place))
}

/// The text without these lines, of which there must be some.
fn without(text: &str, unwanted: impl Fn(&str) -> bool) -> Option<(String, ())> {
    let kept: String = text.lines().filter(|line| !unwanted(line)).map(|line| format!("{line}\n")).collect();
    (kept.len() < text.len()).then_some((kept, ()))
}

/// A lock file with one of our packages more, on which the local cloud depends.
fn locked(text: &str, package: &str, dependencies: &[&str]) -> Option<String> {
    let (head, mut blocks) = blocks(text)?;
    let names: String = dependencies.iter().map(|name| format!(" \"{name}\",\n")).collect();
    let block = format!("name = \"{package}\"\nversion = \"0.1.0\"\ndependencies = [\n{names}]\n");
    let at = blocks.iter().position(|other| *other > block).unwrap_or(blocks.len());
    blocks.insert(at, block);
    let cloud = blocks.iter_mut().find(|block| block.starts_with("name = \"latchkey\"\n"))?;
    *cloud = insert(cloud, |line| line.starts_with(" \""), &format!(" \"{package}\","))?.0;
    Some(joined(head, &blocks))
}

/// A lock file without one of our packages.
fn unlocked(text: &str, package: &str) -> Option<String> {
    let (head, mut blocks) = blocks(text)?;
    blocks.retain(|block| !block.starts_with(&format!("name = \"{package}\"\n")));
    let cloud = blocks.iter_mut().find(|block| block.starts_with("name = \"latchkey\"\n"))?;
    *cloud = without(cloud, |line| line == format!(" \"{package}\","))?.0;
    Some(joined(head, &blocks))
}

/// What is before the packages, and each of them.
fn blocks(text: &str) -> Option<(&str, Vec<String>)> {
    let (head, rest) = text.split_once(PACKAGE)?;
    Some((head, rest.split(PACKAGE).map(|block| format!("{}\n", block.trim_end())).collect()))
}

fn joined(head: &str, blocks: &[String]) -> String {
    format!("{head}{PACKAGE}{}", blocks.join(&format!("\n{PACKAGE}")))
}
