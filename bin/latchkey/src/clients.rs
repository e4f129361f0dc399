//! `cargo run -- client`: the apps, services and APIs that an operator registers, in the local cloud's table or in a stack's.

mod arguments;
mod command_line;
mod import;
mod noted;
mod place;
mod print;
mod stack;
mod wanted;
mod workloads;

use std::path::Path;

use audit::What;
use client::{Api, is_client_id, manage};
use oauth::Time;
use setting::SettingError;
use store::Table;

pub use self::arguments::{Add, ApiToAdd, App, Clients, Command, Native, Server, Service, Tokens};
pub use self::command_line::register_command_line;
pub(crate) use self::noted::{Operator, principal};
pub(crate) use self::place::{Place, issuer_of};
use crate::settings::Values;

/// Does what the arguments say; the text is what it prints.
pub async fn run(clients: &Clients, values: &Values, home: &Path, now: Time) -> Result<String, SettingError> {
    let place = Place::open(clients.stack.as_deref(), values, home).await?;
    let table = &place.table;
    let operator = || Operator::of(clients.stack.as_deref(), &place.values, now);
    match &clients.command {
        Command::Add(Add::Api(wanted)) => wanted::add_api(&place, &operator()?, wanted, now).await,
        Command::Add(wanted) => wanted::add(&place, &operator()?, &place.values, wanted, now).await,
        Command::Import { file } => import::import(&place, &operator()?, file, now).await,
        Command::List => {
            let (clients, unreadable) = client::list(table, now).await.map_err(failed)?;
            Ok(print::list(&clients, &unreadable, &client::apis(table, now).await.map_err(failed)?))
        }
        Command::Show { id } => show(table, id, now).await,
        Command::RotateSecret { id, finish } => {
            let (operator, what) = (operator()?, What::ClientSecretChanged);
            let noted = operator.noted(what);
            let secret = manage::rotate_secret(table, id, *finish, &noted, now).await;
            let secret = secret.map_err(failed)?;
            Ok(print::rotated(id, secret.as_ref()))
        }
        Command::Disable { id } if is_client_id(id) => {
            let operator = operator()?;
            let noted = operator.noted(What::ClientDisabled);
            done(manage::disable(table, id, &noted, now).await, id, "disabled")
        }
        Command::Disable { id } => {
            let operator = operator()?;
            let noted = operator.noted(What::ApiSet);
            done(manage::disable_api(table, id, &noted, now).await, id, "disabled")
        }
        Command::Enable { id } if is_client_id(id) => {
            let operator = operator()?;
            let noted = operator.noted(What::ClientEnabled);
            done(manage::enable(table, id, &noted, now).await, id, "enabled")
        }
        Command::Enable { id } => {
            let operator = operator()?;
            let noted = operator.noted(What::ApiSet);
            done(manage::enable_api(table, id, &noted, now).await, id, "enabled")
        }
        Command::Remove { id } if is_client_id(id) => {
            let operator = operator()?;
            let noted = operator.noted(What::ClientRemoved);
            done(manage::remove(table, id, &noted, now).await, id, "removed")
        }
        Command::Remove { id } => {
            let operator = operator()?;
            let noted = operator.noted(What::ApiRemoved);
            done(manage::remove_api(table, id, &noted, now).await, id, "removed")
        }
    }
}

async fn show(table: &Table, id: &str, now: Time) -> Result<String, SettingError> {
    let text = if is_client_id(id) {
        client::get(table, id, now).await.map_err(failed)?.as_ref().map(print::client)
    } else {
        api(table, id, now).await?.as_ref().map(print::api)
    };
    text.ok_or_else(|| {
        SettingError::new(format!("there is no {id:?}: latchkey client list shows what there is"))
    })
}

/// The API with this audience, whatever its status.
async fn api(table: &Table, audience: &str, now: Time) -> Result<Option<Api>, SettingError> {
    let apis = client::apis(table, now).await.map_err(failed)?;
    Ok(apis.into_iter().find(|api| client::same_audience(&api.audience, audience)))
}

fn done(result: Result<(), client::Error>, id: &str, what: &str) -> Result<String, SettingError> {
    result.map_err(failed)?;
    Ok(format!("{id} is {what}.\n"))
}

/// A sentence for the operator, with all that the table said.
fn failed(error: client::Error) -> SettingError {
    SettingError::new(oauth::causes(&error))
}
