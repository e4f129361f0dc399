//! `cargo run -- new`, as somebody uses it who adds a function of their own: in a copy of the project, which is then built, tested
//! and called; and removed.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::SystemTime,
};

use latchkey::new::{self, Wanted, Who};
use tests::Agent;
use web::CookieMode;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// What a copy needs: all that is built and tested.
const PARTS: [&str; 12] = [
    ".cargo",
    ".env",
    "Cargo.lock",
    "Cargo.toml",
    "bin",
    "clippy.toml",
    "docs",
    "fuzz",
    "infra",
    "lambdas",
    "lib",
    "tests",
];

/// A copy of the project.
struct Project(PathBuf);

impl Project {
    /// In a place of its own that is always the same. Its files have the times of the project's, so that cargo takes what it has
    /// built of them for the project.
    fn copy(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("new-{name}"));
        fs::create_dir_all(&path).unwrap();
        let project = Self(path);
        let mut wanted = BTreeMap::new();
        for part in PARTS.iter().chain(&["README.md", "rustfmt.toml"]) {
            read(Path::new(ROOT), Path::new(part), &mut wanted);
        }
        let there = project.files();
        for path in there.keys().filter(|path| !wanted.contains_key(*path)) {
            fs::remove_file(project.0.join(path)).unwrap();
        }
        for (path, content) in &wanted {
            let (ours, copy) = (Path::new(ROOT).join(path), project.0.join(path));
            if there.get(path) != Some(content) || changed(&ours) != changed(&copy) {
                fs::create_dir_all(copy.parent().unwrap()).unwrap();
                fs::write(&copy, content).unwrap();
                File::options().write(true).open(&copy).unwrap().set_modified(changed(&ours)).unwrap();
            }
        }
        for part in PARTS.iter().map(|part| project.0.join(part)).filter(|part| part.is_dir()) {
            remove_empty(&part);
        }
        project
    }

    /// Every file with its content.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        read(&self.0, Path::new(""), &mut all);
        all
    }

    fn add(&self, wanted: &[Wanted<'_>]) -> Result<String, String> {
        new::add(&self.0, wanted).map_err(|error| error.to_string())
    }

    /// cargo in the copy. What is compiled for the project already is taken from there. The local cloud, which mounts more functions
    /// here, and what depends on it have other names in that folder; programs lie in a folder of their own.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        command.env("CARGO_BUILD_BUILD_DIR", target).env("CARGO_TARGET_DIR", self.0.join("target"));
        command.env("CARGO_NET_OFFLINE", "true");
        command
    }

    /// The program that is built in the copy, in its folder.
    fn latchkey(&self, words: &[String]) -> Command {
        let mut command = Command::new(self.0.join("target/debug/latchkey"));
        command.args(words).current_dir(&self.0).env_clear().stdin(Stdio::null());
        command
    }

    /// What the README's one line that adds a function says to the program.
    fn in_the_readme(&self) -> Vec<String> {
        let readme = fs::read_to_string(self.0.join("README.md")).unwrap();
        let lines = readme.lines().filter_map(|line| line.strip_prefix("cargo run -- "));
        let mut lines = lines.filter(|line| line.starts_with("new "));
        let words = lines.next().unwrap().split(' ').map(str::to_owned).collect();
        assert_eq!(lines.next(), None);
        words
    }

    /// Formatting and lints; the documentation would take too long.
    fn is_in_order(&self) {
        run(self.cargo(&["fmt", "--all", "--check"]));
        run(self.cargo(&["clippy", "--locked", "--workspace", "--lib", "--bins", "--", "-D", "warnings"]));
    }
}

/// Reads all files of a folder, but for what is made there, under their names in `root`.
fn read(root: &Path, path: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let full = root.join(path);
    if !full.is_dir() {
        all.insert(path.to_owned(), fs::read(full).unwrap());
        return;
    }
    for entry in fs::read_dir(full).unwrap() {
        let name = entry.unwrap().file_name();
        if !["node_modules", "target", "out", "__pycache__"].contains(&name.to_str().unwrap()) {
            read(root, &path.join(name), all);
        }
    }
}

/// When a file was changed last.
fn changed(file: &Path) -> SystemTime {
    fs::metadata(file).unwrap().modified().unwrap()
}

/// Removes the folders in which there is no file, and says whether this is one.
fn remove_empty(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // Every folder is looked into.
    let full = entries.filter(|path| !path.is_dir() || !remove_empty(path)).count();
    full == 0 && fs::remove_dir(folder).is_ok()
}

/// What it prints; it must succeed.
fn run(mut command: Command) -> String {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{command:?}: {}", said.concat());
    let [printed, _] = said;
    printed
}

/// The local cloud of the copy, until this is dropped.
struct Running(Child, String);

impl Running {
    fn start(project: &Project) -> Self {
        let mut command = Command::new(project.0.join("target/debug/latchkey"));
        command.args(["--port", "0", "--home", "target/home"]).current_dir(&project.0).env_clear();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().last().unwrap().to_owned();
        Self(child, url)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
#[ignore = "builds a copy of the project, which takes minutes: bin/test does"]
async fn a_new_function_is_built_tested_and_called_and_goes_away_again() {
    // #75, #80, #81: its guard holds from its first moment.
    let project = Project::copy("built");
    let before = project.files();
    let scope = |scope: &str| Who::Scope(scope.to_owned());
    let all = &["GET", "POST", "PUT", "PATCH", "DELETE"];
    let wanted = [
        Wanted { path: "reports/daily-sum", methods: &["GET", "POST"], who: scope("reports:read") },
        Wanted { path: "status", methods: &["GET"], who: Who::Public },
        Wanted { path: "v2/users/me/letters-and-parcels", methods: all, who: Who::SignedIn },
    ];
    let said = project.add(&wanted).unwrap();
    assert!(said.contains("GET /status") && said.contains("remove status"), "{said}");
    assert!(said.contains("scope reports:read"), "{said}");
    // The program that did it does not know them yet.
    let again = Wanted { path: "once/more", methods: &["GET"], who: Who::Public };
    assert!(project.add(&[again]).unwrap_err().contains("cargo run"));

    // One more as the README has it, by the program that is built with those.
    run(project.cargo(&["build", "--locked", "--bin", "latchkey"]));
    let said = run(project.latchkey(&project.in_the_readme()));
    assert!(said.contains("GET /reports/export") && said.contains("remove reports/export"), "{said}");
    assert!(!said.contains("scope users:read"), "{said}");

    project.is_in_order();
    // The tests that look at every function; and the program that they run in, which those of the commands need.
    let filters =
        "architecture:: disabled:: events:: guards:: settings:: template:: rules:: cold_start::a_function";
    let mut arguments = vec!["test", "--locked", "--workspace", "--test", "api", "--test", "cli", "--"];
    arguments.extend(filters.split(' '));
    run(project.cargo(&arguments));

    let cloud = Running::start(&project);
    let (program, stranger) =
        (Agent::new(&cloud.1, false, CookieMode::Plain), Agent::new(&cloud.1, false, CookieMode::Plain));
    let admin = program.token("ada").await;
    let answer = stranger.bearer("/reports/export", &admin).await.expect(200);
    assert_eq!(answer.body, r#"{"hello":"Ada Lovelace"}"#);
    stranger.get("/reports/export").await.expect(401);
    stranger.bearer("/reports/export", "nonsense").await.expect(403);
    let member = Agent::new(&cloud.1, false, CookieMode::Plain).token("alan").await;
    stranger.bearer("/reports/export", &member).await.expect(403);
    stranger.bearer("/reports/daily-sum", &admin).await.expect(403);
    assert_eq!(stranger.get("/status").await.expect(200).body, r#"{"hello":"world"}"#);
    for method in all {
        let request = || stranger.request(method, "/v2/users/me/letters-and-parcels");
        assert_eq!(stranger.send(request()).await.status, 401, "{method}");
        assert_eq!(stranger.send(request().bearer_auth(&member)).await.status, 200, "{method}");
    }
    drop(cloud);

    let mut words = vec!["remove".to_owned(), "reports/export".to_owned()];
    words.extend(wanted.iter().map(|wanted| wanted.path.to_owned()));
    let mut command = project.latchkey(&words);
    command.current_dir(project.0.join("lambdas"));
    run(command);
    assert!(!project.0.join("lambdas/reports").exists() && !project.0.join("lambdas/v2").exists());
    let after = project.files();
    let changed: Vec<_> =
        before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

#[test]
fn an_invalid_function_changes_nothing() {
    let project = Project::copy("refused");
    let before = project.files();
    for (path, methods, who, words) in [
        ("users/me", &["GET"][..], Who::SignedIn, "lambdas/users/me is there already"),
        ("users/login", &["POST"], Who::SignedIn, "lambdas/users/login is there already"),
        (
            "users/login/google",
            &["GET"],
            Who::SignedIn,
            "users-login answers GET /users/login/google already",
        ),
        ("latchkey", &["GET"], Who::SignedIn, "there is a package latchkey already"),
        ("web", &["GET"], Who::SignedIn, "there is a package web already"),
        ("serde/json", &["GET"], Who::SignedIn, "there is a package serde-json already"),
        ("users-me", &["GET"], Who::SignedIn, "there is a package users-me already"),
        ("users/{id}", &["GET"], Who::SignedIn, "ROUTES"),
        ("../reports/export", &["GET"], Who::SignedIn, "a-z, 0-9"),
        ("Users/Export", &["GET"], Who::SignedIn, "a-z, 0-9"),
        ("async", &["GET"], Who::SignedIn, "Rust"),
        ("reports/export", &["GET"], Who::Scope(String::new()), "--scope"),
        ("reports/export", &["GET"], Who::Scope("a b".to_owned()), "--scope"),
        ("reports/export", &["GET"], Who::Scope("a\"b".to_owned()), "--scope"),
    ] {
        let error = project.add(&[Wanted { path, methods, who }]).unwrap_err();
        assert!(error.contains(words) && !error.contains('\n'), "{path}: {error}");
    }
    for path in ["users/nobody", "authorizer", "..", "", "users"] {
        assert!(new::remove(&project.0, &[path]).is_err(), "{path}");
    }
    let twice = Wanted { path: "reports/export", methods: &["GET"], who: Who::SignedIn };
    assert!(project.add(&[twice.clone(), twice]).is_err());
    assert!(new::root(Path::new("/")).is_err());
    assert_eq!(new::root(&project.0.join("lambdas/users")).unwrap(), project.0);
    assert!(project.files() == before);
}

#[test]
fn removing_a_function_keeps_those_below_it() {
    // `users/login` has another function in its folder.
    let project = Project::copy("above");
    new::remove(&project.0, &["users/login"]).unwrap();
    assert!(!project.0.join("lambdas/users/login/src").exists());
    assert!(!project.0.join("lambdas/users/login/Cargo.toml").exists());
    assert!(project.0.join("lambdas/users/login/callback/src/lib.rs").exists());
}
