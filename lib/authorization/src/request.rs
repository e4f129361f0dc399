//! A request that is right in itself, and what it means for the person who is there.

use client::Client;
use oauth::{
    Code, Error, Scope, Time,
    server::{self, Prompt},
};
use session::Session;

use crate::{Agreement, Return, Returned, checks::Checked};

/// An authorization request whose parameters were all checked.
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    pub(crate) client: Client,
    pub(crate) to: Return,
    pub(crate) checked: Checked,
    pub(crate) first_asked: Option<Time>,
    pub(crate) redirect_uri_given: bool,
}

/// What a page of ours asks a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Whether the app may have what it asks for.
    Consent,
    /// Whether to go on to the app, with this account.
    Continue,
}

/// What the person said to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allowed(Question),
    /// This account, of those that are signed in.
    Chosen,
    /// No.
    Denied,
}

/// Why the person has to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// Nobody is signed in.
    Nobody,
    /// Somebody is, but not recently enough for the app.
    Again,
    /// Somebody is, and the app asks for somebody else.
    AsSomebodyElse,
}

/// What is known of a second factor for the person who is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Factor {
    /// Whether people can be asked for one.
    pub can_be_asked: bool,
    /// Whether a role of theirs demands one.
    pub is_due: bool,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The person signs in.
    SignIn(SignIn),
    /// The person shows a second factor in the session that they have.
    StepUp,
    /// The person is asked.
    Ask(Question),
    /// The client gets its code.
    Issue,
}

impl AuthorizationRequest {
    /// Who asks.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The way back.
    pub fn to(&self) -> &Return {
        &self.to
    }

    /// What the client is going to get: what it asked for and may have.
    pub fn scope(&self) -> &Scope {
        &self.checked.scope
    }

    /// The APIs for which it wants tokens.
    pub fn resources(&self) -> &[String] {
        &self.checked.resources
    }

    /// Whom the client thinks to be there, in words for the provider.
    pub fn login_hint(&self) -> Option<&str> {
        self.checked.login_hint.as_deref()
    }

    /// The ID token that says whom the client thinks to be there (OpenID Connect Core §3.1.2.1).
    pub fn id_token_hint(&self) -> Option<&str> {
        self.checked.id_token_hint.as_deref()
    }

    /// The id of the one person that the request is for, if it names one: nobody else's code goes back for it (OpenID Connect Core
    /// §3.1.2.2).
    pub fn subject(&self) -> Option<&str> {
        self.checked.subject.as_deref()
    }

    /// When the request was asked first, if the person was sent to sign in for it.
    pub fn first_asked(&self) -> Option<Time> {
        self.first_asked
    }

    /// Whether the person wants to choose an account where they sign in.
    pub fn chooses_account(&self) -> bool {
        self.has(Prompt::SelectAccount)
    }

    /// Whether nothing may be shown (#39).
    pub fn is_silent(&self) -> bool {
        self.has(Prompt::None)
    }

    /// Whether the person is asked which account it is to be: where the app wants that, unless they signed in for this request.
    pub fn must_choose(&self, session: Option<&Session>) -> bool {
        self.chooses_account() && !session.is_some_and(|session| self.is_after_asking(session))
    }

    /// Whether the client wants to be sure that the person signs in now, or did so not long ago.
    pub fn insists_on_sign_in(&self) -> bool {
        self.has(Prompt::Login) || self.checked.max_age.is_some()
    }

    /// An error for the client.
    pub fn fail(&self, error: Error) -> Returned {
        Returned::new(error, &self.to)
    }

    /// The person said no.
    pub fn denied(&self) -> Returned {
        self.fail(Error::new(Code::AccessDenied, "the person did not agree"))
    }

    /// Whether the person may have to agree: to what a client asks for that is not one of our own, or to a scope of an API.
    pub(crate) fn may_need_consent(&self) -> bool {
        let of_an_api = |scope: &str| !server::OPENID_SCOPES.contains(&scope);
        self.client.consent || self.has(Prompt::Consent) || self.scope().iter().any(of_an_api)
    }

    /// What comes next for this session, with what the person agreed to earlier and says now. `hinted` is the subject of a valid
    /// `id_token_hint`.
    pub fn next(
        &self,
        session: Option<&Session>,
        hinted: Option<&str>,
        agreement: &Agreement,
        decision: Option<Decision>,
        factor: Factor,
        now: Time,
    ) -> Result<Next, Returned> {
        if decision == Some(Decision::Denied) {
            return Err(self.denied());
        }
        if let Some(why) = self.sign_in(session, hinted, now) {
            let text = "nobody is signed in who may be";
            return self.unless_silent(Next::SignIn(why), Code::LoginRequired, text);
        }
        if session.is_some_and(|session| !server::has_factors(&session.amr)) {
            if factor.can_be_asked && (factor.is_due || self.checked.acr.wants_factors()) {
                let text = "the person has to show a second factor";
                return self.unless_silent(Next::StepUp, Code::InteractionRequired, text);
            }
            if self.checked.acr.insists_on_factors() {
                let text = "nobody can be asked for a second factor here, and the claims insist on one";
                return Err(self.fail(Error::new(Code::UnmetAuthenticationRequirements, text)));
            }
        }
        let allowed = |question| decision == Some(Decision::Allowed(question));
        if !allowed(Question::Consent) && self.is_consent_missing(agreement) {
            return self.unless_silent(
                Next::Ask(Question::Consent),
                Code::ConsentRequired,
                "the person has not agreed",
            );
        }
        if decision.is_none() && self.must_confirm(session) {
            let text = "this app runs where others can pretend to be it, so the person is always asked";
            return self.unless_silent(Next::Ask(Question::Continue), Code::InteractionRequired, text);
        }
        Ok(Next::Issue)
    }

    /// Nothing is shown where the client wants that (#39).
    fn unless_silent(&self, next: Next, code: Code, text: &'static str) -> Result<Next, Returned> {
        if self.is_silent() { Err(self.fail(Error::new(code, text))) } else { Ok(next) }
    }

    fn sign_in(&self, session: Option<&Session>, hinted: Option<&str>, now: Time) -> Option<SignIn> {
        let Some(session) = session else { return Some(SignIn::Nobody) };
        if [hinted, self.subject()].into_iter().flatten().any(|meant| meant != session.user_id) {
            return Some(SignIn::AsSomebodyElse);
        }
        (self.wants_fresh(session, now) && !self.is_after_asking(session)).then_some(SignIn::Again)
    }

    /// OpenID Connect Core §3.1.2.1: `max_age` is compared to the second, so one of 0 is `prompt=login`.
    fn wants_fresh(&self, session: &Session, now: Time) -> bool {
        let age = now.since(session.auth_time).as_secs();
        self.has(Prompt::Login) || self.checked.max_age.is_some_and(|most| most == 0 || age > u64::from(most))
    }

    /// Whether the person signed in for this request, however long they took from there.
    fn is_after_asking(&self, session: &Session) -> bool {
        self.first_asked.is_some_and(|asked| session.auth_time >= asked)
    }

    fn is_consent_missing(&self, agreement: &Agreement) -> bool {
        self.has(Prompt::Consent) || (agreement.is_due(self) && !agreement.covers(self))
    }

    /// RFC 8252 §8.6: any program on the device can take the place of a native app, so its person always sees what goes on (#24).
    fn must_confirm(&self, session: Option<&Session>) -> bool {
        self.to.target.is_native() || self.must_choose(session)
    }

    fn has(&self, prompt: Prompt) -> bool {
        self.checked.prompts.contains(&prompt)
    }

    /// The code for this session, bound to all of this (#37); `consented`, if it rests on what the person agreed to.
    pub fn code(&self, session: &Session, consented: bool, now: Time) -> session::Code {
        let checked = &self.checked;
        session::Code {
            client_id: self.client.id.clone(),
            client_epoch: self.client.epoch,
            redirect_uri: self.to.target.as_str().to_owned(),
            redirect_uri_given: self.redirect_uri_given,
            challenge: checked.challenge.clone(),
            user_id: session.user_id.clone(),
            epoch: session.epoch,
            sid: session.id.clone(),
            scope: checked.scope.clone(),
            resources: checked.resources.clone(),
            nonce: checked.nonce.clone(),
            auth_time: session.auth_time,
            acr: checked.acr.said(&session.amr),
            amr: session.amr.clone(),
            via: session.via.clone(),
            family_id: session::family::new_id(),
            claims: checked.claims.clone(),
            consented: consented.then_some(true),
            spent: None,
            redeem_until: now.after(session::code::LIFETIME),
            expires_at: now.after(session::code::REMEMBERED),
        }
    }
}
