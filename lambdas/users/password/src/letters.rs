//! Mails: where they are on, and how they are handed over.

use credential::attempt;
use mail::{Mailer, What};
use oauth::{Error, Secret};
use user::{
    User,
    password::{
        Found, LoginName,
        mailed::{self, Purpose},
    },
};
use web::{Request, Result};

use crate::{Passwords, check};

impl Passwords {
    /// The way to a mail. Where there is none, there is nothing here.
    pub(crate) fn mailer(&self) -> Result<&Mailer, Error> {
        let nothing = || Error::invalid_request("there are no mails here: MAIL is off").with_status(404);
        self.mailer.as_ref().ok_or_else(nothing)
    }

    /// Counts one request of this place, whatever it is about (#85).
    pub(crate) async fn count_place(&self, request: &Request) -> Result<()> {
        let tried = attempt::count_from(&self.table, &request.network(), request.now).await?;
        check::go(request, tried)
    }

    /// The address of ours at which a link is used: the host is that of our settings, whatever the request says (#89).
    pub(crate) fn link(&self, path: &str, token: &Secret) -> Secret {
        Secret::new(self.base.at(&format!("{path}?token={}", token.expose())))
    }

    /// Hands a letter over to somebody, or one that nobody gets: that costs the same (#84).
    pub(crate) async fn mail(&self, request: &Request, to: Option<&str>, what: What) -> Result<()> {
        Ok(self.mailer()?.send_to(to, request.look().words.tag, what).await?)
    }

    /// The same about something that is done already: it stays done if the mail cannot be handed over.
    pub(crate) async fn notify(&self, request: &Request, to: Option<&str>, what: What) {
        if let Err(error) = self.mail(request, to, what).await {
            tracing::warn!(cause = error.causes(), "a mail was not handed over");
        }
    }

    /// After somebody registered with an address: a link to whoever is new, and a word to whoever has it already. Nothing of that can be
    /// seen in the answer (#84).
    pub(crate) async fn mail_registered(
        &self,
        request: &Request,
        address: &LoginName,
        found: &Found,
        made: Option<&User>,
    ) -> Result<()> {
        if self.mailer.is_none() || address.as_email().is_none() {
            return Ok(());
        }
        let purpose = if made.is_some() { Purpose::Proof } else { Purpose::Known };
        if !mailed::is_within(&self.table, purpose, address, request.now).await? {
            return Ok(());
        }
        let token = mailed::begin(&self.table, purpose, address, made, request.now).await?;
        let (to, what) = match made {
            Some(user) => (user.email.as_deref(), What::Prove { link: self.link(crate::PROVE, &token) }),
            None => (mailed::mailbox(found, address), What::Known),
        };
        self.notify(request, to, what).await;
        Ok(())
    }
}
