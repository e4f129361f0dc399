//! The client as which `latchkey login` signs in at the local cloud.

use std::path::Path;

use audit::What;
use client::{Kind, NewClient, manage};
use oauth::{Time, server::GrantType};
use setting::SettingError;

use super::{failed, noted::Operator, place::Place};
use crate::{
    login::{CLIENT, REDIRECT_URI},
    settings::Values,
};

/// The most APIs of a client.
const MOST: usize = 20;

/// Registers it in the local cloud's table, for latchkey's own API and those that are registered so far. One that an operator has disabled
/// stays so.
pub async fn register_command_line(values: &Values, home: &Path, now: Time) -> Result<(), SettingError> {
    let place = Place::open(None, values, home).await?;
    let before = client::get(&place.table, CLIENT, now).await.map_err(failed)?;
    if before.is_some_and(|client| client.is_disabled()) {
        return Ok(());
    }
    let apis = client::apis(&place.table, now).await.map_err(failed)?;
    let mut new = NewClient::new(Kind::Native, "latchkey command line");
    new.id = Some(CLIENT.to_owned());
    new.redirect_uris = vec![REDIRECT_URI.to_owned()];
    new.grants.push(GrantType::DeviceCode);
    for api in std::iter::once(&place.own).chain(&apis).take(MOST) {
        let mut wider = new.clone();
        wider.audiences.push(api.audience.clone());
        wider.scope.extend(&api.scope());
        // One with more scopes than a client can have is left out.
        if wider.check().is_ok() {
            new = wider;
        }
    }
    let operator = Operator::of(None, values, now)?;
    let (added, changed) = (operator.noted(What::ClientAdded), operator.noted(What::ClientChanged));
    manage::put(&place.table, &new, &added, &changed, now).await.map_err(failed)?;
    Ok(())
}
