//! What the person does on the page. What changes something of theirs is in the form, sealed, with the session for which the page
//! was made: it acts for that person, whoever acts in the browser by then, and for nobody else (#29, #81).

use std::time::Duration;

use audit::Event;
use authenticate::{Button, LinkWish};
use authorization::apps;
use mail::{Factor, Mailer, What as Letter};
use oauth::{Code, Error, Sentence, Time};
use person::Person;
use serde::{Deserialize, Serialize};
use session::Session;
use user::{Gone, Unlinked, manage};
use web::{Request, Response, Result};

use crate::{
    AGAIN, Account, PATH,
    confirm::{link_path, to_type},
};

/// What the forms are sealed for.
const PURPOSE: &str = "account";

/// How long a page may be open before its forms count no more.
const LIFETIME: Duration = Duration::from_secs(3600);

/// Where the page is after something was taken away.
const REMOVED: &str = "/account?removed";
const ENDED: &str = "/account?ended";
/// Where it asks again, because something else was typed.
const WRONG: &str = "/account/delete?wrong";
const UNLINKED: &str = "/account?unlinked";
/// Where it is after a way in could not be removed, because it is the last one.
const LAST: &str = "/account?last";

/// What a form does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// Takes the access of this client away.
    Remove(String),
    /// Signs out everywhere.
    Everywhere,
    /// Ends this session, which was the person's own when the page was made: that never changes.
    End(String),
    /// Begins to link one more way in, of this provider.
    Link(String),
    /// Deletes the account of the person, who types what they are asked for.
    Delete,
    /// Lets the identity with this key lead here no more.
    Unlink(String),
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
    name: Option<String>,
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
            (Some(sealed), None) => {
                self.sealed(request, &sealed, form.name.as_deref().unwrap_or_default()).await
            }
            (None, Some(sid)) => Ok(Response::see_own(PATH).acting_as(request, &sid)),
            _ => Err(Error::invalid_request("the form must say one thing").into()),
        }
    }

    async fn sealed(&self, request: &Request, sealed: &str, typed: &str) -> Result<Response> {
        let content = self.sealer.open(&[PURPOSE], sealed).ok_or_else(foreign)?;
        let sealed: Sealed = serde_json::from_slice(&content)?;
        if request.now > sealed.shown_at.after(LIFETIME) {
            return Err(foreign());
        }
        let person = self.seen(request.session_of(&sealed.sid), request).await?.ok_or_else(foreign)?;
        if let Some(elsewhere) = self.before(request, &person, &sealed.what).await? {
            return Ok(elsewhere);
        }
        match sealed.what {
            What::Remove(client_id) => {
                apps::remove(&self.table, &person.user.id, &client_id, request.now).await?;
                let event =
                    Event::new(audit::What::ConsentRemoved, &request.visit()).by_person(&person.user.id);
                event.client(&client_id).log();
                Ok(Response::see_own(REMOVED))
            }
            What::Everywhere => {
                let (table, id, now) = (&self.table, &person.user.id, request.now);
                let event = Event::new(audit::What::SignOutEverywhere, &request.visit()).by_person(id);
                let trail = |_: &str| vec![self.trail.write(&event)];
                let raising = async { Ok::<_, web::Error>(manage::sign_out(table, id, &trail, now).await?) };
                logout::end_everything_of(table, &self.queue, id, now, raising).await?;
                event.log();
                logout::end_by_id(&self.table, &self.queue, &person.session.id, request.now).await?;
                let here = Response::see(&oauth::ReturnTo::signed_out());
                Ok(here.without_session(request, &person.session.id))
            }
            What::End(sid) => {
                let event = Event::new(audit::What::SessionEnded, &request.visit());
                let event = event.by_person(&person.user.id).session(&sid);
                let noted = vec![self.trail.write(&event)];
                let ended = logout::end_by_id_noting(&self.table, &self.queue, &sid, noted, request.now);
                if ended.await?.is_some() {
                    event.log();
                }
                Ok(Response::see_own(ENDED))
            }
            What::Delete if typed.trim().to_lowercase() != to_type(&person).trim().to_lowercase() => {
                Ok(Response::see_own(WRONG))
            }
            What::Delete => self.delete(request, &person).await,
            What::Link(provider) => {
                let wish = LinkWish::new(&person.session.id, request.now);
                let wish = self.sealer.seal(&[LinkWish::PURPOSE, &provider], &serde_json::to_vec(&wish)?);
                Ok(Response::see_own(&link_path(&provider, &wish)))
            }
            What::Unlink(key) => self.unlink(request, &person, &key).await,
        }
    }

    /// A way in less, unless it is the last one. It is told by mail, as that there is one more is.
    async fn unlink(&self, request: &Request, person: &Person, key: &str) -> Result<Response> {
        let user = &person.user;
        let event = Event::new(audit::What::IdentityUnlinked, &request.visit()).by_person(&user.id);
        let trail = [self.trail.write(&event)];
        match user::unlink(&self.table, &user.id, key, &self.ways, &trail, request.now).await? {
            Unlinked::Done(gone) => {
                event.log();
                if let Some(what) = self.lost(gone) {
                    let what = Letter::FactorRemoved { what, by_others: false };
                    let (to, language) = (user.verified_email(), request.look().words.tag);
                    Mailer::tell(self.mailer.as_ref(), to, language, what).await;
                }
            }
            Unlinked::NotLinked => {}
            Unlinked::LastWayIn => return Ok(Response::see_own(LAST)),
        }
        Ok(Response::see_own(UNLINKED))
    }

    /// What a mail tells of by what somebody comes in no more: nothing of a name whose password has another one.
    fn lost(&self, gone: Gone) -> Option<Factor> {
        let label = |name: String| Button::label_of(&self.buttons, &name).to_owned();
        Some(match gone {
            Gone::Provider(name) => Factor::Provider { name: label(name) },
            Gone::Mail => Factor::Mail,
            Gone::Password => Factor::Password,
            Gone::Name => return None,
        })
    }

    /// Where they go before they do this. Who may come in here is a matter for somebody who has just shown who they are, and with all that they
    /// are asked for (#26).
    async fn before(&self, request: &Request, person: &Person, what: &What) -> Result<Option<Response>> {
        if let Some(place) = self.first(request, person).await? {
            return Err(demanded(Sentence::FactorDemanded, place));
        }
        if !matches!(what, What::Link(_) | What::Unlink(_) | What::Delete) {
            return Ok(None);
        }
        if !person.session.is_fresh(request.now) {
            return Ok(Some(Response::see_own(AGAIN)));
        }
        let Person { session, user } = person;
        match self.step_up.before_change(&self.table, session, user, PATH, request.now).await? {
            Some(place) => Err(demanded(Sentence::FactorFirst, place)),
            None => Ok(None),
        }
    }

    /// Nothing is left of them but the number in the trail.
    async fn delete(&self, request: &Request, person: &Person) -> Result<Response> {
        let (id, now) = (&person.user.id, request.now);
        let event = Event::new(audit::What::PersonDeleted, &request.visit()).by_person(id);
        let trail = |_: &str| vec![self.trail.write(&event)];
        let ending = logout::before_sweep(&self.table, &self.queue, now);
        match manage::delete(&self.table, id, None, &trail, &ending, now).await {
            Err(manage::Error::LastAdmin) => {
                let refusal = Error::said(Code::InvalidRequest, Sentence::LastAdminYourself).with_status(409);
                return Err(web::Error::from(refusal).with_again(PATH.to_owned()));
            }
            done => done?,
        }
        event.log();
        let here = Response::see(&oauth::ReturnTo::signed_out());
        Ok(here.without_session(request, &person.session.id))
    }
}

/// The page was made for another session, or is too old: nothing was changed.
fn foreign() -> web::Error {
    let refusal = Error::said(Code::InvalidRequest, Sentence::PageOfAnotherSignIn);
    web::Error::from(refusal).with_again(PATH.to_owned())
}

/// They must show a second factor first: nothing was changed.
fn demanded(why: Sentence, place: String) -> web::Error {
    let refusal = Error::said(Code::InteractionRequired, why).with_status(403);
    web::Error::from(refusal).with_again(place)
}
