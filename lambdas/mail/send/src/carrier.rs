//! Who takes a mail on its way.

use mail::{Address, settings::MAIL};
use setting::{Env, SettingError};

use crate::{
    compose::Mail,
    sender::Sender,
    ses::Ses,
    settings::{MAIL_FROM, SES_ENDPOINT},
    smtp::Smtp,
};

/// Why a mail is not on its way. Neither says anything of the mail or of whom it is to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It is refused, and would be again.
    ForGood(String),
    /// Later it may go.
    ForNow(String),
}

/// The one of the settings.
pub(crate) enum Carrier {
    Ses(Ses),
    Smtp(Smtp),
}

impl Carrier {
    pub(crate) fn from_env(env: &Env, name: &str) -> Result<Self, SettingError> {
        let wrong = || SettingError::new("MAIL_FROM must be an address alone, such as login@example.com");
        let from = Address::parse(&env.text(&MAIL_FROM)?).ok_or_else(wrong)?;
        let sender = Sender { address: from, name: name.to_owned() };
        match env.text(&MAIL)?.as_str() {
            "ses" => Ses::from_env(env, &sender).map(Self::Ses),
            "smtp" => Smtp::from_env(env, &sender).map(Self::Smtp),
            // The local cloud plays SES, and shows what it gets.
            "outbox" if !env.is_deployed() && env.get(&SES_ENDPOINT)?.is_some() => {
                Ses::from_env(env, &sender).map(Self::Ses)
            }
            "outbox" => {
                Err(SettingError::new("MAIL=outbox is for `cargo run` alone: set it to ses, smtp or off"))
            }
            other => Err(SettingError::new(format!("MAIL is {other:?}: it must be ses, smtp or off"))),
        }
    }

    /// Gives a mail to the carrier.
    ///
    /// One SendEmail, or one connection by SMTP.
    pub(crate) async fn send(&self, to: &Address, mail: &Mail) -> Result<(), Failure> {
        match self {
            Self::Ses(ses) => ses.send(to, mail).await,
            Self::Smtp(smtp) => smtp.send(to, mail).await,
        }
    }
}
