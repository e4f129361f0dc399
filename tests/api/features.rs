//! What a setting that turns something on adds to a stack: its function with its routes, its secret, its alarm, and leave for others to do
//! their part. Where it is off, none of that is there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use latchkey::template::template;
use serde_json::Value;

/// What a setting turns on, and what it adds.
struct Feature {
    settings: &'static [(&'static str, &'static str)],
    function: &'static str,
    routes: &'static [&'static str],
    secret: Option<&'static str>,
    alarm: Option<&'static str>,
    /// Functions that get more to do, or to read.
    others: &'static [&'static str],
}

const FEATURES: [Feature; 5] = [
    Feature {
        settings: &[("EVENTS", "on")],
        function: "EventsSend",
        routes: &[],
        secret: Some("EventsKeySecret"),
        alarm: Some("EventsSendAlarm"),
        others: &["OauthLogout", "UsersLogout"],
    },
    Feature {
        settings: &[("WEBHOOKS", "on")],
        function: "Webhooks",
        routes: &["POST /webhooks/{source}", "POST /webhooks/{source}/{key}"],
        secret: Some("WebhookKeySecret"),
        alarm: None,
        others: &[],
    },
    Feature {
        settings: &[("MAIL", "ses"), ("MAIL_FROM", "login@example.com")],
        function: "MailSend",
        routes: &[],
        secret: None,
        alarm: Some("MailDeadLettersAlarm"),
        others: &[],
    },
    Feature {
        settings: &[("SECOND_FACTORS", "on")],
        function: "UsersFactor",
        routes: &["GET /users/factor", "POST /users/factor"],
        secret: Some("FactorKeySecret"),
        alarm: None,
        others: &[],
    },
    Feature {
        settings: &[("PASSKEYS", "on")],
        function: "UsersPasskey",
        routes: &["GET /users/passkey", "POST /users/passkey"],
        secret: None,
        alarm: None,
        others: &[],
    },
];

fn with<'a>(settings: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> Value {
    let settings = settings.into_iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    template(&settings.collect::<HashMap<_, _>>()).unwrap().to_json()
}

/// The names of the resources of a kind.
fn names(template: &Value, kind: &str) -> BTreeSet<String> {
    let all = template["Resources"].as_object().unwrap().iter();
    let of_kind = all.filter(|(_, it)| it["Type"] == format!("AWS::{kind}"));
    of_kind.map(|(name, _)| name.clone()).collect()
}

fn routes(template: &Value) -> BTreeSet<String> {
    let all = template["Resources"].as_object().unwrap().values();
    let all = all.filter(|it| it["Type"] == "AWS::ApiGatewayV2::Route");
    all.map(|it| it["Properties"]["RouteKey"].as_str().unwrap().to_owned()).collect()
}

/// The roles by name, as text.
fn roles(template: &Value) -> BTreeMap<String, String> {
    let all = template["Resources"].as_object().unwrap().iter();
    let all = all.filter(|(_, it)| it["Type"] == "AWS::IAM::Role");
    all.map(|(name, it)| (name.strip_suffix("Role").unwrap().to_owned(), it.to_string())).collect()
}

fn more(on: BTreeSet<String>, off: &BTreeSet<String>) -> Vec<String> {
    assert!(off.is_subset(&on), "nothing goes");
    on.difference(off).cloned().collect()
}

#[test]
fn each_feature_adds_its_own_and_nothing_else() {
    // #107
    let off = with(&[]);
    for feature in &FEATURES {
        let (on, name) = (with(feature.settings), feature.function);
        let added = |kind: &str| more(names(&on, kind), &names(&off, kind));
        assert_eq!(added("Lambda::Function"), [format!("{name}Function")]);
        assert_eq!(added("IAM::Role"), [format!("{name}Role")], "{name}");
        assert_eq!(added("SecretsManager::Secret"), Vec::from_iter(feature.secret), "{name}");
        assert_eq!(added("CloudWatch::Alarm"), Vec::from_iter(feature.alarm), "{name}");
        let new = more(routes(&on), &routes(&off));
        assert!(feature.routes.iter().all(|route| new.contains(&(*route).to_owned())), "{name}: {new:?}");
        assert_eq!(new.is_empty(), feature.routes.is_empty(), "{name}: {new:?}");
        // What reads its secret is its function alone.
        if let Some(secret) = feature.secret {
            let readers: Vec<_> = roles(&on).into_iter().filter(|(_, role)| role.contains(secret)).collect();
            assert_eq!(readers.iter().map(|(role, _)| role.as_str()).collect::<Vec<_>>(), [name]);
        }
        let (before, after) = (roles(&off), roles(&on));
        let changed =
            before.iter().filter(|(role, text)| after[*role] != **text).map(|(role, _)| role.as_str());
        let changed: Vec<_> = changed.collect();
        for other in feature.others {
            assert!(changed.contains(other), "{name}: {changed:?}");
        }
    }
}

#[test]
fn where_everything_is_off_or_not_said_nothing_of_it_is_there() {
    let nothing = with(&[]);
    let off = FEATURES.iter().map(|feature| (feature.settings[0].0, "off"));
    let off = with(&off.collect::<Vec<_>>());
    let all =
        |template: &Value| template["Resources"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!((all(&off), roles(&off)), (all(&nothing), roles(&nothing)));
    let text = nothing.to_string();
    for feature in &FEATURES {
        assert!(!text.contains(&format!("{}Function", feature.function)), "{}", feature.function);
        for trace in feature.secret.iter().chain(&feature.alarm).chain(feature.routes) {
            assert!(!text.contains(trace), "{trace}");
        }
    }
}

#[test]
fn all_of_them_together_add_what_each_adds_alone() {
    // #107
    let (off, all) = (with(&[]), with(FEATURES.iter().flat_map(|feature| feature.settings)));
    for kind in [
        "Lambda::Function",
        "IAM::Role",
        "SecretsManager::Secret",
        "CloudWatch::Alarm",
        "ApiGatewayV2::Route",
    ] {
        let alone = FEATURES
            .iter()
            .flat_map(|feature| more(names(&with(feature.settings), kind), &names(&off, kind)));
        let mut alone: Vec<_> = alone.collect();
        alone.sort();
        assert_eq!(more(names(&all, kind), &names(&off, kind)), alone, "{kind}");
    }
    // No function has leave together that it has with none of them.
    let alone: Vec<_> = FEATURES.iter().map(|feature| with(feature.settings)).collect();
    let statements = |template: &Value, role: &str| -> BTreeSet<String> {
        let policies = &template["Resources"][format!("{role}Role")]["Properties"]["Policies"];
        let policies = policies.as_array().into_iter().flatten();
        let all = policies.flat_map(|it| it["PolicyDocument"]["Statement"].as_array().unwrap());
        // A function that is there only with one feature hands mails over only with another, and that of passkeys looks at whose roles demand
        // a second factor only where there are some.
        let is_of_two = |leave: &String| {
            leave.contains("MailQueue") || (role == "UsersPasskey" && leave.contains("RIGHTS#"))
        };
        all.flat_map(each_leave).filter(|leave| !is_of_two(leave)).collect()
    };
    for role in roles(&all).keys() {
        let wanted: BTreeSet<_> = alone.iter().flat_map(|one| statements(one, role)).collect();
        assert_eq!(statements(&all, role), wanted, "{role}");
    }
}

/// Each action on each kind of row, or on each resource.
fn each_leave(statement: &Value) -> Vec<String> {
    let actions = statement["Action"].as_array().unwrap();
    let keys = statement["Condition"]
        .as_object()
        .and_then(|it| it.values().next()?["dynamodb:LeadingKeys"].as_array());
    let resources = statement["Resource"].as_array();
    let whole = vec![statement["Resource"].clone()];
    let on = keys.or(resources).unwrap_or(&whole);
    actions
        .iter()
        .flat_map(|action| {
            on.iter().map(move |it| format!("{action} {it} {}", statement["Resource"].is_object()))
        })
        .collect()
}
