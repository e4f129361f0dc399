//! The queues, and the functions at their two ends.

use std::collections::BTreeSet;

use latchkey::mount::Mount;
use serde_json::{Value, json};

use super::{mounts, of_type, ours, statements, texts, with};

#[test]
fn the_queue_is_for_those_who_end_sessions_and_for_the_one_who_tells() {
    // #107
    let template = ours();
    let uses =
        |mount: &&Mount| statements(&template, mount.name).iter().any(|s| s.to_string().contains("sqs:"));
    let users: BTreeSet<_> = mounts().filter(uses).map(|mount| mount.name).collect();
    assert_eq!(users, BTreeSet::from(ENDING));
    let queues = of_type(&template, "SQS::Queue");
    let (queue, dead) = (&queues["LogoutQueue"], &queues["LogoutDeadLetters"]);
    assert_eq!(queues.len(), 2);
    let redrive =
        json!({"deadLetterTargetArn": {"Fn::GetAtt": ["LogoutDeadLetters", "Arn"]}, "maxReceiveCount": 5});
    assert_eq!(queue["RedrivePolicy"], redrive);
    let number = |node: &Value| node.as_u64().unwrap();
    // AWS asks for six times as long as the function may take.
    let function = &of_type(&template, "Lambda::Function")["LogoutNotifyFunction"];
    assert_eq!(number(&queue["VisibilityTimeout"]), 6 * number(&function["Timeout"]));
    assert!(number(&dead["MessageRetentionPeriod"]) > number(&queue["MessageRetentionPeriod"]));
    let sources = of_type(&template, "Lambda::EventSourceMapping");
    let source = &sources["LogoutNotifySource"];
    assert_eq!((sources.len(), &source["FunctionResponseTypes"]), (1, &json!(["ReportBatchItemFailures"])));
    assert_eq!(of_type(&template, "CloudWatch::Alarm")["LogoutDeadLettersAlarm"]["Namespace"], "AWS/SQS");
}

/// The functions that use the queue.
const ENDING: [&str; 7] =
    ["account", "admin", "logout-notify", "manage", "oauth-logout", "users-login-callback", "users-logout"];

#[test]
fn where_apps_are_not_told_there_is_neither_function_nor_queue() {
    // #105, #107
    let (template, text) = with(&[("BACKCHANNEL_LOGOUT", "off")]);
    for kind in ["SQS::Queue", "Lambda::EventSourceMapping"] {
        assert!(of_type(&template, kind).is_empty(), "{kind}");
    }
    for trace in ["LogoutNotify", "LogoutQueue", "LogoutDeadLetters", "LOGOUT_QUEUE", "sqs:"] {
        assert!(!text.contains(trace), "{trace}");
    }
    let of = |name: &str| of_type(&template, "Lambda::Function")[name]["Environment"]["Variables"].clone();
    for name in ["OauthAuthorizeFunction", "WellKnownFunction"] {
        assert_eq!(of(name)["BACKCHANNEL_LOGOUT"], "off", "{name}");
    }
}

#[test]
fn mails_are_sent_from_one_address_by_one_function_and_only_where_they_are_asked_for() {
    // #107
    let (_, text) = with(&[]);
    for trace in ["MailSend", "MailQueue", "MailDeadLetters", "MAIL_", "ses:SendEmail", "AWS::SES"] {
        assert!(!text.contains(trace), "{trace}");
    }
    let (template, _) = with(&[("MAIL", "ses"), ("MAIL_FROM", "login@example.com")]);
    let all = statements(&template, "mail-send");
    let send = all.iter().find(|statement| texts(&statement["Action"]) == ["ses:SendEmail"]).unwrap();
    assert_eq!(send["Condition"], json!({"StringEquals": {"ses:FromAddress": "login@example.com"}}));
    let own = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:";
    let resources =
        ["identity/login@example.com", "identity/example.com", "configuration-set/${MailConfiguration}"];
    let resources: Vec<_> = resources.iter().map(|what| json!({"Fn::Sub": format!("{own}{what}")})).collect();
    assert_eq!(send["Resource"], json!(resources));
    let queue = all.iter().find(|statement| statement.to_string().contains("sqs:")).unwrap();
    assert_eq!(queue["Resource"], json!({"Fn::GetAtt": ["MailQueue", "Arn"]}));
    assert!(!texts(&queue["Action"]).contains(&"sqs:SendMessage"), "it takes, and hands nothing over");
    let queues = of_type(&template, "SQS::Queue");
    assert_eq!(queues["MailQueue"]["RedrivePolicy"]["maxReceiveCount"], 5);
    assert_eq!(
        of_type(&template, "Lambda::EventSourceMapping")["MailSendSource"]["FunctionResponseTypes"][0],
        "ReportBatchItemFailures"
    );
    let rule = &of_type(&template, "Events::Rule")["MailCameBack"];
    assert_eq!(
        rule["EventPattern"]["detail"]["mail"]["tags"]["ses:configuration-set"],
        json!([{"Ref": "MailConfiguration"}])
    );
    assert!(!of_type(&template, "SecretsManager::Secret").contains_key("MailSmtpSecret"));
    let (template, text) = with(&[("MAIL", "smtp"), ("MAIL_FROM", "login@example.com")]);
    assert!(!text.contains("ses:SendEmail") && !text.contains("AWS::SES"));
    assert!(of_type(&template, "SecretsManager::Secret").keys().any(|name| name.starts_with("MailSmtp")));
}
