//! Signing in by a mail: whoever reads the mails of an address gets a code and a link there, types the code or follows the link, and is in.
//!
//! - A code and a link are asked for by a browser, or a program with cookies, and count there alone: a sealed cookie has 256 random bits,
//!   whose digest is the key of the row; the row has HMACs of both under a key of their own.
//! - Every try is counted before it is compared (#85), and of many who show the same at once one is let in.
//! - Whatever an address leads to, to ask for a mail costs the same and has one answer (#84).
//! - To open the link uses nothing up: programs that look through mails do that too (#89).

use audit::Trail;
use credential::attempt;
use entrance::Entrance;
use grant::Tokens;
use http::Method;
use logout::Queue;
use mail::Mailer;
use oauth::{BaseUrl, Origins};
use setting::{
    BASE_URL, EVENTS, Env, MAILED_SIGN_IN, MAILED_SIGNUP, PASSWORDS, Permissions, Setting, SettingError,
    Settings,
};
use store::Table;
use user::{
    Rights, by_mail, password,
    rights::{self, Held},
};
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route, SealedCookies, Sealer};

use self::challenge::Challenges;

mod ask;
mod challenge;
mod code;
mod enter;
mod limits;
mod link;
#[cfg(test)]
mod spellings;
mod trail;
mod view;
pub mod words;

setting::declare! {
    MAILED_KEY = Setting::secret("MAILED_KEY", "The key under which the table has mailed codes and links (HMAC): 32 random bytes in base64url, or several keys separated by commas, the newest first. `cargo run` generates its own.");
}

/// Where a mail is asked for.
const ASK: &str = "/users/mailed";
/// Where its code is typed.
const CODE: &str = "/users/mailed/code";
/// Where its link leads.
const LINK: &str = "/users/mailed/link";

/// The function.
pub struct Mailed {
    challenges: Challenges,
    devices: SealedCookies,
    mailer: Mailer,
    /// Whether somebody new gets an account.
    is_open: bool,
    /// Whether people sign in with a password too.
    passwords: bool,
    /// Whether systems of the team are told what happens to people.
    events: bool,
    /// Where we live, for the links in mails.
    base: BaseUrl,
    origins: Origins,
    tokens: Tokens,
    entrance: Entrance,
    table: Table,
    trail: Trail,
}

impl Function for Mailed {
    const NAME: &'static str = "users-mailed";
    const ROUTES: &'static [Route] = &[
        Route::get(ASK, Guard::Public),
        Route::post(ASK, Guard::OwnPages),
        Route::get(CODE, Guard::Public),
        Route::post(CODE, Guard::OwnPages),
        Route::get(LINK, Guard::Public),
        Route::post(LINK, Guard::OwnPages),
    ];
    const PERMISSIONS: &'static [Permissions] = &[
        attempt::COUNT,
        limits::COUNT,
        challenge::KEEP,
        by_mail::FIND,
        by_mail::ENTER,
        Mailer::PERMISSIONS,
        rights::READ,
        entrance::ENTER,
        audit::WRITE,
        password::EXPEL.only_with(&PASSWORDS),
        session::END_BY_ID.only_with(&PASSWORDS),
        session::ended::NOTED_OF.only_with(&PASSWORDS),
    ];
    const SETTINGS: Settings = &[
        &[&MAILED_SIGN_IN, &MAILED_SIGNUP, &MAILED_KEY, &PASSWORDS, &EVENTS],
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
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;
    const IN_POPUPS: bool = true;
    const ONLY_WITH: Option<&'static Setting> = Some(&MAILED_SIGN_IN);

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let mailer = Mailer::from_env(env)?.ok_or_else(|| {
            SettingError::new(
                "MAILED_SIGN_IN is on, and MAIL is off: nobody would get a code. Set MAIL to ses or smtp",
            )
        })?;
        let (table, queue, trail) =
            (Table::from_env(env).await?, Queue::from_env(env)?, Trail::from_env(env)?);
        let rights = Held::for_sign_in(env)?;
        Ok(Self {
            challenges: Challenges::from_env(env)?,
            devices: device::cookies(Sealer::from_env(env)?),
            mailer,
            is_open: env.is_on(&MAILED_SIGNUP)?,
            passwords: env.is_on(&PASSWORDS)?,
            events: env.is_on(&EVENTS)?,
            base: env.parsed(&BASE_URL)?,
            origins: authenticate::origins(env)?,
            tokens: Tokens::from_env(env, rights.clone())?.reloading(env, vault::fetch),
            entrance: Entrance::new(env, table.clone(), queue, &trail, Some(rights))?,
            table,
            trail,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.is_prefetch() {
            return Ok(Response::no_prefetch());
        }
        match (request.method(), request.path()) {
            (&Method::POST, ASK) => self.ask(&request).await,
            (&Method::POST, CODE) => self.take_code(&request).await,
            (&Method::POST, _) => self.take_link(&request).await,
            (_, CODE) => Ok(self.code_page(&request)),
            (_, LINK) => self.link_page(&request).await,
            _ => Ok(self.ask_page(&request)),
        }
    }
}
