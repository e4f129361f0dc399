//! `latchkey new`: what it makes, and what it refuses.

use std::fs;

use super::folder::{Folder, PROJECT, refused};

#[test]
fn the_options_of_new_are_what_the_function_declares() {
    // #80: its guard is the one that was asked for.
    for (words, keys, guard) in [
        ("reports --get --scope users:read", &["GET"][..], "Scope(\"users:read\")"),
        ("reports --get --scope reports:write", &["GET"], "Scope(\"reports:write\")"),
        ("reports --get --signed-in", &["GET"], "SignedIn"),
        ("reports --get --public", &["GET"], "Public"),
        ("reports --post --signed-in", &["POST"], "SignedIn"),
        ("reports --put --signed-in", &["PUT"], "SignedIn"),
        ("reports --patch --signed-in", &["PATCH"], "SignedIn"),
        ("reports --delete --signed-in", &["DELETE"], "SignedIn"),
        ("--delete --public /reports --post", &["POST", "DELETE"], "Public"),
        (
            "--scope=users:read --delete --patch --put --post --get reports",
            &["GET", "POST", "PUT", "PATCH", "DELETE"],
            "Scope(\"users:read\")",
        ),
    ] {
        let folder = Folder::of_the_project();
        let public = folder.read("tests/api/public.txt");
        let arguments: Vec<_> = ["new"].into_iter().chain(words.split(' ')).collect();
        let mut command = folder.command(&arguments);
        let output = command.current_dir(folder.0.join("lambdas")).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{words}: {output:?}");
        let route = |key: &&str| format!("Route::{}(\"/reports\",Guard::{guard})", key.to_lowercase());
        let wanted = format!("&[{}]", keys.iter().map(route).collect::<Vec<_>>().join(","));
        assert_eq!(routes(&folder.read("lambdas/reports/src/lib.rs")), wanted, "{words}");
        assert!(folder.read("bin/latchkey/src/mount.rs").contains("http::<reports::Reports>()"), "{words}");
        let keys: Vec<_> = keys.iter().map(|key| format!("{key} /reports")).collect();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(&format!("answers {}:", keys.join(", "))), "{words}: {said}");
        let now = folder.read("tests/api/public.txt");
        let more: Vec<_> = now.lines().filter(|line| !public.lines().any(|before| before == *line)).collect();
        let open = guard == "Public";
        let mut keys = if open { keys } else { Vec::new() };
        keys.sort();
        assert_eq!(more, keys, "{words}");
    }
}

/// The routes that a function's source declares, without the white space.
fn routes(source: &str) -> String {
    let declared = source.split_once("const ROUTES: &'static [Route] =").unwrap().1;
    let text = declared.split(';').next().unwrap();
    text.split_whitespace().collect::<String>().replace(",]", "]")
}

#[test]
fn new_with_missing_options_changes_nothing() {
    // #80: who may come in is never guessed.
    let folder = Folder::of_the_project();
    let before = PROJECT.map(|name| folder.read(name));
    for (words, status, said) in [
        ("reports --signed-in", 2, "--get"),
        ("reports --scope users:read", 2, "--get"),
        ("reports --get", 2, "--scope"),
        ("reports --get --post", 2, "--signed-in"),
        ("reports --get --signed-in --public", 2, "cannot be used with"),
        ("reports --get --public --signed-in", 2, "cannot be used with"),
        ("reports --get --scope users:read --public", 2, "cannot be used with"),
        ("reports --get --scope users:read --signed-in", 2, "cannot be used with"),
        ("reports --get --scope users:read --scope reports:read", 2, "--scope"),
        ("reports --get --public=no", 2, "--public"),
        ("reports --get --scope", 2, "--scope"),
        ("reports --head --public", 2, "--head"),
        ("reports other --get --public", 2, "other"),
        ("--get --public", 2, "<PATH>"),
        ("reports --get --scope=", 1, "--scope must be one scope"),
        ("reports --get --scope=a\u{a0}b", 1, "--scope must be one scope"),
        ("Reports --get --public", 1, "a-z, 0-9"),
        ("users/token --post --public", 1, "already"),
    ] {
        let arguments: Vec<_> = ["new"].into_iter().chain(words.split(' ')).collect();
        let output = folder.command(&arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(status), 0), "{words}: {error}");
        assert!(error.contains(said), "{words}: {error}");
        assert!(PROJECT.map(|name| folder.read(name)) == before, "{words}");
        assert_eq!(fs::read_dir(folder.0.join("lambdas")).unwrap().count(), 0, "{words}");
    }
    let elsewhere = Folder::with(&[]);
    let arguments = ["new", "reports", "--get", "--public"];
    refused(&elsewhere.command(&arguments).output().unwrap(), &["this is not the project's folder"]);
}
