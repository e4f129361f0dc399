//! What is done to people, and to one person.

use std::error::Error;

use audit::{Event, What};
use mail::Factor;
use setting::SettingError;
use user::{
    Granted, User, entitlement,
    manage::{self, Change, NewPerson},
};

use super::{Entitle, Promote, Who, Work, called, failed, print};

impl Work<'_> {
    pub(super) async fn add(
        &self,
        address: &str,
        name: Option<&str>,
        roles: &[String],
    ) -> Result<String, SettingError> {
        let rights = self.begin().await?;
        let roles = rights.of_added(roles);
        let event = self.event(What::PersonAdded).roles(&[], &roles);
        let new = NewPerson { name: name.map(str::to_owned), email: address.to_owned(), roles };
        let added = manage::create(self.table, &rights, &new, &self.about(&event), self.now).await;
        let added = added.map_err(failed)?;
        event.whom(&added.id).log();
        Ok(self.shown(&added))
    }

    pub(super) async fn invite(&self, address: &str, roles: &[String]) -> Result<String, SettingError> {
        let event = self.event(What::PersonInvited).roles(&[], roles);
        let (trail, rights) = (self.about(&event), self.begin().await?);
        let invited = manage::invite(self.table, &rights, address, roles, &trail, self.now).await;
        invited.map_err(failed)?;
        event.log();
        Ok(format!(
            "{address} is invited for 30 days: whoever signs in with it, proven, gets these roles. No mail is sent.\n"
        ))
    }

    pub(super) async fn promote(&self, wanted: &Promote) -> Result<String, SettingError> {
        let user = self.find(&wanted.who).await?;
        let mut roles = user.roles.clone();
        roles.push(wanted.role.clone());
        let event = self.event(What::RolesChanged).roles(&user.roles, &roles);
        let change = Change::roles(&roles);
        let said = self.change(&user, &change, event, &format!("has the role {}", wanted.role)).await?;
        if self.json || !wanted.who.is_address() || user.owns_address() {
            return Ok(said);
        }
        Ok(format!(
            "{said}Note: this address is {}. Make sure that it is them: {}\n",
            print::VOUCHED,
            user.id
        ))
    }

    pub(super) async fn demote(&self, wanted: &Promote) -> Result<String, SettingError> {
        let user = self.find(&wanted.who).await?;
        let roles: Vec<_> = user.roles.iter().filter(|role| **role != wanted.role).cloned().collect();
        let event = self.event(What::RolesChanged).roles(&user.roles, &roles);
        self.change(&user, &Change::roles(&roles), event, &format!("does not have the role {}", wanted.role))
            .await
    }

    /// Gives or takes an entitlement, by hand.
    pub(super) async fn entitle(&self, wanted: &Entitle, is_given: bool) -> Result<String, SettingError> {
        let user = self.find(&wanted.who).await?;
        let mut names = entitlement::manual_names(&user.entitlements);
        names.retain(|name| *name != wanted.name);
        if is_given {
            names.push(wanted.name.clone());
        }
        let granted = Granted::manual(&names);
        let (before, after) = granted.told(&user.entitlements);
        let event = self.event(What::EntitlementsChanged).turned(before, after);
        let what = match is_given {
            true => format!("is entitled to {}", wanted.name),
            false => format!("is not entitled to {} by hand any more", wanted.name),
        };
        self.change(&user, &Change { entitlements: Some(granted), ..Change::default() }, event, &what).await
    }

    /// Changes somebody who is as they were read.
    pub(super) async fn change(
        &self,
        user: &User,
        change: &Change,
        event: Event,
        what: &str,
    ) -> Result<String, SettingError> {
        let seen = Some(user.revision());
        let (trail, rights) = (self.about(&event), self.rights_for(change).await?);
        let changed = manage::change(self.table, &rights, &user.id, seen, change, &trail, self.now);
        let changed = changed.await.map_err(failed)?;
        if changed != *user {
            event.whom(&user.id).log();
        }
        Ok(if self.json { self.shown(&changed) } else { format!("{} {what}.\n", called(user)) })
    }

    pub(super) async fn disable(&self, who: &Who) -> Result<String, SettingError> {
        let user = self.find(who).await?;
        let (change, event) = (Change::disable(), self.event(What::PersonDisabled));
        let change = self.change(&user, &change, event, "is disabled, and signed out everywhere");
        self.ending(&user, Box::pin(change)).await
    }

    pub(super) async fn delete(&self, who: &Who, yes: bool) -> Result<String, SettingError> {
        let user = self.find(who).await?;
        if !yes {
            return Ok(format!(
                "{}This person would be deleted for good, with all that is stored of them: repeat it with --yes.\n",
                print::person(&user)
            ));
        }
        let event = self.event(What::PersonDeleted);
        let (seen, trail) = (Some(user.revision()), self.about(&event));
        let ending = logout::before_sweep(self.table, &self.queue, self.now);
        let deleted = manage::delete(self.table, &user.id, seen, &trail, &ending, self.now).await;
        deleted.map_err(failed)?;
        event.whom(&user.id).log();
        Ok(format!("{} is deleted.\n", called(&user)))
    }

    pub(super) async fn sign_out(&self, who: &Who) -> Result<String, SettingError> {
        let user = self.find(who).await?;
        let event = self.event(What::SignOutEverywhere);
        let trail = self.about(&event);
        let raising =
            async { manage::sign_out(self.table, &user.id, &trail, self.now).await.map_err(failed) };
        self.ending(&user, Box::pin(raising)).await?;
        event.whom(&user.id).log();
        Ok(format!("{} is signed out everywhere.\n", called(&user)))
    }

    pub(super) async fn forget_factor(&self, who: &Who) -> Result<String, SettingError> {
        let user = self.find(who).await?;
        let event = self.event(What::FactorRemoved);
        let (seen, trail) = (Some(user.revision()), self.about(&event));
        let taking = async {
            manage::take_factors(self.table, &user.id, seen, &trail, self.now).await.map_err(failed)
        };
        self.ending(&user, Box::pin(taking)).await?;
        event.whom(&user.id).log();
        let told =
            self.post.tell(&user, mail::What::FactorRemoved { what: Factor::All, by_others: true }).await;
        let done = "has no second factor and no passkey any more, and is signed out everywhere";
        Ok(format!("{} {done}.\n{told}\n", called(&user)))
    }

    /// Lets somebody's apps learn that everything has ended by what raises their epoch.
    async fn ending<T>(
        &self,
        user: &User,
        raising: impl Future<Output = Result<T, SettingError>>,
    ) -> Result<T, SettingError> {
        let raising = async { Ok::<_, Box<dyn Error + Send + Sync>>(raising.await?) };
        let ended = logout::end_everything_of(self.table, &self.queue, &user.id, self.now, raising).await;
        ended.map_err(|error| SettingError::new(oauth::causes(&*error)))
    }
}
