//! Word by mail of what an operator did.

use std::{path::Path, process::Command};

use mail::{Address, Letter, Mailer, What, settings::MAIL_QUEUE};
use oauth::Time;
use queue::settings::SQS_ENDPOINT;
use setting::SettingError;
use store::Table;
use user::User;

use crate::{queue as local, settings::Values};

/// Lets mails go to an address again at which they were stopped.
pub(super) async fn again(table: &Table, address: &str, now: Time) -> Result<String, SettingError> {
    let to = Address::parse(address.trim());
    let to =
        to.ok_or_else(|| SettingError::new(format!("{address:?} is no address to which a mail can go")))?;
    let was = mail_send::allow(table, &to, now).await;
    Ok(match was.map_err(|error| SettingError::new(oauth::causes(&error)))? {
        true => format!("{} gets mails again. SES has a list of its own: docs/mail.md\n", to.as_str()),
        false => format!("No mails to {} were stopped.\n", to.as_str()),
    })
}

/// How mails are handed over from here.
#[derive(Clone, Copy)]
pub(super) struct Post<'a> {
    pub(super) stack: Option<&'a str>,
    pub(super) values: &'a Values,
    pub(super) home: &'a Path,
}

impl Post<'_> {
    /// Tells somebody what was done, and the operator whether that was possible.
    pub(super) async fn tell(&self, user: &User, what: What) -> String {
        let Some(to) = user.verified_email().filter(|address| Address::parse(address).is_some()) else {
            return "They have no proven address, so no mail tells them: do that yourself.".to_owned();
        };
        let language = user.language().unwrap_or("en").to_owned();
        let letter = Letter { to: to.to_owned(), language, what };
        let sent = match self.stack {
            Some(stack) => deployed(stack, &letter),
            None => self.at_home(&letter).await,
        };
        match sent {
            Ok(true) => format!("A mail to {to} tells them."),
            Ok(false) => "There are no mails, so nobody tells them: do that yourself.".to_owned(),
            Err(why) => format!("No mail could be handed over that tells them, so do that yourself: {why}"),
        }
    }

    /// To the queue of the local cloud, if it runs. `false`: it does not, or sends none.
    async fn at_home(&self, letter: &Letter) -> Result<bool, String> {
        let value = |name: &str| self.values.get(name).cloned();
        let given = value(MAIL_QUEUE.name).map(|url| (url, value(SQS_ENDPOINT.name)));
        let Some((url, endpoint)) = given.or_else(|| local::mails(self.home)) else { return Ok(false) };
        let sent = Mailer::at(url, endpoint).send(letter).await;
        sent.map(|()| true).map_err(|error| oauth::causes(&error))
    }
}

/// To the queue of a stack, by the AWS CLI. `false`: it has none.
fn deployed(stack: &str, letter: &Letter) -> Result<bool, String> {
    let name = format!("{stack}-mails");
    let url = match aws(&["get-queue-url", "--queue-name", &name, "--query", "QueueUrl", "--output", "text"])
    {
        Ok(url) => url,
        Err(why) if why.contains("NonExistentQueue") => return Ok(false),
        Err(why) => return Err(why),
    };
    let body = serde_json::to_string(letter).map_err(|error| error.to_string())?;
    aws(&["send-message", "--queue-url", &url, "--message-body", &body]).map(|_| true)
}

/// The endpoint is named because the AWS CLI 1 does not look into the environment for that of SQS.
fn aws(arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("aws");
    let endpoint = setting::process_environment().remove("AWS_ENDPOINT_URL");
    if let Some(url) = endpoint.filter(|url| !url.is_empty()) {
        command.args(["--endpoint-url", &url]);
    }
    let output = command.arg("sqs").args(arguments).output();
    let output = output.map_err(|error| format!("the AWS CLI does not start: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}
