//! What an operator looks at: one page of CloudWatch with what latchkey counts, what AWS measures of it, and the alarms. Three dashboards
//! of up to 50 metrics are within CloudWatch's free tier.

use serde_json::{Value, json};

use super::{
    nodes::{reference, resource, sub},
    yaml::Node,
};

/// The width of a row, and the height of each widget, in units of CloudWatch.
const WIDTH: u64 = 24;
const HEIGHT: u64 = 6;

/// What latchkey counts, by the widget in which it is. Every series of `audit` is in one of them.
const COUNTED: [(&str, &[&str]); 3] = [
    ("Sign-ins", &["SignIns", "SignInsRefused", "SignInsFailed", "SignOuts"]),
    ("Tokens", &["Tokens", "Renewals", "TokensRefused"]),
    ("Worth a look: reuse, lockouts, changes", &["Reuse", "Lockouts", "Changes"]),
];

/// The dashboard, with a place for each of these alarms.
pub(super) fn resources(alarms: &[String]) -> Vec<(String, Node)> {
    let body = body(alarms);
    // `json!` of texts and numbers is always written.
    let body = serde_json::to_string_pretty(&body).unwrap_or_default();
    let dashboard = [("DashboardName", reference("AWS::StackName")), ("DashboardBody", sub(body))];
    vec![("Dashboard".to_owned(), resource("AWS::CloudWatch::Dashboard", dashboard))]
}

/// The members of each object are in the order of the alphabet, in which they are printed.
fn body(alarms: &[String]) -> Value {
    let counted = COUNTED.iter().map(|(title, series)| {
        let series = series.iter().map(|name| json!(["latchkey/${AWS::StackName}", name]));
        (*title, series.collect())
    });
    let mut row = 0;
    let mut widgets = vec![alarms_in(alarms, row)];
    for widgets_of_row in [counted.collect::<Vec<_>>(), measured()] {
        row += HEIGHT;
        let width = WIDTH / widgets_of_row.len() as u64;
        widgets.extend((0..).step_by(width as usize).zip(widgets_of_row).map(|(x, (title, metrics))| {
            json!({
                "height": HEIGHT,
                "properties": {
                    "metrics": metrics, "period": 300, "region": "${AWS::Region}", "stat": "Sum", "title": title,
                    "view": "timeSeries",
                },
                "type": "metric", "width": width, "x": x, "y": row,
            })
        }));
    }
    json!({ "widgets": widgets })
}

fn alarms_in(alarms: &[String], row: u64) -> Value {
    let arn = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}";
    let alarms: Vec<_> = alarms.iter().map(|name| format!("{arn}-{name}")).collect();
    json!({
        "height": HEIGHT, "properties": {"alarms": alarms, "title": "Alarms"}, "type": "alarm", "width": WIDTH, "x": 0, "y": row,
    })
}

/// What AWS measures.
fn measured() -> Vec<(&'static str, Vec<Value>)> {
    let api = |metric: &str, about: Value| json!(["AWS/ApiGateway", metric, "ApiId", "${Api}", about]);
    let function = |name: &str, metric: &str, about: Value| {
        json!(["AWS/Lambda", metric, "FunctionName", format!("${{{name}Function}}"), about])
    };
    let table = |metric: &str| json!(["AWS/DynamoDB", metric, "TableName", "${Table}"]);
    let slow = |label: &str| json!({"label": label, "stat": "p99", "yAxis": "right"});
    vec![
        (
            "API: requests and errors; milliseconds",
            vec![
                api("Count", json!({})),
                api("4xx", json!({})),
                api("5xx", json!({})),
                api("Latency", slow("Latency, 99th percentile")),
            ],
        ),
        (
            "Sign-in and authorizer: crashes, throttles; milliseconds",
            vec![
                function("UsersLoginCallback", "Errors", json!({"label": "Sign-in, errors"})),
                function("UsersLoginCallback", "Throttles", json!({"label": "Sign-in, throttles"})),
                function("UsersLoginCallback", "Duration", slow("Sign-in, 99th percentile")),
                function("Authorizer", "Errors", json!({"label": "Authorizer, errors"})),
                function("Authorizer", "Throttles", json!({"label": "Authorizer, throttles"})),
                function("Authorizer", "Duration", slow("Authorizer, 99th percentile")),
            ],
        ),
        (
            "Table",
            vec![
                table("ConsumedReadCapacityUnits"),
                table("ConsumedWriteCapacityUnits"),
                table("ReadThrottleEvents"),
                table("WriteThrottleEvents"),
            ],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn it_shows_exactly_what_is_counted() {
        let shown: Vec<_> = COUNTED.iter().flat_map(|(_, series)| *series).copied().collect();
        assert_eq!(shown.len(), audit::SERIES.len());
        assert_eq!(BTreeSet::from_iter(shown), BTreeSet::from(audit::SERIES));
    }

    #[test]
    fn it_is_within_the_free_tier_and_no_widget_covers_another() {
        let body = body(&["api-errors".to_owned()]);
        let widgets = body["widgets"].as_array().unwrap();
        let metrics = |widget: &Value| widget["properties"]["metrics"].as_array().map_or(0, Vec::len);
        assert!(widgets.iter().map(metrics).sum::<usize>() <= 50);
        let mut places = BTreeSet::new();
        for widget in widgets {
            let number = |name: &str| widget[name].as_u64().unwrap();
            assert!(number("x") + number("width") <= WIDTH, "{widget}");
            for x in number("x")..number("x") + number("width") {
                assert!(places.insert((x, number("y"))), "{widget}");
            }
        }
    }
}
