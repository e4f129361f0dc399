//! What is compiled here if the feature `revocation` is off.

use std::convert::Infallible;

use oauth::{Caller, Time};
use setting::{Env, SettingError};

/// There is none of it.
pub(crate) struct Checker(Infallible);

impl Checker {
    /// Nothing. If it was asked for, this build must not start and accept everybody.
    pub(crate) async fn from_env(env: &Env, _: Option<&str>) -> Result<Option<Self>, SettingError> {
        match env.text(&revocation::settings::REVOCATION)?.as_str() {
            "off" => Ok(None),
            _ => Err(SettingError::new(
                "REVOCATION is not off, and this authorizer was built without the feature `revocation`: build it with that",
            )),
        }
    }

    pub(crate) async fn is_revoked(&self, _: &Caller, _: Time) -> Result<bool, Infallible> {
        match self.0 {}
    }
}
