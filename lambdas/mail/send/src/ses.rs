//! Amazon SES, or what speaks its protocol (API v2).

use std::time::Duration;

use aws_sdk_sesv2::{
    Client,
    config::{Builder, retry::RetryConfig, timeout::TimeoutConfig},
    error::{BuildError, ProvideErrorMetadata, SdkError},
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message, MessageHeader},
};
use mail::Address;
use setting::{Env, SettingError};
use tokio::sync::OnceCell;

use crate::{
    carrier::Failure,
    compose::Mail,
    sender::Sender,
    settings::{SES_CONFIGURATION_SET, SES_ENDPOINT},
};

/// How long it may take. It is sent once: what it became of an attempt without an answer nobody knows, and two mails are no harm, but the
/// queue is there for that.
const LIMIT: Duration = Duration::from_secs(8);
const CONNECT: Duration = Duration::from_secs(2);

pub(crate) struct Ses {
    from: String,
    endpoint: Option<String>,
    configuration_set: Option<String>,
    client: OnceCell<Client>,
}

impl Ses {
    pub(crate) fn from_env(env: &Env, sender: &Sender) -> Result<Self, SettingError> {
        Ok(Self {
            from: sender.header(),
            endpoint: env.get(&SES_ENDPOINT)?,
            configuration_set: env.get(&SES_CONFIGURATION_SET)?,
            client: OnceCell::new(),
        })
    }

    pub(crate) async fn send(&self, to: &Address, mail: &Mail) -> Result<(), Failure> {
        let content = content(mail).map_err(|error| Failure::ForGood(error.to_string()))?;
        let client = self.client.get_or_init(|| connect(self.endpoint.as_deref())).await;
        let sent = client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(content)
            .set_configuration_set_name(self.configuration_set.clone())
            .send();
        sent.await.map(drop).map_err(|error| judge(&error))
    }
}

fn content(mail: &Mail) -> Result<EmailContent, BuildError> {
    let text = |data: &str| Content::builder().data(data).charset("UTF-8").build();
    let body = Body::builder().text(text(&mail.text)?).html(text(&mail.html)?).build();
    // RFC 3834 §5: nobody's absence is answered to this.
    let header = MessageHeader::builder().name("Auto-Submitted").value("auto-generated").build()?;
    let message = Message::builder().subject(text(&mail.subject)?).body(body).headers(header).build();
    Ok(EmailContent::builder().simple(message).build())
}

/// SES's own words are not repeated: they may name the address.
fn judge(error: &SdkError<SendEmailError>) -> Failure {
    let Some(code) = error.code() else {
        let cause = match error {
            SdkError::TimeoutError(_) => "SES did not answer in time",
            SdkError::DispatchFailure(_) => "SES was not reached",
            _ => "the answer of SES cannot be read",
        };
        return Failure::ForNow(cause.to_owned());
    };
    match code {
        // This very mail is refused: its address, or what is in it.
        "MessageRejected" | "BadRequestException" => Failure::ForGood(code.to_owned()),
        // The account or the settings are wrong, or it is too much at a time.
        other => Failure::ForNow(other.to_owned()),
    }
}

async fn connect(endpoint: Option<&str>) -> Client {
    let config = Builder::from(&aws::config_at(endpoint).await);
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_timeout(LIMIT);
    Client::from_conf(config.timeout_config(timeouts.build()).retry_config(RetryConfig::disabled()).build())
}
