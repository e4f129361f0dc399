//! What invokes functions beside the gateway: schedules, and the queues by which one function hands something over to another.

use std::time::Duration;

use ::mail::settings::{MAIL, MAIL_QUEUE};
use logout::settings::LOGOUT_QUEUE;
use setting::{BACKCHANNEL_LOGOUT, Setting};

use self::delivery::{BATCH, DELIVERIES, INVISIBLE};
use super::{
    alarms::{Alarm, FIVE_MINUTES},
    installation::Installation,
    nodes::{attribute, list, map, reference, resource, sub, text},
    yaml::Node,
};
use crate::mount::Mount;

/// A queue, and the one for what could not be done.
pub(super) struct Queue {
    /// Its name in the template, and the other's.
    pub(super) id: &'static str,
    dead_letters: &'static str,
    /// Its name at AWS, behind the stack's.
    name: &'static str,
    /// The setting with its URL.
    url: &'static Setting,
    /// The setting that asks for it.
    only_with: &'static Setting,
    /// What it is, in words.
    what: &'static str,
    /// How long a message waits at most, in seconds.
    waits: u64,
    /// The name of the alarm on what could not be done, and what somebody is woken for.
    alarm: (&'static str, &'static str),
    about: &'static str,
}

/// The queues there may be.
pub(super) static QUEUES: [Queue; 2] = [
    Queue {
        id: "LogoutQueue",
        dead_letters: "LogoutDeadLetters",
        name: "logouts",
        url: &LOGOUT_QUEUE,
        only_with: &BACKCHANNEL_LOGOUT,
        what: "the queue of sessions that have ended",
        waits: 4 * 24 * 3600,
        alarm: ("LogoutDeadLetters", "logout-dead-letters"),
        about: "An app could not be told for an hour that a session has ended: see the log of logout-notify.",
    },
    Queue {
        id: "MailQueue",
        dead_letters: "MailDeadLetters",
        name: "mails",
        url: &MAIL_QUEUE,
        only_with: &MAIL,
        what: "the queue of mails",
        // What is in a mail counts for half an hour at most.
        waits: 1800,
        alarm: ("MailDeadLetters", "mail-dead-letters"),
        about: "A mail could not be sent, however often it was tried: see the log of mail-send.",
    },
];

impl Queue {
    /// The one whose URL is in this setting.
    pub(super) fn of(url: &Setting) -> Option<&'static Self> {
        QUEUES.iter().find(|queue| queue.is_at(url))
    }

    /// Whether its URL is in this setting.
    pub(super) fn is_at(&self, url: &Setting) -> bool {
        self.url.name == url.name
    }

    /// Whether an installation has it.
    pub(super) fn is_wanted(&self, installation: &Installation<'_>) -> bool {
        installation.value(self.only_with) != Some("off")
    }
}

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

/// How long a message that was given up is kept, in seconds.
const KEPT: u64 = 14 * 24 * 3600;

/// What invokes a function.
pub(super) fn resources(mount: &Mount, name: &str) -> Vec<(String, Node)> {
    let schedule = mount.schedule.into_iter().flat_map(|every| schedule(name, every));
    let source =
        mount.takes_queue.and_then(Queue::of).map(|queue| (format!("{name}Source"), source(queue, name)));
    schedule.chain(source).collect()
}

/// What a function is invoked by, in words.
pub(super) fn description(mount: &Mount) -> String {
    let schedule = mount.schedule.map(rate);
    let queue = mount.takes_queue.and_then(Queue::of).map(|queue| queue.what.to_owned());
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
fn source(queue: &Queue, name: &str) -> Node {
    resource(
        "AWS::Lambda::EventSourceMapping",
        [
            ("EventSourceArn", attribute(format!("{}.Arn", queue.id))),
            ("FunctionName", reference(format!("{name}Function"))),
            ("BatchSize", Node::Number(BATCH as u64)),
            ("FunctionResponseTypes", list([text("ReportBatchItemFailures")])),
        ],
    )
}

/// The queues, and those for what could not be done.
pub(super) fn queues(installation: &Installation<'_>) -> Vec<(String, Node)> {
    QUEUES.iter().filter(|queue| queue.is_wanted(installation)).flat_map(both).collect()
}

fn both(wanted: &Queue) -> [(String, Node); 2] {
    let queue = |name: &str, kept: u64| {
        [
            ("QueueName", sub(format!("${{AWS::StackName}}-{name}"))),
            ("MessageRetentionPeriod", Node::Number(kept)),
            ("SqsManagedSseEnabled", Node::Flag(true)),
        ]
    };
    let redrive = map([
        ("deadLetterTargetArn", attribute(format!("{}.Arn", wanted.dead_letters))),
        ("maxReceiveCount", Node::Number(DELIVERIES)),
    ]);
    let more = [("VisibilityTimeout", Node::Number(INVISIBLE)), ("RedrivePolicy", redrive)];
    let (own, dead) =
        (queue(wanted.name, wanted.waits), queue(&format!("{}-dead-letters", wanted.name), KEPT));
    [
        (wanted.id.to_owned(), resource("AWS::SQS::Queue", own.into_iter().chain(more))),
        (wanted.dead_letters.to_owned(), resource("AWS::SQS::Queue", dead)),
    ]
}

/// The names of the alarms on what could not be done.
pub(super) fn alarm_names() -> impl Iterator<Item = &'static str> {
    QUEUES.iter().map(|queue| queue.alarm.1)
}

/// Somebody is woken for what could not be done.
pub(super) fn alarms(installation: &Installation<'_>) -> impl Iterator<Item = Alarm> {
    QUEUES.iter().filter(|queue| queue.is_wanted(installation)).map(|queue| Alarm {
        name: queue.alarm,
        about: queue.about,
        namespace: text("AWS/SQS"),
        metric: "ApproximateNumberOfMessagesVisible",
        statistic: ("Statistic", "Maximum"),
        dimension: Some(("QueueName", attribute(format!("{}.QueueName", queue.dead_letters)))),
        limit: (Node::Number(1), 1),
        period: FIVE_MINUTES,
    })
}
