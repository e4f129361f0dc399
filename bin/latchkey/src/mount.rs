//! Every function, with what it declares of itself: the one list that the local cloud, the template and the tests read.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use serde_json::Value;
use setting::{Action, Clock, Env, Permissions, Setting, Settings};
use web::{CookieMode, Edge, EventFunction, Function, Route};

use crate::settings::Values;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a role may do: kinds of rows, or names of lists, each with the actions on them.
pub type Rows = BTreeMap<&'static str, BTreeSet<Action>>;

/// A function as it can be mounted.
#[derive(Debug, Clone, Copy)]
pub struct Mount {
    /// The crate's name, and the Lambda function's.
    pub name: &'static str,
    /// Its routes; none for a function that AWS itself invokes.
    pub routes: &'static [Route],
    /// What the operations do that it calls.
    pub permissions: &'static [Permissions],
    /// What it reads.
    pub settings: Settings,
    /// How often it is invoked on a schedule.
    pub schedule: Option<Duration>,
    /// The setting with the URL of the queue from which it takes, if it does.
    pub takes_queue: Option<&'static Setting>,
    /// The setting that asks for it: there is no such function where that is `off`.
    pub only_with: Option<&'static Setting>,
    /// How many megabytes it has, where that is not what all functions have.
    pub memory: Option<u64>,
    start: fn(Env, Option<CookieMode>) -> Boxed<'static, web::Result<Running>>,
}

impl Mount {
    /// A function that is declared and not built yet.
    pub(crate) fn planned(name: &'static str, routes: &'static [Route], settings: Settings) -> Self {
        let start = |_, _| -> Boxed<'static, web::Result<Running>> {
            Box::pin(async { Err(setting::SettingError::new("this function is not built yet").into()) })
        };
        Self {
            name,
            routes,
            permissions: &[],
            settings,
            schedule: None,
            takes_queue: None,
            only_with: None,
            memory: None,
            start,
        }
    }

    /// Whether an installation with these settings has it.
    pub fn is_wanted(&self, values: &Values) -> bool {
        let value = |setting: &Setting| {
            let set = values.get(setting.name).map(String::as_str).filter(|value| !value.is_empty());
            set.or(setting.default).map(str::to_owned)
        };
        self.only_with.and_then(value).as_deref() != Some("off")
    }

    /// What its role may do, for those of its operations that `are_wanted`.
    pub fn rows(&self, are_wanted: impl Fn(&Permissions) -> bool) -> Rows {
        let mut rows = Rows::new();
        for permission in self.permissions.iter().filter(|each| are_wanted(each)).flat_map(|each| each.all) {
            rows.entry(permission.rows).or_default().extend(permission.actions);
        }
        rows
    }

    /// Starts the function with the settings it declared.
    pub async fn start(&self, env: Env) -> web::Result<Running> {
        (self.start)(env, None).await
    }

    /// The same with cookies of this kind, whatever the settings say.
    pub async fn start_with_cookies(&self, env: Env, mode: CookieMode) -> web::Result<Running> {
        (self.start)(env, Some(mode)).await
    }
}

/// A function that is running.
#[derive(Clone)]
pub struct Running(Arc<RwLock<Arc<dyn Invoke>>>);

impl Running {
    fn new(function: impl Invoke + 'static) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(function))))
    }

    /// Lets it answer one event; where it failed as a whole, what its invoker reads.
    pub async fn invoke(&self, event: &Value) -> Result<Value, &'static str> {
        let function = self.function();
        function.invoke(event).await
    }

    /// Lets another one answer from now on, for everybody who holds this one. What it is busy with, it ends.
    pub(crate) fn replace(&self, other: Self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = other.function();
    }

    fn function(&self) -> Arc<dyn Invoke> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

trait Invoke: Send + Sync {
    fn invoke<'a>(&'a self, event: &'a Value) -> Boxed<'a, Result<Value, &'static str>>;
}

struct Http<F>(F, Edge);

impl<F: Function> Invoke for Http<F> {
    fn invoke<'a>(&'a self, event: &'a Value) -> Boxed<'a, Result<Value, &'static str>> {
        Box::pin(async move { Ok(web::invoke(&self.0, &self.1, event).await) })
    }
}

struct Event<F>(F, Clock);

impl<F: EventFunction> Invoke for Event<F> {
    fn invoke<'a>(&'a self, event: &'a Value) -> Boxed<'a, Result<Value, &'static str>> {
        Box::pin(async move { web::invoke_event(&self.0, &self.1, event).await })
    }
}

const fn http<F: Function>() -> Mount {
    Mount {
        name: F::NAME,
        routes: F::ROUTES,
        permissions: F::PERMISSIONS,
        settings: F::SETTINGS,
        schedule: None,
        takes_queue: None,
        only_with: F::ONLY_WITH,
        memory: F::MEMORY,
        start: |env, cookies| {
            Box::pin(async move {
                let (function, edge) = (F::init(&env).await?, Edge::new::<F>(&env)?);
                let edge = match cookies {
                    Some(mode) => edge.with_cookies(mode),
                    None => edge,
                };
                Ok(Running::new(Http(function, edge)))
            })
        },
    }
}

const fn event<F: EventFunction>() -> Mount {
    Mount {
        name: F::NAME,
        routes: &[],
        permissions: F::PERMISSIONS,
        settings: F::SETTINGS,
        schedule: F::SCHEDULE,
        takes_queue: F::TAKES_QUEUE,
        only_with: F::ONLY_WITH,
        memory: None,
        start: |env, _| Box::pin(async move { Ok(Running::new(Event(F::init(&env).await?, env.clock))) }),
    }
}

/// Every function: those behind the gateway, those that AWS invokes for us, and the authorizer beside them.
pub fn all() -> Vec<Mount> {
    FUNCTIONS.iter().chain(EVENTS).chain([&AUTHORIZER]).copied().collect()
}

/// The names of all functions.
pub fn names() -> Vec<&'static str> {
    all().iter().map(|mount| mount.name).collect()
}

/// The methods by which these functions are called.
pub(crate) fn methods(mounts: &[Mount]) -> impl Iterator<Item = &'static str> {
    let routes = mounts.iter().flat_map(|mount| mount.routes).flat_map(Route::by_method);
    routes.map(|route| route.method)
}

/// How long the gateway keeps what the authorizer said (#76).
pub const DECISION_LIFETIME: Duration = Duration::from_secs(60);

/// The gateway's authorizer.
pub const AUTHORIZER: Mount = event::<authorizer::Authorizer>();

/// The functions that a schedule or the queue invokes.
pub const EVENTS: &[Mount] = &[
    event::<events_send::Send>(),
    event::<keys_rotate::Rotate>(),
    event::<logout_notify::Notify>(),
    event::<mail_send::Send>(),
];

/// The HTTP functions.
pub const FUNCTIONS: &[Mount] = &[
    http::<account::Account>(),
    http::<admin::Admin>(),
    http::<home::Home>(),
    http::<manage::Manage>(),
    http::<oauth_authorize::Authorize>(),
    http::<oauth_device::Device>(),
    http::<oauth_logout::Logout>(),
    http::<oauth_par::Par>(),
    http::<private::Private>(),
    http::<profile::Profile>(),
    http::<oauth_introspect::Introspect>(),
    http::<oauth_revoke::Revoke>(),
    http::<oauth_token::Token>(),
    http::<users_factor::Factors>(),
    http::<users_login::Start>(),
    http::<users_login_callback::Callback>(),
    http::<users_logout::Logout>(),
    http::<users_mailed::Mailed>(),
    http::<users_me::Me>(),
    http::<users_passkey::Passkeys>(),
    http::<users_password::Passwords>(),
    http::<users_token::Renew>(),
    http::<users_verify::Verify>(),
    http::<webhooks::Webhooks>(),
    http::<well_known::WellKnown>(),
];
