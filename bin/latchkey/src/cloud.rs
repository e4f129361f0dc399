//! The local cloud: every function behind one front door, with a database, keys and a stand-in provider.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn, map_response},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderValue, Method, header};
use oauth::Secret;
use provider::settings::CA_FILE;
use serde_json::Value;
use setting::{Clock, Env, SettingError};
use store::Table;
use token::settings::{PUBLIC_KEYS, SIGNING_KEYS};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use web::CookieMode;

use crate::{
    cors::Cors,
    database::Engine,
    events::Events,
    gateway::{self, Gateway},
    home::{ADDRESS, Home},
    host,
    local::{self, ProviderState},
    mount::{self, AUTHORIZER, FUNCTIONS, Mount, Running},
    outbox::Outbox,
    queue::Queues,
    replace::{Replacement, Start},
    settings::Values,
    stand_ins::Mounted,
    tls::Tls,
};

/// In the address of the database, this stands for the name of the function that calls: anyone who is in between can tell who
/// it is.
pub const CALLER: &str = "$FUNCTION";

/// How a local cloud is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Settings; what is missing is filled in.
    pub settings: Values,
    /// Where keys and rows are stored; without it they end with the process.
    pub home: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The time.
    pub clock: Clock,
}

/// A running local cloud; it stops when this is dropped.
#[derive(Debug)]
pub struct Cloud {
    /// Its address, without a slash at the end.
    pub url: String,
    /// The port it listens on.
    pub port: u16,
    /// At https, the file with the certificate of the authority to trust.
    pub authority: Option<PathBuf>,
    /// Who answers for each provider.
    pub providers: Vec<ProviderState>,
    /// Where its DynamoDB answers.
    pub database: String,
    /// The settings its functions have.
    pub settings: Values,
    events: Events,
    _queues: Option<Queues>,
    _outbox: Option<Outbox>,
    _engine: Option<Engine>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Cloud {
    /// Starts everything. Whatever is wrong stops the start with one sentence that says what to do.
    pub async fn start(options: Options) -> Result<Self, SettingError> {
        Self::open(options, None, false).await
    }

    /// The same at https, with a certificate authority of the home folder's own.
    pub async fn start_with_tls(options: Options) -> Result<Self, SettingError> {
        Self::open(options, None, true).await
    }

    /// The same as [`Cloud::start`] with the cookies that ship, at whatever address: so that tests hold those.
    pub async fn start_with_deployed_cookies(options: Options) -> Result<Self, SettingError> {
        Self::open(options, Some(CookieMode::Host), false).await
    }

    async fn open(
        options: Options,
        cookies: Option<CookieMode>,
        wants_tls: bool,
    ) -> Result<Self, SettingError> {
        let Options { settings: mut values, home, port, clock } = options;
        let listener = listen(port).await?;
        let port = listener.local_addr().map_err(|error| SettingError::new(error.to_string()))?.port();
        let home = home.map(|path| Home::open(&path)).transpose()?;
        let given = values.get(setting::DYNAMODB_ENDPOINT.name).cloned();
        let engine = match given {
            Some(_) => None,
            None => Some(engine(home.as_ref()).await?),
        };
        let database = engine.as_ref().map(Engine::endpoint).or(given).unwrap_or_default();
        let tls = tls(home.as_ref().filter(|_| wants_tls), &mut values)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let has_keys = [&SIGNING_KEYS, &PUBLIC_KEYS].iter().any(|setting| values.contains_key(setting.name));
        local::fill(
            &mut values,
            home.as_ref(),
            &format!("{scheme}://localhost:{port}"),
            &database,
            clock.now(),
        )?;
        let (stand_ins, providers) = local::stand_ins(&mut values, port, &clock)?;
        let outbox = Outbox::start(&mut values, &clock).await?;
        let mut queues = Queues::start(&mut values, &clock).await?;
        if let (Some(home), Some(queues)) = (&home, &queues) {
            queues.introduce(home)?;
        }
        provision(&values).await?;
        let running = running(&values, &clock, cookies).await?;
        let gateway = gateway(&running, &values, &clock)?;
        let events = Events::start(&values, &clock, queues.as_mut()).await?;
        let replacement = home.as_ref().filter(|_| !has_keys).map(|home| {
            let start = Start { values: values.clone(), clock: clock.clone(), cookies };
            Replacement::new(home, start, running.into_iter().chain(events.running()))
        });

        let url = values[setting::BASE_URL.name].clone();
        if let Some(home) = &home {
            home.keep(ADDRESS, &Secret::new(url.clone()))?;
        }
        let router = with_functions(played(stand_ins, outbox.as_ref()), gateway, replacement, &url);
        // What is added last holds for answers of a function, of the stand-in and of the local server itself (#104).
        let router = called_by_its_name(router, &url).layer(map_response(hardened));
        let authority = tls.as_ref().map(|tls| tls.authority.clone());
        let (stop, task) = serve(listener, tls, router);
        Ok(Self {
            url,
            port,
            authority,
            providers,
            database,
            settings: values,
            events,
            _queues: queues,
            _outbox: outbox,
            _engine: engine,
            stop,
            task,
        })
    }

    /// Invokes a function that a schedule or the queue invokes, as AWS would: its answer.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, &'static str> {
        self.events.invoke(function, event).await
    }

    /// Lets running requests finish, then stops.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

/// What is served at https. The functions call this machine too, for the stand-in, so they trust the authority, beside those that
/// `CA_FILE` names.
fn tls(home: Option<&Home>, values: &mut Values) -> Result<Option<Tls>, SettingError> {
    let Some(home) = home else { return Ok(None) };
    let tls = Tls::open(home)?;
    let others = values.get(CA_FILE.name).filter(|file| !file.is_empty());
    let trusted = match others {
        None => tls.authority.clone(),
        Some(others) => tls.trusted_with(home, Path::new(others))?,
    };
    values.insert(CA_FILE.name.to_owned(), trusted.display().to_string());
    Ok(Some(tls))
}

/// What this machine plays: the providers, and a mailbox.
fn played(stand_ins: Vec<Mounted>, outbox: Option<&Outbox>) -> Router {
    let mut router = Router::new();
    for Mounted { path, stand_in } in stand_ins {
        router = router.nest(&path, stand_in.router());
    }
    match outbox {
        Some(outbox) => router.merge(outbox.router()),
        None => router,
    }
}

/// And for all else the functions, with the newest keys.
fn with_functions(router: Router, gateway: Gateway, replacement: Option<Replacement>, url: &str) -> Router {
    let (url, replacement) = (url.to_owned(), Arc::new(replacement));
    router.fallback(move |request: Request| async move {
        if let Some(replacement) = &*replacement {
            replacement.look().await;
        }
        match astray(&request, &url) {
            Some(answer) => answer,
            None => gateway.answer(request).await,
        }
    })
}

/// Answers until it is told to stop.
fn serve(listener: TcpListener, tls: Option<Tls>, router: Router) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        let served = match tls {
            Some(tls) => axum::serve(tls.listen(listener), router).with_graceful_shutdown(stopped).await,
            None => axum::serve(listener, router).with_graceful_shutdown(stopped).await,
        };
        if let Err(error) = served {
            tracing::error!(%error, "the front door closed");
        }
    });
    (stop, task)
}

async fn hardened(mut response: Response) -> Response {
    web::harden(response.headers_mut());
    response
}

/// The database, and how to reach it where only this person can read it.
async fn engine(home: Option<&Home>) -> Result<Engine, SettingError> {
    let engine = Engine::start(home.map(|home| home.file(crate::database::FILE)).as_deref()).await?;
    if let Some(home) = home {
        engine.introduce(home)?;
    }
    Ok(engine)
}

/// Refuses what was sent to another name than ours: a page that points its own name at this machine.
fn called_by_its_name(router: Router, url: &str) -> Router {
    let (name, url) = (host::of(url), url.to_owned());
    router.layer(from_fn(move |request: Request, next: Next| {
        let ours = host::is_ours(request.uri(), request.headers(), name.as_deref());
        let url = url.clone();
        async move {
            if ours { next.run(request).await } else { gateway::elsewhere(&request.into_parts().0, &url) }
        }
    }))
}

/// The way home for a person who typed this machine's number and not its name: a cookie set under the one does not come back
/// under the other, and the provider sends everybody to the name.
fn astray(request: &Request, home: &str) -> Option<Response> {
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let by_number =
        header(header::HOST).is_some_and(|host| host.starts_with("127.0.0.1") || host.starts_with("[::1]"));
    let by_name = home.starts_with("http://localhost") || home.starts_with("https://localhost");
    let a_person = request.method() == Method::GET && web::wants_html(request.headers());
    let path = request.uri().path_and_query()?;
    (by_number && by_name && a_person).then(|| Redirect::temporary(&format!("{home}{path}")).into_response())
}

async fn listen(port: u16) -> Result<TcpListener, SettingError> {
    TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| {
        let what = if error.kind() == std::io::ErrorKind::AddrInUse {
            "is taken".to_owned()
        } else {
            format!("cannot be used: {error}")
        };
        SettingError::new(format!("port {port} {what}; choose another with --port N or PORT=N"))
    })
}

/// Makes the table if it is not there.
async fn provision(values: &Values) -> Result<(), SettingError> {
    let env = Env::new(values.clone(), Clock::system(), &[Table::SETTINGS]);
    let made = Table::from_env(&env).await?.provision().await;
    made.map_err(|error| {
        SettingError::new(format!("the table cannot be made: {}", web::Error::from(error).causes()))
    })
}

/// The functions that requests reach, and the authorizer behind them.
async fn running(
    values: &Values,
    clock: &Clock,
    cookies: Option<CookieMode>,
) -> Result<Vec<(Mount, Running)>, SettingError> {
    let mut running = Vec::new();
    for mount in FUNCTIONS.iter().chain([&AUTHORIZER]).filter(|mount| mount.is_wanted(values)) {
        running.push((*mount, start(mount, values, clock, cookies).await?));
    }
    Ok(running)
}

fn gateway(running: &[(Mount, Running)], values: &Values, clock: &Clock) -> Result<Gateway, SettingError> {
    let cors = Cors::from_values(values, mount::methods(FUNCTIONS))?;
    let is_authorizer = |(mount, _): &&(Mount, Running)| mount.name == AUTHORIZER.name;
    let authorizer = running.iter().find(is_authorizer).map(|(_, running)| running.clone());
    let authorizer = authorizer.ok_or_else(|| SettingError::new("there is no authorizer"))?;
    let functions = running.iter().map(|(mount, running)| (mount.routes, running.clone())).collect();
    Ok(Gateway::new(functions, authorizer, clock.clone(), cors))
}

pub(crate) async fn start(
    mount: &Mount,
    values: &Values,
    clock: &Clock,
    cookies: Option<CookieMode>,
) -> Result<Running, SettingError> {
    let mut values = values.clone();
    if let Some(address) = values.get_mut(setting::DYNAMODB_ENDPOINT.name) {
        *address = address.replace(CALLER, mount.name);
    }
    let env = Env::new(values, clock.clone(), mount.settings);
    let running = match cookies {
        Some(mode) => mount.start_with_cookies(env, mode).await,
        None => mount.start(env).await,
    };
    running.map_err(|error| SettingError::new(error.causes()))
}
