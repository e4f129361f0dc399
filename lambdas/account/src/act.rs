//! What the person does on the page. What changes something of theirs is in the form, sealed, with the session for which the page
//! was made: it acts for that person, whoever acts in the browser by then, and for nobody else (#29, #81).

use std::time::Duration;

use authorization::Consent;
use oauth::{Code, Error, Sentence, SessionCookie, Time};
use serde::{Deserialize, Serialize};
use session::Session;
use store::{Batch, Row};
use user::User;
use web::{Request, Response, Result};

use crate::{Account, PATH, Person, own_page, view};

/// What the forms are sealed for.
const PURPOSE: &str = "account";

/// How long a page may be open before its forms count no more.
const LIFETIME: Duration = Duration::from_secs(3600);

/// Where the page is after something was taken away.
const REMOVED: &str = "/account?removed";

/// What a form does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// Takes the access of this client away.
    Remove(String),
    /// Asks whether to sign out everywhere.
    AskEverywhere,
    /// Signs out everywhere.
    Everywhere,
}

/// What is in a form, sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    sid: String,
    what: What,
    shown_at: Time,
}

/// A form: something sealed, or a session that is to act from now on. Its id is no secret, and without its cookie there is nothing to
/// choose.
#[derive(Deserialize)]
struct Form {
    request: Option<String>,
    session: Option<String>,
}

impl Account {
    /// The value of a form's field `request`.
    pub(crate) fn seal(&self, session: &Session, what: What, now: Time) -> Result<String> {
        let sealed = Sealed { sid: session.id.clone(), what, shown_at: now };
        Ok(self.sealer.seal(&[PURPOSE], &serde_json::to_vec(&sealed)?))
    }

    pub(crate) async fn act(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        match (form.request, form.session) {
            (Some(sealed), None) => self.sealed(request, &sealed).await,
            (None, Some(sid)) => Ok(Response::see_own(PATH).acting_as(request, &sid)),
            _ => Err(Error::invalid_request("the form must say one thing").into()),
        }
    }

    async fn sealed(&self, request: &Request, sealed: &str) -> Result<Response> {
        let content = self.sealer.open(&[PURPOSE], sealed).ok_or_else(foreign)?;
        let sealed: Sealed = serde_json::from_slice(&content)?;
        if request.now > sealed.shown_at.after(LIFETIME) {
            return Err(foreign());
        }
        let person = self.person_of(request, &sealed.sid).await?.ok_or_else(foreign)?;
        match sealed.what {
            What::Remove(client_id) => {
                // First the consent: so no new grant begins without a question.
                Consent::remove(&self.table, &person.user.id, &client_id, request.now).await?;
                let (table, now) = (&self.table, request.now);
                session::grants::end_of_client(table, &person.user.id, &client_id, now).await?;
                Ok(Response::see_own(REMOVED))
            }
            What::AskEverywhere => {
                let form = self.seal(&person.session, What::Everywhere, request.now)?;
                Ok(own_page(request, "Sign out everywhere?", &view::everywhere(&person, &form)))
            }
            What::Everywhere => {
                let (table, id, now) = (&self.table, &person.user.id, request.now);
                let raising = async { Ok::<_, web::Error>(user::end_everywhere(table, id, now).await?) };
                logout::end_everything_of(table, &self.queue, id, now, raising).await?;
                logout::end_by_id(&self.table, &self.queue, &person.session.id, request.now).await?;
                let here = Response::see(&oauth::ReturnTo::signed_out());
                Ok(here.without_session(request, &person.session.id))
            }
        }
    }

    /// The person in whose session a form was made, if this browser has it.
    async fn person_of(&self, request: &Request, sid: &str) -> Result<Option<Person>> {
        let Some(cookie) = request.session_of(sid).as_ref().and_then(SessionCookie::parse) else {
            return Ok(None);
        };
        let session = session::living(&self.table, &[cookie], request.now).await?.into_iter().next();
        let Some(session) = session else { return Ok(None) };
        let batch = Batch::new().and::<User>(&*session.user_id);
        let user = self.table.get_batch(batch, request.now).await?.see::<User>(&*session.user_id);
        let user = user.and_then(std::result::Result::ok).map(Row::into_inner);
        let user = user.filter(|user| user.is_active_in(session.epoch));
        Ok(user.map(|user| Person { session, user }))
    }
}

/// The page was made for another session, or is too old: nothing was changed.
fn foreign() -> web::Error {
    let refusal = Error::said(Code::InvalidRequest, Sentence::PageOfAnotherSignIn);
    web::Error::from(refusal).with_again(PATH.to_owned())
}
