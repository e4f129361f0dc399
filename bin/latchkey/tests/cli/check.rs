//! `latchkey check`: what it refuses before it is deployed.

use std::fs;

use super::folder::{Folder, refused};

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
fn check_warns_of_a_role_that_nobody_can_have_and_makes_no_database_for_it() {
    let folder = Folder::with(&[(".env", GOOGLE), (".env.local", "SECOND_FACTORS=on")]);
    let said = || {
        let output = folder.command(&["check"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let run = |line: &[&str]| assert!(folder.command(line).output().unwrap().status.success(), "{line:?}");
    run(&["role", "set", "staff", "pets:read", "--second-factor"]);
    assert_eq!(said(), "");
    let off = folder.0.join(".env.local");
    fs::write(&off, "SECOND_FACTORS=off").unwrap();
    assert_eq!(
        said(),
        "latchkey: warning: in the database of this machine: SECOND_FACTORS is off, so nobody has what demands a second factor: staff. \
         Set SECOND_FACTORS=on.\n"
    );
    run(&["role", "set", "staff", "pets:read", "--second-factor=false"]);
    assert_eq!(said(), "");
}
