//! The binary itself, as a person runs it: what it prints, where its settings come from, and how it says no.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

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
        running.lines[1].starts_with("google ") && running.lines[1].contains("stand-in"),
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
fn a_word_on_the_command_line_beats_the_environment_which_beats_the_files() {
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
}

#[test]
fn what_is_wrong_ends_it_with_one_line_that_says_what_to_do() {
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
        ("nonsense", &[".env.local", "NAME=value"]),
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
fn what_a_function_would_refuse_when_deployed_is_refused_before() {
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
        (&long, &["RETURN_TO has 4320 bytes", "users-login", "4096"]),
        (apple, &["APPLE_TEAM_ID"]),
    ] {
        let folder = Folder::with(&[(".env", GOOGLE), (".env.local", settings)]);
        refused(&folder.command(&["check"]).output().unwrap(), words);
        assert!(!folder.0.join(".latchkey").exists());
    }
}

#[test]
fn settings_that_every_function_starts_with_pass() {
    // A secret is not looked at: what is deployed has another, which only the cloud knows.
    let signed = "PROVIDERS=google,apple,my-idp\nAPPLE_CLIENT_ID=x\nAPPLE_KEY_ID=k\nAPPLE_TEAM_ID=t\n\
                  MY_IDP_ISSUER=https://id.example.com\nMY_IDP_CLIENT_ID=x\nMY_IDP_CLIENT_AUTH=private_key_jwt\n";
    for settings in ["", "COOKIE_KEY=changeme", "GOOGLE_CLIENT_SECRET=short", "REVOCATION=closed", signed] {
        let folder = Folder::with(&[(".env", GOOGLE), (".env.local", settings)]);
        let output = folder.command(&["check"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{settings}: {said}");
        assert!(!folder.0.join(".latchkey").exists());
    }
}

#[test]
fn a_setting_is_printed_as_the_files_mean_it() {
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
fn a_line_that_cannot_be_read_is_not_repeated() {
    // #103
    let folder = Folder::with(&[(".env.local", "GOOGLE_CLIENT_SECRET=one canary two")]);
    let output = folder.command(&["setting", "GOOGLE_CLIENT_SECRET"]).output().unwrap();
    refused(&output, &[".env.local", "NAME=value"]);
    assert!(!String::from_utf8(output.stderr).unwrap().contains("canary"));
}
