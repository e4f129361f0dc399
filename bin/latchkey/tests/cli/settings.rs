//! The files of settings, and `latchkey setting`.

use std::{fs, process::Command};

use super::folder::{Folder, refused};

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
