//! Forms: what is sealed in them, and how one is read.

use std::time::Duration;

use maud::{Markup, html};
use oauth::{Code, Error, Sentence, SessionCookie, Time};
use serde::{Deserialize, Serialize};
use user::User;
use web::{Request, Result};

use crate::{Act, Admin, ROOT, View, Viewer, frame};

/// What the forms are sealed for.
const PURPOSE: &str = "admin";

/// How long a page may be open before its forms count no more.
const LIFETIME: Duration = Duration::from_secs(3600);

#[derive(Serialize, Deserialize)]
struct Sealed {
    sid: String,
    act: Act,
    shown_at: Time,
}

/// What is typed.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Typed {
    request: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) entitlement: Option<String>,
}

impl Typed {
    /// Whether it is the name of this person, as pages show it.
    pub(crate) fn is_name_of(&self, person: &User) -> bool {
        self.name.as_deref().unwrap_or_default().trim() == frame::name(person).trim()
    }
}

impl View<'_> {
    /// A form with one button, and what is typed before it.
    pub(crate) fn form(&self, act: Act, typed: &Markup, button: &Markup) -> Result<Markup> {
        let (sid, shown_at) = (self.viewer.session.id.clone(), self.request.now);
        let content = serde_json::to_vec(&Sealed { sid, act, shown_at })?;
        let request = self.admin.sealer.seal(&[PURPOSE], &content);
        Ok(html! {
            form method="post" action=(ROOT) {
                input type="hidden" name="request" value=(request);
                (typed) (button)
            }
        })
    }
}

impl Admin {
    /// The form, and who sends it: the person in whose session the page was made, if this browser has it (#29).
    pub(crate) async fn read(&self, request: &Request) -> Result<(Act, Typed, Viewer)> {
        let typed: Typed = request.form()?;
        let content = self.sealer.open(&[PURPOSE], &typed.request).ok_or_else(foreign)?;
        let sealed: Sealed = serde_json::from_slice(&content)?;
        if request.now > sealed.shown_at.after(LIFETIME) {
            return Err(foreign());
        }
        let cookie = request.session_of(&sealed.sid).as_ref().and_then(SessionCookie::parse);
        let viewer = self.viewer_of(cookie, request).await?.ok_or_else(foreign)?;
        if let Some(place) = &viewer.step_up {
            let refusal = Error::said(Code::InteractionRequired, Sentence::FactorDemanded).with_status(403);
            return Err(web::Error::from(refusal).with_again(place.clone()));
        }
        Ok((sealed.act, typed, viewer))
    }
}

/// The page was made for another session, or is too old: nothing was changed.
fn foreign() -> web::Error {
    let refusal = Error::said(Code::InvalidRequest, Sentence::PageOfAnotherSignIn);
    web::Error::from(refusal).with_again(ROOT.to_owned())
}
