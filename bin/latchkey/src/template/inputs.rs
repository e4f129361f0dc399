//! Parameters, the rules between them, and the conditions they make.

use setting::Setting;

use super::{
    installation::{Form, Installation, form},
    nodes::{camel, is_given, list, map, text},
    settings_of,
    yaml::Node,
};
use crate::{mount::AUTHORIZER, settings};

/// The functions whose number at one time can be limited. The callback is what anonymous traffic can make expensive; the
/// authorizer is what nobody else's traffic may starve (#105); each password takes memory and processor time (#86).
const BOUNDED: [&str; 3] = ["users-login-callback", "users-password", AUTHORIZER.name];

/// How long CloudWatch can keep a log, in days.
const RETENTIONS: [u64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// The parameter that limits a function, if it has one.
pub(super) fn concurrency(function: &str) -> Option<String> {
    BOUNDED.contains(&function).then(|| format!("{}Concurrency", camel(function)))
}

pub(super) fn parameters(installation: &Installation<'_>) -> Node {
    let code = installation.mounts.iter().map(|mount| {
        let about = format!("The key of the function {}: <name>/<digest>.zip", mount.name);
        (format!("{}Code", camel(mount.name)), parameter(&about, []))
    });
    let settings = settings::all().filter_map(|setting| of_setting(setting, installation));
    let concurrency = bounded(installation).filter_map(|name| {
        let about = format!("How many of {name} may run at one time, reserved for it. Without it, as many as the account allows.");
        Some((concurrency(name)?, parameter(&about, [("Default", text("")), ("AllowedPattern", text("[0-9]*"))])))
    });
    let all =
        [("CodeBucket".to_owned(), parameter("The bucket that holds the functions' code.", []))].into_iter();
    map(all
        .chain(code)
        .chain(runtime())
        .chain(address(installation))
        .chain(settings)
        .chain(limits())
        .chain(concurrency))
}

fn parameter<const N: usize>(about: &str, more: [(&'static str, Node); N]) -> Node {
    map([("Type", text("String")), ("Description", text(about))].into_iter().chain(more))
}

fn number<const N: usize>(about: &str, default: u64, more: [(&'static str, Node); N]) -> Node {
    let all = [("Type", text("Number")), ("Description", text(about)), ("Default", Node::Number(default))];
    map(all.into_iter().chain(more))
}

/// A setting that is a parameter, if any function reads it.
fn of_setting(setting: &'static Setting, installation: &Installation<'_>) -> Option<(String, Node)> {
    let read = installation.mounts.iter().flat_map(settings_of).any(|other| other.name == setting.name);
    let node = match form(setting) {
        Form::Required => parameter(setting.about, []),
        Form::Parameter => {
            parameter(setting.about, [("Default", text(installation.value(setting).unwrap_or_default()))])
        }
        _ => return None,
    };
    read.then(|| (camel(setting.name), node))
}

fn runtime() -> [(String, Node); 3] {
    let architectures = list(["arm64", "x86_64"].map(text));
    let architecture = [("Default", text("arm64")), ("AllowedValues", architectures)];
    let memory = [("MinValue", Node::Number(128)), ("MaxValue", Node::Number(10_240))];
    let retention = [("AllowedValues", list(RETENTIONS.map(Node::Number)))];
    [
        ("Architecture".to_owned(), parameter("What the functions are built for.", architecture)),
        ("Memory".to_owned(), number("Megabytes of each function.", 256, memory)),
        ("Retention".to_owned(), number("How many days the logs are kept.", 30, retention)),
    ]
}

fn address(installation: &Installation<'_>) -> [(String, Node); 4] {
    let optional = |about: &str, default: &str| parameter(about, [("Default", text(default))]);
    let base = installation.value(&setting::BASE_URL).unwrap_or_default();
    let about = "Where latchkey lives, as in https://id.example.com. Without it at Domain, and without that at the API's own address.";
    [
        ("BaseUrl".to_owned(), optional(about, base)),
        ("Domain".to_owned(), optional("A domain of your own for the API, such as id.example.com.", "")),
        (
            "Certificate".to_owned(),
            optional("The ARN of the domain's certificate, in the stack's region.", ""),
        ),
        ("AlarmTopic".to_owned(), optional("The ARN of the SNS topic that alarms go to.", "")),
    ]
}

fn limits() -> [(String, Node); 3] {
    let about = "How many sign-ins may be refused within five minutes before it is an alarm.";
    [
        ("Rate".to_owned(), number("How many requests a second each route takes.", 100, [])),
        ("Burst".to_owned(), number("How many requests at once each route takes.", 200, [])),
        ("SignInFailures".to_owned(), number(about, 50, [])),
    ]
}

pub(super) fn rules() -> Node {
    let needs = map([
        ("Assert", is_given("Certificate")),
        ("AssertDescription", text("A Domain needs the ARN of its Certificate.")),
    ]);
    let domain = map([("RuleCondition", is_given("Domain")), ("Assertions", list([needs]))]);
    map([("DomainHasCertificate", domain)])
}

/// Those of them that this installation has.
fn bounded(installation: &Installation<'_>) -> impl Iterator<Item = &'static str> {
    BOUNDED.into_iter().filter(|name| installation.mounts.iter().any(|mount| mount.name == *name))
}

pub(super) fn conditions(installation: &Installation<'_>) -> Node {
    let optional =
        ["BaseUrl", "Domain", "Certificate", "AlarmTopic", "Audience"].map(str::to_owned).into_iter();
    let optional = optional.chain(bounded(installation).filter_map(concurrency));
    map(optional.map(|name| (format!("Has{name}"), is_given(&name))))
}
