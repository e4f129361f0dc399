//! Handing a letter over.

use std::io;

use queue::{Queue, settings::SQS_ENDPOINT};
use setting::{Env, Group, Permissions, SettingError};

use crate::{
    Address, Letter, What,
    settings::{MAIL, MAIL_QUEUE},
};

/// Why a letter was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No mail can go to this address.
    #[error("no mail can be sent to this address")]
    Address,
    /// The queue refused or did not answer: later it may.
    #[error("the mail cannot be handed over now")]
    Unavailable(#[source] io::Error),
}

/// No mail ever goes there (RFC 6761 §6.4).
const NOBODY: &str = "nobody@mail.invalid";

/// The way to the function that sends mails. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Mailer(Queue);

impl Mailer {
    /// What is read to find it.
    pub const SETTINGS: Group = &[&MAIL, &MAIL_QUEUE, &SQS_ENDPOINT];
    /// What handing over does with the table: nothing.
    pub const PERMISSIONS: Permissions = Permissions::new(&[]);

    /// The one of the settings; none, if `MAIL` is `off`. Nothing is sent yet, and no client is made.
    pub fn from_env(env: &Env) -> Result<Option<Self>, SettingError> {
        match env.text(&MAIL)?.as_str() {
            "off" => return Ok(None),
            "ses" | "smtp" | "outbox" => {}
            other => {
                return Err(SettingError::new(format!("MAIL is {other:?}: it must be ses, smtp or off")));
            }
        }
        // Without a queue, people would wait for mails that nobody sends.
        env.text(&MAIL_QUEUE)?;
        Queue::from_env(env, &MAIL_QUEUE).map(|queue| Some(Self(queue)))
    }

    /// The one with this queue. `endpoint` is the address of SQS, if it is not AWS.
    pub fn at(url: String, endpoint: Option<String>) -> Self {
        Self(Queue::at(url, endpoint))
    }

    /// Tells somebody of what is done already, at an address that is proven: it stays done if the mail cannot be handed over, which the log
    /// says. Nothing where mails are off, and to whoever has no such address.
    pub async fn tell(mailer: Option<&Self>, to: Option<&str>, language: &str, what: What) {
        let (Some(mailer), Some(to)) = (mailer, to) else { return };
        let letter = Letter { to: to.to_owned(), language: language.to_owned(), what };
        if let Err(error) = mailer.send(&letter).await {
            tracing::warn!(
                kind = letter.what.kind(),
                cause = oauth::causes(&error),
                "a mail was not handed over"
            );
        }
    }

    /// Hands a letter over to somebody, or one that nobody gets: that costs the same (#84).
    ///
    /// One SendMessage.
    pub async fn send_to(&self, to: Option<&str>, language: &str, what: What) -> Result<(), Error> {
        let letter = |to: &str, what| Letter { to: to.to_owned(), language: language.to_owned(), what };
        let nobody = letter(NOBODY, What::Nothing);
        match self.send(&to.map_or(nobody.clone(), |to| letter(to, what))).await {
            // An address that was stored before anybody thought of mails.
            Err(Error::Address) => self.send(&nobody).await,
            sent => sent,
        }
    }

    /// Hands a letter over. That it arrives is not said: whoever asked for it must not learn whether there is such an address (#84).
    ///
    /// One SendMessage; for an address to which no mail can go, nothing.
    pub async fn send(&self, letter: &Letter) -> Result<(), Error> {
        Address::parse(&letter.to).ok_or(Error::Address)?;
        self.0.send(letter).await.map_err(|error| Error::Unavailable(io::Error::other(error)))
    }
}
