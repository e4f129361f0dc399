//! What an operator is woken for, within the ten alarms that cost nothing.

use events_send::Send;
use keys_rotate::Rotate;
use web::EventFunction;

use super::{
    dashboard, events,
    installation::Installation,
    nodes::{choose, list, map, nothing, reference, resource, sub, text},
    yaml::Node,
};

/// How long a period is, in seconds, and what it means if nothing was measured in one.
#[derive(Clone, Copy)]
pub(super) struct Period(u64, &'static str);

/// For what must not happen: silence is good.
pub(super) const FIVE_MINUTES: Period = Period(300, "notBreaching");
/// For what must happen each day.
const EACH_DAY: Period = Period(24 * 3600, "breaching");

/// One alarm.
pub(super) struct Alarm {
    /// Its name, in the template and with dashes in CloudWatch.
    pub(super) name: (&'static str, &'static str),
    pub(super) about: &'static str,
    pub(super) namespace: Node,
    pub(super) metric: &'static str,
    /// A sum, or a percentile.
    pub(super) statistic: (&'static str, &'static str),
    pub(super) dimension: Option<(&'static str, Node)>,
    /// How much is too much, for how many periods.
    pub(super) limit: (Node, u64),
    pub(super) period: Period,
}

/// What the alarms of a stack may be called, behind the stack's name.
pub(crate) fn alarm_names() -> Vec<&'static str> {
    let names = alarms().map(|alarm| alarm.name.1);
    names.into_iter().chain(events::alarm_names()).chain([ROTATION.1, TELLING.1]).collect()
}

/// The alarms, and the dashboard that shows them.
pub(super) fn resources(installation: &Installation<'_>) -> Vec<(String, Node)> {
    let alarms = alarms().into_iter().chain(events::alarms(installation)).chain(rotation(installation));
    let alarms = alarms.chain(telling(installation));
    let alarms: Vec<_> = alarms.collect();
    let names: Vec<_> = alarms.iter().map(|alarm| alarm.name.1.to_owned()).collect();
    let alarms = alarms.into_iter().map(|alarm| (format!("{}Alarm", alarm.name.0), alarm.resource()));
    alarms.chain(dashboard::resources(&names)).collect()
}

fn alarms() -> [Alarm; 8] {
    let (callback, authorizer) = ("UsersLoginCallbackFunction", "AuthorizerFunction");
    let api = Alarm {
        name: ("ApiErrors", "api-errors"),
        about: "The API answers with 5xx: look into the functions' logs for the cause. Without a line there, more of a function were \
                needed at one time than may run.",
        namespace: text("AWS/ApiGateway"),
        metric: "5xx",
        statistic: SUM,
        dimension: Some(("ApiId", reference("Api"))),
        limit: (Node::Number(5), 1),
        period: FIVE_MINUTES,
    };
    let lambda = |name, about, metric, function: &str| Alarm {
        name,
        about,
        namespace: text("AWS/Lambda"),
        metric,
        statistic: SUM,
        dimension: Some(("FunctionName", reference(function))),
        limit: (Node::Number(1), 1),
        period: FIVE_MINUTES,
    };
    let slow = lambda(
        ("CallbackSlow", "callback-slow"),
        "The end of a sign-in takes long: the provider, or the table.",
        "Duration",
        callback,
    );
    let crash = "It crashed, could not start or ran out of time.";
    let throttled = "More of it were needed at one time than may run.";
    [
        api,
        lambda(("CallbackErrors", "callback-errors"), crash, "Errors", callback),
        lambda(("AuthorizerErrors", "authorizer-errors"), crash, "Errors", authorizer),
        lambda(("AuthorizerThrottles", "authorizer-throttles"), throttled, "Throttles", authorizer),
        // In milliseconds, for a quarter of an hour.
        Alarm { statistic: ("ExtendedStatistic", "p99"), limit: (Node::Number(5000), 3), ..slow },
        table(),
        sign_ins(),
        reuse(),
    ]
}

/// The name of the alarm on what receivers of events could not be told.
const TELLING: (&str, &str) = ("EventsSend", "events-send");

/// The name of the alarm on the rotation of keys.
const ROTATION: (&str, &str) = ("KeysRotate", "keys-rotate");

const SUM: (&str, &str) = ("Statistic", "Sum");

fn table() -> Alarm {
    Alarm {
        name: ("TableThrottles", "table-throttles"),
        about: "The table refuses writes because there are too many.",
        namespace: text("AWS/DynamoDB"),
        metric: "WriteThrottleEvents",
        statistic: SUM,
        dimension: Some(("TableName", reference("Table"))),
        limit: (Node::Number(1), 1),
        period: FIVE_MINUTES,
    }
}

fn sign_ins() -> Alarm {
    counted(
        ("SignInFailures", "sign-in-failures"),
        "Unusually many sign-ins are refused: somebody tries something, or a provider has changed something.",
        "SignInsRefused",
        reference("SignInFailures"),
    )
}

fn reuse() -> Alarm {
    counted(
        ("Reuse", "reuse"),
        "A token or a code came again after its use, so its grant ended: somebody else may have it, or an app loses answers and asks \
         twice. `latchkey audit --what refresh_token_reused` says whose.",
        "Reuse",
        Node::Number(1),
    )
}

/// Of what latchkey counts itself.
fn counted(
    name: (&'static str, &'static str),
    about: &'static str,
    series: &'static str,
    limit: Node,
) -> Alarm {
    Alarm {
        name,
        about,
        namespace: sub("latchkey/${AWS::StackName}"),
        metric: series,
        statistic: SUM,
        dimension: None,
        limit: (limit, 1),
        period: FIVE_MINUTES,
    }
}

/// Somebody is woken when keys are not replaced any more: for two days no run has ended well, because each failed, or because none began.
/// Lambda counts an error of 0 for a run that ends well, so the least of a day says whether one did; a day without a run has none.
fn rotation(installation: &Installation<'_>) -> Option<Alarm> {
    let mount = installation.mounts.iter().find(|mount| mount.name == Rotate::NAME)?;
    mount.schedule.map(|_| Alarm {
        name: ROTATION,
        about: "For two days keys-rotate has failed or has not run, so no signing key follows another: see its log.",
        namespace: text("AWS/Lambda"),
        metric: "Errors",
        statistic: ("Statistic", "Minimum"),
        dimension: Some(("FunctionName", reference("KeysRotateFunction"))),
        limit: (Node::Number(1), 2),
        period: EACH_DAY,
    })
}

/// Somebody is woken where a receiver could not be told something for a day: the run that gives it up fails. So does one that cannot read
/// the trail.
fn telling(installation: &Installation<'_>) -> Option<Alarm> {
    installation.mounts.iter().find(|mount| mount.name == Send::NAME).map(|_| Alarm {
        name: TELLING,
        about: "A receiver of events could not be told something for a day, or the trail cannot be read for them: see the log of \
                events-send, and `latchkey events failed`.",
        namespace: text("AWS/Lambda"),
        metric: "Errors",
        statistic: SUM,
        dimension: Some(("FunctionName", reference("EventsSendFunction"))),
        limit: (Node::Number(1), 1),
        period: FIVE_MINUTES,
    })
}

impl Alarm {
    fn resource(self) -> Node {
        let dimension = self
            .dimension
            .map(|(name, value)| ("Dimensions", list([map([("Name", text(name)), ("Value", value)])])));
        let ((threshold, periods), Period(seconds, silence)) = (self.limit, self.period);
        let what = [
            ("AlarmName", sub(format!("${{AWS::StackName}}-{}", self.name.1))),
            ("AlarmDescription", text(self.about)),
            ("Namespace", self.namespace),
            ("MetricName", text(self.metric)),
            (self.statistic.0, text(self.statistic.1)),
        ];
        let when = [
            ("Period", Node::Number(seconds)),
            ("EvaluationPeriods", Node::Number(periods)),
            ("Threshold", threshold),
            ("ComparisonOperator", text("GreaterThanOrEqualToThreshold")),
            ("TreatMissingData", text(silence)),
            ("AlarmActions", choose("HasAlarmTopic", list([reference("AlarmTopic")]), nothing())),
        ];
        resource("AWS::CloudWatch::Alarm", what.into_iter().chain(dimension).chain(when))
    }
}
