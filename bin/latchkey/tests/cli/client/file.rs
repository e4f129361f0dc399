//! The clients of a file.

use super::{super::folder::Running, folder};

/// What docs/apps.md shows.
fn documented() -> String {
    let page = include_str!("../../../../../docs/apps.md");
    page.split("```json\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

#[test]
fn the_clients_of_a_file_are_there_before_the_local_cloud_says_where_it_is() {
    let folder = folder();
    folder.write("clients.json", &documented());
    for _ in 0..2 {
        let cloud = Running::in_folder(&folder, &["--clients", "clients.json"]);
        let listed = folder.client(&["list"]).unwrap();
        assert!(listed.contains("web      suite") && listed.contains("api      https://pets"), "{listed}");
        drop(cloud);
    }
    folder.write("clients.json", r#"{"clients":[{"client_id":"late","kind":"web"}]}"#);
    let refused = folder.command(&["--port", "0", "--clients", "clients.json"]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("\"late\"") && refused.stdout.is_empty(), "{said}");
}

#[test]
fn the_file_of_the_documentation_is_imported_and_again_without_effect() {
    let folder = folder();
    folder.write("clients.json", &documented());
    let first = folder.client(&["import", "clients.json"]).unwrap();
    assert_eq!(first, "api      https://pets.example.com\nweb      suite\n");
    let shown = folder.client(&["show", "suite"]).unwrap();
    assert_eq!(folder.client(&["import", "clients.json"]).unwrap(), first);
    assert_eq!(folder.client(&["show", "suite"]).unwrap(), shown);
    folder.write(
        "clients.json",
        &documented().replace("suite.example.com/callback", "suite.example.com/other"),
    );
    folder.client(&["import", "clients.json"]).unwrap();
    assert!(folder.client(&["show", "suite"]).unwrap().contains("https://suite.example.com/other"));
    // Each act is in the trail, and what changed nothing is not.
    let events = folder.trail(&[]);
    let mut kinds: Vec<_> = events.iter().map(|event| event.split_whitespace().nth(1).unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["api_set", "client_added", "client_changed"]);
}

#[test]
fn a_wrong_file_is_refused_without_a_word_of_its_secrets() {
    // #91, #103
    let folder = folder();
    let client = |more: &str| {
        format!(
            r#"{{"clients":[{{"client_id":"c","kind":"web","redirect_uris":["https://a.example/cb"]{more}}}]}}"#
        )
    };
    let secret = "canary0123456789abcdef0123456789abcdef";
    for (text, words) in [
        (String::new(), &["clients.json", "docs/apps.md"][..]),
        ("[]".to_owned(), &["docs/apps.md"]),
        (client(""), &["\"c\"", "client_secret"]),
        (client(r#","client_secret":"canary""#), &["32 to 255"]),
        (client(&format!(r#","client_secret":"{secret}","redirect_uri":"x""#)), &["redirect_uri"]),
        (client(&format!(r#","client_secret":["{secret}"]"#)), &["line 1"]),
        (client(&format!(r#","client_secret":"{secret}","kind":"{secret}""#)), &["line 1"]),
        (
            client(&format!(r#","client_secret":"{secret}","token_endpoint_auth_method":"{secret}""#)),
            &["line 1"],
        ),
        (client(&format!(r#","client_secret":"{secret}","scope":"pets:read""#)), &["pets:read"]),
        (client(&format!(r#","client_secret":"{secret}","grant_types":["password"]"#)), &["line 1"]),
        (
            client(&format!(r#","client_secret":"{secret}","id_token_signed_response_alg":"none""#)),
            &["id_token"],
        ),
    ] {
        folder.write("clients.json", &text);
        let said = folder.client(&["import", "clients.json"]).expect_err(&text);
        assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
        assert!(!said.contains("canary") && said.lines().count() == 1, "{said}");
    }
    assert_eq!(folder.client(&["list"]).unwrap(), "");
}
