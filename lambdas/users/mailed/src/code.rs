//! The code of a mail.

use oauth::{Code, Error, Secret, Sentence};
use serde::Deserialize;
use user::by_mail::PROVIDER;
use web::{Request, Response, Result};

use crate::{ASK, Mailed, challenge::parse_code, view};

/// What a form or a program sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    code: Secret,
}

impl Mailed {
    /// The page on which it is typed, in the browser that asked for the mail.
    pub(crate) fn code_page(&self, request: &Request) -> Response {
        match self.challenges.asked(request) {
            Some(asked) => view::code(request, &asked.address, None),
            None => Response::see_own(ASK),
        }
    }

    /// Lets in who types the code that was mailed. One answer for a wrong one, one that was used, one that is too old, and one that was
    /// asked for elsewhere.
    pub(crate) async fn take_code(&self, request: &Request) -> Result<Response> {
        let typed: Typed = if request.is_form() { request.form()? } else { request.json()? };
        self.by_code(request, typed.code.expose()).await.map_err(|error| {
            let address = self.challenges.asked(request).map(|asked| asked.address);
            view::code_again(request, address.as_deref(), entrance::refused(request, PROVIDER, error))
        })
    }

    async fn by_code(&self, request: &Request, typed: &str) -> Result<Response> {
        let asked = self.challenges.asked(request).ok_or_else(wrong)?;
        let code = parse_code(typed).ok_or_else(wrong)?;
        self.count_try(request, &asked).await?;
        match self.challenges.take_code(&self.table, &asked, &code, request.now).await? {
            true => self.enter(request, &asked, wrong).await,
            false => Err(wrong().into()),
        }
    }
}

fn wrong() -> Error {
    Error::said(Code::LoginRequired, Sentence::MailedCode)
}
