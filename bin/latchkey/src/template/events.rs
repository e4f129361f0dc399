//! What invokes functions beside the gateway: schedules, and the queue by which it is handed over which sessions have ended.

use std::time::Duration;

use self::delivery::{BATCH, DELIVERIES, INVISIBLE};
use super::{
    alarms::{Alarm, FIVE_MINUTES},
    installation::Installation,
    nodes::{attribute, list, map, reference, resource, sub, text},
    yaml::Node,
};
use crate::mount::Mount;

/// The queue's name in the template.
pub(super) const QUEUE: &str = "LogoutQueue";
/// That of the queue for what could not be done.
const DEAD_LETTERS: &str = "LogoutDeadLetters";

/// How the queue delivers; that of the local cloud does the same.
pub(crate) mod delivery {
    /// How often a message is delivered before it is given up.
    pub(crate) const DELIVERIES: u64 = 5;
    /// For how many seconds a message that was delivered is not delivered again, unless its function says otherwise: six times as
    /// long as that may take.
    pub(crate) const INVISIBLE: u64 = 90;
    /// The most messages of one invocation.
    pub(crate) const BATCH: usize = 10;
}

/// How long a message waits at most, and how long one that was given up is kept, in seconds.
const WAITS: u64 = 4 * 24 * 3600;
const KEPT: u64 = 14 * 24 * 3600;

/// What invokes a function.
pub(super) fn resources(mount: &Mount, name: &str) -> Vec<(String, Node)> {
    let schedule = mount.schedule.into_iter().flat_map(|every| schedule(name, every));
    let source = mount.takes_queue.then(|| (format!("{name}Source"), source(name)));
    schedule.chain(source).collect()
}

/// What a function is invoked by, in words.
pub(super) fn description(mount: &Mount) -> String {
    let schedule = mount.schedule.map(rate);
    let queue = mount.takes_queue.then(|| "the queue of sessions that have ended".to_owned());
    queue.into_iter().chain(schedule).collect::<Vec<_>>().join(", ")
}

fn schedule(name: &str, every: Duration) -> [(String, Node); 2] {
    let target = map([("Id", text("function")), ("Arn", attribute(format!("{name}Function.Arn")))]);
    let rule = resource(
        "AWS::Events::Rule",
        [("ScheduleExpression", text(rate(every))), ("Targets", list([target]))],
    );
    let permission = resource(
        "AWS::Lambda::Permission",
        [
            ("Action", text("lambda:InvokeFunction")),
            ("FunctionName", reference(format!("{name}Function"))),
            ("Principal", text("events.amazonaws.com")),
            ("SourceArn", attribute(format!("{name}Schedule.Arn"))),
        ],
    );
    [(format!("{name}Schedule"), rule), (format!("{name}SchedulePermission"), permission)]
}

/// As a rule says it.
fn rate(every: Duration) -> String {
    match every.as_secs() / 60 {
        1 => "rate(1 minute)".to_owned(),
        minutes => format!("rate({minutes} minutes)"),
    }
}

/// Lambda asks the queue, and hands on what there is.
fn source(name: &str) -> Node {
    resource(
        "AWS::Lambda::EventSourceMapping",
        [
            ("EventSourceArn", attribute(format!("{QUEUE}.Arn"))),
            ("FunctionName", reference(format!("{name}Function"))),
            ("BatchSize", Node::Number(BATCH as u64)),
            ("FunctionResponseTypes", list([text("ReportBatchItemFailures")])),
        ],
    )
}

/// The queue, and that for what could not be done.
pub(super) fn queues(installation: &Installation<'_>) -> Vec<(String, Node)> {
    if !installation.tells_apps() {
        return Vec::new();
    }
    let queue = |name: &str, kept: u64| {
        [
            ("QueueName", sub(format!("${{AWS::StackName}}-{name}"))),
            ("MessageRetentionPeriod", Node::Number(kept)),
            ("SqsManagedSseEnabled", Node::Flag(true)),
        ]
    };
    let redrive = map([
        ("deadLetterTargetArn", attribute(format!("{DEAD_LETTERS}.Arn"))),
        ("maxReceiveCount", Node::Number(DELIVERIES)),
    ]);
    let more = [("VisibilityTimeout", Node::Number(INVISIBLE)), ("RedrivePolicy", redrive)];
    vec![
        (QUEUE.to_owned(), resource("AWS::SQS::Queue", queue("logouts", WAITS).into_iter().chain(more))),
        (DEAD_LETTERS.to_owned(), resource("AWS::SQS::Queue", queue("logouts-dead-letters", KEPT))),
    ]
}

/// The name of the alarm on what could not be done.
pub(super) const ALARM: (&str, &str) = ("LogoutDeadLetters", "logout-dead-letters");

/// Somebody is woken for an app that could not be told.
pub(super) fn alarm(installation: &Installation<'_>) -> Option<Alarm> {
    installation.tells_apps().then(|| Alarm {
        name: ALARM,
        about: "An app could not be told for an hour that a session has ended: see the log of logout-notify.",
        namespace: text("AWS/SQS"),
        metric: "ApproximateNumberOfMessagesVisible",
        statistic: ("Statistic", "Maximum"),
        dimension: Some(("QueueName", attribute(format!("{DEAD_LETTERS}.QueueName")))),
        limit: (Node::Number(1), 1),
        period: FIVE_MINUTES,
    })
}
