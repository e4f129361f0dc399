//! Who is woken, and what the dashboard shows.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{of_type, ours, texts, with};

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
