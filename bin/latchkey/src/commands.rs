//! What each command does.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
};

use oauth::{Secret, Time, is_local_address};
use setting::{Clock, SettingError};

use crate::{
    api::{self, Api},
    arguments::{ApiCommand, Arguments, Command, HereCommand, NewFunction},
    clients::{self, Clients},
    database, idle, keys,
    login::{self, Terminal},
    new, receivers, reference, restore, rights, serve,
    settings::{self, Values},
    status, template, trail, users, webhooks,
};

impl Arguments {
    /// Does what they say.
    pub async fn perform(self) -> Result<(), SettingError> {
        let home = self.home.clone();
        match self.command {
            None => serve::run(self).await,
            Some(Command::Settings) => print(&reference::settings()),
            Some(Command::Setting { name }) => print(settings::one(&gather()?, &name)?),
            Some(Command::Template { from, keep }) => print(&template_for(from.as_deref(), &keep)?),
            Some(Command::Check { stack }) => check(stack.as_deref(), home).await,
            Some(Command::New(wanted)) => print(&add(&wanted)?),
            Some(Command::Remove { paths }) => print(&remove(&paths)?),
            Some(Command::Here(command)) => print(&Here::find(home)?.perform(&command).await?),
        }
    }
}

/// Where a command works.
struct Here {
    environment: Values,
    values: Values,
    home: PathBuf,
    /// How this program was called.
    program: String,
}

impl Here {
    fn find(home: Option<PathBuf>) -> Result<Self, SettingError> {
        let environment = setting::process_environment();
        let values = settings::gather(Path::new("."), environment.clone())?;
        let home = home.unwrap_or_else(|| settings::home(&values));
        let program = std::env::args().next().unwrap_or_else(|| "latchkey".to_owned());
        Ok(Self { environment, values, home, program })
    }

    fn terminal(&self) -> Terminal<'_> {
        let Self { environment, values, home, program } = self;
        Terminal { values, home, environment, program }
    }

    /// Does it; the text is what is still to be printed.
    async fn perform(&self, command: &HereCommand) -> Result<String, SettingError> {
        let (values, home, terminal) = (&self.values, self.home.as_path(), &self.terminal());
        match command {
            HereCommand::Database => Ok(database::access(home)?.expose().to_owned()),
            HereCommand::Api(command) => self.api(command),
            HereCommand::Client(clients) => self.client(clients).await,
            HereCommand::Role(roles) => rights::role(roles, values, home, now()).await,
            HereCommand::Rule(rules) => rights::rule(rules, values, home, now()).await,
            HereCommand::Explain(asked) => rights::explain(asked, values, home, now()).await,
            HereCommand::User(wanted) => users::run(wanted, values, home, now()).await,
            HereCommand::Webhook(wanted) => webhooks::run(wanted, values, home, now(), standard_input).await,
            HereCommand::Login(wanted) => login::login(wanted, terminal, now).await.map(nothing),
            HereCommand::Token(wanted) => {
                login::token(wanted, terminal, now).await.map(|token| format!("{}\n", token.expose()))
            }
            HereCommand::Logout(wanted) => login::logout(wanted, terminal, now).await.map(nothing),
            HereCommand::Keys(command) => keys::run(command, values, home, now(), standard_input).await,
            HereCommand::Status(wanted) => status::run(wanted, terminal, now()).await,
            HereCommand::Audit(wanted) => trail::run(wanted, values, home, now(), print).await.map(nothing),
            HereCommand::Events(wanted) => receivers::run(wanted, values, home, now()).await,
            HereCommand::Restore(wanted) => restore::run(wanted, values, home, now()).await,
        }
    }

    fn api(&self, command: &ApiCommand) -> Result<String, SettingError> {
        let ApiCommand::Add { name, audience, scopes, alg } = command;
        let api = Api { name, audience, scopes, algorithm: alg.as_deref() };
        api::add(&api, &self.values, &self.home, now())
    }

    async fn client(&self, clients: &Clients) -> Result<String, SettingError> {
        let mut values = self.values.clone();
        if clients.stack.is_none() {
            settings::let_pages_of_this_machine_call(&mut values);
        }
        clients::run(clients, &values, &self.home, now()).await
    }
}

/// It has printed all by itself.
fn nothing((): ()) -> String {
    String::new()
}

/// The settings of this folder and of the environment.
fn gather() -> Result<Values, SettingError> {
    settings::gather(Path::new("."), setting::process_environment())
}

fn now() -> Time {
    Clock::system().now()
}

fn print(text: &str) -> Result<(), SettingError> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| SettingError::new(error.to_string()))
}

fn standard_input() -> Result<Secret, SettingError> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| SettingError::new(format!("standard input cannot be read: {error}")))?;
    Ok(Secret::new(text))
}

fn template_for(from: Option<&Path>, kept: &[String]) -> Result<String, SettingError> {
    let values = match from {
        Some(file) => settings::of_file(file),
        None => gather(),
    };
    template::text_keeping(&values?, kept)
}

async fn check(stack: Option<&str>, home: Option<PathBuf>) -> Result<(), SettingError> {
    let process = setting::process_environment();
    let emulated = process.get("AWS_ENDPOINT_URL").is_some_and(|address| is_local_address(address));
    let values = settings::gather(Path::new("."), process.clone())?;
    warn_of_near_misses(&process, &values);
    template::check(&values, emulated).await?;
    let home = home.unwrap_or_else(|| settings::home(&values));
    let said = match stack {
        Some(stack) => idle::factors_of_stack(stack, &values, &home, now()).await,
        None => idle::factors_of_machine(&values, &home, now()).await,
    };
    said.iter().for_each(|sentence| warning(sentence));
    print("Every function starts with these settings.\n")
}

fn add(wanted: &NewFunction) -> Result<String, SettingError> {
    let wanted = new::Wanted { path: &wanted.path, methods: &wanted.methods(), who: wanted.who() };
    new::add(&root()?, &[wanted])
}

fn remove(paths: &[String]) -> Result<String, SettingError> {
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    new::remove(&root()?, &paths)
}

fn root() -> Result<PathBuf, SettingError> {
    let here = Path::new(".").canonicalize();
    new::root(&here.map_err(|error| SettingError::new(error.to_string()))?)
}

/// Names what is mistyped in the environment.
pub(crate) fn warn_of_near_misses(process: &Values, values: &Values) {
    settings::near_misses(process, values).iter().for_each(|sentence| warning(sentence));
}

fn warning(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "latchkey: warning: {sentence}");
}
