//! What is compiled here if the feature `foreign-tokens` is off.

use std::convert::Infallible;

use grant::TokenResponse;
use oauth::{Secret, Time};
use setting::{Env, Group, SettingError};
use store::Table;
use web::Result;

use crate::{Asked, Exchanges, Token, asked::Exchange};

/// There is nobody.
pub(crate) struct People(Infallible);

impl People {
    pub(crate) const SETTINGS: Group = &[];
    pub(crate) const ISSUER_SETTINGS: Group = &[];

    /// Nobody. If they were asked for, this build must not start and refuse them all.
    pub(crate) fn from_env(_: &Env, _: &Table) -> Result<Self, SettingError> {
        Err(SettingError::new(
            "FOREIGN_TOKENS is on, and this function was built without the feature `foreign-tokens`: build it with that",
        ))
    }
}

impl Token {
    pub(crate) async fn exchange_of_person(
        &self,
        with: &Exchanges,
        _: &Asked,
        _: &Exchange,
        _: &Secret,
        _: Time,
    ) -> Result<TokenResponse> {
        match with.people.0 {}
    }
}
