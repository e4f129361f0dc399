//! No act without its event: every function of the libraries that changes people, rights, clients or consents is in a table here, with
//! how its event is written.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Where the functions are that change something.
const FILES: [&str; 21] = [
    "lib/authorization/src/apps.rs",
    "lib/authorization/src/consent.rs",
    "lib/client/src/manage.rs",
    "lib/factor/src/rows.rs",
    "lib/user/src/bulk.rs",
    "lib/user/src/bulk/import.rs",
    "lib/user/src/by_mail/enter.rs",
    "lib/user/src/email.rs",
    "lib/user/src/epoch.rs",
    "lib/user/src/index.rs",
    "lib/user/src/link.rs",
    "lib/user/src/manage/change.rs",
    "lib/user/src/manage/create.rs",
    "lib/user/src/manage/delete.rs",
    "lib/user/src/manage/invite.rs",
    "lib/user/src/password/add.rs",
    "lib/user/src/password/mailed/done.rs",
    "lib/user/src/rights/change.rs",
    "lib/user/src/purchase.rs",
    "lib/user/src/sign_in.rs",
    "lib/webhook/src/sources.rs",
];

/// How the event of a function is written.
#[derive(Clone, Copy)]
enum Event {
    /// It takes the row of the event, and writes it in its transaction.
    WithIt,
    /// It has a namesake that does, and no function and no command calls it: tests do.
    Namesake,
    /// Whoever calls it writes one of these down.
    ByCaller(&'static str, &'static [&'static str]),
    /// It changes nothing that anybody would look for.
    None(&'static str),
}

use Event::{ByCaller, Namesake, None, WithIt};

const READS: Event = None("it only reads");

/// Every public function of these files.
const FUNCTIONS: &[(&str, &str, Event)] = &[
    ("rows", "add", WithIt),
    ("rows", "remove", WithIt),
    ("rows", "renew", WithIt),
    ("rows", "check", None("it uses a code up, which is a line of the log")),
    ("rows", "state", READS),
    ("add", "add", WithIt),
    ("apps", "find", READS),
    ("apps", "remove", ByCaller("apps::remove(", &["ConsentRemoved"])),
    ("consent", "remove", ByCaller("Consent::remove(", &["ConsentRemoved"])),
    ("consent", "add", ByCaller("Consent::add(", &["ConsentGiven"])),
    ("consent", "find", READS),
    ("manage", "add", WithIt),
    ("manage", "add_api", WithIt),
    ("manage", "put", WithIt),
    ("manage", "put_api", WithIt),
    ("manage", "get", READS),
    ("manage", "list", READS),
    ("manage", "apis", READS),
    ("manage", "rotate_secret", WithIt),
    ("manage", "disable", WithIt),
    ("manage", "enable", WithIt),
    ("manage", "remove", WithIt),
    ("manage", "disable_api", WithIt),
    ("manage", "enable_api", WithIt),
    ("manage", "remove_api", WithIt),
    ("import", "import_noting", WithIt),
    ("import", "import", ByCaller("bulk::import(", &["PeopleImported"])),
    ("bulk", "export", ByCaller("bulk::export(", &["PersonExported"])),
    ("enter", "enter", WithIt),
    ("email", "invite", Namesake),
    ("email", "holder_of", READS),
    ("epoch", "end_everywhere", Namesake),
    ("epoch", "disable", Namesake),
    ("index", "index", None("it writes lists of what the rows of people say")),
    ("link", "identities_of", READS),
    ("link", "is_link_used", READS),
    ("link", "link", WithIt),
    ("link", "unlink", WithIt),
    ("change", "change", WithIt),
    ("change", "sign_out", WithIt),
    ("change", "begin", WithIt),
    ("create", "create", WithIt),
    ("delete", "delete", WithIt),
    ("delete", "finish_deletions", None("the deletions that it finishes have their events")),
    ("done", "reset", WithIt),
    ("done", "prove", WithIt),
    ("invite", "invite", WithIt),
    ("invite", "uninvite", WithIt),
    ("invite", "invited", READS),
    ("purchase", "apply", WithIt),
    ("sources", "find", READS),
    ("sources", "list", READS),
    ("sources", "save", WithIt),
    ("sources", "remove", WithIt),
    ("sign_in", "sign_in_noting", WithIt),
    ("sign_in", "sign_in", ByCaller("user::sign_in(", &["SignIn", "Token"])),
];

fn stem(path: &str) -> &str {
    Path::new(path).file_stem().unwrap().to_str().unwrap()
}

/// The public asynchronous functions of a file, each with its head.
fn functions(file: &str) -> Vec<(String, String)> {
    let source = fs::read_to_string(format!("{ROOT}/{file}")).unwrap();
    let heads =
        source.split("pub async fn ").skip(1).map(|rest| rest.split(") ->").next().unwrap().to_owned());
    heads.map(|head| (head.split('(').next().unwrap().to_owned(), head)).collect()
}

/// The sources of everything that ships, by crate.
fn products() -> BTreeMap<PathBuf, String> {
    let mut crates = BTreeMap::new();
    let mut folders = vec![PathBuf::from(ROOT).join("lambdas"), PathBuf::from(ROOT).join("bin/latchkey/src")];
    while let Some(folder) = folders.pop() {
        let name: PathBuf =
            folder.ancestors().find(|it| it.join("Cargo.toml").exists()).unwrap_or(&folder).to_owned();
        for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(entry).unwrap();
                crates.entry(name.clone()).or_insert_with(String::new).push_str(&text);
            }
        }
    }
    assert!(crates.len() > 10, "{crates:?}");
    crates
}

#[test]
fn every_function_that_changes_something_is_known_here() {
    let mut known: Vec<_> = FUNCTIONS.iter().map(|(file, name, _)| (*file, (*name).to_owned())).collect();
    let mut found: Vec<_> = FILES
        .iter()
        .flat_map(|file| functions(file).into_iter().map(move |(name, _)| (stem(file), name)))
        .collect();
    // Those of people and of rights are both in a `change.rs`.
    found.sort();
    found.dedup();
    known.sort();
    assert_eq!(found, known, "a new one writes its event down: see `Event` in this file");
}

#[test]
fn an_act_takes_the_row_of_its_event_into_its_transaction() {
    // #99
    for file in FILES {
        for (name, head) in functions(file) {
            let (_, _, event) = FUNCTIONS.iter().find(|it| it.0 == stem(file) && it.1 == name).unwrap();
            let takes = ["noted: ", "trail: ", "changed: "].iter().any(|parameter| head.contains(parameter));
            assert_eq!(takes, matches!(event, WithIt), "{file}: {name}");
            assert!(!matches!(event, None(why) if why.is_empty()), "{file}: {name} has a reason");
        }
    }
}

#[test]
fn nothing_that_ships_acts_without_an_event() {
    for (path, source) in products() {
        for nothing in ["NO_TRAIL", "manage::NOTHING"] {
            assert!(!source.contains(nothing), "{nothing} in {}", path.display());
        }
        for (_, name, event) in FUNCTIONS {
            match event {
                Namesake => {
                    let call = format!("user::{name}(");
                    let calls = source.match_indices(&call).filter(|(at, _)| !source[..*at].ends_with(':'));
                    assert_eq!(calls.count(), 0, "{call} in {}", path.display());
                }
                ByCaller(call, events) if source.contains(call) => {
                    let is_noted = events.iter().any(|event| source.contains(&format!("What::{event}")));
                    assert!(is_noted, "{call} in {} without {events:?}", path.display());
                }
                _ => {}
            }
        }
    }
}
