//! Acts on apps and APIs that are registered: shutting them out, letting them in again, and new secrets.

use audit::What;
use client::manage;
use oauth::{Code, Error, Scope, Sentence, server::GrantType};
use web::Result;

use crate::{
    missing,
    perform::Doing,
    registering::{APPS, beyond_openid, spoken},
};

impl Doing<'_> {
    /// Goes on if they hold what the client may do by itself, and what people granted to others at the APIs for which it speaks: who has
    /// its secret, or lets it in again, has or gives away that (#81).
    async fn may_lend(&self, id: &str) -> Result<()> {
        let (table, now) = (&self.admin.table, self.request.now);
        let client = client::get(table, id, now).await?.ok_or_else(|| missing(Sentence::NoSuchApp))?;
        let mut needed = Scope::default();
        if client.allows(GrantType::ClientCredentials) {
            needed.extend(&beyond_openid(&client.scope));
        }
        if !client.exchange.is_empty() {
            spoken(&client.exchange, &self.view().apis().await?).for_each(|api| needed.extend(&api.scope()));
        }
        self.viewer.holds(&needed, "this act on the app")
    }

    pub(crate) async fn rotate_secret(&self, id: &str) -> Result<String> {
        self.may_lend(id).await?;
        let event = self.by(What::ClientSecretChanged).client(id);
        let noted = |_: &str| vec![self.admin.trail.write(&event)];
        let (table, now) = (&self.admin.table, self.request.now);
        let done = manage::rotate_secret(table, id, false, &noted, now).await;
        let secret = done.map_err(|error| failed(error, Sentence::NoSuchApp))?;
        event.log();
        let view = self.view();
        Ok(secret.map_or_else(|| format!("/admin/apps/{id}"), |secret| view.with_secret(id, &secret)))
    }

    pub(crate) async fn shut_out(&self, id: &str) -> Result<String> {
        let event = self.by(What::ClientDisabled).client(id);
        let noted = |_: &str| vec![self.admin.trail.write(&event)];
        let done = manage::disable(&self.admin.table, id, &noted, self.request.now).await;
        done.map_err(|error| failed(error, Sentence::NoSuchApp))?;
        event.log();
        Ok(format!("/admin/apps/{id}?changed"))
    }

    pub(crate) async fn let_in(&self, id: &str) -> Result<String> {
        self.may_lend(id).await?;
        let event = self.by(What::ClientEnabled).client(id);
        let noted = |_: &str| vec![self.admin.trail.write(&event)];
        let done = manage::enable(&self.admin.table, id, &noted, self.request.now).await;
        done.map_err(|error| failed(error, Sentence::NoSuchApp))?;
        event.log();
        Ok(format!("/admin/apps/{id}?changed"))
    }

    pub(crate) async fn shut_out_api(&self, audience: &str) -> Result<String> {
        let event = self.by(What::ApiSet).name(audience).way("disabled");
        let noted = |_: &str| vec![self.admin.trail.write(&event)];
        let done = manage::disable_api(&self.admin.table, audience, &noted, self.request.now).await;
        done.map_err(|error| failed(error, Sentence::NoSuchApi))?;
        event.log();
        Ok(format!("{APPS}?changed"))
    }

    pub(crate) async fn let_in_api(&self, audience: &str) -> Result<String> {
        let event = self.by(What::ApiSet).name(audience).way("enabled");
        let noted = |_: &str| vec![self.admin.trail.write(&event)];
        let done = manage::enable_api(&self.admin.table, audience, &noted, self.request.now).await;
        done.map_err(|error| failed(error, Sentence::NoSuchApi))?;
        event.log();
        Ok(format!("{APPS}?changed"))
    }
}

/// Why nothing was changed, as a person reads it. `unknown` says what there is no more.
fn failed(error: client::Error, unknown: Sentence) -> web::Error {
    match error {
        client::Error::Unknown(_) => missing(unknown).into(),
        client::Error::Busy(_) => {
            Error::said(Code::InvalidRequest, Sentence::AppChangedSince).with_status(409).into()
        }
        client::Error::NoSecret(_) => Error::said(Code::InvalidRequest, Sentence::NoSecret).into(),
        other => other.into(),
    }
}
