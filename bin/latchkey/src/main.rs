//! `cargo run`: the local cloud, and the operator's commands.

use std::{
    io::{Read, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{ArgGroup, Args, Parser, Subcommand};
use latchkey::{
    Cloud, Options, Who,
    api::{self, Api},
    clients::{self, Clients},
    database, idle, keys,
    login::{self, Login, Logout, Terminal, Token},
    mount, new,
    receivers::{self, Events},
    reference,
    restore::{self, Restore},
    rights::{self, Explain, Roles, Rules},
    settings,
    status::{self, Status},
    template,
    trail::{self, Trail},
    users::{self, Users},
    webhooks::{self, Webhooks},
};
use oauth::{Secret, is_local_address};
use setting::{Clock, Setting, SettingError};

/// Runs latchkey on this machine: all functions, a database, and while no provider has a client id, a stand-in for them.
#[derive(Debug, Parser)]
#[command(name = "latchkey", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The port to listen on [default: PORT, or 3000]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Answers at https, with a certificate that authority.pem in the folder for keys vouches for
    #[arg(long)]
    tls: bool,
    /// Registers the clients and APIs of a JSON file before it answers, as `client import` does: for test suites
    #[arg(long, value_name = "FILE")]
    clients: Option<PathBuf>,
    /// The folder for keys and rows [default: LATCHKEY_HOME, or .latchkey]
    #[arg(long, value_name = "DIR", global = true)]
    home: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints the reference of all settings, as in docs/settings.md
    Settings,
    /// Prints one setting as the environment, .env.local and .env have it; nothing where it is not set
    Setting {
        /// Its name, such as ADMINS
        name: String,
    },
    /// Prints the CloudFormation template for this installation's settings
    Template {
        /// Reads this file alone, instead of .env, .env.local and the environment
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Has this secret in it though no function reads it any more, such as factor-key; once for each
        #[arg(long, value_name = "SECRET")]
        keep: Vec<String>,
    },
    /// Starts every function as it would be deployed with this installation's settings, and says which setting one refuses
    Check {
        /// Also says whether people of this stack rely on something that these settings turn off
        #[arg(long, value_name = "NAME")]
        stack: Option<String>,
    },
    /// Prints how to reach the database of the running local cloud, for a shell: eval "$(cargo run -q -- database)"
    Database,
    /// Adds a function of your own, and registers it in every list of functions
    New(NewFunction),
    /// Removes functions: their folders, and their entries in every list
    Remove {
        /// The path of each, such as reports/export
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Prints what guards an API of yours with our tokens
    #[command(subcommand)]
    Api(ApiCommand),
    /// Registers the apps and services that tokens are issued to, and the APIs that they are for
    Client(Box<Clients>),
    /// Says which roles there are and what each allows
    Role(Roles),
    /// Gives roles by what providers prove of people: rules
    Rule(Box<Rules>),
    /// Says in sentences why somebody may do what they may do
    Explain(Explain),
    /// Looks after people: lists, invites, promotes, disables and deletes them
    User(Users),
    /// Says who may tell by webhook what people bought, and what that gives them
    Webhook(Box<Webhooks>),
    /// Signs you in from this terminal, with a browser here or on another machine
    Login(Login),
    /// Prints an access token of whoever signed in with `login`, and nothing else
    Token(Token),
    /// Revokes what `login` got, and forgets it
    Logout(Logout),
    /// Lists, rotates and revokes the keys that sign tokens, and makes keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// Says whether it works, and what happened in the last hour
    Status(Status),
    /// Lists what is kept of what happened: changes of rights and clients, what admins did, reuse of tokens, key events
    Audit(Trail),
    /// Registers systems of yours that are told what happens to people (webhooks)
    Events(Events),
    /// After the table was restored from a backup: does again what ended since
    Restore(Restore),
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("method").required(true).multiple(true)))]
#[command(group(ArgGroup::new("who").required(true)))]
struct NewFunction {
    /// Its path, such as reports/export
    path: String,
    /// It answers GET
    #[arg(long, group = "method")]
    get: bool,
    /// It answers POST
    #[arg(long, group = "method")]
    post: bool,
    /// It answers PUT
    #[arg(long, group = "method")]
    put: bool,
    /// It answers PATCH
    #[arg(long, group = "method")]
    patch: bool,
    /// It answers DELETE
    #[arg(long, group = "method")]
    delete: bool,
    /// For anyone whose access token has this scope, such as users:read
    #[arg(long, value_name = "SCOPE", group = "who")]
    scope: Option<String>,
    /// For anyone with a valid access token
    #[arg(long, group = "who")]
    signed_in: bool,
    /// For everybody
    #[arg(long, group = "who")]
    public: bool,
}

impl NewFunction {
    fn methods(&self) -> Vec<&'static str> {
        let all = [
            (self.get, "GET"),
            (self.post, "POST"),
            (self.put, "PUT"),
            (self.patch, "PATCH"),
            (self.delete, "DELETE"),
        ];
        all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, method)| method).collect()
    }

    fn who(&self) -> new::Who {
        match &self.scope {
            Some(scope) => new::Who::Scope(scope.clone()),
            None if self.public => new::Who::Public,
            None => new::Who::SignedIn,
        }
    }
}

#[derive(Debug, Subcommand)]
enum ApiCommand {
    /// Prints issuer, key set, audience, a piece of template, and a token to try
    Add {
        /// What the API is called
        name: String,
        /// Whom its tokens are for: its `aud`
        #[arg(long, value_name = "URL")]
        audience: String,
        /// A scope that it knows; once for each
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// What it expects its tokens to be signed with [default: what the signing key is for]
        #[arg(long, value_name = "ALG")]
        alg: Option<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Some(Command::Settings) => print(&reference::settings()),
        Some(Command::Setting { name }) => setting_for(&name),
        Some(Command::Template { from, keep }) => template_for(from, &keep).and_then(|text| print(&text)),
        Some(Command::Check { stack }) => check(stack.as_deref(), arguments.home).await,
        Some(Command::Database) => database_of(arguments.home),
        Some(Command::New(wanted)) => add(&wanted),
        Some(Command::Remove { paths }) => remove(&paths),
        Some(Command::Keys(command)) => keys_for(&command, arguments.home).await,
        Some(Command::Client(clients)) => client_for(&clients, arguments.home).await,
        Some(Command::Status(wanted)) => status_of(&wanted, arguments.home).await,
        Some(Command::Audit(wanted)) => trail_for(&wanted, arguments.home).await,
        Some(Command::Events(wanted)) => events_for(&wanted, arguments.home).await,
        Some(Command::Restore(wanted)) => restore_for(&wanted, arguments.home).await,
        Some(Command::Role(roles)) => role_for(&roles, arguments.home).await,
        Some(Command::Rule(rules)) => rule_for(&rules, arguments.home).await,
        Some(Command::Explain(asked)) => explain_for(&asked, arguments.home).await,
        Some(Command::User(wanted)) => user_for(&wanted, arguments.home).await,
        Some(Command::Webhook(wanted)) => webhook_for(&wanted, arguments.home).await,
        Some(Command::Login(wanted)) => login_at(&wanted, arguments.home).await,
        Some(Command::Token(wanted)) => token_of(&wanted, arguments.home).await,
        Some(Command::Logout(wanted)) => logout_at(&wanted, arguments.home).await,
        Some(Command::Api(command)) => api_for(&command, arguments.home),
        None => run(arguments).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "latchkey: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> Result<(), SettingError> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| SettingError::new(error.to_string()))
}

fn setting_for(name: &str) -> Result<(), SettingError> {
    let values = settings::gather(&PathBuf::from("."), setting::process_environment())?;
    print(settings::one(&values, name)?)
}

fn template_for(from: Option<PathBuf>, kept: &[String]) -> Result<String, SettingError> {
    let values = match from {
        Some(file) => settings::of_file(&file),
        None => settings::gather(&PathBuf::from("."), setting::process_environment()),
    };
    template::text_keeping(&values?, kept)
}

async fn check(stack: Option<&str>, place: Option<PathBuf>) -> Result<(), SettingError> {
    let process = setting::process_environment();
    let emulated = process.get("AWS_ENDPOINT_URL").is_some_and(|address| is_local_address(address));
    let values = settings::gather(&PathBuf::from("."), process.clone())?;
    warn(&process, &values);
    template::check(&values, emulated).await?;
    if let Some(stack) = stack {
        let place = place.unwrap_or_else(|| home(&values));
        let said = idle::factors_of_stack(stack, &values, &place, now()).await;
        said.iter().for_each(|sentence| warning(sentence));
    }
    print("Every function starts with these settings.\n")
}

fn add(wanted: &NewFunction) -> Result<(), SettingError> {
    let wanted = new::Wanted { path: &wanted.path, methods: &wanted.methods(), who: wanted.who() };
    print(&new::add(&root()?, &[wanted])?)
}

fn remove(paths: &[String]) -> Result<(), SettingError> {
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    print(&new::remove(&root()?, &paths)?)
}

fn root() -> Result<PathBuf, SettingError> {
    let here = PathBuf::from(".").canonicalize();
    new::root(&here.map_err(|error| SettingError::new(error.to_string()))?)
}

fn database_of(place: Option<PathBuf>) -> Result<(), SettingError> {
    let values = settings::gather(&PathBuf::from("."), setting::process_environment())?;
    print(database::access(&place.unwrap_or_else(|| home(&values)))?.expose())
}

async fn keys_for(command: &keys::Command, place: Option<PathBuf>) -> Result<(), SettingError> {
    let values = settings::gather(&PathBuf::from("."), setting::process_environment())?;
    let place = place.unwrap_or_else(|| home(&values));
    print(&keys::run(command, &values, &place, Clock::system().now(), standard_input).await?)
}

fn standard_input() -> Result<Secret, SettingError> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| SettingError::new(format!("standard input cannot be read: {error}")))?;
    Ok(Secret::new(text))
}

fn api_for(command: &ApiCommand, place: Option<PathBuf>) -> Result<(), SettingError> {
    let ApiCommand::Add { name, audience, scopes, alg } = command;
    let values = settings::gather(&PathBuf::from("."), setting::process_environment())?;
    let place = place.unwrap_or_else(|| home(&values));
    let api = Api { name, audience, scopes, algorithm: alg.as_deref() };
    print(&api::add(&api, &values, &place, Clock::system().now())?)
}

async fn client_for(clients: &Clients, place: Option<PathBuf>) -> Result<(), SettingError> {
    let mut values = settings::gather(&PathBuf::from("."), setting::process_environment())?;
    if clients.stack.is_none() {
        settings::let_pages_of_this_machine_call(&mut values);
    }
    let place = place.unwrap_or_else(|| home(&values));
    print(&clients::run(clients, &values, &place, Clock::system().now()).await?)
}

async fn status_of(wanted: &Status, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (environment, values, place, program) = terminal(place)?;
    let terminal = Terminal { values: &values, home: &place, environment: &environment, program: &program };
    print(&status::run(wanted, &terminal, &values, &place, now()).await?)
}

async fn trail_for(wanted: &Trail, place: Option<PathBuf>) -> Result<(), SettingError> {
    let values = settings::gather(&PathBuf::from("."), setting::process_environment())?;
    let place = place.unwrap_or_else(|| home(&values));
    trail::run(wanted, &values, &place, now(), print).await
}

/// The settings and the folder for a command about the local cloud's table.
fn values_and_home(place: Option<PathBuf>) -> Result<(settings::Values, PathBuf), SettingError> {
    let values = settings::gather(&PathBuf::from("."), setting::process_environment())?;
    let place = place.unwrap_or_else(|| home(&values));
    Ok((values, place))
}

async fn events_for(wanted: &Events, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (values, place) = values_and_home(place)?;
    print(&receivers::run(wanted, &values, &place, now()).await?)
}

async fn restore_for(wanted: &Restore, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (values, place) = values_and_home(place)?;
    print(&restore::run(wanted, &values, &place, now()).await?)
}

async fn role_for(roles: &Roles, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (values, place) = values_and_home(place)?;
    print(&rights::role(roles, &values, &place, Clock::system().now()).await?)
}

async fn rule_for(rules: &Rules, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (values, place) = values_and_home(place)?;
    print(&rights::rule(rules, &values, &place, Clock::system().now()).await?)
}

async fn explain_for(asked: &Explain, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (values, place) = values_and_home(place)?;
    print(&rights::explain(asked, &values, &place, Clock::system().now()).await?)
}

async fn webhook_for(wanted: &Webhooks, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (values, place) = values_and_home(place)?;
    print(&webhooks::run(wanted, &values, &place, now(), standard_input).await?)
}

async fn user_for(users: &Users, place: Option<PathBuf>) -> Result<(), SettingError> {
    let values = settings::gather(&PathBuf::from("."), setting::process_environment())?;
    let place = place.unwrap_or_else(|| home(&values));
    print(&users::run(users, &values, &place, Clock::system().now()).await?)
}

async fn login_at(wanted: &Login, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (environment, values, place, program) = terminal(place)?;
    let terminal = Terminal { values: &values, home: &place, environment: &environment, program: &program };
    login::login(wanted, &terminal, now).await
}

async fn logout_at(wanted: &Logout, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (environment, values, place, program) = terminal(place)?;
    let terminal = Terminal { values: &values, home: &place, environment: &environment, program: &program };
    login::logout(wanted, &terminal, now).await
}

async fn token_of(wanted: &Token, place: Option<PathBuf>) -> Result<(), SettingError> {
    let (environment, values, place, program) = terminal(place)?;
    let terminal = Terminal { values: &values, home: &place, environment: &environment, program: &program };
    let token = login::token(wanted, &terminal, now).await?;
    print(&format!("{}\n", token.expose()))
}

fn now() -> oauth::Time {
    Clock::system().now()
}

/// The environment, the settings, the folder for what is kept, and how this program was called.
fn terminal(
    place: Option<PathBuf>,
) -> Result<(settings::Values, settings::Values, PathBuf, String), SettingError> {
    let environment = setting::process_environment();
    let values = settings::gather(&PathBuf::from("."), environment.clone())?;
    let place = place.unwrap_or_else(|| home(&values));
    let program = std::env::args().next().unwrap_or_else(|| "latchkey".to_owned());
    Ok((environment, values, place, program))
}

/// Names what is mistyped in the environment.
fn warn(process: &settings::Values, values: &settings::Values) {
    settings::near_misses(process, values).iter().for_each(|sentence| warning(sentence));
}

fn warning(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "latchkey: warning: {sentence}");
}

async fn run(arguments: Arguments) -> Result<(), SettingError> {
    let process = setting::process_environment();
    let mut values = settings::gather(&PathBuf::from("."), process.clone())?;
    warn(&process, &values);
    settings::let_pages_of_this_machine_call(&mut values);
    values.entry(web::settings::LOG.name.to_owned()).or_insert_with(|| "warn".to_owned());
    web::log::to_stderr(&values[web::settings::LOG.name], &mount::names())?;
    let home = arguments.home.unwrap_or_else(|| home(&values));
    // A table that is somebody else's too is left as it is.
    let is_own = !values.contains_key(setting::DYNAMODB_ENDPOINT.name);
    let options = Options {
        port: match arguments.port {
            Some(port) => port,
            None => port(&values)?,
        },
        home: Some(home.clone()),
        settings: values,
        clock: Clock::system(),
    };
    let cloud =
        if arguments.tls { Cloud::start_with_tls(options).await? } else { Cloud::start(options).await? };
    if let Some(file) = arguments.clients {
        let import = Clients { command: clients::Command::Import { file }, stack: None };
        clients::run(&import, &cloud.settings, &home, Clock::system().now()).await?;
    }
    if is_own {
        clients::register_command_line(&cloud.settings, &home, Clock::system().now()).await?;
        users::index_once(&cloud.settings, &home, Clock::system().now()).await?;
    }
    if is_own && let Some(sentence) = rights::ignored(&cloud.settings, &home, now()).await? {
        let _ = writeln!(std::io::stderr(), "latchkey: {sentence}");
    }
    greet(&cloud);
    let ended = tokio::signal::ctrl_c().await;
    cloud.stop().await;
    ended.map_err(|error| SettingError::new(error.to_string()))
}

fn port(values: &settings::Values) -> Result<u16, SettingError> {
    let text = text(values, &latchkey::settings::PORT);
    text.parse().map_err(|_| SettingError::new(format!("PORT is {text:?}: it must be a number up to 65535")))
}

fn home(values: &settings::Values) -> PathBuf {
    PathBuf::from(text(values, &latchkey::settings::LATCHKEY_HOME))
}

/// The setting or its default. An empty value counts as none, as everywhere.
fn text<'a>(values: &'a settings::Values, setting: &Setting) -> &'a str {
    let given = values.get(setting.name).map(String::as_str).filter(|text| !text.is_empty());
    given.or(setting.default).unwrap_or_default()
}

/// The address and the state of each provider, and nothing else.
fn greet(cloud: &Cloud) {
    let mut out = std::io::stdout();
    let width =
        cloud.providers.iter().map(|provider| provider.name.len()).max().unwrap_or(0).max("latchkey".len());
    let _ = writeln!(out, "{:width$}  {}", "latchkey", cloud.url);
    for provider in &cloud.providers {
        let name = &provider.name;
        let setting = authenticate::settings::CLIENT_ID.of(name);
        let state = match provider.who {
            Who::StandIn => format!("a stand-in on this machine, until {setting} is set in .env.local"),
            Who::Nobody => format!("not offered, until {setting} is set in .env.local"),
            Who::Itself => "ready".to_owned(),
        };
        let _ = writeln!(out, "{name:width$}  {state}");
    }
    if let Some(authority) = &cloud.authority {
        let _ = writeln!(out, "{:width$}  {}", "trust", authority.display());
    }
    let _ = out.flush();
}
