//! The template: current, and as little as possible is allowed by it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use latchkey::{
    mount::{AUTHORIZER, EVENTS, FUNCTIONS, Mount},
    settings,
    template::{Node, template, text_keeping, text_of},
};
use serde_json::{Value, json};
use setting::Action;
use store::schema;
use web::Guard;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The template of the repository's own settings.
fn ours() -> Value {
    template(&settings::of_file(format!("{ROOT}/.env").as_ref()).unwrap()).unwrap().to_json()
}

/// The template for settings of the test's making.
fn with(values: &[(&str, &str)]) -> (Value, String) {
    let values: HashMap<_, _> = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    (template(&values).unwrap().to_json(), text_of(&values).unwrap())
}

fn mounts() -> impl Iterator<Item = &'static Mount> {
    let events = EVENTS.iter().filter(|mount| mount.is_wanted(&HashMap::new()));
    functions().chain(events).chain([&AUTHORIZER])
}

/// The HTTP functions that the repository's own settings ask for.
fn functions() -> impl Iterator<Item = &'static Mount> {
    FUNCTIONS.iter().filter(|mount| mount.is_wanted(&HashMap::new()))
}

/// The name of a function in the template.
fn id(name: &str) -> String {
    let word = |word: &str| format!("{}{}", word[..1].to_uppercase(), &word[1..]);
    name.split('-').map(word).collect()
}

fn of_type(template: &Value, kind: &str) -> BTreeMap<String, Value> {
    let resources = template["Resources"].as_object().unwrap().iter();
    let found = resources.filter(|(_, resource)| resource["Type"] == format!("AWS::{kind}"));
    found.map(|(name, resource)| (name.clone(), resource["Properties"].clone())).collect()
}

/// The statements of a function's role.
fn statements(template: &Value, name: &str) -> Vec<Value> {
    let policies = template["Resources"][format!("{}Role", id(name))]["Properties"]["Policies"].clone();
    let policies = policies.as_array().unwrap().clone().into_iter();
    policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap().clone()).collect()
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn the_template_is_current() {
    let values = settings::of_file(format!("{ROOT}/.env").as_ref()).unwrap();
    let (file, current) = (format!("{ROOT}/infra/template.yaml"), text_of(&values).unwrap());
    if setting::process_environment().contains_key("UPDATE_DOCS") {
        std::fs::write(file, current).unwrap();
    } else {
        assert!(
            std::fs::read_to_string(file).unwrap_or_default() == current,
            "run: cargo run -- template --from .env > infra/template.yaml"
        );
    }
}

#[test]
fn every_resource_has_its_own_name() {
    let Node::Map(sections) = template(&HashMap::new()).unwrap() else { panic!("not a map") };
    let mut names = BTreeSet::new();
    for (section, node) in sections {
        let Node::Map(entries) = node else { continue };
        for (name, _) in entries {
            // Parameters and resources are named alike by `Ref`.
            let space = if section == "Parameters" || section == "Resources" { "" } else { &section };
            assert!(names.insert(format!("{space} {name}")), "{name} is there twice");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        }
    }
}

#[test]
fn every_function_has_code_a_role_and_a_log_with_retention() {
    let template = ours();
    let functions = of_type(&template, "Lambda::Function");
    assert_eq!(functions.len(), mounts().count());
    assert_eq!(of_type(&template, "IAM::Role").len(), functions.len());
    for mount in mounts() {
        let name = id(mount.name);
        let function = &functions[&format!("{name}Function")];
        assert_eq!(
            function["FunctionName"],
            json!({"Fn::Sub": format!("${{AWS::StackName}}-{}", mount.name)})
        );
        assert_eq!(function["Code"]["S3Key"], json!({"Ref": format!("{name}Code")}));
        assert_eq!(function["Role"], json!({"Fn::GetAtt": [format!("{name}Role"), "Arn"]}));
        assert_eq!(function["LoggingConfig"]["LogGroup"], json!({"Ref": format!("{name}Log")}));
        assert_eq!(template["Parameters"][format!("{name}Code")].get("Default"), None);
    }
    for (name, log) in of_type(&template, "Logs::LogGroup") {
        assert_eq!(log["RetentionInDays"], json!({"Ref": "Retention"}), "{name}");
    }
}

#[test]
fn with_everything_on_it_stays_within_what_one_stack_may_have() {
    // AWS: 500 resources, 200 parameters and a megabyte for a stack, 300 routes for an API, ten kilobytes of policies for a role. Ours is less.
    let values = tests::everything();
    let (template, text) = (template(&values).unwrap().to_json(), text_of(&values).unwrap());
    let functions = of_type(&template, "Lambda::Function");
    assert_eq!(functions.len(), FUNCTIONS.len() + EVENTS.len() + 1, "everything is on");
    assert!(functions.len() <= 40, "{} functions", functions.len());
    let size = |section: &str| template[section].as_object().unwrap().len();
    assert!(size("Resources") <= 450, "{} resources", size("Resources"));
    assert!(size("Parameters") <= 150, "{} parameters", size("Parameters"));
    assert!(of_type(&template, "ApiGatewayV2::Route").len() <= 250);
    assert!(text.len() <= 500_000, "{} bytes", text.len());
    for (name, role) in of_type(&template, "IAM::Role") {
        let bytes = role["Policies"].to_string().len();
        assert!(bytes <= 9_000, "{name} has {bytes}");
    }
}

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
fn the_queue_is_for_those_who_end_sessions_and_for_the_one_who_tells() {
    // #107
    let template = ours();
    let uses =
        |mount: &&Mount| statements(&template, mount.name).iter().any(|s| s.to_string().contains("sqs:"));
    let users: BTreeSet<_> = mounts().filter(uses).map(|mount| mount.name).collect();
    assert_eq!(users, BTreeSet::from(ENDING));
    let queues = of_type(&template, "SQS::Queue");
    let (queue, dead) = (&queues["LogoutQueue"], &queues["LogoutDeadLetters"]);
    assert_eq!(queues.len(), 2);
    let redrive =
        json!({"deadLetterTargetArn": {"Fn::GetAtt": ["LogoutDeadLetters", "Arn"]}, "maxReceiveCount": 5});
    assert_eq!(queue["RedrivePolicy"], redrive);
    let number = |node: &Value| node.as_u64().unwrap();
    // AWS asks for six times as long as the function may take.
    let function = &of_type(&template, "Lambda::Function")["LogoutNotifyFunction"];
    assert_eq!(number(&queue["VisibilityTimeout"]), 6 * number(&function["Timeout"]));
    assert!(number(&dead["MessageRetentionPeriod"]) > number(&queue["MessageRetentionPeriod"]));
    let sources = of_type(&template, "Lambda::EventSourceMapping");
    let source = &sources["LogoutNotifySource"];
    assert_eq!((sources.len(), &source["FunctionResponseTypes"]), (1, &json!(["ReportBatchItemFailures"])));
    assert_eq!(of_type(&template, "CloudWatch::Alarm")["LogoutDeadLettersAlarm"]["Namespace"], "AWS/SQS");
}

/// The functions that use the queue.
const ENDING: [&str; 7] =
    ["account", "admin", "logout-notify", "manage", "oauth-logout", "users-login-callback", "users-logout"];

#[test]
fn where_apps_are_not_told_there_is_neither_function_nor_queue() {
    // #105, #107
    let (template, text) = with(&[("BACKCHANNEL_LOGOUT", "off")]);
    for kind in ["SQS::Queue", "Lambda::EventSourceMapping"] {
        assert!(of_type(&template, kind).is_empty(), "{kind}");
    }
    for trace in ["LogoutNotify", "LogoutQueue", "LogoutDeadLetters", "LOGOUT_QUEUE", "sqs:"] {
        assert!(!text.contains(trace), "{trace}");
    }
    let of = |name: &str| of_type(&template, "Lambda::Function")[name]["Environment"]["Variables"].clone();
    for name in ["OauthAuthorizeFunction", "WellKnownFunction"] {
        assert_eq!(of(name)["BACKCHANNEL_LOGOUT"], "off", "{name}");
    }
}

#[test]
fn mails_are_sent_from_one_address_by_one_function_and_only_where_they_are_asked_for() {
    // #107
    let (_, text) = with(&[]);
    for trace in ["MailSend", "MailQueue", "MailDeadLetters", "MAIL_", "ses:SendEmail", "AWS::SES"] {
        assert!(!text.contains(trace), "{trace}");
    }
    let (template, _) = with(&[("MAIL", "ses"), ("MAIL_FROM", "login@example.com")]);
    let all = statements(&template, "mail-send");
    let send = all.iter().find(|statement| texts(&statement["Action"]) == ["ses:SendEmail"]).unwrap();
    assert_eq!(send["Condition"], json!({"StringEquals": {"ses:FromAddress": "login@example.com"}}));
    let own = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:";
    let resources =
        ["identity/login@example.com", "identity/example.com", "configuration-set/${MailConfiguration}"];
    let resources: Vec<_> = resources.iter().map(|what| json!({"Fn::Sub": format!("{own}{what}")})).collect();
    assert_eq!(send["Resource"], json!(resources));
    let queue = all.iter().find(|statement| statement.to_string().contains("sqs:")).unwrap();
    assert_eq!(queue["Resource"], json!({"Fn::GetAtt": ["MailQueue", "Arn"]}));
    assert!(!texts(&queue["Action"]).contains(&"sqs:SendMessage"), "it takes, and hands nothing over");
    let queues = of_type(&template, "SQS::Queue");
    assert_eq!(queues["MailQueue"]["RedrivePolicy"]["maxReceiveCount"], 5);
    assert_eq!(
        of_type(&template, "Lambda::EventSourceMapping")["MailSendSource"]["FunctionResponseTypes"][0],
        "ReportBatchItemFailures"
    );
    let rule = &of_type(&template, "Events::Rule")["MailCameBack"];
    assert_eq!(
        rule["EventPattern"]["detail"]["mail"]["tags"]["ses:configuration-set"],
        json!([{"Ref": "MailConfiguration"}])
    );
    assert!(!of_type(&template, "SecretsManager::Secret").contains_key("MailSmtpSecret"));
    let (template, text) = with(&[("MAIL", "smtp"), ("MAIL_FROM", "login@example.com")]);
    assert!(!text.contains("ses:SendEmail") && !text.contains("AWS::SES"));
    assert!(of_type(&template, "SecretsManager::Secret").keys().any(|name| name.starts_with("MailSmtp")));
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

#[test]
fn every_route_asks_the_authorizer_or_is_declared_public() {
    // #80
    let template = ours();
    let (mut routes, mut leave) =
        (of_type(&template, "ApiGatewayV2::Route"), of_type(&template, "Lambda::Permission"));
    for mount in functions() {
        let name = id(mount.name);
        for route in mount.routes.iter().flat_map(web::Route::by_method) {
            let key = routes.iter().find(|(_, found)| found["RouteKey"] == route.key()).unwrap().0.clone();
            let found = routes.remove(&key).unwrap();
            assert_eq!(found["Target"], json!({"Fn::Sub": format!("integrations/${{{name}Integration}}")}));
            match route.guard {
                Guard::Public | Guard::OwnPages => assert_eq!(
                    (&found["AuthorizationType"], found.get("AuthorizerId")),
                    (&json!("NONE"), None)
                ),
                _ => {
                    let asked = (&json!("CUSTOM"), &json!({"Ref": "Authorizer"}));
                    assert_eq!((&found["AuthorizationType"], &found["AuthorizerId"]), asked);
                }
            }
        }
        only_from(&leave.remove(&format!("{name}Permission")).unwrap(), &name, "${Api}/$default/*");
    }
    for mount in mounts().filter(|mount| mount.schedule.is_some()) {
        let name = id(mount.name);
        let permission = leave.remove(&format!("{name}SchedulePermission")).unwrap();
        let wanted = json!({
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": format!("{name}Function")},
            "Principal": "events.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": [format!("{name}Schedule"), "Arn"]},
        });
        assert_eq!(permission, wanted);
    }
    only_from(
        &leave.remove("AuthorizerPermission").unwrap(),
        "Authorizer",
        "${Api}/authorizers/${Authorizer}",
    );
    assert!(routes.is_empty() && leave.is_empty(), "{routes:?} {leave:?}");
    for integration in of_type(&template, "ApiGatewayV2::Integration").values() {
        assert_eq!(integration["PayloadFormatVersion"], "2.0");
    }
}

/// Only the gateway may call the function, and only from there.
fn only_from(permission: &Value, function: &str, source: &str) {
    let arn = format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{source}");
    let wanted = json!({
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": format!("{function}Function")},
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": {"Fn::Sub": arn},
    });
    assert_eq!(*permission, wanted);
    assert!(!arn.trim_end_matches("/$default/*").contains('*'));
}

#[test]
fn a_decision_is_cached_for_a_minute_and_for_one_route() {
    // #75, #76
    let authorizer = of_type(&ours(), "ApiGatewayV2::Authorizer").remove("Authorizer").unwrap();
    assert!(authorizer["AuthorizerResultTtlInSeconds"].as_u64().unwrap() <= 60);
    assert_eq!(authorizer["IdentitySource"], json!(["$request.header.Authorization", "$context.routeKey"]));
    assert_eq!(authorizer["AuthorizerType"], "REQUEST");
    assert_eq!(authorizer["AuthorizerPayloadFormatVersion"], "2.0");
    assert_eq!(authorizer["EnableSimpleResponses"], true);
}

#[test]
fn a_custom_domain_requires_tls_1_2() {
    // #102: the API's own address takes nothing older whatever we say; a domain of one's own says it.
    let template = ours();
    let domains = of_type(&template, "ApiGatewayV2::DomainName");
    assert_eq!(domains.keys().collect::<Vec<_>>(), ["CustomDomain"]);
    for configuration in domains["CustomDomain"]["DomainNameConfigurations"].as_array().unwrap() {
        assert_eq!(configuration["SecurityPolicy"], "TLS_1_2");
    }
    // Nor is there anything else through which somebody comes in from outside.
    for kind in ["ApiGateway::DomainName", "CloudFront::Distribution", "Lambda::Url"] {
        assert!(of_type(&template, kind).is_empty(), "{kind}: say which TLS it takes, and test it");
    }
}

#[test]
fn outputs_contain_what_other_apis_need() {
    let outputs = &ours()["Outputs"];
    assert_eq!(outputs["AuthorizerArn"]["Value"], json!({"Fn::GetAtt": ["AuthorizerFunction", "Arn"]}));
    assert_eq!(outputs["ApiId"]["Value"], json!({"Ref": "Api"}));
}

#[test]
fn the_access_log_contains_no_credentials() {
    // #103: no path, no query, no header, no cookie, and of the token nothing but whose it is.
    let stage = of_type(&ours(), "ApiGatewayV2::Stage").remove("Stage").unwrap();
    let format = stage["AccessLogSettings"]["Format"].as_str().unwrap();
    assert!(!format.contains('\n'));
    let fields: BTreeMap<String, String> = serde_json::from_str(format).unwrap();
    let harmless = "requestTime requestId routeKey status identity.sourceIp authorizer.sub responseLatency \
                    responseLength error.message authorizer.error integrationErrorMessage";
    let harmless: Vec<_> = harmless.split(' ').collect();
    for value in fields.values() {
        assert!(harmless.contains(&value.strip_prefix("$context.").unwrap()), "{value}");
    }
    assert!(fields.values().any(|value| value == "$context.requestId"));
}

#[test]
fn every_route_is_throttled_and_public_writes_more() {
    // #105
    let template = ours();
    let stage = of_type(&template, "ApiGatewayV2::Stage").remove("Stage").unwrap();
    assert_eq!((&stage["StageName"], &stage["AutoDeploy"]), (&json!("$default"), &json!(true)));
    let usual = &stage["DefaultRouteSettings"];
    for (limit, parameter) in [("ThrottlingRateLimit", "Rate"), ("ThrottlingBurstLimit", "Burst")] {
        assert_eq!(usual[limit], json!({"Ref": parameter}));
        let default = template["Parameters"][parameter]["Default"].as_u64().unwrap();
        for mount in functions() {
            let rows = mount.rows(|_| true);
            let mut actions = rows.values().flatten();
            let writes =
                actions.any(|action| matches!(action, Action::Put | Action::Update | Action::Delete));
            let routes = mount.routes.iter().flat_map(web::Route::by_method);
            for route in routes.filter(|route| writes && !route.guard.needs_token()) {
                let own = stage["RouteSettings"][route.key()][limit].as_u64();
                assert!(own.is_some_and(|own| own < default), "{}", route.key());
            }
        }
    }
    // Those for our own pages are open to others who leave the browser out.
    for key in ["POST /users/token", "POST /users/logout"] {
        assert!(stage["RouteSettings"][key].is_object(), "{key}");
    }
    // The gateway takes settings only for routes that are there.
    let routes = of_type(&template, "ApiGatewayV2::Route");
    let awaited = texts(&template["Resources"]["Stage"]["DependsOn"]);
    let awaited: BTreeSet<_> =
        awaited.iter().map(|name| routes[*name]["RouteKey"].as_str().unwrap()).collect();
    assert_eq!(awaited, stage["RouteSettings"].as_object().unwrap().keys().map(String::as_str).collect());
}

#[test]
fn the_alarms_are_within_the_free_tier() {
    let template = ours();
    let alarms = of_type(&template, "CloudWatch::Alarm");
    assert!(alarms.len() <= 10);
    for (name, alarm) in &alarms {
        // One that adds up several metrics costs as much as several.
        assert!(alarm["MetricName"].is_string() && alarm.get("Metrics").is_none(), "{name}");
        let must_happen = name == "KeysRotateAlarm";
        let silence = if must_happen { "breaching" } else { "notBreaching" };
        assert_eq!(alarm["TreatMissingData"], silence, "{name}");
        assert!(alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic", "{name}");
    }
    // What latchkey counts costs nothing up to ten series, so an alarm is on one of these.
    for (name, series) in [("SignInFailuresAlarm", "SignInsRefused"), ("ReuseAlarm", "Reuse")] {
        let alarm = &alarms[name];
        assert_eq!(
            (&alarm["Namespace"], alarm["MetricName"].as_str()),
            (&json!({"Fn::Sub": "latchkey/${AWS::StackName}"}), Some(series))
        );
        assert!(audit::SERIES.contains(&series));
    }
    assert!(of_type(&template, "Logs::MetricFilter").is_empty());
}

#[test]
fn the_dashboard_shows_every_series_and_every_alarm() {
    for template in [ours(), with(&[("BACKCHANNEL_LOGOUT", "off"), ("KEYS_ROTATE_DAYS", "0")]).0] {
        let dashboard = &of_type(&template, "CloudWatch::Dashboard")["Dashboard"];
        let body = dashboard["DashboardBody"]["Fn::Sub"].as_str().unwrap();
        // What it names is there, or the stack could not be made.
        for name in body.split("${").skip(1).map(|part| part.split('}').next().unwrap()) {
            assert!(name.starts_with("AWS::") || template["Resources"][name].is_object(), "{name}");
        }
        let body: Value = serde_json::from_str(body).unwrap();
        let widgets = body["widgets"].as_array().unwrap();
        let metrics =
            widgets.iter().filter_map(|widget| widget["properties"]["metrics"].as_array()).flatten();
        let ours = metrics.filter(|metric| metric[0] == "latchkey/${AWS::StackName}");
        let ours: Vec<_> = ours.map(|metric| metric[1].as_str().unwrap()).collect();
        assert_eq!(ours.len(), audit::SERIES.len());
        assert_eq!(BTreeSet::from_iter(ours), BTreeSet::from(audit::SERIES));
        let shown: BTreeSet<_> = texts(&widgets[0]["properties"]["alarms"])
            .into_iter()
            .map(|arn| arn.split(":alarm:").nth(1).unwrap())
            .collect();
        let alarms = of_type(&template, "CloudWatch::Alarm");
        let alarms = alarms.values().map(|alarm| alarm["AlarmName"]["Fn::Sub"].as_str().unwrap()).collect();
        assert_eq!(shown, alarms);
    }
}

#[test]
fn somebody_is_woken_when_keys_are_not_replaced_any_more() {
    // #59: for two days each run failed, or none was. CloudWatch looks back seven days at most where a period is an hour or longer.
    let (template, (by_hand, _)) = (ours(), with(&[("KEYS_ROTATE_DAYS", "0")]));
    let alarm = &template["Resources"]["KeysRotateAlarm"]["Properties"];
    let seconds = alarm["Period"].as_u64().unwrap() * alarm["EvaluationPeriods"].as_u64().unwrap();
    assert_eq!(
        (seconds, &alarm["Dimensions"][0]["Value"]),
        (2 * 24 * 3600, &json!({"Ref": "KeysRotateFunction"}))
    );
    assert_eq!((&alarm["MetricName"], &alarm["Statistic"]), (&json!("Errors"), &json!("Minimum")));
    assert_eq!((&alarm["Threshold"], &alarm["TreatMissingData"]), (&json!(1), &json!("breaching")));
    assert!(
        by_hand["Resources"].get("KeysRotateAlarm").is_none(),
        "without a schedule there is no run to miss"
    );
}

#[test]
fn the_table_matches_the_schema_and_survives_the_stack() {
    let template = ours();
    let whole = &template["Resources"]["Table"];
    assert_eq!(
        (&whole["DeletionPolicy"], &whole["UpdateReplacePolicy"]),
        (&json!("Retain"), &json!("Retain"))
    );
    let table = &whole["Properties"];
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(
        table["TimeToLiveSpecification"],
        json!({"AttributeName": schema::EXPIRES_AT, "Enabled": true})
    );
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(
        (&table["DeletionProtectionEnabled"], &table["SSESpecification"]["SSEEnabled"]),
        (&json!(true), &json!(true))
    );
    let key = |partition: &str, sort: &str| json!([{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]);
    assert_eq!(table["KeySchema"], key(schema::PARTITION_KEY, schema::SORT_KEY));
    let index = &table["GlobalSecondaryIndexes"][0];
    assert_eq!(
        (&index["IndexName"], &index["KeySchema"]),
        (&json!(schema::LIST_INDEX), &key(schema::LIST_KEY, schema::LIST_SORT))
    );
    assert_eq!(index["Projection"]["NonKeyAttributes"], json!(schema::LIST_PROJECTED));
    // DynamoDB adds one index in an update of a table: another one waits for the next release.
    let [_, index] = &table["GlobalSecondaryIndexes"].as_array().unwrap()[..] else { panic!() };
    assert_eq!(
        (&index["IndexName"], &index["KeySchema"]),
        (&json!(schema::OWNED_INDEX), &key(schema::OWNER, schema::PARTITION_KEY))
    );
    assert_eq!(index["Projection"], json!({"ProjectionType": "KEYS_ONLY"}));
}
