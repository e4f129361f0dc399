//! Doing it again: each act together with the row of its event.

use std::error::Error;

use audit::{Event, What};
use authorization::Consent;
use client::{Client, Status, manage as clients};
use logout::Queue;
use oauth::Time;
use setting::SettingError;
use store::{Table, Write};
use user::{
    User,
    manage::{self as people, Change},
    rights::{self, Edit, Rights},
};

use super::plan::{Act, Step};
use crate::clients::Operator;

/// One run of the command.
pub(super) struct Work<'a> {
    pub(super) table: &'a Table,
    /// The rights of the settings.
    pub(super) start: Rights,
    pub(super) operator: Operator,
    pub(super) now: Time,
}

impl Work<'_> {
    /// Whether the table says something else than this step makes of it.
    pub(super) async fn is_needed(&self, step: &Step<'_>) -> Result<bool, SettingError> {
        Ok(match step.act {
            Act::Delete(id) | Act::SignOut(id) => self.person(id).await?.is_some(),
            Act::Disable(id) => self.person(id).await?.is_some_and(|user| user.is_active()),
            Act::KeepRoles(id, roles) => {
                self.person(id).await?.is_some_and(|user| kept(&user, roles) != user.roles)
            }
            // No row says that this was done, so one to which they agreed since stays.
            Act::RemoveConsent(id, client) => {
                let row = self.table.get::<Consent>(&Consent::id(id, client), self.now).await;
                row.map_err(failed)?.is_some_and(|consent| consent.agreed_at <= step.event.at)
            }
            Act::DisableClient(id) => self.client(id).await?.is_some_and(|client| !client.is_disabled()),
            Act::RemoveClient(id) => self.client(id).await?.is_some(),
            Act::RemoveApi(audience) => {
                let apis = client::apis(self.table, self.now).await.map_err(failed)?;
                apis.iter().any(|api| client::same_audience(&api.audience, audience))
            }
            Act::RemoveRule(name) => self.rights().await?.rules().iter().any(|rule| rule.name == name),
            Act::RemoveRole(name) => self.rights().await?.knows(name),
        })
    }

    /// Takes a step that is needed.
    pub(super) async fn act(&self, step: &Step<'_>) -> Result<(), SettingError> {
        let (table, now) = (self.table, self.now);
        let noted = |_: &str| vec![self.row(step.event)];
        match step.act {
            Act::Delete(id) => {
                let queue = Queue::none();
                let ending = logout::before_sweep(table, &queue, now);
                people::delete(table, id, None, &noted, &ending, now).await.map_err(failed)
            }
            Act::Disable(id) => {
                let change = Change::disable();
                self.ending(id, self.change(id, &change, step.event)).await
            }
            Act::SignOut(id) => {
                let ending = async { people::sign_out(table, id, &noted, now).await.map_err(failed) };
                self.ending(id, ending).await
            }
            Act::KeepRoles(id, roles) => {
                let user = self.person(id).await?;
                let roles = user.map(|user| kept(&user, roles)).unwrap_or_default();
                self.change(id, &Change::roles(&roles), step.event).await
            }
            Act::RemoveConsent(id, client) => {
                Consent::remove(table, id, client, now).await.map(drop).map_err(failed)
            }
            Act::DisableClient(id) => clients::disable(table, id, &noted, now).await.map_err(failed),
            Act::RemoveClient(id) => clients::remove(table, id, &noted, now).await.map_err(failed),
            Act::RemoveApi(audience) => {
                clients::remove_api(table, audience, &noted, now).await.map_err(failed)
            }
            Act::RemoveRule(name) => self.edit(Edit::RemoveRule { name: name.to_owned() }, step.event).await,
            Act::RemoveRole(name) => self.edit(Edit::RemoveRole { name: name.to_owned() }, step.event).await,
        }
    }

    /// What was given since, and is not given from a file: a sentence for each role of a person.
    pub(super) async fn to_give(&self, events: &[Event]) -> Result<Vec<String>, SettingError> {
        let mut sentences = Vec::new();
        let steps = super::plan::steps(events);
        for (id, roles) in steps.iter().filter_map(|step| match step.act {
            Act::KeepRoles(id, roles) => Some((id, roles)),
            _ => None,
        }) {
            let Some(user) = self.person(id).await? else { continue };
            let missing = roles.iter().filter(|role| !user.roles.contains(role));
            sentences.extend(missing.map(|role| {
                format!(
                    "The person {id} was given the role {role}: `latchkey user promote {id} --role {role}`"
                )
            }));
        }
        Ok(sentences)
    }

    /// Puts the row of an event back; whether it was away.
    pub(super) async fn put_back(&self, event: &Event) -> Result<bool, SettingError> {
        self.operator.trail().put_back(self.table, event).await.map_err(failed)
    }

    fn row(&self, event: &Event) -> Write {
        self.operator.row(event)
    }

    async fn change(&self, id: &str, change: &Change, event: &Event) -> Result<(), SettingError> {
        let noted = |_: &str| vec![self.row(event)];
        let rights = self.rights().await?;
        let changed = people::change(self.table, &rights, id, None, change, &noted, self.now).await;
        changed.map(drop).map_err(failed)
    }

    async fn edit(&self, edit: Edit, event: &Event) -> Result<(), SettingError> {
        let (actor, noted) = (rights::Actor::Operator, |_: &Rights, _: &Rights| vec![self.row(event)]);
        let begun = self.operator.event(What::RightsBegun);
        let noted = rights::Trail { begun: &[self.row(&begun)], changed: &noted };
        let edited = rights::change(self.table, &self.start, &edit, &actor, None, noted, self.now).await;
        if edited.map_err(failed)?.is_begun {
            begun.log();
        }
        Ok(())
    }

    async fn rights(&self) -> Result<Rights, SettingError> {
        let rights = rights::read(self.table, self.now).await.map_err(failed)?;
        Ok(rights.unwrap_or_else(|| self.start.clone()))
    }

    async fn person(&self, id: &str) -> Result<Option<User>, SettingError> {
        people::find(self.table, id, self.now).await.map_err(failed)
    }

    async fn client(&self, id: &str) -> Result<Option<Client>, SettingError> {
        let client = client::get(self.table, id, self.now).await.map_err(failed)?;
        Ok(client.filter(|client| client.status != Status::Removed))
    }

    /// Does what ends everything of somebody. Of which sessions apps are to be told is written down; the installation tells them within
    /// minutes.
    async fn ending(
        &self,
        id: &str,
        raising: impl Future<Output = Result<(), SettingError>>,
    ) -> Result<(), SettingError> {
        let raising = async { Ok::<_, Box<dyn Error + Send + Sync>>(raising.await?) };
        let ended = logout::end_everything_of(self.table, &Queue::none(), id, self.now, raising).await;
        ended.map_err(|error| SettingError::new(oauth::causes(&*error)))
    }
}

/// Those of somebody's roles that they still had.
fn kept(user: &User, roles: &[String]) -> Vec<String> {
    user.roles.iter().filter(|role| roles.contains(role)).cloned().collect()
}

/// A sentence for the operator, with all that the table said.
pub(super) fn failed(error: impl Error + 'static) -> SettingError {
    SettingError::new(oauth::causes(&error))
}
