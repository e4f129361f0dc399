//! `latchkey client`, as an operator runs it.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// A folder to run in, with nothing of this machine's settings; it goes away with this.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("latchkey-{}", oauth::Secret::random().expose()));
        fs::create_dir(&path).unwrap();
        let folder = Self(path);
        folder.write(".env.local", "CORS_ORIGINS=https://app.example.com\n");
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command.args(arguments).current_dir(&self.0).env_clear().stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What it printed; or the one line in which it said no.
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
}

impl Folder {
    /// The lines of `latchkey audit`.
    fn trail(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.command(&[&["audit"], arguments].concat()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
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
    let folder = Folder::new();
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
fn a_client_is_registered_shown_rotated_disabled_and_removed() {
    // #35, #91
    let folder = Folder::new();
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
    let folder = Folder::new();
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
    let folder = Folder::new();
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
    let folder = Folder::new();
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
    let folder = Folder::new();
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

#[test]
fn a_client_is_registered_while_the_local_cloud_runs() {
    let folder = Folder::new();
    let cloud = Running::start(&folder);
    let added = folder.client(&WEB).unwrap();
    assert_eq!(value(&added, "ISSUER"), cloud.1, "where it is, and not where the settings would have it");
    drop(cloud);
    let id = value(&added, "CLIENT_ID");
    assert!(folder.client(&["list"]).unwrap().contains(&id), "and is there when it has stopped");
}

/// A local cloud in this folder that runs until this is dropped, and its address.
struct Running(Child, String);

impl Running {
    fn start(folder: &Folder) -> Self {
        Self::start_with(folder, &[])
    }

    fn start_with(folder: &Folder, more: &[&str]) -> Self {
        let mut cloud = folder.command(&[&["--port", "0"], more].concat()).spawn().unwrap();
        let first = BufReader::new(cloud.stdout.take().unwrap()).lines().next();
        let address = first.unwrap().unwrap().split_whitespace().last().unwrap().to_owned();
        assert!(address.starts_with("http://localhost:"), "{address}");
        Self(cloud, address)
    }
}

impl Running {
    /// Whether a page of this origin may read what is answered.
    fn allows(&self, origin: &str) -> bool {
        let at = self.1.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(at).unwrap();
        let asked = format!(
            "GET /.well-known/jwks.json HTTP/1.1\r\nhost: {at}\r\norigin: {origin}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(asked.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer.contains(&format!("access-control-allow-origin: {origin}\r\n"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_table_of_a_stack_is_that_of_its_name_and_its_address_is_its_output() {
    // The database of a local cloud stands for AWS, and a script for its CLI.
    let folder = Folder::new();
    folder.write(".env.local", "TABLE=shop-stack\n");
    let script = "#!/bin/sh\ncase \"$*\" in *'--stack-name shop-stack '*) echo '[[\"https://id.example.com\"], []]';; \
                  'sts get-caller-identity '*) echo arn:aws:iam::123456789012:user/ops;; \
                  *) echo \"Stack with id $4 does not exist\" >&2; exit 254;; esac\n";
    folder.write("aws", script);
    fs::set_permissions(folder.0.join("aws"), fs::Permissions::from_mode(0o700)).unwrap();
    let cloud = Running::start(&folder);
    let access = String::from_utf8(folder.command(&["database"]).output().unwrap().stdout).unwrap();
    let of = |name: &str| {
        access.split([' ', '\n']).find_map(|word| word.strip_prefix(&format!("{name}="))).unwrap()
    };
    let client = |arguments: &[&str]| {
        let mut command = folder.command(&[&["client", "--stack"], arguments].concat());
        command.env("PATH", &folder.0).env("AWS_REGION", "local").env("AWS_SECRET_ACCESS_KEY", "local");
        for name in ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ACCESS_KEY_ID"] {
            command.env(name, of(name));
        }
        let output = command.output().unwrap();
        let (printed, said) = (String::from_utf8(output.stdout), String::from_utf8(output.stderr));
        (output.status.success(), printed.unwrap() + &said.unwrap())
    };
    let (done, added) = client(&[&["shop-stack"], &WEB[..]].concat());
    assert!(done && value(&added, "ISSUER") == "https://id.example.com", "{added}");
    let (done, refused) = client(&["other-stack", "list"]);
    assert!(!done && refused.contains("other-stack does not exist"), "{refused}");
    drop(cloud);
    let id = value(&added, "CLIENT_ID");
    assert!(folder.client(&["list"]).unwrap().contains(&id));
    // Besides, the local cloud has registered its command line.
    let (trail, client) = (folder.trail(&[]), format!("client {id}"));
    let [event] = &trail.iter().filter(|event| event.contains(&client)).collect::<Vec<_>>()[..] else {
        panic!("one event of it: {trail:?}")
    };
    let expected = ["client_added", "by operator arn:aws:iam::123456789012:user/ops"];
    assert!(expected.iter().all(|part| event.contains(part)), "{event}");
}

#[test]
fn what_an_operator_does_is_in_the_trail_and_what_is_refused_is_not() {
    // #97: by the operator of this machine, in the transaction of the change; no name and no secret in it (#103).
    let folder = Folder::new();
    let added = folder.client(&WEB).unwrap();
    let (id, secret) = (value(&added, "CLIENT_ID"), value(&added, "CLIENT_SECRET"));
    folder.client(&["rotate-secret", &id]).unwrap();
    folder.client(&["disable", &id]).unwrap();
    folder.client(&["enable", &id]).unwrap();
    folder.client(&["remove", &id]).unwrap();
    folder.client(&["remove", &id]).unwrap_err();
    folder.client(&["add", "api", "Orders", "--audience", "https://orders.example.com"]).unwrap();
    let events = folder.trail(&[]);
    let mut kinds: Vec<_> = events.iter().map(|event| event.split_whitespace().nth(1).unwrap()).collect();
    kinds.sort_unstable();
    let all = [
        "api_set",
        "client_added",
        "client_disabled",
        "client_enabled",
        "client_removed",
        "client_secret_changed",
    ];
    assert_eq!(kinds, all);
    assert!(events.iter().all(|event| event.contains("by operator local")), "{events:?}");
    assert!(events.iter().all(|event| !event.contains("Shop") && !event.contains(&secret)), "{events:?}");
    assert_eq!(folder.trail(&["--what", "client_disabled"]).len(), 1);
    assert_eq!(folder.trail(&["--limit", "2"]).len(), 2);
    assert_eq!(folder.trail(&["--since", "1h"]).len(), 6);
    assert_eq!(folder.trail(&["--since", "2099-01-01"]), [""; 0]);
    assert_eq!(folder.trail(&["--user", "01890a5d-ac96-774b-bcce-b302099a8057"]), [""; 0]);
    for line in folder.trail(&["--json"]) {
        let event: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event["actor"], serde_json::json!({"kind": "operator", "id": "local"}));
    }
    for wrong in [["--what", "sign_in"], ["--what", "nonsense"], ["--since", "yesterday"]] {
        let output = folder.command(&[&["audit"], &wrong[..]].concat()).output().unwrap();
        assert!(!output.status.success() && output.stdout.is_empty(), "{wrong:?}");
    }
}

#[test]
fn status_says_whether_it_works_by_its_exit_code() {
    let folder = Folder::new();
    folder.write(".env.local", "PORT=9\n");
    let status = || folder.command(&["status"]).output().unwrap();
    let stopped = status();
    assert!(!stopped.status.success() && stopped.stdout.is_empty());
    let cloud = Running::start(&folder);
    folder.client(&WEB).unwrap();
    let running = status();
    let text = String::from_utf8(running.stdout).unwrap();
    assert!(running.status.success(), "{}", String::from_utf8_lossy(&running.stderr));
    assert!(text.contains(&format!("latchkey answers at {}", cloud.1)), "{text}");
    // The command line's, and this one.
    assert!(text.contains("2 client_added"), "{text}");
}

#[test]
fn the_pages_of_a_development_server_may_call_the_local_cloud_and_no_stack() {
    let folder = Folder::new();
    folder.write(".env.local", "");
    folder.client(&["add", "spa", "Notes", "--redirect-uri", "http://localhost:5173/"]).unwrap();
    let said =
        folder.client(&["add", "spa", "Notes", "--redirect-uri", "http://localhost:5174/"]).unwrap_err();
    assert!(said.contains("CORS_ORIGINS=http://localhost:5173,http://localhost:5174"), "{said}");
    let cloud = Running::start(&folder);
    assert!(cloud.allows("http://localhost:5173") && !cloud.allows("http://localhost:5174"));
    drop(cloud);
    folder.write(".env.local", "CORS_ORIGINS=\n");
    let said =
        folder.client(&["add", "spa", "Notes", "--redirect-uri", "http://localhost:5173/"]).unwrap_err();
    assert!(said.contains("CORS_ORIGINS=http://localhost:5173 "), "{said}");
}

#[test]
fn the_clients_of_a_file_are_there_before_the_local_cloud_says_where_it_is() {
    let folder = Folder::new();
    folder.write("clients.json", &documented());
    for _ in 0..2 {
        let cloud = Running::start_with(&folder, &["--clients", "clients.json"]);
        let listed = folder.client(&["list"]).unwrap();
        assert!(listed.contains("web      suite") && listed.contains("api      https://pets"), "{listed}");
        drop(cloud);
    }
    folder.write("clients.json", r#"{"clients":[{"client_id":"late","kind":"web"}]}"#);
    let refused = folder.command(&["--port", "0", "--clients", "clients.json"]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("\"late\"") && refused.stdout.is_empty(), "{said}");
}

/// What docs/apps.md shows.
fn documented() -> String {
    let page = include_str!("../../../docs/apps.md");
    page.split("```json\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

#[test]
fn the_file_of_the_documentation_is_imported_and_again_without_effect() {
    let folder = Folder::new();
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
    let folder = Folder::new();
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
