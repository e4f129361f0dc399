//! Asking for a mail.

use credential::attempt::Account;
use device::Device;
use http::StatusCode;
use mail::What;
use oauth::{Code, Error, Secret, Sentence};
use serde::Deserialize;
use serde_json::json;
use user::{by_mail, password::LoginName};
use web::{Request, Response, Result};

use crate::{CODE, LINK, Mailed, challenge::Asked, view};

/// What a program is told, whatever became of it (#84).
const ACCEPTED: &str = "If somebody can sign in with this address, a mail is on its way.";

/// What a form or a program sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    email: String,
    return_to: Option<String>,
}

impl Mailed {
    /// The page on which somebody says which address is theirs.
    pub(crate) fn ask_page(&self, request: &Request) -> Response {
        let text = |name| request.text(name).unwrap_or_default();
        view::ask(request, &text("email"), &text("return_to"), None)
    }

    /// Sends a code and a link, if there is somebody to whom they may go. Whether there is, nothing says: not the answer, and not the work
    /// (#84).
    pub(crate) async fn ask(&self, request: &Request) -> Result<Response> {
        let sent: Ask = if request.is_form() { request.form()? } else { request.json()? };
        let return_to = sent.return_to.as_deref().filter(|wanted| !wanted.is_empty()).unwrap_or("/");
        let done = match LoginName::email(&sent.email) {
            Some(address) => self.mail(request, &address, return_to).await,
            None => Err(Error::said(Code::InvalidRequest, Sentence::AddressNotPlain).into()),
        };
        match done {
            Ok(asked) => {
                let answer = match request.is_form() {
                    true => Response::see_own(CODE),
                    false => Response::json(&json!({"message": ACCEPTED}))?.status(StatusCode::ACCEPTED),
                };
                Ok(answer.cookie(&self.challenges.cookie(&asked, request.now)?))
            }
            Err(error) => Err(view::ask_again(request, &sent.email, return_to, error)),
        }
    }

    async fn mail(&self, request: &Request, address: &LoginName, return_to: &str) -> Result<Asked> {
        self.count_place(request).await?;
        let found = by_mail::find(&self.table, address, request.now).await?;
        let device = Device::of(&self.devices, request);
        let account = found.user().map(|user| Account::of(&user.id)).filter(|it| device.knows(it));
        let place = self.origins.check(return_to);
        let asked = Asked::new(address.as_str(), place.as_str(), account.is_some());
        let own = account.map(|account| device.own(&account).mark().to_owned());
        if !self.is_within(request, address, own.as_deref()).await? {
            // The last mail counts on where it was asked for.
            let last = self.challenges.asked(request).filter(|last| last.address == asked.address);
            return Ok(last.unwrap_or(asked));
        }
        let mailing = self.challenges.begin(&self.table, &asked, request.now).await?;
        // The host is that of our settings, whatever the request says (#89).
        let link = self.base.at(&format!("{LINK}?token={}", mailing.token.expose()));
        let what = What::SignIn { code: mailing.code, link: Secret::new(link) };
        let to = found.mailbox(address, self.is_open);
        self.mailer.send_to(to.as_deref(), request.look().words.tag, what).await?;
        Ok(asked)
    }
}
