//! `latchkey client`, as an operator runs it.

use super::folder::Folder;

mod file;
mod place;

/// A folder whose pages may be called by an app.
fn folder() -> Folder {
    Folder::with(&[(".env.local", "CORS_ORIGINS=https://app.example.com\n")])
}

impl Folder {
    /// What `latchkey client` printed; or the one line in which it said no.
    fn client(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(&[&["client"], arguments].concat()).output().unwrap();
        let (printed, said) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        if output.status.success() {
            assert_eq!(said, "", "{arguments:?}");
            return Ok(printed);
        }
        assert_eq!(printed, "", "{arguments:?}");
        Err(said)
    }

    /// The lines of `latchkey audit`.
    fn trail(&self, arguments: &[&str]) -> Vec<String> {
        let printed = self.says(&[&["audit"], arguments].concat());
        printed.unwrap().lines().map(str::to_owned).collect()
    }
}

fn value(text: &str, name: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
}

const WEB: [&str; 5] = ["add", "web", "Shop", "--redirect-uri", "https://shop.example.com/cb"];

#[test]
fn a_server_that_is_told_of_the_end_of_sessions_has_an_address_that_may_be_called() {
    // #71, #90
    let folder = folder();
    let add = |uri: &str| folder.client(&[WEB.as_slice(), &["--backchannel-logout-uri", uri]].concat());
    let id = value(&add("https://shop.example.com/backchannel").unwrap(), "CLIENT_ID");
    let shown = folder.client(&["show", &id]).unwrap();
    assert!(shown.contains("https://shop.example.com/backchannel"), "{shown}");
    // latchkey is on this machine, and so may the server be.
    add("http://localhost:3001/backchannel").unwrap();
    for (uri, why) in [
        ("http://shop.example.com/x", "must be https"),
        ("https://shop.example.com/x#y", "a fragment"),
        ("https://u:p@shop.example.com/x", "a user name"),
        ("https://169.254.169.254/latest/meta-data", "no public https address"),
        ("https://[fe80::1]/", "no public https address"),
    ] {
        let said = add(uri).unwrap_err();
        assert!(said.contains(why), "{uri}: {said}");
    }
    folder.write(".env.local", "BASE_URL=https://id.example.com\n");
    add("https://shop.example.com/backchannel").unwrap();
    for uri in [
        "http://localhost:9001/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://2852039166/x",
    ] {
        let said = add(uri).unwrap_err();
        assert!(said.contains("no public https address"), "{uri}: {said}");
    }
}

#[test]
fn a_new_server_is_told_where_its_library_finds_name_and_address() {
    let folder = folder();
    let added = folder.client(&WEB).unwrap();
    assert!(added.contains("# Auth.js") && added.contains("idToken: false"), "{added}");
    let added = folder.client(&[WEB.as_slice(), &["--claims-in-id-token"]].concat()).unwrap();
    assert!(added.contains("# Auth.js") && !added.contains("idToken: false"), "{added}");
}

#[test]
fn a_client_is_registered_shown_rotated_disabled_and_removed() {
    // #35, #91
    let folder = folder();
    let added = folder.client(&WEB).unwrap();
    let (id, secret) = (value(&added, "CLIENT_ID"), value(&added, "CLIENT_SECRET"));
    assert_eq!((value(&added, "ISSUER").as_str(), secret.len()), ("http://localhost:3000", 43));
    assert_eq!(added.matches(&secret).count(), 1, "once, and nowhere in a sample");
    let shown = folder.client(&["show", &id]).unwrap();
    for part in ["Shop", "https://shop.example.com/cb", "client_secret_basic client_secret_post", "active"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let second = value(&folder.client(&["rotate-secret", &id]).unwrap(), "CLIENT_SECRET");
    assert_ne!(second, secret);
    let shown = folder.client(&["show", &id]).unwrap();
    assert_eq!(shown.matches("secret made").count(), 2, "{shown}");
    assert!(!shown.contains(&secret) && !shown.contains(&second));
    folder.client(&["rotate-secret", &id, "--finish"]).unwrap();
    assert_eq!(folder.client(&["show", &id]).unwrap().matches("secret made").count(), 1);
    for (command, status) in [("disable", "disabled"), ("enable", "active")] {
        folder.client(&[command, &id]).unwrap();
        let listed = folder.client(&["list"]).unwrap();
        assert_eq!(listed.split_whitespace().collect::<Vec<_>>(), ["web", &id, status, "Shop"]);
    }
    folder.client(&["remove", &id]).unwrap();
    assert_eq!(folder.client(&["list"]).unwrap(), "");
    for command in ["show", "disable", "rotate-secret", "remove"] {
        let said = folder.client(&[command, &id]).unwrap_err();
        assert!(said.contains("there is no") && said.contains("client list"), "{said}");
    }
}

#[test]
fn each_kind_is_printed_as_its_library_wants_it() {
    let folder = folder();
    let app = ["--redirect-uri", "https://app.example.com/cb"];
    for (arguments, has_secret, part) in [
        ([&["add", "spa", "Shop"], &app[..]].concat(), false, "new UserManager({"),
        ([&["add", "web", "Shop"], &app[..]].concat(), true, "client.discovery(new URL(ISSUER)"),
        (
            vec!["add", "native", "Shop", "--redirect-uri", "com.example.shop:/cb"],
            false,
            "com.example.shop:/cb",
        ),
        (vec!["add", "service", "Import"], true, "grant_type=client_credentials"),
        // Our own API is never a default, and a request names it.
        (
            vec!["add", "service", "Job", "--audience", "http://localhost:3000", "--scope", "users:read"],
            true,
            "-d 'scope=users:read' -d 'resource=http://localhost:3000' \"$ISSUER/oauth/token\"",
        ),
        (
            vec!["add", "api", "Pets", "--audience", "https://pets.example.com", "--introspection"],
            true,
            "jwtVerify(",
        ),
    ] {
        let text = folder.client(&arguments).unwrap();
        assert_eq!(text.contains("CLIENT_SECRET="), has_secret, "{text}");
        assert!(text.contains(part), "{text}");
    }
    for kind in ["web", "spa", "native"] {
        let id = format!("my-{kind}");
        let named = [&["add", kind, "Shop"], &app[..], &["--client-id", &id]].concat();
        assert_eq!(value(&folder.client(&named).unwrap(), "CLIENT_ID"), id);
        assert!(folder.client(&named).unwrap_err().contains("my-"), "it is there already");
    }
    let apart = [&WEB[..], &["--pkce-optional"]].concat();
    assert!(folder.client(&apart).unwrap().contains("# Warning: without PKCE"));
}

#[test]
fn a_service_without_a_secret_prints_what_its_platform_must_do() {
    // #91
    let folder = folder();
    let issuer = "https://abc123.tokens.sts.global.api.aws";
    let github = "github:repository_id=74,environment=prod";
    let aws = format!("aws:issuer={issuer},role=arn:aws:iam::123456789012:role/importer");
    let pod = "kubernetes:issuer=https://k8s.example.com,namespace=shop,service_account=importer";
    let add = ["add", "service", "Importer", "--workload", github, "--workload", &aws, "--workload", pod];
    let added = folder.client(&add).unwrap();
    assert!(!added.contains("SECRET"), "{added}");
    for part in [
        "FOREIGN_TOKENS=on",
        "id-token: write",
        "environment: prod",
        "--data-urlencode audience=http://localhost:3000 ",
        "aws sts get-web-identity-token --audience http://localhost:3000 ",
        "\"sts:IdentityTokenAudience\": \"http://localhost:3000\"",
        "serviceAccountName: importer",
        "audience: http://localhost:3000\n",
        &format!("client_id={}", value(&added, "CLIENT_ID")),
    ] {
        assert!(added.contains(part), "{part}: {added}");
    }
    let shown = folder.client(&["show", &value(&added, "CLIENT_ID")]).unwrap();
    assert!([github, &aws, pod].iter().all(|workload| shown.contains(workload)), "{shown}");
    let keys = "https://importer.example.com/jwks.json";
    let added = folder.client(&["add", "service", "Importer", "--jwks-uri", keys]).unwrap();
    assert!(!added.contains("SECRET"), "{added}");
    assert!(folder.client(&["show", &value(&added, "CLIENT_ID")]).unwrap().contains(keys));
    folder.write(
        "clients.json",
        &format!(
            r#"{{"clients":[{{"client_id":"job","kind":"service","workloads":["{github}"]}},
            {{"client_id":"keys","kind":"service","jwks_uri":"{keys}"}}]}}"#
        ),
    );
    folder.client(&["import", "clients.json"]).unwrap();
    assert!(folder.client(&["show", "job"]).unwrap().contains(github));
    assert!(folder.client(&["show", "keys"]).unwrap().contains(keys));
}

#[test]
fn what_cannot_be_safe_is_refused_in_one_line() {
    // #24, #30, #38, #46
    let folder = folder();
    let uri = |uri: &'static str| vec!["add", "web", "Shop", "--redirect-uri", uri];
    for (arguments, words) in [
        (uri("http://shop.example.com/cb"), &["http://shop.example.com/cb", "use https"][..]),
        (uri("https://shop.example.com/*"), &["wildcard"]),
        (uri("javascript:alert(1)"), &["javascript:alert(1)"]),
        (uri("com.example.shop:/cb"), &["native"]),
        (
            vec!["add", "spa", "Shop", "--redirect-uri", "http://localhost:5173/cb"],
            &["CORS_ORIGINS=https://app.example.com,http://localhost:5173"],
        ),
        (vec!["add", "spa", "Shop", "--redirect-uri", "javascript:alert(1)"], &["must be https"]),
        (vec!["add", "web", "", "--redirect-uri", "https://shop.example.com/cb"], &["name"]),
        ([&WEB[..], &["--auth", "private_key_jwt"]].concat(), &["public keys"]),
        ([&WEB[..], &["--jwks", "missing.json"]].concat(), &["missing.json"]),
        ([&WEB[..], &["--scope", "pets:read"]].concat(), &["pets:read", "--audience"]),
        (
            [&WEB[..], &["--audience", "https://pets.example.com"]].concat(),
            &["https://pets.example.com", "add api"],
        ),
        ([&WEB[..], &["--default-scope", "a\"b"]].concat(), &["--default-scope"]),
        ([&WEB[..], &["--access-token-lifetime", "7200"]].concat(), &["60 to 3600"]),
        (vec!["add", "api", "Pets", "--audience", "pets"], &["absolute URI"]),
        (vec!["add", "api", "Pets", "--audience", "http://localhost:3000"], &["already"]),
        (vec!["show", "nobody"], &["there is no"]),
        (vec!["show", "https://nobody.example"], &["there is no"]),
    ] {
        let said = folder.client(&arguments).expect_err(&format!("{arguments:?}"));
        assert!(said.starts_with("latchkey: ") && said.lines().count() == 1, "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
    }
    assert_eq!(folder.client(&["list"]).unwrap(), "");
}

#[test]
fn a_token_is_for_the_first_api_that_is_named_and_never_by_default_for_our_own() {
    // #57
    let folder = folder();
    let api = ["add", "api", "Pets", "--audience", "https://pets.example.com", "--scope", "pets:read"];
    let printed = folder.client(&[&api[..], &["--consent-scope", "pets:delete"]].concat()).unwrap();
    assert!(printed.contains("pets:read, pets:delete (asks for consent)"), "{printed}");
    let algorithm = |audience: &str| {
        let shown = folder.client(&["show", audience]).unwrap();
        let line = shown.lines().find(|line| line.starts_with("access tokens")).unwrap();
        line.rsplit(' ').next().unwrap().to_owned()
    };
    assert_eq!(algorithm("https://pets.example.com"), "RS256");
    let es256 =
        ["add", "api", "Cats", "--audience", "https://cats.example.com", "--access-token-alg", "ES256"];
    folder.client(&es256).unwrap();
    assert_eq!(algorithm("https://cats.example.com"), "ES256");
    assert!(
        printed.contains("add pets:delete pets:read to a role, with latchkey role set, or in ROLES"),
        "{printed}"
    );
    folder.write(".env.local", "ROLES=\"member=get:profile feed:read\"\n");
    let feed = ["add", "api", "Feed", "--audience", "https://feed.example.com", "--scope", "feed:read"];
    assert!(!folder.client(&feed).unwrap().contains("ROLES"), "a role has it");
    let (ours, pets) = ("http://localhost:3000", "https://pets.example.com");
    let shown = |audiences: &[&str]| {
        let audiences = audiences.iter().flat_map(|audience| ["--audience", audience]);
        let added = folder.client(&WEB.into_iter().chain(audiences).collect::<Vec<_>>()).unwrap();
        folder.client(&["show", &value(&added, "CLIENT_ID")]).unwrap()
    };
    let default = |text: &str| {
        text.lines().find_map(|line| line.strip_prefix("default API")).map(|api| api.trim().to_owned())
    };
    assert_eq!(default(&shown(&[ours, pets])).as_deref(), Some(pets));
    assert_eq!(default(&shown(&[ours])), None);
    assert_eq!(default(&shown(&[])), None);
    folder.client(&["disable", "https://pets.example.com/"]).unwrap();
    assert!(folder.client(&["show", pets]).unwrap().contains("disabled"));
    folder.client(&["remove", pets]).unwrap();
    assert!(folder.client(&["show", pets]).is_err());
}
