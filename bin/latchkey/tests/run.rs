//! The binary itself, as a person runs it: what it prints, where its settings come from, and how it refuses.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

const PROJECT: [&str; 8] = [
    ".env",
    "Cargo.lock",
    "Cargo.toml",
    "bin/latchkey/Cargo.toml",
    "bin/latchkey/src/mount.rs",
    "docs/settings.md",
    "infra/template.yaml",
    "tests/api/public.txt",
];

/// A folder to run in, with nothing of this machine's settings; it goes away with this.
struct Folder(PathBuf);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("latchkey-{}", oauth::Secret::random().expose()));
        fs::create_dir(&path).unwrap();
        for (name, content) in files {
            fs::write(path.join(name), content).unwrap();
        }
        Self(path)
    }

    /// What `new` and `remove` read and write of the project.
    fn of_the_project() -> Self {
        let folder = Self::with(&[]);
        fs::create_dir(folder.0.join("lambdas")).unwrap();
        for name in PROJECT {
            let to = folder.0.join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name), to).unwrap();
        }
        folder
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command.args(arguments).current_dir(&self.0).env_clear().stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A local cloud that runs until this is dropped, and the lines it printed.
struct Running {
    process: Child,
    lines: Vec<String>,
}

impl Running {
    fn start(mut command: Command, lines: usize) -> Self {
        let mut process = command.spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let lines = output.lines().take(lines).map(Result::unwrap).collect();
        Self { process, lines }
    }

    /// Asks for the front page: the answer's first line.
    fn front_page(&self) -> String {
        let address = self.lines[0].rsplit("http://localhost:").next().unwrap();
        let mut stream = TcpStream::connect(format!("127.0.0.1:{address}")).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// It ended, and said why in one line that holds all of these.
fn refused(output: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("latchkey: ") && words.iter().all(|word| said.contains(word)),
        "{words:?}: {said}"
    );
}

#[test]
fn it_prints_its_address_and_its_providers_and_answers() {
    let folder = Folder::with(&[(
        ".env",
        "PROVIDERS=google,gitlab\nGITLAB_CLIENT_ID=x\nGITLAB_CLIENT_SECRET=0123456789abcdef\n",
    )]);
    let port = free_port().to_string();
    let running = Running::start(folder.command(&["--port", &port, "--home", "there"]), 3);
    assert!(running.lines[0].ends_with(&format!("http://localhost:{port}")), "{:?}", running.lines);
    assert!(
        running.lines[1].starts_with("google ") && running.lines[1].contains("not offered"),
        "{:?}",
        running.lines
    );
    assert!(
        running.lines[2].starts_with("gitlab ") && running.lines[2].ends_with("ready"),
        "{:?}",
        running.lines
    );
    assert_eq!(running.front_page(), "HTTP/1.1 200 OK");
    assert!(folder.0.join("there/latchkey.db").exists());
}

#[test]
fn the_database_accepts_its_owner() {
    // #106: what opens it is in a file of the owner's, and in no line that is printed.
    let folder = Folder::with(&[]);
    let there = ["--home", "there"];
    refused(
        &folder.command(&[&["database"], &there[..]].concat()).output().unwrap(),
        &["there", "cargo run"],
    );
    let running = Running::start(folder.command(&["--port", &free_port().to_string(), "--home", "there"]), 2);
    let output = folder.command(&["--home", "there", "database"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let of = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("export {name}=")));
        line.unwrap_or_else(|| panic!("{name}: {text}")).to_owned()
    };
    let (address, key) = (of("AWS_ENDPOINT_URL_DYNAMODB"), of("AWS_ACCESS_KEY_ID"));
    assert!(!running.lines.concat().contains(&key));
    let tables = |key: &str| {
        let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 2\r\n\
             x-amz-target: DynamoDB_20120810.ListTables\r\n\
             authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/local/dynamodb/aws4_request\r\n\r\n{{}}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(tables(&key).ends_with(r#"{"TableNames":["latchkey"]}"#));
    assert!(!tables("local").contains("TableNames"));
    let mode = fs::metadata(folder.0.join("there/database.env")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(running);
    refused(&folder.command(&["--home", "there", "database"]).output().unwrap(), &["there", "cargo run"]);
}

#[test]
fn a_home_that_others_can_read_is_made_private_or_refused() {
    // #106
    let folder = Folder::with(&[]);
    let home = folder.0.join(".latchkey");
    fs::create_dir(&home).unwrap();
    fs::write(home.join("cookie-key"), oauth::Secret::random().expose()).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
    drop(Running::start(folder.command(&["--port", &free_port().to_string()]), 2));
    assert_eq!(fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o700);
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(home.join("letters.txt"), "").unwrap();
    refused(
        &folder.command(&["--port", &free_port().to_string()]).output().unwrap(),
        &["LATCHKEY_HOME", "letters.txt", "chmod 700"],
    );
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_files() {
    let [one, two, three, four] =
        [free_port(), free_port(), free_port(), free_port()].map(|port| port.to_string());
    let folder =
        Folder::with(&[(".env", &format!("PORT={one}\n")), (".env.local", &format!("PORT={two}\n"))]);
    let address = |command: Command| Running::start(command, 1).lines[0].clone();
    let with_environment = |arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.env("PORT", &three).env("LATCHKEY_HOME", "elsewhere");
        command
    };
    assert!(address(with_environment(&["--port", &four])).ends_with(&four));
    assert!(address(with_environment(&[])).ends_with(&three));
    assert!(folder.0.join("elsewhere").exists() && !folder.0.join(".latchkey").exists());
    assert!(address(folder.command(&[])).ends_with(&two));
    assert!(folder.0.join(".latchkey").exists());
    fs::remove_file(folder.0.join(".env.local")).unwrap();
    assert!(address(folder.command(&[])).ends_with(&one));
    let mut empty = folder.command(&[]);
    empty.env("LATCHKEY_HOME", "");
    assert!(address(empty).ends_with(&one), "an empty value counts as none");
}

#[test]
fn a_start_error_is_one_line_that_says_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = Folder::with(&[]);
    refused(&folder.command(&["--port", &port]).output().unwrap(), &[&port, "is taken", "--port"]);
    for (settings, words) in [
        ("PORT=many", &["PORT", "number"][..]),
        ("LOG=loud", &["LOG", "loud"]),
        ("BASE_URL=http://id.example.com", &["BASE_URL", "https"]),
        ("RETURN_TO=https://*.example.com", &["RETURN_TO", "exact"]),
        ("COOKIE_KEY=changeme", &["COOKIE_KEY", "openssl rand"]),
        ("CA_FILE=/nowhere.pem", &["CA_FILE", "/nowhere.pem"]),
        ("GOOGLE_CLIENT_ID=x", &["GOOGLE_CLIENT_SECRET"]),
        ("nonsense", &[".env.local:1", "NAME=value"]),
        (
            "\nGOOGLE_HOSTED_DOMAN=example.com",
            &[".env.local:2", "unknown setting", "did you mean GOOGLE_HOSTED_DOMAIN?"],
        ),
        ("GOGLE_CLIENT_ID=x", &[".env.local:1", "did you mean GOOGLE_CLIENT_ID?"]),
        ("MINE_ISSUER=https://mine.example.com", &[".env.local:1", "MINE_ISSUER", "PROVIDERS"]),
        ("AWS_REGION=x", &[".env.local:1", "unknown setting AWS_REGION", "docs/settings.md"]),
    ] {
        // Free of its port, so that it is the setting that ends it.
        let port =
            if settings.starts_with("PORT") { String::new() } else { format!("PORT={}\n", free_port()) };
        let folder = Folder::with(&[(".env", &port), (".env.local", settings)]);
        refused(&folder.command(&[]).output().unwrap(), words);
    }
    let folder = Folder::with(&[("file", "")]);
    refused(
        &folder.command(&["--home", "file", "--port", &free_port().to_string()]).output().unwrap(),
        &["LATCHKEY_HOME"],
    );
}

const GOOGLE: &str = "GOOGLE_CLIENT_ID=x.apps.googleusercontent.com\n";

#[test]
fn check_refuses_what_a_deployed_function_would_refuse() {
    let long = format!("RETURN_TO={}", "https://app.example.com,".repeat(180));
    let apple = "PROVIDERS=apple\nAPPLE_CLIENT_ID=x\nAPPLE_KEY_ID=k\n";
    for (settings, words) in [
        ("BASE_URL=http://id.example.com", &["BASE_URL", "https"][..]),
        ("RETURN_TO=https://*.example.com", &["RETURN_TO", "exact"]),
        ("ROLES=admin", &["ROLES"]),
        ("DEFAULT_ROLES=nobody", &["DEFAULT_ROLES"]),
        ("ADMINS=ada", &["ADMINS"]),
        ("LOG=loud", &["LOG", "loud"]),
        ("REVOCATION=yes", &["REVOCATION"]),
        ("ISSUERS=auth0", &["AUTH0_"]),
        ("GOOGLE_TIMEOUT=9", &["GOOGLE_TIMEOUT", "1 to 8"]),
        ("GOOGLE_CLIENT_ID=", &["GOOGLE_CLIENT_ID"]),
        ("CA_FILE=Cargo.toml", &["CA_FILE", "cargo run"]),
        ("BASE_URL=http://localhost:3000", &["BASE_URL", "this machine", "AWS_ENDPOINT_URL"]),
        ("BASE_URL=https://127.0.0.1", &["BASE_URL", "this machine"]),
        ("GOOGLE_ISSUER=http://localhost:9000", &["GOOGLE_ISSUER", "this machine"]),
        ("GOOGLE_TOKEN_ENDPOINT=http://[::1]:9000/token", &["GOOGLE_TOKEN_ENDPOINT", "this machine"]),
        ("ISSUERS=mine\nMINE_ISSUER=http://127.0.0.1:9000", &["MINE_ISSUER", "this machine"]),
        ("ISSUERS=mine\nMINE_JWKS_URI=http://localhost/jwks", &["MINE_JWKS_URI", "this machine"]),
        (&long, &["RETURN_TO has 4320 bytes", "users-login", "4096"]),
        (apple, &["APPLE_TEAM_ID"]),
        // A passkey belongs to its host for good. Where none is set, the stack's is the gateway's.
        ("PASSKEYS=on", &["PASSKEYS=on", "domain of your own"]),
        (
            "PASSKEYS=on\nBASE_URL=https://abc123.execute-api.eu-central-1.amazonaws.com",
            &["PASSKEYS=on", "domain of your own", "address of the gateway"],
        ),
        ("PASSKEYS=on\nBASE_URL=https://192.0.2.1", &["PASSKEYS=on", "host name"]),
    ] {
        let folder = Folder::with(&[(".env", GOOGLE), (".env.local", settings)]);
        refused(&folder.command(&["check"]).output().unwrap(), words);
        assert!(!folder.0.join(".latchkey").exists());
    }
}

#[test]
fn local_addresses_are_allowed_with_a_local_emulator() {
    let local = "BASE_URL=http://localhost:3000\nGOOGLE_ISSUER=http://127.0.0.1:9000";
    for (cloud, passes) in [
        ("http://127.0.0.1:4566", true),
        ("http://localhost:4566", true),
        ("http://[::1]:4566/", true),
        ("https://dynamodb.eu-central-1.amazonaws.com", false),
        ("http://localhost.example.com", false),
        ("localhost:4566", false),
        ("", false),
    ] {
        let folder = Folder::with(&[(".env", GOOGLE), (".env.local", local)]);
        let output = folder.command(&["check"]).env("AWS_ENDPOINT_URL", cloud).output().unwrap();
        assert_eq!(output.status.success(), passes, "{cloud}: {output:?}");
    }
}

#[test]
fn check_accepts_settings_with_which_every_function_starts() {
    // A secret is not looked at: what is deployed has another, which only the cloud knows.
    let signed = "PROVIDERS=google,apple,my-idp\nAPPLE_CLIENT_ID=x\nAPPLE_KEY_ID=k\nAPPLE_TEAM_ID=t\n\
                  MY_IDP_ISSUER=https://id.example.com\nMY_IDP_CLIENT_ID=x\nMY_IDP_CLIENT_AUTH=private_key_jwt\n";
    let passkeys = "PASSKEYS=on\nBASE_URL=https://id.example.com";
    let each =
        ["", "COOKIE_KEY=changeme", "GOOGLE_CLIENT_SECRET=short", "REVOCATION=closed", signed, passkeys];
    for settings in each {
        let folder = Folder::with(&[(".env", GOOGLE), (".env.local", settings)]);
        let output = folder.command(&["check"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{settings}: {said}");
        assert!(!folder.0.join(".latchkey").exists());
    }
}

#[test]
fn a_setting_is_printed_as_it_is_read() {
    let files = [
        (".env", "PROVIDERS=apple\nADMINS=nobody@example.com # not yet\n"),
        (
            ".env.local",
            r#"
export ADMINS = "ada@example.com"   # me
GOOGLE_CLIENT_SECRET='with $signs # and spaces'
OKTA_CLIENT_SECRET=plain#1 # a comment
AUTH0_CLIENT_SECRET="a \"quoted\" \$word"
APPLE_PRIVATE_KEY="-----BEGIN PRIVATE KEY-----
QUJD
-----END PRIVATE KEY-----"
GITLAB_CLIENT_SECRET=a$b
ENTRA_CLIENT_SECRET=${NOWHERE}${PROVIDERS}$
"#,
        ),
    ];
    let folder = Folder::with(&files);
    for (name, value) in [
        ("PROVIDERS", "apple"),
        ("ADMINS", "ada@example.com"),
        ("GOOGLE_CLIENT_SECRET", "with $signs # and spaces"),
        ("OKTA_CLIENT_SECRET", "plain#1"),
        ("AUTH0_CLIENT_SECRET", "a \"quoted\" $word"),
        ("APPLE_PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----"),
        ("COOKIE_KEY", ""),
        ("GITLAB_CLIENT_SECRET", "a$b"),
        ("ENTRA_CLIENT_SECRET", "${NOWHERE}apple$"),
    ] {
        let output = folder.command(&["setting", name]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), value, "{name}");
    }
    let output = folder.command(&["setting", "ADMINS"]).env("ADMINS", "me@example.com").output().unwrap();
    assert_eq!(output.stdout, b"me@example.com");
    refused(&folder.command(&["setting", "ADMIN"]).output().unwrap(), &["ADMIN", "docs/settings.md"]);
}

#[test]
fn an_unknown_setting_stops_every_command() {
    // In `.env` and in `.env.local`, which name the providers in either place.
    for (env, local, word) in [
        ("ADMNIS=x", "", ".env:1"),
        ("", "ADMNIS=x", ".env.local:1"),
        ("PROVIDERS=mine", "MINE_ISSUER=https://a.example\nMIEN_CLIENT_ID=x", ".env.local:2"),
    ] {
        let folder = Folder::with(&[(".env", env), (".env.local", local)]);
        for command in [&[][..], &["check"], &["template"], &["setting", "ADMINS"], &["database"]] {
            refused(&folder.command(command).output().unwrap(), &[word, "did you mean"]);
        }
    }
    let folder =
        Folder::with(&[("wrong", "ADMNIS=x"), ("right", "PROVIDERS=mine\nMINE_ISSUER=https://a.example")]);
    refused(&folder.command(&["template", "--from", "wrong"]).output().unwrap(), &["wrong:1", "ADMINS"]);
    assert!(folder.command(&["template", "--from", "right"]).output().unwrap().status.success());
}

#[test]
fn a_file_that_is_not_utf_8_is_refused_with_advice() {
    // As PowerShell's `>` writes it.
    for bytes in [&b"\xff\xfeA\0D\0M\0I\0N\0S\0=\0x\0"[..], b"ADMINS=\xe9@example.com"] {
        let folder = Folder::with(&[(".env", "")]);
        fs::write(folder.0.join(".env.local"), bytes).unwrap();
        let output = folder.command(&["setting", "ADMINS"]).output().unwrap();
        refused(&output, &[".env.local cannot be read", "Save it as UTF-8"]);
    }
}

#[test]
fn in_the_environment_only_near_misses_are_reported() {
    // #103: and no value of it.
    let folder = Folder::with(&[(".env", GOOGLE)]);
    let mut command = folder.command(&["check"]);
    for name in
        ["GITHUB_TOKEN", "GOOGLE_HOSTED_DOMAN", "GOOGLE_CLOUD_PROJECT", "FOO_CLIENT_SECRET", "AWS_REGION"]
    {
        command.env(name, "canary");
    }
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert_eq!(
        said,
        "latchkey: warning: GOOGLE_HOSTED_DOMAN in the environment is no setting, did you mean GOOGLE_HOSTED_DOMAIN?\n"
    );
}

#[test]
fn bin_deploy_reads_a_line_as_cargo_run_does() {
    // `.aws` is read by bin/deploy in shell, `.env` by us: what `.aws` takes means the same in both.
    let shell = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/deploy");
    for (line, value) in [
        ("ADMINS=a@example.com", Some("a@example.com")),
        ("\u{feff}ADMINS=a@example.com", Some("a@example.com")),
        (" export ADMINS=a@example.com ", Some("a@example.com")),
        ("ADMINS='a@example.com'\r", Some("a@example.com")),
        ("\u{feff}# x\r\nADMINS=one\r\nADMINS=two\r", Some("two")),
        ("ADMINS='a $b ${c} \"d\"'", Some("a $b ${c} \"d\"")),
        ("ADMINS=\"a 'b' # c\"", Some("a 'b' # c")),
        ("ADMINS=", Some("")),
        ("ADMINS=a$b", None),
        ("ADMINS=${PATH}", None),
        ("ADMINS=\"a$b\"", None),
        ("ADMINS=a b", None),
        ("ADMINS=a\\b", None),
    ] {
        let folder = Folder::with(&[(".env", &format!("{line}\n")), (".aws", &format!("{line}\n"))]);
        let script = format!("set -eu; . {shell}/say.sh; . {shell}/settings.sh; check_file; in_file ADMINS");
        let read = Command::new("bash").args(["-c", &script]).current_dir(&folder.0).output().unwrap();
        let ours = folder.command(&["setting", "ADMINS"]).output().unwrap();
        match value {
            Some(value) => assert_eq!(
                (String::from_utf8_lossy(&read.stdout), String::from_utf8_lossy(&ours.stdout)),
                (value.into(), value.into()),
                "{line:?}: {read:?} {ours:?}"
            ),
            None => {
                let said = String::from_utf8_lossy(&read.stderr).into_owned();
                assert!(
                    !read.status.success() && said.contains("single quotes round a value"),
                    "{line:?}: {said}"
                );
            }
        }
    }
}

#[test]
fn an_unknown_name_in_the_aws_file_is_refused() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for (text, said) in [
        (
            "REGION=eu-west-1\nALARM_TOPIC=x\nexport ROLES='x'\n#NOTHING=x\nUSERS_LOGIN_CALLBACK_CONCURRENCY=2",
            "",
        ),
        ("\u{feff}ARCHITECTURE=arm64\nADMINS=x\nSIGN_IN_FAILURES=3", ""),
        (
            "REGION=eu-west-1\nARCHITECTUR=x86_64",
            "Line 2 of .aws has the unknown setting ARCHITECTUR, did you mean ARCHITECTURE?",
        ),
        ("REGOIN=x", "Line 1 of .aws has the unknown setting REGOIN, did you mean REGION?"),
        ("region=x", "Line 1 of .aws has the unknown setting region, did you mean REGION?"),
        ("GOOGLE_CLIENT_ID=x", "Line 1 of .aws has the unknown setting GOOGLE_CLIENT_ID: "),
        ("CODE_BUCKET=x", "Line 1 of .aws has the unknown setting CODE_BUCKET: "),
        ("PUBLIC_KEYS=x", "Line 1 of .aws has the unknown setting PUBLIC_KEYS: "),
        ("USERS_LOGIN_CODE=x", "Line 1 of .aws has the unknown setting USERS_LOGIN_CODE: "),
    ] {
        let folder = Folder::with(&[(".aws", text)]);
        fs::create_dir_all(folder.0.join("infra")).unwrap();
        fs::copy(format!("{root}/infra/template.yaml"), folder.0.join("infra/template.yaml")).unwrap();
        let sources = ["say", "settings", "functions"]
            .map(|name| format!(". {root}/infra/deploy/{name}.sh; "))
            .concat();
        let script = format!("set -eu; {sources} check_file; check_names");
        let output = Command::new("bash").args(["-c", &script]).current_dir(&folder.0).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), said.is_empty(), "{text}: {error}");
        assert!(error.contains(said) && error.lines().count() <= 1, "{text}: {error}");
    }
}

#[test]
fn a_malformed_line_is_not_printed() {
    // #103
    let folder = Folder::with(&[(".env.local", "GOOGLE_CLIENT_SECRET=one canary two")]);
    let output = folder.command(&["setting", "GOOGLE_CLIENT_SECRET"]).output().unwrap();
    refused(&output, &[".env.local", "NAME=value"]);
    assert!(!String::from_utf8(output.stderr).unwrap().contains("canary"));
}

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
