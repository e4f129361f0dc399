//! Where the clients are: the one place in which their table is opened.

use std::{fs, path::Path};

use client::Api;
use oauth::BaseUrl;
use setting::{Clock, SettingError};
use store::{Connection, Table};

use super::stack::Stack;
use crate::{
    database::{self, Engine},
    home::{ADDRESS, Home},
    rights,
    settings::Values,
};

/// A table, and what is known of the latchkey whose table it is.
pub(crate) struct Place {
    pub(crate) table: Table,
    pub(crate) issuer: BaseUrl,
    /// latchkey's own API.
    pub(crate) own: Api,
    /// The settings of that latchkey.
    pub(crate) values: Values,
    /// The database, where nobody else runs it.
    _engine: Option<Engine>,
}

impl Place {
    /// The table of a stack; without one, the local cloud's, whether it runs or not.
    pub(crate) async fn open(
        stack: Option<&str>,
        values: &Values,
        home: &Path,
    ) -> Result<Self, SettingError> {
        match stack {
            // The template names the table after its stack.
            Some(stack) => Self::deployed(stack, stack, values).await,
            None => Self::local(values, home).await,
        }
    }

    /// A stack with another table of its account. Region and credentials are those of the AWS CLI.
    pub(crate) async fn deployed(stack: &str, table: &str, values: &Values) -> Result<Self, SettingError> {
        let found = Stack::describe(stack)?;
        let (issuer, values) = (base_url(&found.issuer)?, found.settings(values));
        let table = Table::open(Connection { table: table.to_owned(), endpoint: None }).await;
        let own = own(&values, &issuer, &table).await?;
        Ok(Self { table, issuer, own, values, _engine: None })
    }

    async fn local(values: &Values, home: &Path) -> Result<Self, SettingError> {
        let running = database::running(home);
        let address = running.as_ref().and_then(|_| fs::read_to_string(home.join(ADDRESS)).ok());
        let issuer = base_url(&local_issuer(values, address))?;
        let given = values.get(setting::DYNAMODB_ENDPOINT.name).cloned().or(running);
        let engine = match given {
            Some(_) => None,
            None => Some(Engine::start(Some(&Home::open(home)?.file(database::FILE))).await?),
        };
        let endpoint = given.or(engine.as_ref().map(Engine::endpoint));
        let name = values.get(setting::TABLE.name).map_or(store::schema::TABLE, String::as_str);
        let table = Table::open(Connection { table: name.to_owned(), endpoint }).await;
        if engine.is_some() {
            let made = table.provision().await;
            made.map_err(|error| {
                SettingError::new(format!("the table cannot be made: {}", oauth::causes(&error)))
            })?;
        }
        let own = own(values, &issuer, &table).await?;
        Ok(Self { table, issuer, own, values: values.clone(), _engine: engine })
    }

    /// Our address for a path.
    pub(crate) fn at(&self, path: &str) -> String {
        self.issuer.at(path)
    }
}

/// Where the settings say that it is; else at the `address` of the one that runs, which may have been given another port.
fn local_issuer(values: &Values, address: Option<String>) -> String {
    let port = values.get(crate::settings::PORT.name).map(String::as_str).or(crate::settings::PORT.default);
    let local = || format!("http://localhost:{}", port.unwrap_or_default());
    values.get(setting::BASE_URL.name).cloned().or(address).unwrap_or_else(local)
}

fn base_url(text: &str) -> Result<BaseUrl, SettingError> {
    BaseUrl::parse(text).map_err(|error| SettingError::new(format!("BASE_URL: {error}")))
}

/// The API of latchkey itself: its audience and the scopes of all roles, as the table has them, or else the settings.
async fn own(values: &Values, issuer: &BaseUrl, table: &Table) -> Result<Api, SettingError> {
    let row = user::rights::read(table, Clock::system().now()).await;
    let row = row.map_err(|error| SettingError::new(oauth::causes(&error)))?;
    let rights = row.map_or_else(|| rights::start(values), Ok)?;
    let audience = values.get(token::settings::AUDIENCE.name).map_or(issuer.as_str(), String::as_str);
    Ok(Api::own(audience, &rights.all()))
}

/// The address of a stack, as its outputs have it.
pub(crate) fn issuer_of(stack: &str) -> Result<String, SettingError> {
    Ok(Stack::describe(stack)?.issuer)
}
