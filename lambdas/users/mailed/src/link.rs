//! The link of a mail.

use oauth::{Code, Error, Secret, Sentence};
use serde::Deserialize;
use user::by_mail::PROVIDER;
use web::{Request, Response, Result};

use crate::{ASK, Mailed, view};

/// What a form or a program sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Followed {
    token: Secret,
}

impl Mailed {
    /// The page to which the link leads, with a button. Programs that look through mails open it too: it uses nothing up (#89). In another
    /// browser it says so, and how to go on.
    pub(crate) async fn link_page(&self, request: &Request) -> Result<Response> {
        let token = Secret::new(request.text("token").unwrap_or_default());
        let asked = self.challenges.asked(request).filter(|_| Secret::is_random(token.expose()));
        let asked = asked.ok_or_else(elsewhere)?;
        match self.challenges.is_link(&self.table, &asked, token.expose(), request.now).await? {
            true => Ok(view::link(request, &asked.address, &token)),
            false => Err(elsewhere()),
        }
    }

    /// Lets in who follows it in the browser that asked for the mail. It cannot be guessed, so nobody's tries are counted: a stranger could
    /// use them up.
    pub(crate) async fn take_link(&self, request: &Request) -> Result<Response> {
        let followed: Followed = if request.is_form() { request.form()? } else { request.json()? };
        self.by_link(request, &followed.token)
            .await
            .map_err(|error| entrance::refused(request, PROVIDER, error))
    }

    async fn by_link(&self, request: &Request, token: &Secret) -> Result<Response> {
        self.count_place(request).await?;
        let asked = self.challenges.asked(request).filter(|_| Secret::is_random(token.expose()));
        let asked = asked.ok_or_else(elsewhere)?;
        match self.challenges.take_link(&self.table, &asked, token.expose(), request.now).await? {
            true => self.enter(request, &asked, dead).await.map_err(|error| error.with_again(ASK.to_owned())),
            false => Err(elsewhere()),
        }
    }
}

/// One answer for a link that was used, one that is too old, one that was asked for elsewhere, and one that was never there.
fn elsewhere() -> web::Error {
    web::Error::from(dead()).with_again(ASK.to_owned())
}

fn dead() -> Error {
    Error::said(Code::InvalidRequest, Sentence::MailedLink)
}
