//! What the roles allow.

use std::collections::BTreeSet;

use latchkey::mount::{AUTHORIZER, Mount};
use serde_json::{Value, json};
use store::schema;

use super::{id, mounts, of_type, ours, statements, texts, with};

#[test]
fn no_role_has_wildcard_permissions() {
    // #107
    let template = ours();
    for mount in mounts() {
        let own_log = json!({"Fn::GetAtt": [format!("{}Log", id(mount.name)), "Arn"]});
        for statement in statements(&template, mount.name) {
            let actions = texts(&statement["Action"]);
            assert!(
                actions.iter().all(|action| !action.contains('*') && !action.contains("Scan")),
                "{statement}"
            );
            assert_eq!((statement.get("NotAction"), statement.get("NotResource")), (None, None));
            assert!(!statement["Resource"].to_string().contains('*'), "{statement}");
            match actions[0].split(':').next().unwrap() {
                "logs" => assert_eq!(statement["Resource"], own_log),
                "secretsmanager" if actions == ["secretsmanager:GetSecretValue"] => {}
                "secretsmanager" | "lambda" => only_the_keys(mount, &statement),
                "dynamodb" => only_rows_of_some_kinds(&statement),
                "sqs" => only_the_queue(mount, &statement),
                other => panic!("{} may use {other}", mount.name),
            }
        }
    }
}

/// One function writes one secret, and changes exactly those functions that hold keys.
fn only_the_keys(mount: &Mount, statement: &Value) {
    assert_eq!(mount.name, "keys-rotate", "{statement}");
    let resources = statement["Resource"].as_array().unwrap();
    if texts(&statement["Action"]) == ["secretsmanager:PutSecretValue"] {
        assert_eq!(resources, &[json!({"Fn::GetAtt": ["SigningKeysSecret", "Id"]})]);
        return;
    }
    let change = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"];
    assert_eq!(texts(&statement["Action"]), change);
    let arn = |resource: &Value| resource["Fn::Sub"].as_str().unwrap().to_owned();
    let functions: BTreeSet<_> = resources.iter().map(arn).collect();
    let holds = |mount: &&Mount| {
        let settings: Vec<_> = mount.settings.concat().iter().map(|setting| setting.name).collect();
        mount.name != "keys-rotate"
            && ["SIGNING_KEYS", "PUBLIC_KEYS"].iter().any(|name| settings.contains(name))
    };
    let of = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-";
    assert_eq!(functions, mounts().filter(holds).map(|mount| format!("{of}{}", mount.name)).collect());
}

fn only_rows_of_some_kinds(statement: &Value) {
    let is =
        |index: &str| statement["Resource"] == json!({"Fn::Sub": format!("${{Table.Arn}}/index/{index}")});
    let (index, owned) = (is(schema::LIST_INDEX), is(schema::OWNED_INDEX));
    // Of the lists, those of the trail alone have a month in their name.
    let exact = index && !statement["Condition"].to_string().contains('*');
    let operator = if exact { "ForAllValues:StringEquals" } else { "ForAllValues:StringLike" };
    let table = statement["Resource"] == json!({"Fn::GetAtt": ["Table", "Arn"]});
    assert!(index || owned || table, "{statement}");
    assert_eq!(texts(&statement["Action"]) == ["dynamodb:Query"], index || owned, "{statement}");
    let keys = texts(&statement["Condition"][operator]["dynamodb:LeadingKeys"]);
    assert!(!keys.is_empty());
    for key in keys {
        let kind =
            if index { key.strip_suffix("/*").unwrap_or(key) } else { key.strip_suffix("#*").unwrap() };
        assert!(!kind.is_empty() && kind.chars().all(|c| c.is_ascii_uppercase()), "{statement}");
    }
}

fn only_the_queue(mount: &Mount, statement: &Value) {
    assert_eq!(statement["Resource"], json!({"Fn::GetAtt": ["LogoutQueue", "Arn"]}), "{}", mount.name);
    let actions = texts(&statement["Action"]);
    assert!(mount.takes_queue.is_some() || actions == ["sqs:SendMessage"], "{}: {actions:?}", mount.name);
}

#[test]
fn the_authorizer_writes_no_row_and_only_functions_with_secrets_read_them() {
    // #107
    let template = ours();
    let of_authorizer = statements(&template, AUTHORIZER.name);
    let actions = of_authorizer.iter().flat_map(|statement| texts(&statement["Action"]));
    let harmless = ["logs:CreateLogStream", "logs:PutLogEvents", "dynamodb:GetItem", "dynamodb:BatchGetItem"];
    assert!(actions.into_iter().all(|action| harmless.contains(&action)), "{of_authorizer:?}");
    let readers = |secret: &str| -> BTreeSet<&str> {
        let secret = json!({"Fn::GetAtt": [secret, "Id"]});
        let reads = |mount: &&Mount| {
            let statements = statements(&template, mount.name);
            statements.iter().any(|s| s["Resource"].as_array().is_some_and(|all| all.contains(&secret)))
        };
        mounts().filter(reads).map(|mount| mount.name).collect()
    };
    let signers = BTreeSet::from([
        "keys-rotate",
        "logout-notify",
        "oauth-token",
        "users-login-callback",
        "users-token",
    ]);
    assert_eq!(readers("SigningKeysSecret"), signers);
    assert_eq!(readers("GoogleClientSecret"), BTreeSet::from(["users-login-callback"]));
    let cookies = BTreeSet::from([
        "account",
        "admin",
        "manage",
        "oauth-authorize",
        "oauth-device",
        "oauth-logout",
        "users-login",
        "users-login-callback",
    ]);
    assert_eq!(readers("CookieKeySecret"), cookies);
    assert_eq!(of_type(&template, "SecretsManager::Secret").len(), 3);
}

#[test]
fn the_authorizer_reaches_the_table_only_with_revocation() {
    // #107
    for (revocation, asks) in [("", false), ("off", false), ("open", true), ("closed", true)] {
        let (template, _) = with(&[("REVOCATION", revocation)]);
        let statements = statements(&template, AUTHORIZER.name);
        let reads = statements.iter().any(|s| texts(&s["Action"]) == ["dynamodb:BatchGetItem"]);
        assert_eq!(
            (reads, statements.len()),
            (asks, if asks { 2 } else { 1 }),
            "{revocation}: {statements:?}"
        );
        let function = &of_type(&template, "Lambda::Function")["AuthorizerFunction"];
        assert_eq!(function["Environment"]["Variables"].get("TABLE").is_some(), asks, "{revocation}");
    }
}
