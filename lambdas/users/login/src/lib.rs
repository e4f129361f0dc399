//! `GET /users/login` and `GET /users/login/{provider}`: a sign-in begins.
//!
//! Nothing is written and, for a provider whose endpoints are data, nothing is fetched: state, nonce and code verifier travel
//! in a sealed cookie of their own (#3).

use authenticate::{Login, Provider, Providers, Start as Begun};
use maud::Markup;
use oauth::{Code, Error, Origins, Sentence, SessionCookie};
use serde::Deserialize;
use serde_json::json;
use setting::{Env, MAIL, MAILED_SIGN_IN, PASSKEYS, PASSWORD_SIGNUP, PASSWORDS, Permissions, Settings};
use store::Table;
use web::{
    Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route, SameSite, SealedCookies, Sealer,
    page,
};

mod choice;
mod link;

/// How many logins may be under way in one browser (#36).
const TABS: usize = 5;

/// The function.
pub struct Start {
    providers: Providers,
    cookies: SealedCookies,
    sealer: Sealer,
    origins: Origins,
    /// Whether people sign in with a password too, and whether anybody may make an account.
    passwords: bool,
    registers: bool,
    /// Whether a mail leads to another password.
    forgets: bool,
    /// Whether they sign in with passkeys too.
    passkeys: bool,
    /// Whether they do by a mailed code.
    mailed: bool,
}

/// What a program must know that hands the address on: a login belongs to the browser that holds its cookie (#25).
const NOTE: &str = "The callback works only together with the cookie of this answer, within ten minutes. A person in another browser does not have that cookie, and starts at /users/login instead.";

/// The parameters that are read. All others are ignored, and nothing else reaches the provider (#5).
#[derive(Debug, Default, Deserialize)]
struct StartQuery {
    /// Where to go afterwards.
    return_to: Option<String>,
    /// The same as a provider's site says it that begins a login (OIDC Core §4). Our own parameter counts before it.
    target_link_uri: Option<String>,
    /// Which provider that is.
    iss: Option<String>,
    /// Who wants to sign in (OIDC Core §3.1.2.1).
    login_hint: Option<String>,
    /// To choose an account, with [`Login::CHOOSE_ACCOUNT`]; to sign in afresh, with [`Login::FRESH`].
    prompt: Option<String>,
    /// What our own account page adds for somebody who links one more way in ([`link`]).
    link: Option<String>,
}

impl StartQuery {
    /// A parameter without a value is one that is not there (RFC 6749 §3.1).
    fn of(request: &Request) -> Result<Self, Error> {
        let Self { return_to, target_link_uri, iss, login_hint, prompt, link } = request.query()?;
        let [return_to, target, iss] =
            [return_to, target_link_uri, iss].map(|text| text.filter(|text| !text.is_empty()));
        Ok(Self { return_to: return_to.or(target), target_link_uri: None, iss, login_hint, prompt, link })
    }

    /// Whether an account is to be chosen, and whether the person is to sign in afresh. Other values mean neither.
    fn wishes(&self) -> (bool, bool) {
        let known = [(true, false), (false, true), (true, true)];
        let says = |(choose, fresh): &(bool, bool)| Login::prompt(*choose, *fresh) == self.prompt;
        known.into_iter().find(says).unwrap_or_default()
    }
}

impl Function for Start {
    const NAME: &'static str = "users-login";
    const ROUTES: &'static [Route] =
        &[Route::get("/users/login", Guard::Public), Route::get("/users/login/{provider}", Guard::Public)];
    const PERMISSIONS: &'static [Permissions] = &[Provider::START];
    const SETTINGS: Settings = &[
        Providers::SETTINGS,
        authenticate::ORIGINS_SETTINGS,
        Table::SETTINGS,
        Sealer::SETTINGS,
        Brand::SETTINGS,
        &[&PASSKEYS, &PASSWORDS, &PASSWORD_SIGNUP, &MAIL, &MAILED_SIGN_IN],
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;
    const IN_POPUPS: bool = true;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        // Only a provider whose endpoints are to be discovered needs it.
        let table = Table::unopened_from_env(env)?;
        let sealer = Sealer::from_env(env)?;
        Ok(Self {
            providers: Providers::without_secrets(env, table)?,
            cookies: SealedCookies::new(sealer.clone(), Login::COOKIE, Login::LIFETIME),
            sealer,
            origins: authenticate::origins(env)?,
            passwords: env.is_on(&PASSWORDS)?,
            forgets: env.text(&MAIL)? != "off",
            passkeys: env.is_on(&PASSKEYS)?,
            mailed: env.is_on(&MAILED_SIGN_IN)?,
            registers: env.text(&PASSWORD_SIGNUP)? != "off",
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.is_prefetch() {
            return Ok(Response::no_prefetch());
        }
        let query = StartQuery::of(&request)?;
        match self.choices(&request, &query)?.as_slice() {
            [only] if self.own_ways(&request, &query).is_empty() => self.begin(&request, only, query).await,
            several => choice::offer(&request, several, &query, &self.own_ways(&request, &query)),
        }
    }
}

impl Start {
    /// What the page has beside the providers: where none is named, for a person.
    fn own_ways(&self, request: &Request, query: &StartQuery) -> Vec<Markup> {
        let names_one = request.segment("provider").is_some() || query.iss.is_some();
        if names_one || !request.wants_html() {
            return Vec::new();
        }
        let words = request.look().words;
        let login = query.login_hint.as_deref().unwrap_or_default();
        let return_to = query.return_to.as_deref().unwrap_or("/");
        let passkey = self.passkeys.then(|| page::passkey_button(words, return_to));
        let form = || page::password_form(words, login, return_to, self.registers, self.forgets);
        let password = self.passwords.then(form);
        let mailed = self.mailed.then(|| page::mailed_way(words, login, return_to, !self.passwords));
        passkey.into_iter().chain(password).chain(mailed).collect()
    }

    /// With whom one may sign in: with the provider that the path names, or else with all; and of these, where a provider's
    /// site began the login, with who that is (OIDC Core §4).
    fn choices(&self, request: &Request, query: &StartQuery) -> Result<Vec<&Provider>, Error> {
        let mut choices: Vec<_> = match request.segment("provider") {
            Some(name) => vec![self.providers.get(name).ok_or_else(unknown)?],
            None => self.providers.iter().collect(),
        };
        if let Some(iss) = &query.iss {
            choices.retain(|provider| provider.is_known_as(iss));
            if choices.is_empty() {
                return Err(Error::invalid_request("iss names no provider with which one can sign in here"));
            }
        }
        Ok(choices)
    }

    /// Sends somebody to the provider. An answer that the provider's site posts comes without the cookies of sessions, which are
    /// `SameSite=Lax`; so the login remembers which session acts (#33), and that one gets a cookie of its own now.
    async fn begin(&self, request: &Request, provider: &Provider, query: StartQuery) -> Result<Response> {
        let link = self.link(request, provider, query.link.as_deref())?;
        let return_to = match link {
            Some(_) => link::LINKED,
            None => query.return_to.as_deref().unwrap_or("/"),
        };
        let return_to = self.origins.check(return_to);
        let session = match &link {
            Some(link) => request.session_of(&link.sid),
            None => request.session(),
        };
        let session = session.filter(|_| provider.answers_by_post());
        let session = session.and_then(|cookie| SessionCookie::parse(&cookie));
        let (choose_account, fresh) = query.wishes();
        let options = authenticate::StartOptions {
            choose_account: choose_account || link.is_some(),
            link,
            fresh,
            login_hint: query.login_hint,
            return_to,
            session,
            browser: request.is_browsers(),
        };
        let Begun { url, login } = provider.start(options, request.now).await?;
        let cookie = self.cookies.write(login.state().expose(), provider.name(), &login, request.now)?;
        let same_site = if provider.answers_by_post() { SameSite::None } else { SameSite::Lax };
        let old = self.cookies.make_room(request, &cookie, TABS);
        let response = answer(request, provider, &url)?.cookie(&cookie.same_site(same_site));
        let response = if provider.answers_by_post() {
            response.keeping(request).making_room(request)
        } else {
            response
        };
        Ok(old.iter().fold(response, Response::cookie))
    }
}

/// A browser is sent there; a program gets the address where a person must go.
fn answer(request: &Request, provider: &Provider, url: &str) -> Result<Response> {
    if request.wants_html() {
        return Ok(Response::see_provider(url));
    }
    let message = format!("Authorization from {} required", provider.label());
    Response::json(&json!({"message": message, "url": url, "note": NOTE}))
}

fn unknown() -> Error {
    Error::said(Code::InvalidRequest, Sentence::NoSuchProvider).with_status(404)
}
