//! `latchkey status`: whether it works, and what happened in the last hour.

use std::{collections::BTreeMap, path::Path, process::Command, time::Duration};

use audit::{Query, SERIES};
use clap::Args;
use oauth::Time;
use serde_json::{Value, json};
use setting::SettingError;

use crate::{
    clients::Place,
    login::{Terminal, answers},
    settings::Values,
};

const HOUR: Duration = Duration::from_secs(3600);

/// `latchkey status …`
#[derive(Debug, Args)]
pub struct Status {
    /// Of this stack at AWS [default: of the local cloud]
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
}

/// Says in sentences that it works and what happened; an error says what does not work.
pub async fn run(
    wanted: &Status,
    terminal: &Terminal<'_>,
    values: &Values,
    home: &Path,
    now: Time,
) -> Result<String, SettingError> {
    let place = Place::open(wanted.stack.as_deref(), values, home).await?;
    answers(place.issuer.clone(), terminal).await?;
    let since = Time::from_epoch(now.epoch() - HOUR.as_secs() as i64);
    let kept = kept(&place, since, now).await?;
    let mut text = format!("latchkey answers at {} and publishes its keys.\n", place.issuer.as_str());
    if let Some(stack) = &wanted.stack {
        text.push_str(&counted(&metrics(stack, since, now)?));
    }
    text.push_str(&sentence_of(&kept));
    Ok(text)
}

/// How often what is kept happened.
async fn kept(place: &Place, since: Time, now: Time) -> Result<BTreeMap<&'static str, u64>, SettingError> {
    let (mut kept, mut before) = (BTreeMap::new(), None::<String>);
    let query = Query { since: Some(since), ..Query::default() };
    loop {
        let page = audit::list(&place.table, &query, 100, before.as_deref(), now).await;
        let page = page.map_err(|error| {
            SettingError::new(format!("the table does not answer: {}", oauth::causes(&error)))
        })?;
        for event in page.events {
            *kept.entry(event.what.as_str()).or_default() += 1;
        }
        before = page.next;
        if before.is_none() {
            return Ok(kept);
        }
    }
}

fn sentence_of(kept: &BTreeMap<&'static str, u64>) -> String {
    if kept.is_empty() {
        return "In the last hour nothing happened that the trail keeps.\n".to_owned();
    }
    let parts: Vec<_> = kept.iter().map(|(what, count)| format!("{count} {what}")).collect();
    format!("Kept in the trail in the last hour: {}. `latchkey audit` shows them.\n", parts.join(", "))
}

/// The sums of the series in a stack, as CloudWatch has them.
fn metrics(stack: &str, since: Time, now: Time) -> Result<BTreeMap<String, u64>, SettingError> {
    let cannot =
        |why: &str| SettingError::new(format!("CloudWatch does not say what happened: {}", why.trim()));
    let queries: Vec<_> = SERIES.iter().enumerate().map(|(n, name)| query(n, name, stack)).collect();
    let (start, end) = (since.to_string(), now.to_string());
    let queries = Value::from(queries).to_string();
    let arguments =
        ["cloudwatch", "get-metric-data", "--output", "json", "--start-time", &start, "--end-time"];
    let output = Command::new("aws").args(arguments).args([&end, "--metric-data-queries", &queries]).output();
    let output = output.map_err(|error| cannot(&format!("the AWS CLI does not start: {error}")))?;
    if !output.status.success() {
        return Err(cannot(&String::from_utf8_lossy(&output.stderr)));
    }
    let answer: Value = serde_json::from_slice(&output.stdout).map_err(|error| cannot(&error.to_string()))?;
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
    fn what_is_kept_is_counted_by_its_kind() {
        let kept = BTreeMap::from([("client_added", 2), ("role_set", 1)]);
        assert!(sentence_of(&kept).contains("2 client_added, 1 role_set"));
        assert!(sentence_of(&BTreeMap::new()).contains("nothing happened"));
    }
}
