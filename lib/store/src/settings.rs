//! How a function finds the table.

use setting::{DYNAMODB_ENDPOINT, Env, Group, RESTORED_AT, SettingError, TABLE};

use crate::{Connection, Table};

impl Table {
    /// What opening the table reads.
    pub const SETTINGS: Group = &[&TABLE, &DYNAMODB_ENDPOINT, &RESTORED_AT];

    /// Opens the table of the settings. Nothing is sent yet.
    pub async fn from_env(env: &Env) -> Result<Self, SettingError> {
        let table = Self::unopened_from_env(env)?;
        table.client().await;
        Ok(table)
    }

    /// The table of the settings, as [`Table::unopened`].
    pub fn unopened_from_env(env: &Env) -> Result<Self, SettingError> {
        Ok(Self::restored(Connection::from_env(env)?, restored_at(env)?))
    }
}

/// When the table was restored, if it ever was.
fn restored_at(env: &Env) -> Result<Option<i64>, SettingError> {
    let Some(text) = env.get(&RESTORED_AT)? else { return Ok(None) };
    let wrong =
        || SettingError::new(format!("RESTORED_AT is {text:?}: it must be a number of seconds since 1970"));
    text.parse().ok().filter(|seconds| *seconds > 0).map(Some).ok_or_else(wrong)
}

impl Connection {
    fn from_env(env: &Env) -> Result<Self, SettingError> {
        Ok(Self { table: env.text(&TABLE)?, endpoint: env.get(&DYNAMODB_ENDPOINT)? })
    }
}
