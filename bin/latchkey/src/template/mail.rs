//! What mails need of SES: leave to send them from one address, and word of those that came back.

use ::mail::{Address, settings::MAIL};
use mail_send::{Send, settings::MAIL_FROM};
use setting::SettingError;
use web::EventFunction;

use super::{
    installation::Installation,
    nodes::{attribute, camel, list, map, reference, resource, sub, text},
    role::allow,
    yaml::Node,
};
use crate::mount::Mount;

/// The configuration set's name in the template.
pub(super) const CONFIGURATION_SET: &str = "MailConfiguration";

/// A stack sends mails by SES, by SMTP or not at all.
pub(super) fn check(mail: Option<&str>) -> Result<(), SettingError> {
    match mail {
        None | Some("off" | "ses" | "smtp") => Ok(()),
        Some(other) => Err(SettingError::new(format!(
            "{} is {other:?}, and a deployment sends mails by ses or smtp, or has it off",
            MAIL.name
        ))),
    }
}

/// SES says which mails came back to the default bus of EventBridge, which invokes the function.
pub(super) fn resources(installation: &Installation<'_>) -> Vec<(String, Node)> {
    if !installation.sends_by_ses() {
        return Vec::new();
    }
    let name = camel(Send::NAME);
    let bus = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default";
    let destination = map([
        ("Name", text("came-back")),
        ("Enabled", Node::Flag(true)),
        ("MatchingEventTypes", list(["BOUNCE", "COMPLAINT"].map(text))),
        ("EventBridgeDestination", map([("EventBusArn", sub(bus))])),
    ]);
    let tags = map([("ses:configuration-set", list([reference(CONFIGURATION_SET)]))]);
    let pattern = map([
        ("source", list([text("aws.ses")])),
        ("detail-type", list(["Email Bounced", "Email Complaint Received"].map(text))),
        ("detail", map([("mail", map([("tags", tags)]))])),
    ]);
    let target = map([("Id", text("function")), ("Arn", attribute(format!("{name}Function.Arn")))]);
    let permission = [
        ("Action", text("lambda:InvokeFunction")),
        ("FunctionName", reference(format!("{name}Function"))),
        ("Principal", text("events.amazonaws.com")),
        ("SourceArn", attribute("MailCameBack.Arn")),
    ];
    vec![
        (
            CONFIGURATION_SET.to_owned(),
            resource("AWS::SES::ConfigurationSet", [("Name", reference("AWS::StackName"))]),
        ),
        (
            "MailEvents".to_owned(),
            resource(
                "AWS::SES::ConfigurationSetEventDestination",
                [("ConfigurationSetName", reference(CONFIGURATION_SET)), ("EventDestination", destination)],
            ),
        ),
        (
            "MailCameBack".to_owned(),
            resource("AWS::Events::Rule", [("EventPattern", pattern), ("Targets", list([target]))]),
        ),
        ("MailCameBackPermission".to_owned(), resource("AWS::Lambda::Permission", permission)),
    ]
}

/// Leave to send from the one address of the settings, whether SES has verified that or its domain (#107).
pub(super) fn statement(mount: &Mount, installation: &Installation<'_>) -> Option<Node> {
    if mount.name != Send::NAME || !installation.sends_by_ses() {
        return None;
    }
    let from = installation.value(&MAIL_FROM).unwrap_or_default();
    let domain = Address::parse(from).map(|address| address.domain().to_owned()).unwrap_or_default();
    let arn =
        |what: &str| sub(format!("arn:${{AWS::Partition}}:ses:${{AWS::Region}}:${{AWS::AccountId}}:{what}"));
    let set = arn(&format!("configuration-set/${{{CONFIGURATION_SET}}}"));
    let resources = list([arn(&format!("identity/{from}")), arn(&format!("identity/{domain}")), set]);
    let condition = map([("StringEquals", map([("ses:FromAddress", text(from))]))]);
    Some(allow(vec![text("ses:SendEmail")], resources, Some(condition)))
}
