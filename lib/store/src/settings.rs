//! How a function finds the table.

use setting::{DYNAMODB_ENDPOINT, Env, Group, SettingError, TABLE};

use crate::{Connection, Table};

impl Table {
    /// What opening the table reads.
    pub const SETTINGS: Group = &[&TABLE, &DYNAMODB_ENDPOINT];

    /// Opens the table of the settings. Nothing is sent yet.
    pub async fn from_env(env: &Env) -> Result<Self, SettingError> {
        Ok(Self::open(Connection::from_env(env)?).await)
    }

    /// The table of the settings, as [`Table::unopened`].
    pub fn unopened_from_env(env: &Env) -> Result<Self, SettingError> {
        Ok(Self::unopened(Connection::from_env(env)?))
    }
}

impl Connection {
    fn from_env(env: &Env) -> Result<Self, SettingError> {
        Ok(Self { table: env.text(&TABLE)?, endpoint: env.get(&DYNAMODB_ENDPOINT) })
    }
}
