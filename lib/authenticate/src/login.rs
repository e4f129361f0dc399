//! One login on its way: what the browser keeps for us, and the checking of what it comes back with.

use std::{fmt, time::Duration};

use oauth::{Digest, ReturnTo, Secret, Seed, Sentence, SessionCookie, Time, Verifier};
use serde::{Deserialize, Serialize};

use crate::{Error, Link, Provider, claims, provider_error};

/// How far the clocks of two of our machines may be apart.
pub(crate) const SKEW: Duration = Duration::from_secs(60);
/// The longest code that is sent on.
const MAX_CODE: usize = 4096;
/// The longest login as JSON: sealed, and with its name, it is a cookie of at most 1.2 KB.
const MAX_LOGIN: usize = 860;
/// The longest `login_hint`: an address.
const MAX_HINT: usize = 254;

/// What a person wants when they start.
#[derive(Debug, Clone)]
pub struct StartOptions {
    /// Whom to suggest to the provider, such as an e-mail address.
    pub login_hint: Option<String>,
    /// To choose an account at the provider, if it knows how.
    pub choose_account: bool,
    /// To sign in although the provider knows them, if it can do that.
    pub fresh: bool,
    /// Where to go afterwards.
    pub return_to: ReturnTo,
    /// The session that the browser has now, if it cannot show it again when it is back.
    pub session: Option<SessionCookie>,
    /// Whether a browser asks, and not a program: it gets a session in the end, and never a token.
    pub browser: bool,
    /// To whom the identity is to lead, if it is not to sign anybody in.
    pub link: Option<Link>,
}

/// A login that has begun. `Debug` shows none of it: its address holds the state.
#[derive(Clone)]
pub struct Start {
    /// Where the browser goes.
    pub url: String,
    /// What the browser keeps, sealed.
    pub login: Login,
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Start(..)")
    }
}

/// A login between its start and its end. It travels in a sealed cookie, and belongs to one browser, one provider and
/// ten minutes.
///
/// Every secret of it is derived from one seed, which never leaves the cookie (#1): the provider sees state, nonce and, in
/// the end, the code verifier; the table has the id, the session's id, and the digest of the session's secret. None of them leads to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    seed: Seed,
    provider: String,
    /// The digest of issuer, client id and redirect URI (#7).
    binding: Digest,
    return_to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionCookie>,
    /// RFC 9207 §2.4: the provider said that its answers carry `iss`.
    iss_promised: bool,
    browser: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    fresh: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<Link>,
    started_at: Time,
}

/// What comes back from the provider through the browser: the query or the form of the callback (OpenID Connect Core
/// §3.1.2.5, §3.1.2.6).
/// `Debug` shows none of it.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The code, if the person said yes.
    pub code: Option<String>,
    /// The state, always.
    pub state: Option<String>,
    /// RFC 9207: who answers.
    pub iss: Option<String>,
    /// The error code, if there was one.
    pub error: Option<String>,
    /// Somebody's sentence about the error; neither shown nor logged, and compared with the few that mean something. Whatever
    /// it holds, it is no reason to refuse the answer.
    #[serde(skip)]
    pub error_description: Option<String>,
    /// Who it is, as JSON that nobody signed: Apple adds it when somebody agrees for the first time, and never again. Other
    /// providers' parameters of that name are not read.
    #[serde(skip)]
    pub user: Option<String>,
}

impl Answer {
    /// The name in `user`, if this provider answers in that way. It is the browser's word only, and a malformed one is none.
    pub fn unsigned_name(&self, provider: &Provider) -> Option<String> {
        self.user.as_deref().filter(|_| provider.answers_by_post()).and_then(claims::unsigned_name)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(..)")
    }
}

impl Login {
    /// What its cookies are called.
    pub const COOKIE: &'static str = "login";

    /// A value that the parameter `prompt` may have where a login begins: our pages send it for somebody who may want another
    /// account. Any value but this and the next is not looked at (#5).
    pub const CHOOSE_ACCOUNT: &'static str = "select_account";

    /// The same for somebody from whom an app wants a fresh sign-in.
    pub const FRESH: &'static str = "login";

    /// The parameter `prompt`, for our own pages; nothing if it would say nothing.
    pub fn prompt(choose_account: bool, fresh: bool) -> Option<String> {
        let words = [(Self::FRESH, fresh), (Self::CHOOSE_ACCOUNT, choose_account)];
        let words: Vec<_> = words.into_iter().filter(|(_, wanted)| *wanted).map(|(word, _)| word).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// How long a person may take at the provider (#6).
    pub const LIFETIME: Duration = Duration::from_secs(600);

    /// A fresh one (#1).
    pub(crate) fn new(provider: &Provider, options: StartOptions, iss_promised: bool, now: Time) -> Self {
        let login = Self {
            seed: Seed::random(),
            provider: provider.name().to_owned(),
            binding: provider.binding(),
            return_to: options.return_to.as_str().to_owned(),
            session: options.session,
            iss_promised,
            browser: options.browser,
            fresh: options.fresh,
            link: options.link,
            started_at: now,
        };
        login.fitting()
    }

    /// The same, or on the way to the front page if the way is too long for a cookie.
    fn fitting(mut self) -> Self {
        let fits = serde_json::to_string(&self).is_ok_and(|json| json.len() <= MAX_LOGIN);
        if !fits {
            self.return_to = ReturnTo::home().as_str().to_owned();
        }
        self
    }

    /// The state, by which the browser's answer finds this login.
    pub fn state(&self) -> Secret {
        self.seed.derive("state")
    }

    /// The secret of the session that this login ends in. Every callback of this login derives the same one, so that the
    /// browser can be given it again.
    pub fn session_secret(&self) -> Secret {
        self.seed.derive("session")
    }

    /// The id of the session that this login ends in, unless it is that of a session which the person has already.
    pub fn sid(&self) -> Secret {
        self.seed.derive("sid")
    }

    /// Its name in the table, which opens nothing.
    pub(crate) fn id(&self) -> String {
        self.seed.derive("id").expose()[..22].to_owned()
    }

    /// Where to go afterwards. It was checked at the start; it is checked again before use (#22).
    pub fn return_to(&self) -> &str {
        &self.return_to
    }

    /// The path at which it begins again: with the same provider, and the same place to go afterwards; with another account
    /// if that is to be chosen.
    pub fn again(&self, choose_account: bool) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(prompt) = Self::prompt(choose_account, self.fresh) {
            query.append_pair("prompt", &prompt);
        }
        if self.return_to != ReturnTo::home().as_str() {
            query.append_pair("return_to", &self.return_to);
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/users/login/{}{mark}{query}", self.provider)
    }

    /// The query of an answer to this login with nothing in it but `iss`, which was checked: without, the answer of a provider
    /// that promises one is refused (#8).
    pub fn without_code(&self, iss: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", self.state().expose());
        if let Some(iss) = iss {
            query.append_pair("iss", iss);
        }
        query.finish()
    }

    /// The session that the browser had at the start, as [`StartOptions::session`] said.
    pub fn old_session(&self) -> Option<&SessionCookie> {
        self.session.as_ref()
    }

    /// Whether a browser began it, as [`StartOptions::browser`] said.
    pub fn is_browsers(&self) -> bool {
        self.browser
    }

    /// To whom the identity is to lead, if this login is not to sign anybody in.
    pub fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    /// Whether the person was to sign in at the provider, whatever it knew.
    pub(crate) fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// When it began.
    pub(crate) fn started_at(&self) -> Time {
        self.started_at
    }

    pub(crate) fn nonce(&self) -> Secret {
        self.seed.derive("nonce")
    }

    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::of(&self.seed)
    }

    /// Whether this provider started it, as it is set up now (#7).
    pub(crate) fn is_of(&self, provider: &Provider) -> bool {
        self.provider == provider.name() && self.binding == provider.binding()
    }

    /// Checks what came back, in the order that leaves nothing to guess from: state, age, provider, issuer, error,
    /// shape. What is right is the code; nothing was sent or written for it yet.
    pub fn accept(&self, provider: &Provider, answer: Answer, now: Time) -> Result<Secret, Error> {
        let again = Sentence::AnotherLogin;
        let given = answer.state.as_deref().unwrap_or_default();
        if !self.state().matches(given) {
            return Err(Error::login(again, "state does not match"));
        }
        if now.since(self.started_at) > Login::LIFETIME || self.started_at > now.after(SKEW) {
            return Err(Error::login(Sentence::LoginTooOld, "the login is over ten minutes old"));
        }
        if !self.is_of(provider) {
            return Err(Error::login(again, "another provider, or other settings, started this login"));
        }
        self.issuer(provider, answer.iss.as_deref())?;
        let odd = Sentence::IncompleteAnswer;
        match (answer.error, answer.code) {
            (Some(_), Some(_)) => Err(Error::login(odd, "the answer holds both a code and an error")),
            (Some(error), None) => {
                let text = answer.error_description.as_deref();
                Err(provider_error::of_authorization(&error, text).during(provider.name()).without_code())
            }
            (None, None) => {
                Err(Error::login(odd, "the answer holds neither a code nor an error").without_code())
            }
            (None, Some(code)) if is_code(&code) => Ok(Secret::new(code)),
            (None, Some(_)) => Err(Error::login(odd, "the code is not printable or too long")),
        }
    }

    /// RFC 9207 §2.4: `iss` is there if it was promised, and right if it is there (#8).
    fn issuer(&self, provider: &Provider, iss: Option<&str>) -> Result<(), Error> {
        let flaw = match iss {
            Some(iss) if provider.answers_as(iss) => return Ok(()),
            Some(_) => {
                let setting = provider.setting("ANSWERS_AS");
                format!(
                    "iss is another: if this provider answers by another name than its issuer, write it into {setting}"
                )
            }
            None if self.iss_promised => {
                "iss is missing, though the provider's metadata promises it".to_owned()
            }
            None => return Ok(()),
        };
        Err(Error::login(Sentence::AnotherProviderAnswers, flaw).during(provider.name()))
    }
}

/// RFC 6749 appendix A.11, and of bearable length.
fn is_code(text: &str) -> bool {
    (1..=MAX_CODE).contains(&text.len()) && text.bytes().all(|b| matches!(b, 0x20..=0x7e))
}

/// A `login_hint` as it was given: bounded, and without control characters (#5).
pub(crate) fn hint(given: Option<&str>) -> Result<Option<String>, Error> {
    let Some(hint) = given.filter(|hint| !hint.is_empty()) else { return Ok(None) };
    if hint.len() > MAX_HINT || hint.contains(char::is_control) {
        return Err(
            oauth::Error::invalid_request("login_hint is too long or holds control characters").into()
        );
    }
    Ok(Some(hint.to_owned()))
}
