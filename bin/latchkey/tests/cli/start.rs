//! The local cloud: what it prints when it starts, and why it does not.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    process::Command,
};

use super::folder::{Folder, FreePort, Running, refused};

#[test]
fn it_prints_its_address_and_its_providers_and_answers() {
    let folder = Folder::with(&[(
        ".env",
        "PROVIDERS=google,gitlab\nGITLAB_CLIENT_ID=x\nGITLAB_CLIENT_SECRET=0123456789abcdef\n",
    )]);
    let port = FreePort::find();
    let running = Running::start(folder.command(&["--port", &port.to_string(), "--home", "there"]), 3);
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
fn the_mailbox_of_a_login_shell_is_no_setting() {
    let folder = Folder::with(&[(".env", "MAIL=ses\n")]);
    for (given, expected) in [("/var/mail/ada", "ses"), ("/var/spool/mail/ada", "ses"), ("off", "off")] {
        let output = folder.command(&["setting", "MAIL"]).env("MAIL", given).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{given}");
    }
    // It starts, and shows the mails.
    let folder = Folder::with(&[]);
    let mut command = folder.command(&["--port", "0", "--home", "there"]);
    command.env("MAIL", "/var/mail/ada");
    let running = Running::start(command, 2);
    assert_eq!(running.front_page(), "HTTP/1.1 200 OK");
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
    let running = Running::start(folder.command(&["--port", "0", "--home", "there"]), 2);
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
    drop(Running::start(folder.command(&["--port", "0"]), 2));
    assert_eq!(fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o700);
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(home.join("letters.txt"), "").unwrap();
    refused(
        &folder.command(&["--port", "0"]).output().unwrap(),
        &["LATCHKEY_HOME", "letters.txt", "chmod 700"],
    );
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_files() {
    let ports = [(); 4].map(|()| FreePort::find());
    let [one, two, three, four] = ports.each_ref().map(ToString::to_string);
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
        // At any free port, so that it is the setting that ends it.
        let port = if settings.starts_with("PORT") { "" } else { "PORT=0\n" };
        let folder = Folder::with(&[(".env", port), (".env.local", settings)]);
        refused(&folder.command(&[]).output().unwrap(), words);
    }
    let folder = Folder::with(&[("file", "")]);
    refused(&folder.command(&["--home", "file", "--port", "0"]).output().unwrap(), &["LATCHKEY_HOME"]);
}
