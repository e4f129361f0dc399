//! What is in the functions' environments, and the secrets that are not.

use std::collections::{BTreeSet, HashMap};

use latchkey::template::{text_keeping, text_of};
use serde_json::{Value, json};

use super::{id, mounts, of_type, ours, with};

#[test]
fn a_key_that_encrypts_what_is_in_the_table_is_kept_when_nobody_reads_it_any_more() {
    // #106: only by name, and nobody may read it.
    let kept = ["factor-key", "cookie-key", "google-client-secret", "no-key"].map(str::to_owned);
    let text = text_keeping(&HashMap::new(), &kept).unwrap();
    assert!(text.contains("\n  FactorKeySecret:\n    Type: AWS::SecretsManager::Secret\n"), "{text}");
    assert!(!text.contains("FactorKeySecret.Id") && !text.contains("FACTOR_KEY:"));
    assert!(!text.contains("UsersFactorFunction") && !text.contains("no-key"));
    let without = text_of(&HashMap::new()).unwrap();
    assert_eq!(
        text.matches("AWS::SecretsManager::Secret").count(),
        without.matches("AWS::SecretsManager::Secret").count() + 1
    );
    assert_eq!(text_keeping(&HashMap::new(), &[]).unwrap(), without);
}

#[test]
fn keys_are_replaced_each_month_or_by_hand() {
    // #59
    let template = ours();
    let rotate = |template: &Value| template["Resources"]["KeysRotateFunction"]["Properties"].clone();
    assert_eq!(
        template["Resources"]["KeysRotateSchedule"]["Properties"]["ScheduleExpression"],
        "rate(1440 minutes)"
    );
    assert_eq!(rotate(&template)["Timeout"], 300, "the lock is held for ten minutes at most");
    let variables = &rotate(&template)["Environment"]["Variables"];
    let signers = "${AWS::StackName}-logout-notify,${AWS::StackName}-oauth-token,${AWS::StackName}-users-login-callback,${AWS::StackName}-users-token";
    let named: BTreeSet<_> = variables["KEYS_SIGNERS"]["Fn::Sub"].as_str().unwrap().split(',').collect();
    assert_eq!(named, signers.split(',').collect());
    let verifiers = variables["KEYS_VERIFIERS"]["Fn::Sub"].as_str().unwrap();
    assert!(verifiers.contains("-authorizer") && verifiers.contains("-well-known"), "{verifiers}");
    let (by_hand, _) = with(&[("KEYS_ROTATE_DAYS", "0")]);
    assert_eq!(rotate(&by_hand)["Environment"]["Variables"]["KEYS_ROTATE_DAYS"], "0");
    let left: Vec<_> = by_hand["Resources"]
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| name.starts_with("KeysRotateSchedule"))
        .collect();
    assert_eq!(left, Vec::<&String>::new());
}

#[test]
fn the_template_contains_no_secret_value() {
    // #106
    let secrets = [
        ("COOKIE_KEY", "canary-1"),
        ("SIGNING_KEYS", "canary-2"),
        ("GOOGLE_CLIENT_SECRET", "canary-3"),
        ("APPLE_PRIVATE_KEY", "canary-4"),
    ];
    let public = [("PROVIDERS", "google, apple, my-idp"), ("MY_IDP_CLIENT_ID", "me"), ("MY_IDP_KEY_ID", "k")];
    let (template, text) = with(&[secrets.as_slice(), &public].concat());
    assert!(!text.contains("canary"), "{text}");
    let resources = of_type(&template, "SecretsManager::Secret");
    let names: Vec<_> = resources.keys().map(String::as_str).collect();
    let wanted =
        ["ApplePrivateKey", "CookieKeySecret", "GoogleClientSecret", "MyIdpPrivateKey", "SigningKeysSecret"];
    assert_eq!(names, wanted);
    assert_eq!(
        resources["MyIdpPrivateKey"]["Name"],
        json!({"Fn::Sub": "${AWS::StackName}/my-idp-private-key"})
    );
    for secret in resources.values() {
        assert_eq!((secret.get("SecretString"), secret.get("GenerateSecretString")), (None, None));
    }
    let callback =
        &of_type(&template, "Lambda::Function")["UsersLoginCallbackFunction"]["Environment"]["Variables"];
    assert_eq!(callback["COOKIE_KEY"], json!({"Fn::GetAtt": ["CookieKeySecret", "Id"]}));
    assert_eq!(callback["MY_IDP_PRIVATE_KEY"], json!({"Fn::GetAtt": ["MyIdpPrivateKey", "Id"]}));
}

#[test]
fn public_provider_settings_are_written_out() {
    let settings = [
        ("PROVIDERS", "google,my-idp"),
        ("GOOGLE_CLIENT_ID", "ours"),
        ("MY_IDP_ISSUER", "https://id.example.com"),
        ("OTHER_CLIENT_ID", "nobody's"),
        ("ISSUERS", "auth0 house"),
        ("HOUSE_AUDIENCES", "api"),
        ("RETURN_TO", "https://app.example.com"),
    ];
    let (template, _) = with(&settings);
    let functions = of_type(&template, "Lambda::Function");
    let variables = |name: &str| functions[name]["Environment"]["Variables"].clone();
    for name in ["UsersLoginFunction", "UsersLoginCallbackFunction"] {
        let variables = variables(name);
        assert_eq!(
            (&variables["PROVIDERS"], &variables["GOOGLE_CLIENT_ID"]),
            (&json!("google,my-idp"), &json!("ours"))
        );
        assert_eq!(variables["MY_IDP_ISSUER"], "https://id.example.com");
        assert_eq!((variables.get("OTHER_CLIENT_ID"), variables.get("HOUSE_AUDIENCES")), (None, None));
        assert_eq!(variables["RETURN_TO"], json!({"Ref": "ReturnTo"}));
    }
    let authorizer = variables("AuthorizerFunction");
    assert_eq!(
        (&authorizer["ISSUERS"], &authorizer["HOUSE_AUDIENCES"]),
        (&json!("auth0 house"), &json!("api"))
    );
    assert_eq!((authorizer.get("GOOGLE_CLIENT_ID"), authorizer.get("MY_IDP_ISSUER")), (None, None));
    assert_eq!(template["Parameters"]["ReturnTo"]["Default"], "https://app.example.com");
    let callbacks = "${Base}/users/login/google/callback,${Base}/users/login/my-idp/callback";
    assert_eq!(template["Outputs"]["RedirectUris"]["Value"]["Fn::Sub"][0], callbacks);
    let similar = HashMap::from([("PROVIDERS".to_owned(), "a-1,a1".to_owned())]);
    assert!(text_of(&similar).unwrap_err().to_string().starts_with("PROVIDERS names two"));
}

#[test]
fn a_functions_environment_is_what_it_declares() {
    let functions = of_type(&ours(), "Lambda::Function");
    for mount in mounts() {
        let variables = functions[&format!("{}Function", id(mount.name))]["Environment"]["Variables"].clone();
        for name in variables.as_object().unwrap().keys() {
            let declared = mount.settings.iter().copied().flatten().any(|setting| setting.covers(name));
            assert!(declared || name == "LOG", "{} is given {name}", mount.name);
        }
        assert_eq!(variables.get("DYNAMODB_ENDPOINT"), None);
    }
}
