//! Passwords: `POST /users/login` and `POST /users/register` for programs of our own, which send JSON and get a token; and pages with
//! forms for people, who get a session. `POST /users/password` changes one, and
//! whoever comes in another way adds one. Where mails are on, one that is forgotten is replaced by a
//! mailed link, and an address is proven by one.
//!
//! The order is the point: the request is counted before anything is hashed (#85), every refusal is one run of argon2 and one sentence
//! (#84), and only then does anybody learn who it is.

use audit::Trail;
use credential::{Hasher, attempt};
use entrance::Entrance;
use grant::Tokens;
use http::Method;
use logout::Queue;
use mail::Mailer;
use oauth::{BaseUrl, Origins};
use person::StepUp;
use setting::{BASE_URL, Env, PASSWORD_SIGNUP, PASSWORDS, Permissions, Setting, SettingError, Settings};
use store::Table;
use user::{
    Rights,
    password::{self, mailed},
    rights::{self, Held},
};
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route, SealedCookies, Sealer};

mod add;
mod add_view;
mod asked;
mod change;
mod check;
mod enter;
mod forgotten;
mod letters;
mod mailed_view;
mod prove;
mod register;
mod sign_in;
mod trail;
mod view;

/// Where programs sign in. The page for people is `users-login`'s.
const LOGIN: &str = "/users/login";
/// Where programs register, and the page for people.
const REGISTER: &str = "/users/register";
/// Where the forms of people go.
const LOGIN_FORM: &str = "/users/password/login";
const REGISTER_FORM: &str = "/users/password/register";
/// The page on which a password is changed, and where programs change one.
const CHANGE: &str = "/users/password";
const CHANGE_FORM: &str = "/users/password/change";
/// Where the form goes by which somebody adds one who has none.
const ADD_FORM: &str = "/users/password/add";
/// Where a mail is asked for that leads to another password, and where it leads.
const FORGOTTEN: &str = "/users/password/forgotten";
const RESET: &str = "/users/password/reset";
/// Where a mail leads that proves an address, and where another one is asked for.
const PROVE: &str = "/users/password/prove";
const PROVE_AGAIN: &str = "/users/password/prove/again";
/// Where somebody is then, and where they sign in first.
const SENT_AGAIN: &str = "/account?mailed";
const SIGN_IN_AND_BACK: &str = "/users/login?return_to=%2Faccount";

/// Who gets an account by a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignUp {
    /// Anyone who registers.
    On,
    /// And anyone who signs in with a name that is not known yet.
    FirstLogin,
    /// Nobody by themselves.
    Off,
}

impl SignUp {
    fn from_env(env: &Env) -> Result<Self, SettingError> {
        match env.text(&PASSWORD_SIGNUP)?.as_str() {
            "on" => Ok(Self::On),
            "first-login" => Ok(Self::FirstLogin),
            "off" => Ok(Self::Off),
            other => Err(SettingError::new(format!(
                "PASSWORD_SIGNUP is {other:?}: it must be on, first-login or off"
            ))),
        }
    }
}

/// The function.
pub struct Passwords {
    hasher: Hasher,
    sign_up: SignUp,
    devices: SealedCookies,
    origins: Origins,
    tokens: Tokens,
    queue: Queue,
    entrance: Entrance,
    step_up: StepUp,
    /// Where mails are on.
    mailer: Option<Mailer>,
    /// Where we live, for the links in mails.
    base: BaseUrl,
    table: Table,
    trail: Trail,
}

impl Function for Passwords {
    const NAME: &'static str = "users-password";
    const ROUTES: &'static [Route] = &[
        Route::post(LOGIN, Guard::OwnPages),
        Route::post(REGISTER, Guard::OwnPages),
        Route::get(REGISTER, Guard::Public),
        Route::post(LOGIN_FORM, Guard::OwnPages),
        Route::post(REGISTER_FORM, Guard::OwnPages),
        Route::get(CHANGE, Guard::Public),
        Route::post(CHANGE, Guard::OwnPages),
        Route::post(CHANGE_FORM, Guard::OwnPages),
        Route::post(ADD_FORM, Guard::OwnPages),
        Route::get(FORGOTTEN, Guard::Public),
        Route::post(FORGOTTEN, Guard::OwnPages),
        Route::get(RESET, Guard::Public),
        Route::post(RESET, Guard::OwnPages),
        Route::get(PROVE, Guard::Public),
        Route::post(PROVE, Guard::OwnPages),
        Route::post(PROVE_AGAIN, Guard::OwnPages),
    ];
    const PERMISSIONS: &'static [Permissions] = &[
        attempt::COUNT,
        password::FIND,
        password::ENTER,
        password::REGISTER,
        password::CHANGE,
        password::ADD,
        password::EXPEL,
        mailed::ASK,
        mailed::DO,
        Mailer::PERMISSIONS,
        rights::READ,
        session::FIND,
        session::LIVING,
        session::ENTER,
        session::END_BY_ID,
        session::ended::NOTED_OF,
        audit::WRITE,
    ];
    const SETTINGS: Settings = &[
        &[&PASSWORDS, &PASSWORD_SIGNUP],
        authenticate::ORIGINS_SETTINGS,
        Table::SETTINGS,
        Queue::SETTINGS,
        Mailer::SETTINGS,
        Sealer::SETTINGS,
        Tokens::SETTINGS,
        Rights::SIGN_IN_SETTINGS,
        Trail::SETTINGS,
        Entrance::SETTINGS,
        StepUp::SETTINGS,
        Brand::SETTINGS,
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;
    const IN_POPUPS: bool = true;
    const ONLY_WITH: Option<&'static Setting> = Some(&PASSWORDS);
    /// A run of argon2 takes 19 MiB, and processor time, of which there is more where there is more memory.
    const MEMORY: Option<u64> = Some(1024);

    fn errors_at(path: &str) -> ErrorFormat {
        if path.ends_with(LOGIN) { ErrorFormat::Api } else { Self::ERRORS }
    }

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let (table, queue, trail) =
            (Table::from_env(env).await?, Queue::from_env(env)?, Trail::from_env(env)?);
        let rights = Held::for_sign_in(env)?;
        Ok(Self {
            hasher: Hasher::default(),
            sign_up: SignUp::from_env(env)?,
            devices: device::cookies(Sealer::from_env(env)?),
            origins: authenticate::origins(env)?,
            tokens: Tokens::from_env(env, rights.clone())?.reloading(env, vault::fetch),
            mailer: Mailer::from_env(env)?,
            base: env.parsed(&BASE_URL)?,
            step_up: StepUp::with(env, rights.clone())?,
            entrance: Entrance::new(env, table.clone(), queue.clone(), &trail, Some(rights))?,
            queue,
            table,
            trail,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.is_prefetch() {
            return Ok(Response::no_prefetch());
        }
        match (request.method(), request.path()) {
            (&Method::POST, LOGIN) => self.sign_in_program(&request).await,
            (&Method::POST, REGISTER) => self.register_program(&request).await,
            (&Method::POST, CHANGE) => self.change_program(&request).await,
            (&Method::POST, LOGIN_FORM) => self.sign_in_person(&request).await,
            (&Method::POST, REGISTER_FORM) => self.register_person(&request).await,
            (&Method::POST, ADD_FORM) => self.add_person(&request).await,
            (&Method::POST, FORGOTTEN) => self.forgotten(&request).await,
            (&Method::POST, RESET) => self.reset(&request).await,
            (&Method::POST, PROVE) => self.prove(&request).await,
            (&Method::POST, PROVE_AGAIN) => self.prove_again(&request).await,
            (&Method::POST, _) => self.change_person(&request).await,
            (_, CHANGE) => self.change_page(&request).await,
            (_, FORGOTTEN) => self.forgotten_page(&request),
            (_, RESET) => self.reset_page(&request).await,
            (_, PROVE) => self.prove_page(&request).await,
            _ => self.register_page(&request),
        }
    }
}
