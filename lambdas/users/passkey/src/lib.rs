//! Passkeys: people sign in with the key of a device, without a name (W3C Web Authentication Level 3), or show it as their second factor.
//! `/users/passkey` lists a person's passkeys; there they add, rename and remove them. The page of a sign-in is `users-login`'s, that of the
//! step is `users-factor`'s, and the script of all of them is here.
//!
//! A challenge is in a sealed cookie, and answered once (#9). Nothing is written and nothing is looked up before that cookie is there
//! (#105), and an answer is counted before it is verified (#85). The origin and the relying party are those of `BASE_URL` alone.

use audit::Trail;
use credential::attempt;
use entrance::Entrance;
use http::Method;
use logout::Queue;
use mail::Mailer;
use oauth::Origins;
use person::StepUp;
use setting::{BASE_URL, Env, PASSKEYS, Permissions, Setting, Settings};
use store::Table;
use user::passkey;
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route, Sealer};

use crate::{ceremony::Party, challenge::Challenges};

mod add;
mod ceremony;
mod challenge;
mod client_data;
mod host;
mod manage;
mod sign_in;
mod step;
mod trail;
#[cfg(test)]
mod vectors;
mod view;

/// The page of a person's passkeys, and where its forms go.
const PATH: &str = "/users/passkey";
/// The script of that page, of the page of a sign-in and of the one that asks for a second factor.
const SCRIPT: &str = "/users/passkey.js";
/// Where a sign-in gets its challenge, and where its answer goes.
const CHALLENGE: &str = "/users/passkey/challenge";
const LOGIN: &str = "/users/passkey/login";
/// Where somebody who owes a second factor gets their challenge, and where its answer goes.
const STEP: &str = "/users/passkey/step";
const FACTOR: &str = "/users/passkey/factor";
/// Where a new passkey gets its challenge, and where it goes.
const NEW: &str = "/users/passkey/new";
const ADD: &str = "/users/passkey/add";

/// The function.
pub struct Passkeys {
    party: Party,
    challenges: Challenges,
    origins: Origins,
    entrance: Entrance,
    step_up: StepUp,
    /// Where mails are on.
    mailer: Option<Mailer>,
    table: Table,
    trail: Trail,
}

impl Function for Passkeys {
    const NAME: &'static str = "users-passkey";
    const ROUTES: &'static [Route] = &[
        Route::get(PATH, Guard::Public),
        Route::get(SCRIPT, Guard::Public),
        Route::post(PATH, Guard::OwnPages),
        Route::post(CHALLENGE, Guard::OwnPages),
        Route::post(LOGIN, Guard::OwnPages),
        Route::post(STEP, Guard::OwnPages),
        Route::post(FACTOR, Guard::OwnPages),
        Route::post(NEW, Guard::OwnPages),
        Route::post(ADD, Guard::OwnPages),
    ];
    const PERMISSIONS: &'static [Permissions] = &[
        attempt::COUNT,
        passkey::LIST,
        passkey::ADD,
        passkey::CHANGE,
        passkey::ENTER,
        session::LIVING,
        entrance::ENTER,
        StepUp::READ,
        user::READ,
        audit::WRITE,
        Mailer::PERMISSIONS,
    ];
    const SETTINGS: Settings = &[
        &[&PASSKEYS],
        authenticate::ORIGINS_SETTINGS,
        Table::SETTINGS,
        Queue::SETTINGS,
        Mailer::SETTINGS,
        Sealer::SETTINGS,
        Trail::SETTINGS,
        Entrance::SETTINGS,
        StepUp::SETTINGS,
        Brand::SETTINGS,
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;
    const ONLY_WITH: Option<&'static Setting> = Some(&PASSKEYS);

    /// Scripts read all but the page.
    fn errors_at(path: &str) -> ErrorFormat {
        if path.ends_with(PATH) { Self::ERRORS } else { ErrorFormat::Api }
    }

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let (table, queue, trail) =
            (Table::from_env(env).await?, Queue::from_env(env)?, Trail::from_env(env)?);
        Ok(Self {
            party: Party::of(&env.parsed(&BASE_URL)?)?,
            challenges: Challenges::new(Sealer::from_env(env)?),
            origins: authenticate::origins(env)?,
            mailer: Mailer::from_env(env)?,
            step_up: StepUp::from_env(env)?,
            entrance: Entrance::new(env, table.clone(), queue, &trail, None)?,
            table,
            trail,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        match (request.method(), request.path()) {
            (&Method::POST, PATH) => self.change(&request).await,
            (&Method::POST, CHALLENGE) => self.challenge(&request),
            (&Method::POST, LOGIN) => self.sign_in(&request).await,
            (&Method::POST, STEP) => self.step_challenge(&request).await,
            (&Method::POST, FACTOR) => self.take_step(&request).await,
            (&Method::POST, NEW) => self.begin(&request).await,
            (&Method::POST, _) => self.add(&request).await,
            (_, SCRIPT) => Ok(Response::of("text/javascript; charset=utf-8", include_str!("passkey.js"))),
            _ => self.show(&request).await,
        }
    }
}
