//! Who looks, and what they may do at this moment.

use std::sync::Arc;

use oauth::{Code, Error, Scope, Sentence, SessionCookie, server::FIRST_PARTY};
use person::Person;
use session::Session;
use user::{Facts, Rights, User};
use web::{Request, Result, words::text};

use crate::{Admin, Words};

/// Somebody who is signed in in this browser, and may be (#35).
pub(crate) struct Viewer {
    pub(crate) session: Session,
    pub(crate) user: User,
    /// Those of this moment.
    pub(crate) rights: Arc<Rights>,
    /// What their roles allow now.
    pub(crate) scope: Scope,
    /// Where they show a second factor, if a role of theirs demands one and they have not shown it in this session.
    pub(crate) step_up: Option<String>,
    /// What they read.
    words: &'static Words,
}

impl Admin {
    /// Whose session acts, if one does.
    pub(crate) async fn viewer(&self, request: &Request) -> Result<Option<Viewer>> {
        let cookie = request.session().as_ref().and_then(SessionCookie::parse);
        self.viewer_of(cookie, request).await
    }

    /// Whose session this cookie opens.
    ///
    /// Two BatchGetItems.
    pub(crate) async fn viewer_of(
        &self,
        cookie: Option<SessionCookie>,
        request: &Request,
    ) -> Result<Option<Viewer>> {
        let (Some(cookie), now) = (cookie, request.now) else { return Ok(None) };
        let Some(person) = Person::seen(&self.table, cookie, now).await? else { return Ok(None) };
        let Person { session, user } = person;
        let rights = self.rights.current(&self.table, now).await?;
        let facts = Facts::of(&user, now).via(session.via.as_deref()).client(FIRST_PARTY).shown(&session.amr);
        let decision = rights.decide(&facts);
        let owes = self.second_factors && decision.owes_factor();
        let step_up = owes.then(|| person::step_up(&session.id, crate::ROOT));
        let words = Words::of(request.look().words);
        Ok(Some(Viewer { session, user, rights, scope: decision.scope, step_up, words }))
    }
}

impl Viewer {
    /// What to call them.
    pub(crate) fn name(&self, words: &Words) -> &str {
        let name = self.user.name.as_deref().or(self.user.email.as_deref());
        name.unwrap_or(words.common.common.this_account)
    }

    pub(crate) fn may(&self, scope: &str) -> bool {
        self.scope.contains(scope)
    }

    /// Goes on if they have the scope at this moment (#81).
    pub(crate) fn needs(&self, scope: &str) -> Result<()> {
        if self.may(scope) {
            return Ok(());
        }
        let detail = format!("It needs the scope {scope}");
        let refusal = Error::said(Code::AccessDenied, Sentence::NotForYou).with_detail(&detail);
        Err(web::Error::from(refusal).with_more(text(self.words.wrong.needs, &[("scope", scope)])))
    }

    /// Goes on if they have all of this: nobody gives or takes away what they do not hold, and nobody acts on somebody who may do more
    /// (#81).
    pub(crate) fn holds(&self, scope: &Scope, what: &str) -> Result<()> {
        let missing = self.lacks(scope);
        if missing.is_empty() {
            return Ok(());
        }
        let detail = format!("{what} needs what you do not have yourself: {missing}");
        let refusal = Error::said(Code::AccessDenied, Sentence::BeyondYours).with_detail(&detail);
        let more = text(self.words.wrong.not_yours, &[("scope", &missing.to_string())]);
        Err(web::Error::from(refusal).with_more(more))
    }

    /// What of this they do not have.
    pub(crate) fn lacks(&self, scope: &Scope) -> Scope {
        scope.iter().filter(|one| !self.scope.contains(one)).collect()
    }
}
