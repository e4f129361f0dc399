//! `latchkey status`: whether it works, and what happened in the last hour.

use std::{collections::BTreeMap, process::Command, time::Duration};

use audit::{Query, SERIES};
use clap::Args;
use notice::Left;
use oauth::Time;
use serde_json::{Value, json};
use setting::SettingError;

use crate::{
    clients::Place,
    login::{Terminal, answers},
    template::alarm_names,
    trail,
};

const HOUR: Duration = Duration::from_secs(3600);
/// How many of the newest events are shown.
const NEWEST: usize = 5;

/// `latchkey status …`
#[derive(Debug, Args)]
pub struct Status {
    /// Of this stack at AWS [default: of the local cloud]
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
}

/// Says in sentences that it works and what happened; an error says what does not work.
pub async fn run(wanted: &Status, terminal: &Terminal<'_>, now: Time) -> Result<String, SettingError> {
    let place = Place::open(wanted.stack.as_deref(), terminal.values, terminal.home).await?;
    answers(place.issuer.clone(), terminal).await?;
    let since = Time::from_epoch(now.epoch() - HOUR.as_secs() as i64);
    let kept = kept(&place, since, now).await?;
    let issuer = place.issuer.as_str();
    let mut text = format!("latchkey answers at {issuer}, publishes its keys, and its table answers.\n");
    if let Some(stack) = &wanted.stack {
        // What CloudWatch does not say is no reason to say nothing else.
        text.push_str(&said(alarms(stack)));
        text.push_str(&said(metrics(stack, since, now).map(|sums| counted(&sums))));
    }
    let left = notice::left(&place.table, now).await;
    text.push_str(&left_to_tell(left.map_err(|error| SettingError::new(oauth::causes(&error)))?));
    text.push_str(&sentence_of(&kept));
    Ok(text)
}

/// What receivers of events are still to be told; nothing where that is nothing.
fn left_to_tell(left: Left) -> String {
    let Left { waiting, failed } = left;
    let waits = match waiting {
        0 => String::new(),
        1 => "1 message to receivers of events waits for its next attempt.\n".to_owned(),
        _ => format!("{waiting} messages to receivers of events wait for their next attempt.\n"),
    };
    let dead = match failed {
        0 => String::new(),
        _ => format!("{failed} could not be told for a day: `latchkey events failed` lists them.\n"),
    };
    waits + &dead
}

fn said(answer: Result<String, SettingError>) -> String {
    answer.unwrap_or_else(|error| format!("{error}\n"))
}

/// What is kept of the last hour: how often each kind of it happened, and the newest events.
#[derive(Debug, Default)]
struct Kept {
    counts: BTreeMap<&'static str, u64>,
    newest: Vec<String>,
}

async fn kept(place: &Place, since: Time, now: Time) -> Result<Kept, SettingError> {
    let (mut kept, mut before) = (Kept::default(), None::<String>);
    let query = Query { since: Some(since), ..Query::default() };
    loop {
        let page = audit::list(&place.table, &query, 100, before.as_deref(), now).await;
        let page = page.map_err(|error| {
            SettingError::new(format!("the table does not answer: {}", oauth::causes(&error)))
        })?;
        for event in page.events {
            *kept.counts.entry(event.what.as_str()).or_default() += 1;
            if kept.newest.len() < NEWEST {
                kept.newest.push(trail::line(&event));
            }
        }
        before = page.next;
        if before.is_none() {
            return Ok(kept);
        }
    }
}

fn sentence_of(kept: &Kept) -> String {
    if kept.counts.is_empty() {
        return "In the last hour nothing happened that the trail keeps.\n".to_owned();
    }
    let parts: Vec<_> = kept.counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
    let more = if kept.counts.values().sum::<u64>() > kept.newest.len() as u64 {
        " The newest are these, and `latchkey audit --since 1h` shows all:"
    } else {
        ""
    };
    let newest: String = kept.newest.iter().map(|line| format!("  {line}")).collect();
    format!("Kept in the trail in the last hour: {}.{more}\n{newest}", parts.join(", "))
}

/// Which alarms of a stack are on.
fn alarms(stack: &str) -> Result<String, SettingError> {
    let prefix = format!("{stack}-");
    let answer = cloudwatch(&["describe-alarms", "--alarm-name-prefix", &prefix, "--state-value", "ALARM"])?;
    Ok(alarms_of(&answer, &prefix))
}

/// Of an answer of DescribeAlarms. Another stack may have a name that begins like this one's.
fn alarms_of(answer: &Value, prefix: &str) -> String {
    let all = answer["MetricAlarms"].as_array().into_iter().flatten();
    let is_ours = |name: &&str| name.strip_prefix(prefix).is_some_and(|name| alarm_names().contains(&name));
    let on: Vec<_> = all.filter_map(|alarm| alarm["AlarmName"].as_str()).filter(is_ours).collect();
    match on[..] {
        [] => "No alarm is on.\n".to_owned(),
        [one] => format!("An alarm is on: {one}. docs/operating.md says what it means.\n"),
        _ => {
            format!("{} alarms are on: {}. docs/operating.md says what they mean.\n", on.len(), on.join(", "))
        }
    }
}

/// What the AWS CLI answers about CloudWatch.
fn cloudwatch(arguments: &[&str]) -> Result<Value, SettingError> {
    let cannot = |why: &str| SettingError::new(format!("CloudWatch does not answer: {}", why.trim()));
    let output = Command::new("aws").args(["cloudwatch", "--output", "json"]).args(arguments).output();
    let output = output.map_err(|error| cannot(&format!("the AWS CLI does not start: {error}")))?;
    if !output.status.success() {
        return Err(cannot(&String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| cannot(&error.to_string()))
}

/// The sums of the series in a stack, as CloudWatch has them.
fn metrics(stack: &str, since: Time, now: Time) -> Result<BTreeMap<String, u64>, SettingError> {
    let queries: Vec<_> = SERIES.iter().enumerate().map(|(n, name)| query(n, name, stack)).collect();
    let (start, end) = (since.to_string(), now.to_string());
    let queries = Value::from(queries).to_string();
    let answer = cloudwatch(&[
        "get-metric-data",
        "--start-time",
        &start,
        "--end-time",
        &end,
        "--metric-data-queries",
        &queries,
    ])?;
    Ok(sums(&answer))
}

fn query(n: usize, name: &str, stack: &str) -> Value {
    let metric = json!({"Namespace": format!("latchkey/{stack}"), "MetricName": name});
    json!({"Id": format!("m{n}"), "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"}})
}

/// Of an answer of GetMetricData.
fn sums(answer: &Value) -> BTreeMap<String, u64> {
    let results = answer["MetricDataResults"].as_array().into_iter().flatten();
    let sum = |result: &Value| {
        let n: usize = result["Id"].as_str()?.strip_prefix('m')?.parse().ok()?;
        let values = result["Values"].as_array()?.iter().filter_map(Value::as_f64);
        Some(((*SERIES.get(n)?).to_owned(), values.sum::<f64>() as u64))
    };
    results.filter_map(sum).collect()
}

fn counted(sums: &BTreeMap<String, u64>) -> String {
    let of = |name: &str| sums.get(name).copied().unwrap_or_default();
    let reuse = match of("Reuse") {
        0 => "No token or code was reused.".to_owned(),
        count => format!("{count} times a token or a code was reused: somebody else may have it."),
    };
    format!(
        "In the last hour: {} sign-ins, {} refused and {} failed; {} sign-outs; {} requests got tokens and {} renewed them, {} were \
         refused; {} times something was tried too often. {reuse}\n",
        of("SignIns"),
        of("SignInsRefused"),
        of("SignInsFailed"),
        of("SignOuts"),
        of("Tokens"),
        of("Renewals"),
        of("TokensRefused"),
        of("Lockouts"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cloudwatch_answers_becomes_a_sentence() {
        let answer = json!({"MetricDataResults": [
            {"Id": "m0", "Label": "SignIns", "Values": [3.0, 4.0], "StatusCode": "Complete"},
            {"Id": "m7", "Label": "Reuse", "Values": [2.0]},
            {"Id": "m99", "Values": [1.0]},
            {"Id": "x", "Values": [1.0]},
            {"Id": "m6", "Values": []},
        ]});
        let text = counted(&sums(&answer));
        assert!(text.starts_with("In the last hour: 7 sign-ins, 0 refused and 0 failed;"), "{text}");
        assert!(text.contains("2 times a token or a code was reused"), "{text}");
        assert!(counted(&sums(&json!({}))).contains("No token or code was reused."));
    }

    #[test]
    fn what_receivers_are_still_to_be_told_is_said_where_there_is_something() {
        let said = |waiting, failed| left_to_tell(Left { waiting, failed });
        assert_eq!(said(0, 0), "");
        assert_eq!(said(1, 0), "1 message to receivers of events waits for its next attempt.\n");
        assert!(said(3, 2).starts_with("3 messages to receivers of events wait"), "{}", said(3, 2));
        assert!(
            said(3, 2).ends_with("\n2 could not be told for a day: `latchkey events failed` lists them.\n")
        );
    }

    #[test]
    fn only_the_alarms_of_this_stack_are_named() {
        let answer = |names: &[&str]| {
            let alarms: Vec<_> = names.iter().map(|name| json!({"AlarmName": name})).collect();
            alarms_of(&json!({"MetricAlarms": alarms}), "latchkey-")
        };
        assert_eq!(answer(&[]), "No alarm is on.\n");
        assert_eq!(answer(&["latchkey-two-reuse", "other-reuse", "latchkey-mine"]), "No alarm is on.\n");
        assert!(answer(&["latchkey-reuse"]).starts_with("An alarm is on: latchkey-reuse."));
        let two = answer(&["latchkey-keys-rotate", "latchkey-api-errors"]);
        assert!(two.starts_with("2 alarms are on: latchkey-keys-rotate, latchkey-api-errors."), "{two}");
    }

    #[test]
    fn what_is_kept_is_counted_by_its_kind() {
        let counts = BTreeMap::from([("client_added", 2), ("role_set", 1)]);
        let newest = vec!["one\n".to_owned(), "two\n".to_owned()];
        let said = sentence_of(&Kept { counts: counts.clone(), newest: newest.clone() });
        assert!(said.contains("2 client_added, 1 role_set. The newest are these"), "{said}");
        assert!(said.ends_with(":\n  one\n  two\n"), "{said}");
        let all = [newest, vec!["three\n".to_owned()]].concat();
        assert!(sentence_of(&Kept { counts, newest: all }).contains("1 role_set.\n  one\n"));
        assert!(sentence_of(&Kept::default()).contains("nothing happened"));
    }
}
