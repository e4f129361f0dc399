//! A function's role: what it declares, action by action and row by row, and nothing else (#107).

use std::collections::{BTreeMap, BTreeSet};

use keys_rotate::Rotate;
use setting::Action;
use store::schema;
use web::EventFunction;

use super::{
    events::QUEUES,
    installation::Installation,
    mail,
    nodes::{attribute, camel, list, map, resource, sub, text},
    settings_of,
    yaml::Node,
};
use crate::mount::{Mount, Rows};

pub(super) fn role(mount: &Mount, installation: &Installation<'_>) -> Node {
    let trust = map([
        ("Effect", text("Allow")),
        ("Principal", map([("Service", text("lambda.amazonaws.com"))])),
        ("Action", text("sts:AssumeRole")),
    ]);
    let secrets = installation.secrets(mount).into_iter().map(|keeper| keeper.arn()).collect();
    let statements =
        [log(mount)].into_iter().chain(rows(&installation.permissions(mount))).chain(secret(secrets));
    let statements = statements.chain(queues(mount, installation)).chain(keys(mount, installation));
    let statements = statements.chain(mail::statement(mount, installation));
    let policy = map([("PolicyName", text("declared")), ("PolicyDocument", policy(statements))]);
    resource(
        "AWS::IAM::Role",
        [("AssumeRolePolicyDocument", self::policy([trust])), ("Policies", list([policy]))],
    )
}

fn policy(statements: impl IntoIterator<Item = Node>) -> Node {
    map([("Version", text("2012-10-17")), ("Statement", list(statements))])
}

pub(super) fn allow(actions: Vec<Node>, resource: Node, condition: Option<Node>) -> Node {
    let statement = [("Effect", text("Allow")), ("Action", list(actions)), ("Resource", resource)];
    map(statement.into_iter().chain(condition.map(|condition| ("Condition", condition))))
}

/// Its own log. The star at the end of the group's ARN stands for the streams in it.
fn log(mount: &Mount) -> Node {
    let actions = ["logs:CreateLogStream", "logs:PutLogEvents"].map(text).to_vec();
    allow(actions, attribute(format!("{}Log.Arn", camel(mount.name))), None)
}

fn secret(secrets: Vec<Node>) -> Option<Node> {
    let actions = vec![text("secretsmanager:GetSecretValue")];
    (!secrets.is_empty()).then(|| allow(actions, list(secrets), None))
}

/// Who replaces the signing keys writes their secret, and gives them to exactly those functions that hold keys (#107).
fn keys(mount: &Mount, installation: &Installation<'_>) -> Vec<Node> {
    if mount.name != Rotate::NAME {
        return Vec::new();
    }
    let secrets = installation.secrets(mount).into_iter().map(|keeper| keeper.arn());
    let names: BTreeSet<_> = installation.signers().chain(installation.verifiers()).collect();
    let arn = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-";
    let functions = names.into_iter().map(|name| sub(format!("{arn}{name}"))).collect::<Vec<_>>();
    let actions = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"].map(text);
    vec![
        allow(vec![text("secretsmanager:PutSecretValue")], list(secrets), None),
        allow(actions.to_vec(), list(functions), None),
    ]
}

/// Who reads where a queue is hands something over; who takes from it may do that too, if a schedule invokes it as well (#107).
fn queues(mount: &Mount, installation: &Installation<'_>) -> impl Iterator<Item = Node> {
    let wanted = QUEUES.iter().filter(|queue| queue.is_wanted(installation));
    let read = wanted.filter(|queue| settings_of(mount).any(|setting| queue.is_at(setting)));
    read.map(|queue| {
        let takes = mount.takes_queue.is_some_and(|url| queue.is_at(url));
        let sends = !takes || mount.schedule.is_some();
        let sending = ["sqs:SendMessage"].into_iter().filter(|_| sends);
        let actions = sending.chain(TAKING.into_iter().filter(|_| takes)).map(text);
        allow(actions.collect(), attribute(format!("{}.Arn", queue.id)), None)
    })
}

/// What Lambda does in the function's name, and the function to put a message off.
const TAKING: [&str; 4] =
    ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];

/// One statement for all actions on the same kinds of rows. Not one for each kind: a batch or a transaction may touch rows of
/// several kinds by one action. Every action here names its rows' partition keys, so there is always a key to compare.
fn rows(allowed: &Rows) -> Vec<Node> {
    let mut kinds = BTreeMap::<(Vec<String>, Option<&str>), Vec<Action>>::new();
    for action in ACTIONS {
        let kinds_of = allowed.iter().filter(|(_, actions)| actions.contains(&action));
        let patterns: Vec<_> = kinds_of.map(|(kind, _)| pattern(kind, action)).collect();
        if !patterns.is_empty() {
            kinds.entry((patterns, index(action))).or_default().push(action);
        }
    }
    kinds.into_iter().map(|((patterns, index), actions)| statement(patterns, index, &actions)).collect()
}

const ACTIONS: [Action; 8] = [
    Action::Get,
    Action::BatchGet,
    Action::Put,
    Action::Update,
    Action::Delete,
    Action::Check,
    Action::List,
    Action::ListOwned,
];

/// The index on which it is done, if on any.
fn index(action: Action) -> Option<&'static str> {
    match action {
        Action::List => Some(schema::LIST_INDEX),
        Action::ListOwned => Some(schema::OWNED_INDEX),
        Action::Get | Action::BatchGet | Action::Put | Action::Update | Action::Delete | Action::Check => {
            None
        }
    }
}

/// The keys of a kind's rows, or of the owner's; in the index of lists, the name of the list.
fn pattern(kind: &str, action: Action) -> String {
    if action == Action::List { kind.to_owned() } else { format!("{kind}#*") }
}

fn statement(patterns: Vec<String>, index: Option<&str>, actions: &[Action]) -> Node {
    let place = match index {
        Some(index) => sub(format!("${{Table.Arn}}/index/{index}")),
        None => attribute("Table.Arn"),
    };
    let exact = actions.contains(&Action::List) && patterns.iter().all(|pattern| !pattern.ends_with('*'));
    let operator = if exact { "ForAllValues:StringEquals" } else { "ForAllValues:StringLike" };
    let keys = map([("dynamodb:LeadingKeys", list(patterns.into_iter().map(text)))]);
    let actions = actions.iter().map(|action| text(name(*action))).collect();
    allow(actions, place, Some(map([(operator, keys)])))
}

fn name(action: Action) -> &'static str {
    match action {
        Action::Get => "dynamodb:GetItem",
        Action::BatchGet => "dynamodb:BatchGetItem",
        Action::Put => "dynamodb:PutItem",
        Action::Update => "dynamodb:UpdateItem",
        Action::Delete => "dynamodb:DeleteItem",
        Action::Check => "dynamodb:ConditionCheckItem",
        Action::List | Action::ListOwned => "dynamodb:Query",
    }
}
