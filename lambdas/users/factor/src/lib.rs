//! Second factors: `/users/factor` asks somebody who has just arrived for theirs, before there is a session; `/users/factor/setup` is
//! where a person sets one up, gets new recovery codes, or removes it. Whoever must show one and has none sets it up at the step.
//!
//! The order is the point: every attempt is counted before it is looked at (#85), a code that was right counts no more, the person is read
//! again, and only then there is a session.

use audit::Trail;
use credential::attempt;
use entrance::Entrance;
use factor::Seeds;
use http::Method;
use logout::Queue;
use mail::Mailer;
use oauth::Origins;
use person::StepUp;
use setting::{Env, Permissions, SECOND_FACTORS, Setting, Settings};
use store::Table;
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route};

mod manage;
mod set_up;
mod step;
mod step_up;
mod trail;
mod tries;
mod view;
pub mod words;

/// The step in a sign-in.
const STEP: &str = entrance::STEP;
/// Where a factor is set up and looked after.
const SETUP: &str = "/users/factor/setup";
const REMOVE: &str = "/users/factor/remove";
const CODES: &str = "/users/factor/codes";

/// The function.
pub struct Factors {
    seeds: Seeds,
    origins: Origins,
    entrance: Entrance,
    step_up: StepUp,
    /// Where mails are on.
    mailer: Option<Mailer>,
    table: Table,
    trail: Trail,
}

impl Function for Factors {
    const NAME: &'static str = "users-factor";
    const ROUTES: &'static [Route] = &[
        Route::get(STEP, Guard::Public),
        Route::post(STEP, Guard::OwnPages),
        Route::get(SETUP, Guard::Public),
        Route::post(SETUP, Guard::OwnPages),
        Route::post(REMOVE, Guard::OwnPages),
        Route::post(CODES, Guard::OwnPages),
    ];
    const PERMISSIONS: &'static [Permissions] = &[
        factor::CHECK,
        factor::CHANGE,
        attempt::COUNT,
        StepUp::READ,
        user::READ,
        session::LIVING,
        entrance::ENTER,
        audit::WRITE,
        Mailer::PERMISSIONS,
    ];
    const SETTINGS: Settings = &[
        Entrance::SETTINGS,
        StepUp::SETTINGS,
        Seeds::SETTINGS,
        authenticate::ORIGINS_SETTINGS,
        Table::SETTINGS,
        Queue::SETTINGS,
        Mailer::SETTINGS,
        Trail::SETTINGS,
        Brand::SETTINGS,
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;
    const IN_POPUPS: bool = true;
    const ONLY_WITH: Option<&'static Setting> = Some(&SECOND_FACTORS);

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let (table, trail) = (Table::from_env(env).await?, Trail::from_env(env)?);
        Ok(Self {
            seeds: Seeds::from_env(env)?,
            step_up: StepUp::from_env(env)?,
            origins: authenticate::origins(env)?,
            mailer: Mailer::from_env(env)?,
            entrance: Entrance::new(env, table.clone(), Queue::from_env(env)?, &trail, None)?,
            table,
            trail,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.is_prefetch() {
            return Ok(Response::no_prefetch());
        }
        match (request.method(), request.path()) {
            (&Method::POST, STEP) => self.take_step(&request).await,
            (&Method::POST, SETUP) => self.add(&request).await,
            (&Method::POST, REMOVE) => self.remove(&request).await,
            (&Method::POST, _) => self.renew(&request).await,
            (_, STEP) => self.show_step(&request).await,
            _ => self.show(&request).await,
        }
    }
}
