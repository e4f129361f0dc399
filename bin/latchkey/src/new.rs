//! `cargo run -- new` and `cargo run -- remove`: a function of your own, from its folder to every list that names functions.

mod lists;
mod name;
mod source;

use std::{
    fs,
    path::{Path, PathBuf},
};

use oauth::Scope;
use setting::{SettingError, Settings};
use token::Verifier;
use web::{Edge, Guard, Route};

use self::{lists::Tree, name::Name};
use crate::{
    mount::{self, FUNCTIONS, Mount},
    reference, settings, template,
};

/// Who may call the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Anyone whose access token has this scope.
    Scope(String),
    /// Anyone with a valid access token.
    SignedIn,
    /// Everybody.
    Public,
}

/// A function that somebody wants.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Its path, such as `reports/export`.
    pub path: &'a str,
    /// The methods it answers.
    pub methods: &'a [&'static str],
    /// Who may call it.
    pub who: Who,
}

/// Writes functions into the project at `root`, and registers them. Returns what to say about them. Nothing is written while one
/// of them is refused. A file that cannot be written is an error, and those written before it stay.
pub fn add(root: &Path, wanted: &[Wanted<'_>]) -> Result<String, SettingError> {
    let mut tree = Tree::open(root)?;
    let mut mounts = mount::all();
    let mut said = String::new();
    for wanted in wanted {
        said += &plan(root, wanted, &mut tree, &mut mounts)?;
    }
    print(root, &mut tree, mounts)?;
    tree.write()?;
    Ok(said)
}

fn plan(
    root: &Path,
    wanted: &Wanted<'_>,
    tree: &mut Tree,
    mounts: &mut Vec<Mount>,
) -> Result<String, SettingError> {
    let name = Name::parse(wanted.path)?;
    let folder = root.join("lambdas").join(&name.path);
    if folder.join("Cargo.toml").exists() || folder.join("src").exists() {
        return Err(SettingError::new(format!("lambdas/{} is there already", name.path)));
    }
    let guard = guard(&wanted.who)?;
    let routes = routes(&name, wanted.methods, guard, mounts)?;
    let at = tree.register(&name, &source::dependencies(guard))?;
    let reads = if guard == Guard::Public { &[] } else { GUARDED };
    mounts.insert(at, Mount::planned(name.package.clone().leak(), routes, reads));
    if guard == Guard::Public {
        tree.publish(routes)?;
    }
    tree.put(folder.join("Cargo.toml"), source::manifest(&name, guard));
    tree.put(folder.join("src/lib.rs"), source::library(&name, routes));
    tree.put(folder.join("src/main.rs"), source::binary(&name));
    Ok(said(&name, routes))
}

/// Takes away functions: the folder of each, but for other functions below it, and its place in every list.
pub fn remove(root: &Path, paths: &[&str]) -> Result<String, SettingError> {
    let mut tree = Tree::open(root)?;
    let mut mounts = mount::all();
    let mut folders = Vec::new();
    for path in paths {
        let name = Name::parse_any(path)?;
        let folder = root.join("lambdas").join(&name.path);
        let at = FUNCTIONS.iter().find(|mount| mount.name == name.package);
        let found = at.filter(|_| folder.join("Cargo.toml").exists()).ok_or_else(|| {
            SettingError::new(format!("there is no function lambdas/{}: name its folder", name.path))
        })?;
        tree.withdraw(&name, found.routes)?;
        mounts.retain(|mount| mount.name != name.package);
        folders.push(folder);
    }
    print(root, &mut tree, mounts)?;
    tree.write()?;
    folders.iter().try_for_each(|folder| clear(root, folder))?;
    Ok(format!(
        "{} gone, and so is every line that named it. Tests of yours that call it are still there.\n",
        paths.join(", ")
    ))
}

/// Deletes a function's files, and the folders that are empty then: one with another function below it stays.
fn clear(root: &Path, folder: &Path) -> Result<(), SettingError> {
    let cannot =
        |error: std::io::Error| SettingError::new(format!("{} cannot be deleted: {error}", folder.display()));
    fs::remove_file(folder.join("Cargo.toml")).map_err(cannot)?;
    fs::remove_dir_all(folder.join("src")).map_err(cannot)?;
    let all = root.join("lambdas");
    let _ = folder.ancestors().take_while(|at| *at != all).try_for_each(fs::remove_dir);
    Ok(())
}

fn guard(who: &Who) -> Result<Guard, SettingError> {
    let Who::Scope(scope) = who else {
        return Ok(if *who == Who::Public { Guard::Public } else { Guard::SignedIn });
    };
    let parsed: Result<Scope, _> = scope.parse();
    let one = !scope.is_empty() && !scope.contains(char::is_whitespace);
    if parsed.is_ok() && one {
        Ok(Guard::Scope(scope.clone().leak()))
    } else {
        Err(SettingError::new("--scope must be one scope, such as users:read"))
    }
}

/// The routes, none of which another function answers already.
fn routes(
    name: &Name,
    methods: &[&'static str],
    guard: Guard,
    mounts: &[Mount],
) -> Result<&'static [Route], SettingError> {
    let path: &'static str = format!("/{}", name.path).leak();
    for &method in methods {
        let taken = |mount: &&Mount| {
            mount.routes.iter().any(|route| route.method == method && route.captures(path).is_some())
        };
        if let Some(mount) = mounts.iter().find(taken) {
            return Err(SettingError::new(format!("{} answers {method} {path} already", mount.name)));
        }
    }
    let routes: Vec<_> = methods.iter().map(|method| Route { method, path, guard }).collect();
    Ok(routes.leak())
}

/// What a guarded function reads, as its source declares it.
static GUARDED: Settings = &[Verifier::SETTINGS, Edge::SETTINGS];

/// The documents that are printed from what functions declare.
fn print(root: &Path, tree: &mut Tree, mounts: Vec<Mount>) -> Result<(), SettingError> {
    let values = settings::of_file(&root.join(".env"))?;
    tree.put(root.join("docs/settings.md"), reference::settings_with(&mounts));
    tree.put(root.join("infra/template.yaml"), template::text_with(&values, mounts)?);
    Ok(())
}

fn said(name: &Name, routes: &[Route]) -> String {
    let keys: Vec<_> = routes.iter().map(Route::key).collect();
    let mut text = format!(
        "lambdas/{} answers {}: write what it does into lambdas/{}/src/lib.rs, and `cargo run` serves it.\n",
        name.path,
        keys.join(", "),
        name.path
    );
    if let Some(Guard::Scope(scope)) = routes.first().map(|route| route.guard) {
        let roles = user::settings::ROLES.default.unwrap_or_default();
        if !roles.split([' ', ';', '=']).any(|word| word == scope) {
            text += &format!("No role has the scope {scope} as delivered: add it to ROLES in .env.\n");
        }
    }
    text + &format!("`cargo run -- remove {}` removes it again.\n", name.path)
}

/// The project's folder: where this is, or above it.
pub fn root(here: &Path) -> Result<PathBuf, SettingError> {
    let is_root = |folder: &&Path| folder.join("lambdas").is_dir() && folder.join(lists::MOUNT).is_file();
    let found = here.ancestors().find(is_root).map(Path::to_owned);
    found.ok_or_else(|| SettingError::new("this is not the project's folder: go where lambdas/ and bin/ are"))
}
