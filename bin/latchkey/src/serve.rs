//! Without a command: the local cloud, until Ctrl-C.

use std::{io::Write, path::Path};

use setting::{Clock, SettingError};

use crate::{
    Cloud, Options, Who,
    arguments::Arguments,
    clients::{self, Clients},
    commands::warn_of_near_misses,
    mount, rights,
    settings::{self, Values},
    users,
};

/// Runs it until it is ended with Ctrl-C.
pub(crate) async fn run(arguments: Arguments) -> Result<(), SettingError> {
    let process = setting::process_environment();
    let mut values = settings::gather(Path::new("."), process.clone())?;
    warn_of_near_misses(&process, &values);
    settings::let_pages_of_this_machine_call(&mut values);
    values.entry(web::settings::LOG.name.to_owned()).or_insert_with(|| "warn".to_owned());
    web::log::to_stderr(&values[web::settings::LOG.name], &mount::names())?;
    let clock = Clock::system();
    let home = arguments.home.unwrap_or_else(|| settings::home(&values));
    // A table that is somebody else's too is left as it is.
    let is_own = !values.contains_key(setting::DYNAMODB_ENDPOINT.name);
    let options = Options {
        port: match arguments.port {
            Some(port) => port,
            None => port(&values)?,
        },
        home: Some(home.clone()),
        settings: values,
        clock: clock.clone(),
    };
    let cloud =
        if arguments.tls { Cloud::start_with_tls(options).await? } else { Cloud::start(options).await? };
    if let Some(file) = arguments.clients {
        let import = Clients { command: clients::Command::Import { file }, stack: None };
        clients::run(&import, &cloud.settings, &home, clock.now()).await?;
    }
    if is_own {
        prepare(&cloud, &home, &clock).await?;
    }
    greet(&cloud);
    let ended = tokio::signal::ctrl_c().await;
    cloud.stop().await;
    ended.map_err(|error| SettingError::new(error.to_string()))
}

/// What a table of its own has before anybody asks; and a sentence where its rights are not those of the settings.
async fn prepare(cloud: &Cloud, home: &Path, clock: &Clock) -> Result<(), SettingError> {
    clients::register_command_line(&cloud.settings, home, clock.now()).await?;
    users::index_once(&cloud.settings, home, clock.now()).await?;
    if let Some(sentence) = rights::ignored(&cloud.settings, home, clock.now()).await? {
        let _ = writeln!(std::io::stderr(), "latchkey: {sentence}");
    }
    Ok(())
}

fn port(values: &Values) -> Result<u16, SettingError> {
    let text = settings::text(values, &settings::PORT);
    text.parse().map_err(|_| SettingError::new(format!("PORT is {text:?}: it must be a number up to 65535")))
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
