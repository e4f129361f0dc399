//! `POST /oauth/device`: a device asks for access (RFC 8628 §3.1). `GET` and `POST /device`: its person enters the code that it
//! shows, and `POST /device/decision`: what they say.
//!
//! A device has no browser in which it could be told from another, so the person is always asked (RFC 8628 §5.4), however the code
//! came here.

use client::Authenticator;
use http::Method;
use oauth::{BaseUrl, server};
use person::StepUp;
use session::device as devices;
use setting::{Env, Permissions, Settings};
use store::Table;
use web::{Brand, ErrorFormat, Function, Guard, Request, Response, Result, Route, Sealer};

mod ask;
mod decide;
mod enter;
mod limits;
mod page_of;
mod source;
mod there;

/// Where our own page posts what the person says.
const DECISION: &str = "/device/decision";

/// The function.
pub struct Device {
    base: BaseUrl,
    clients: Authenticator,
    sealer: Sealer,
    table: Table,
    step_up: StepUp,
    /// Whether apps are told when a session ends.
    tells_apps: bool,
}

impl Function for Device {
    const NAME: &'static str = "oauth-device";
    const ROUTES: &'static [Route] = &[
        Route::post(server::DEVICE, Guard::Public),
        Route::get(server::DEVICE, Guard::Public),
        Route::get(server::VERIFY_DEVICE, Guard::Public),
        Route::post(server::VERIFY_DEVICE, Guard::OwnPages),
        Route::post(DECISION, Guard::OwnPages),
    ];
    const PERMISSIONS: &'static [Permissions] = &[
        client::FIND,
        client::READ,
        client::READ_API,
        client::SPEND,
        client::FETCH_KEYS,
        StepUp::READ,
        session::FIND,
        user::FIND,
        devices::ISSUE,
        devices::FIND,
        devices::READ,
        devices::DECIDE,
        devices::NOTE.only_with(&setting::BACKCHANNEL_LOGOUT),
        limits::COUNT,
    ];
    const SETTINGS: Settings = &[
        Authenticator::SETTINGS,
        Table::SETTINGS,
        StepUp::SETTINGS,
        Sealer::SETTINGS,
        &[&setting::BACKCHANNEL_LOGOUT],
        Brand::SETTINGS,
    ];
    const ERRORS: ErrorFormat = ErrorFormat::Browser;

    fn errors_at(path: &str) -> ErrorFormat {
        if path.ends_with(server::DEVICE) { ErrorFormat::Client } else { Self::ERRORS }
    }

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let table = Table::from_env(env).await?;
        Ok(Self {
            base: env.parsed(&setting::BASE_URL)?,
            clients: Authenticator::from_env(env, server::DEVICE, &table)?,
            sealer: Sealer::from_env(env)?,
            table,
            step_up: StepUp::from_env(env)?,
            tells_apps: setting::backchannel_logout(env)?,
        })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        if request.is_prefetch() {
            return Ok(Response::no_prefetch());
        }
        match (request.method(), request.path()) {
            (_, server::DEVICE) => {
                request.only_post()?;
                self.ask(&request).await
            }
            (&Method::POST, DECISION) => self.decide(&request).await,
            (&Method::POST, _) => self.enter(&request).await,
            _ => self.arrive(&request).await,
        }
    }
}
