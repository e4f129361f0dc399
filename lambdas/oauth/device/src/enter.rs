//! The person enters the code (RFC 8628 §3.3).

use http::StatusCode;
use oauth::{Code, Error, Sentence, server::FIRST_PARTY};
use serde::Deserialize;
use session::UserCode;
use web::{Request, Response, Result};

use crate::{Device, page_of, there};

#[derive(Deserialize)]
struct Form {
    user_code: String,
}

impl Device {
    /// The page for the code. One in the address is filled in, so that the person compares it (§3.3.1), and looked up only when our own
    /// page sends it: another site's link tries no codes in somebody's name.
    pub(crate) async fn arrive(&self, request: &Request) -> Result<Response> {
        let code = request.text("user_code").and_then(|typed| UserCode::parse(&typed));
        let Some(person) = self.person(request).await? else {
            return Ok(Response::see_own(&there::sign_in(code.as_ref(), false)));
        };
        let first = self.first(request, &person, FIRST_PARTY, code.as_ref()).await?;
        Ok(first.unwrap_or_else(|| page_of::enter(&request.look(), code.as_ref(), &person, None)))
    }

    /// What the code stands for, on a page that asks the person.
    pub(crate) async fn enter(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let code = UserCode::parse(&form.user_code);
        let Some(person) = self.person(request).await? else { return Err(signed_out(code.as_ref())) };
        let asking = match &code {
            Some(code) => {
                self.count_guesses(&person.user, request).await?;
                self.asking_by(code, request.now).await?
            }
            None => None,
        };
        let Some((code, asking)) = code.as_ref().zip(asking) else {
            return if request.wants_html() {
                let page =
                    page_of::enter(&request.look(), code.as_ref(), &person, Some(Sentence::DeviceUnknown));
                Ok(page.status(StatusCode::BAD_REQUEST))
            } else {
                Err(Error::said(Code::InvalidRequest, Sentence::DeviceUnknown).into())
            };
        };
        if let Some(first) = self.first(request, &person, &asking.client.id, Some(code)).await? {
            return Ok(first);
        }
        let apis = self.apis(&asking, request.now).await?;
        let sealed = self.sealed(&asking, &person)?;
        Ok(page_of::confirm(&request.look(), code, &asking, &apis, &person, &sealed, request.now))
    }
}

/// After a form of ours, a browser would not follow to a provider, which no policy of the page names.
pub(crate) fn signed_out(code: Option<&UserCode>) -> web::Error {
    let error = Error::said(Code::LoginRequired, Sentence::DeviceSignedOut);
    web::Error::from(error).with_again(there::sign_in(code, false))
}
