//! `GET` and `POST /users/login/{provider}/callback`: the browser is back from the provider.
//!
//! The order is the point: the sealed cookie that belongs to `state`, its age, its provider, `iss`, an error answer, then the
//! claim that makes a login happen once, then one exchange (#6–#12). A callback after the claim is a repeated callback.

use audit::Trail;
use authenticate::{Login, Provider, Providers};
use entrance::Entrance;
use grant::Tokens;
use http::{Method, StatusCode};
use logout::Queue;
use mail::Mailer;
use oauth::{Code, Error, Origins, Sentence};
use setting::{EVENTS, Env, PASSWORDS, Permissions, Settings};
use store::Table;
use user::{
    Rights, password,
    rights::{self, Held},
};
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route, SealedCookies, Sealer};

use self::{arrival::Arrival, attempt::Attempt};

mod arrival;
mod attempt;
mod enter;
mod link;
mod repeated;
mod returned;
mod trail;

/// The function.
pub struct Callback {
    providers: Providers,
    cookies: SealedCookies,
    origins: Origins,
    tokens: Tokens,
    entrance: Entrance,
    /// Where mails are on.
    mailer: Option<Mailer>,
    table: Table,
    trail: Trail,
    /// Whether people sign in with a password too.
    passwords: bool,
    /// Whether somebody is told of people who are new.
    events: bool,
}

impl Function for Callback {
    const NAME: &'static str = "users-login-callback";
    const ROUTES: &'static [Route] = &[
        Route::get("/users/login/{provider}/callback", Guard::Public),
        Route::post("/users/login/{provider}/callback", Guard::Public),
    ];
    const PERMISSIONS: &'static [Permissions] = &[
        Provider::FINISH,
        Login::CLAIM,
        user::SIGN_IN,
        rights::READ,
        user::LINK,
        audit::WRITE,
        user::IS_LINK_USED,
        session::STATE,
        session::LIVING,
        session::ENTER,
        password::EXPEL.only_with(&PASSWORDS),
        session::END_BY_ID.only_with(&PASSWORDS),
        session::ended::NOTED_OF.only_with(&PASSWORDS),
        Mailer::PERMISSIONS,
    ];
    const SETTINGS: Settings = &[
        Providers::SETTINGS,
        Providers::SECRETS,
        authenticate::ORIGINS_SETTINGS,
        Table::SETTINGS,
        Queue::SETTINGS,
        Mailer::SETTINGS,
        Sealer::SETTINGS,
        Tokens::SETTINGS,
        Rights::SIGN_IN_SETTINGS,
        Trail::SETTINGS,
        Entrance::SETTINGS,
        Brand::SETTINGS,
        &[&PASSWORDS, &EVENTS],
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;
    const IN_POPUPS: bool = true;

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let (table, trail) = (Table::from_env(env).await?, Trail::from_env(env)?);
        let rights = Held::for_sign_in(env)?;
        Ok(Self {
            providers: Providers::from_env(env, table.clone())?,
            cookies: SealedCookies::new(Sealer::from_env(env)?, Login::COOKIE, Login::LIFETIME),
            origins: authenticate::origins(env)?,
            tokens: Tokens::from_env(env, rights.clone())?.reloading(env, vault::fetch),
            entrance: Entrance::new(env, table.clone(), Queue::from_env(env)?, &trail, Some(rights))?,
            mailer: Mailer::from_env(env)?,
            trail,
            passwords: env.is_on(&PASSWORDS)?,
            events: env.is_on(&EVENTS)?,
            table,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        // The person who comes after it signs in.
        if request.is_prefetch() {
            return Ok(Response::no_prefetch());
        }
        let provider =
            request.segment("provider").and_then(|name| self.providers.get(name)).ok_or_else(unknown)?;
        let state = returned::state(&request, provider)?;
        let forget = self.cookies.forget(&state);
        let login: Option<Login> = self.cookies.read(&request, &state, provider.name());
        let login = login.ok_or_else(|| {
            let refusal = arrival::without_login(self.origins.base(), &request);
            trail::refused(&request, provider, web::Error::from(refusal).with_cookie(&forget))
        })?;
        // A request that only looks uses nothing up.
        if request.method() == Method::HEAD {
            return Ok(Response::empty(StatusCode::OK));
        }
        let arrival = Arrival { request: &request, provider, login: &login, forget: &forget };
        let answer = returned::answer(&request, provider)
            .map_err(|error| trail::refused(&request, provider, arrival.over(error)))?;
        let unsigned_name = answer.unsigned_name(provider);
        let iss = answer.iss.clone();
        let answered = match self.attempt(&arrival, answer).await {
            Ok(Attempt::First(code)) => self.first(&arrival, &code, unsigned_name).await,
            Ok(Attempt::Repeated(used)) if !arrival.is_browsers() => Err(arrival.over(used)),
            Ok(Attempt::Repeated(_)) => self.repeated(&arrival, iss.as_deref()).await,
            // Nothing is decided: the login may be tried again.
            Err(fault @ authenticate::Error::Store(_)) => Err(fault.into()),
            Err(refused) => Err(arrival.over(refused)),
        };
        answered.map_err(|error| trail::refused(&request, provider, error))
    }
}

fn unknown() -> Error {
    Error::said(Code::InvalidRequest, Sentence::NoSuchProvider).with_status(404)
}
