//! Where a command works: beside the local cloud, in a stack, and in the trail of both.

use std::{fs, os::unix::fs::PermissionsExt};

use super::{super::folder::Running, WEB, folder, value};

#[test]
fn a_client_is_registered_while_the_local_cloud_runs() {
    let folder = folder();
    let cloud = Running::in_folder(&folder, &[]);
    let added = folder.client(&WEB).unwrap();
    assert_eq!(value(&added, "ISSUER"), cloud.url(), "where it is, and not where the settings would have it");
    drop(cloud);
    let id = value(&added, "CLIENT_ID");
    assert!(folder.client(&["list"]).unwrap().contains(&id), "and is there when it has stopped");
}

#[test]
fn the_table_of_a_stack_is_that_of_its_name_and_its_address_is_its_output() {
    // The database of a local cloud stands for AWS, and a script for its CLI.
    let folder = folder();
    folder.write(".env.local", "TABLE=shop-stack\n");
    let script = "#!/bin/sh\ncase \"$*\" in *'--stack-name shop-stack '*) echo '[[\"https://id.example.com\"], []]';; \
                  'sts get-caller-identity '*) echo arn:aws:iam::123456789012:user/ops;; \
                  *) echo \"Stack with id $4 does not exist\" >&2; exit 254;; esac\n";
    folder.write("aws", script);
    fs::set_permissions(folder.0.join("aws"), fs::Permissions::from_mode(0o700)).unwrap();
    let cloud = Running::in_folder(&folder, &[]);
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
    let folder = folder();
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
    let folder = folder();
    folder.write(".env.local", "PORT=9\n");
    let status = || folder.command(&["status"]).output().unwrap();
    let stopped = status();
    assert!(!stopped.status.success() && stopped.stdout.is_empty());
    let cloud = Running::in_folder(&folder, &[]);
    folder.client(&WEB).unwrap();
    let running = status();
    let text = String::from_utf8(running.stdout).unwrap();
    assert!(running.status.success(), "{}", String::from_utf8_lossy(&running.stderr));
    assert!(text.contains(&format!("latchkey answers at {}", cloud.url())), "{text}");
    // The command line's, and this one.
    assert!(text.contains("2 client_added"), "{text}");
}

#[test]
fn the_pages_of_a_development_server_may_call_the_local_cloud_and_no_stack() {
    let folder = folder();
    folder.write(".env.local", "");
    folder.client(&["add", "spa", "Notes", "--redirect-uri", "http://localhost:5173/"]).unwrap();
    let said =
        folder.client(&["add", "spa", "Notes", "--redirect-uri", "http://localhost:5174/"]).unwrap_err();
    assert!(said.contains("CORS_ORIGINS=http://localhost:5173,http://localhost:5174"), "{said}");
    let cloud = Running::in_folder(&folder, &[]);
    // Whether a page of this origin may read what is answered.
    let allows = |origin: &str| {
        let answer = cloud.get("/.well-known/jwks.json", &format!("origin: {origin}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer.contains(&format!("access-control-allow-origin: {origin}\r\n"))
    };
    assert!(allows("http://localhost:5173") && !allows("http://localhost:5174"));
    drop(cloud);
    folder.write(".env.local", "CORS_ORIGINS=\n");
    let said =
        folder.client(&["add", "spa", "Notes", "--redirect-uri", "http://localhost:5173/"]).unwrap_err();
    assert!(said.contains("CORS_ORIGINS=http://localhost:5173 "), "{said}");
}
