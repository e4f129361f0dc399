//! Doing what a form says. Each act is refused as the management API refuses it, and is in the trail with who did it.

use audit::{Actor, Event, What};
use oauth::{Code, Error, Sentence};
use user::{
    Unlinked, User,
    manage::{self, Change, NewPerson},
};
use web::{Request, Response, Result};

use crate::{AGAIN, Act, Admin, ROOT, View, Viewer, form::Typed, missing};

impl Admin {
    /// Does what a form says, and answers with 303 to a page that says so.
    pub(crate) async fn act(&self, request: &Request) -> Result<Response> {
        let (act, typed, viewer) = self.read(request).await?;
        viewer.needs(act.scope())?;
        let is_trial = matches!(act, Act::EditRights(..)) && request.text("step").as_deref() != Some("save");
        let is_own = act.is_own(&viewer.user.id);
        if (act.needs_fresh() || is_own) && !is_trial && !viewer.session.is_fresh(request.now) {
            return Ok(Response::see_own(AGAIN));
        }
        if is_own {
            let Viewer { session, user, .. } = &viewer;
            let first = self.step_up.before_change(&self.table, session, user, ROOT, request.now).await?;
            if let Some(place) = first {
                let refusal = Error::said(Code::InteractionRequired, Sentence::FactorFirst).with_status(403);
                return Err(web::Error::from(refusal).with_again(place));
            }
        }
        let again = act.whom().map_or(ROOT.to_owned(), |whom| format!("/admin/people/{}", whom.id));
        let doing = Doing { admin: self, request, viewer: &viewer };
        match act {
            Act::EditRights(editing, seen) => return doing.edit_rights(editing, seen, is_trial).await,
            Act::Register(kind) => return doing.register(kind).await,
            _ => {}
        }
        let place = match act.whom().map(|whom| whom.id.clone()) {
            Some(id) => doing.to_person(&id, act, &typed).await,
            None => doing.other(act, &typed).await,
        };
        Ok(Response::see_own(&place.map_err(|error| error.with_again(again))?))
    }
}

/// One act of somebody.
pub(crate) struct Doing<'a> {
    pub(crate) admin: &'a Admin,
    pub(crate) request: &'a Request,
    pub(crate) viewer: &'a Viewer,
}

impl Doing<'_> {
    /// To a person, unless they may do more than the one who acts (#81): where the browser goes next.
    async fn to_person(&self, id: &str, act: Act, typed: &Typed) -> Result<String> {
        let found = manage::find(&self.admin.table, id, self.request.now).await.map_err(said)?;
        let person = found.ok_or_else(|| missing(Sentence::NoSuchPerson))?;
        self.viewer.holds(&self.viewer.rights.reach(&person, self.request.now), "acting on this person")?;
        let done = match act {
            Act::GiveRole(whom) => self.give_role(&person, whom.revision, typed).await?,
            Act::TakeRole(whom, role) => self.take_role(&person, whom.revision, &role).await?,
            Act::Entitle(whom) => {
                let name = typed.entitlement.as_deref().unwrap_or_default();
                self.entitle(&person, whom.revision, name, true).await?
            }
            Act::Unentitle(whom, name) => self.entitle(&person, whom.revision, &name, false).await?,
            Act::Disable(whom) => self.disable(&person, whom.revision).await?,
            Act::Enable(whom) => {
                self.change(
                    &person,
                    whom.revision,
                    &Change::enable(),
                    &self.event(What::PersonEnabled, &person),
                )
                .await?;
                "enabled"
            }
            Act::SignOut(_) => self.sign_out(&person).await?,
            Act::EndSession(_, sid) => self.end_session(&person, &sid).await?,
            Act::RemoveApp(_, client) => self.remove_app(&person, &client).await?,
            Act::Unlink(_, key) => self.unlink(&person, &key).await?,
            Act::TakeFactors(whom) => return self.take_factors(&person, whom.revision, typed).await,
            Act::Delete(whom) => return self.delete(&person, whom.revision, typed).await,
            _ => return Err(missing(Sentence::NothingHere).into()),
        };
        Ok(format!("/admin/people/{id}?{done}"))
    }

    async fn other(&self, act: Act, typed: &Typed) -> Result<String> {
        match act {
            Act::Create => self.create(typed).await,
            Act::Invite => self.invite(typed).await,
            Act::Uninvite => self.uninvite(typed).await,
            Act::RotateSecret(id) => self.rotate_secret(&id).await,
            Act::DisableClient(id) => self.shut_out(&id).await,
            Act::EnableClient(id) => self.let_in(&id).await,
            Act::DisableApi(audience) => self.shut_out_api(&audience).await,
            Act::EnableApi(audience) => self.let_in_api(&audience).await,
            _ => Err(missing(Sentence::NothingHere).into()),
        }
    }

    /// The first change of anybody's rights writes down those of the settings: from then on those count that are in the table.
    async fn begin(&self) -> Result<()> {
        let event = self.by(What::RightsBegun);
        let (table, start) = (&self.admin.table, self.admin.rights.start());
        let begun =
            user::rights::begin(table, start, vec![self.admin.trail.write(&event)], self.request.now).await?;
        if begun.is_new {
            event.log();
        }
        Ok(())
    }

    pub(crate) fn view(&self) -> View<'_> {
        View::new(self.admin, self.request, self.viewer)
    }

    pub(crate) fn by(&self, what: What) -> Event {
        Event::new(what, &self.request.visit()).by(Actor::Person(self.viewer.user.id.clone()))
    }

    pub(crate) fn event(&self, what: What, person: &User) -> Event {
        self.by(what).whom(&person.id)
    }

    pub(crate) async fn change(
        &self,
        person: &User,
        revision: u64,
        change: &Change,
        event: &Event,
    ) -> Result<()> {
        let (Admin { table, trail, .. }, rights) = (self.admin, &self.viewer.rights);
        let write = |_: &str| vec![trail.write(event)];
        let changed =
            manage::change(table, rights, &person.id, Some(revision), change, &write, self.request.now).await;
        if changed.map_err(said)? != *person {
            event.log();
        }
        Ok(())
    }

    async fn give_role(&self, person: &User, revision: u64, typed: &Typed) -> Result<&'static str> {
        let role = typed.role.as_deref().unwrap_or_default();
        self.viewer.holds(&self.viewer.rights.allowed([role]), "giving this role")?;
        let mut roles = person.roles.clone();
        roles.push(role.to_owned());
        self.set_roles(person, revision, &roles).await
    }

    async fn take_role(&self, person: &User, revision: u64, role: &str) -> Result<&'static str> {
        let roles: Vec<_> = person.roles.iter().filter(|own| *own != role).cloned().collect();
        self.set_roles(person, revision, &roles).await
    }

    async fn set_roles(&self, person: &User, revision: u64, roles: &[String]) -> Result<&'static str> {
        let change = Change::roles(roles);
        let new = change.of(person, &self.viewer.rights, self.request.now).map_err(said)?;
        if new.roles != person.roles {
            self.begin().await?;
        }
        let event = self.event(What::RolesChanged, person).roles(&person.roles, &new.roles);
        self.change(person, revision, &change, &event).await?;
        Ok("changed")
    }

    async fn disable(&self, person: &User, revision: u64) -> Result<&'static str> {
        let (change, event) = (Change::disable(), self.event(What::PersonDisabled, person));
        self.ending(person, self.change(person, revision, &change, &event)).await?;
        Ok("disabled")
    }

    async fn sign_out(&self, person: &User) -> Result<&'static str> {
        let event = self.event(What::SignOutEverywhere, person);
        let write = |_: &str| vec![self.admin.trail.write(&event)];
        let raising = async {
            let (table, now) = (&self.admin.table, self.request.now);
            manage::sign_out(table, &person.id, &write, now).await.map_err(said)?;
            event.log();
            Ok(())
        };
        self.ending(person, raising).await?;
        Ok("signed-out")
    }

    /// Their apps learn that everything has ended.
    pub(crate) async fn ending(
        &self,
        person: &User,
        raising: impl Future<Output = Result<()>>,
    ) -> Result<()> {
        let Admin { table, queue, .. } = self.admin;
        logout::end_everything_of(table, queue, &person.id, self.request.now, raising).await
    }

    /// One that was theirs when the page was made: that never changes.
    async fn end_session(&self, person: &User, sid: &str) -> Result<&'static str> {
        let Admin { table, queue, trail, .. } = self.admin;
        let event = self.event(What::SessionEnded, person).session(sid);
        let noted = vec![trail.write(&event)];
        if logout::end_by_id_noting(table, queue, sid, noted, self.request.now).await?.is_some() {
            event.log();
        }
        Ok("ended")
    }

    async fn remove_app(&self, person: &User, client: &str) -> Result<&'static str> {
        authorization::apps::remove(&self.admin.table, &person.id, client, self.request.now).await?;
        let event = self.event(What::ConsentRemoved, person).client(client);
        self.admin.trail.note(&self.admin.table, &event).await?;
        Ok("removed")
    }

    async fn unlink(&self, person: &User, key: &str) -> Result<&'static str> {
        let event = self.event(What::IdentityUnlinked, person);
        let (Admin { table, ways, .. }, now) = (self.admin, self.request.now);
        let trail = [self.admin.trail.write(&event)];
        match user::unlink(table, &person.id, key, ways, &trail, now).await? {
            Unlinked::Done(gone) => {
                event.log();
                if let Some(what) = self.lost(gone) {
                    self.tell_taken(person, what).await;
                }
            }
            Unlinked::NotLinked => {}
            Unlinked::LastWayIn => return Ok("last"),
        }
        Ok("removed")
    }

    async fn delete(&self, person: &User, revision: u64, typed: &Typed) -> Result<String> {
        if !typed.is_name_of(person) {
            return Ok(format!("/admin/people/{}/delete?wrong", person.id));
        }
        let event = self.event(What::PersonDeleted, person);
        let write = |_: &str| vec![self.admin.trail.write(&event)];
        let (Admin { table, queue, .. }, now) = (self.admin, self.request.now);
        let ending = logout::before_sweep(table, queue, now);
        manage::delete(table, &person.id, Some(revision), &write, &ending, now).await.map_err(said)?;
        event.log();
        Ok(format!("{ROOT}?deleted"))
    }

    /// The roles that are typed: one or none.
    fn typed_roles(&self, typed: &Typed) -> Result<Vec<String>> {
        let roles: Vec<_> = typed.role.iter().filter(|role| !role.is_empty()).cloned().collect();
        for role in &roles {
            self.viewer.holds(&self.viewer.rights.allowed([role.as_str()]), "giving this role")?;
        }
        Ok(roles)
    }

    async fn create(&self, typed: &Typed) -> Result<String> {
        let roles = self.typed_roles(typed)?;
        self.begin().await?;
        let name = typed.name.clone().filter(|name| !name.trim().is_empty());
        let (Admin { table, trail, .. }, rights) = (self.admin, &self.viewer.rights);
        let roles = rights.of_added(&roles);
        let event = self.by(What::PersonAdded).roles(&[], &roles);
        let new = NewPerson { name, email: typed.email.clone().unwrap_or_default(), roles };
        let write = |id: &str| vec![trail.write(&event.clone().whom(id))];
        let person = manage::create(table, rights, &new, &write, self.request.now).await.map_err(said)?;
        event.clone().whom(&person.id).log();
        Ok(format!("/admin/people/{}?created", person.id))
    }

    async fn invite(&self, typed: &Typed) -> Result<String> {
        let roles = self.typed_roles(typed)?;
        self.begin().await?;
        let (Admin { table, trail, .. }, rights) = (self.admin, &self.viewer.rights);
        let event = self.by(What::PersonInvited).roles(&[], &roles);
        let write = |_: &str| vec![trail.write(&event)];
        let address = typed.email.as_deref().unwrap_or_default();
        manage::invite(table, rights, address, &roles, &write, self.request.now).await.map_err(said)?;
        event.log();
        Ok("/admin?invited".to_owned())
    }

    async fn uninvite(&self, typed: &Typed) -> Result<String> {
        let Admin { table, trail, .. } = self.admin;
        let event = self.by(What::InvitationRemoved);
        let write = |_: &str| vec![trail.write(&event)];
        let (address, now) = (typed.email.as_deref().unwrap_or_default(), self.request.now);
        // Nobody takes away what they do not hold (#81).
        let roles = manage::invited(table, address, now).await.map_err(said)?;
        let roles = roles.ok_or_else(|| said(manage::Error::NoSuchInvitation))?;
        self.viewer
            .holds(&self.viewer.rights.allowed(roles.iter().map(String::as_str)), "withdrawing this")?;
        manage::uninvite(table, address, Some(&roles), &write, now).await.map_err(said)?;
        event.log();
        Ok("/admin?removed".to_owned())
    }
}

/// Why nothing was changed, as a person reads it.
pub(crate) fn said(error: manage::Error) -> web::Error {
    let status = match &error {
        manage::Error::NoSuchPerson | manage::Error::NoSuchInvitation => 404,
        manage::Error::Changed | manage::Error::NoFactors => 412,
        manage::Error::LastAdmin | manage::Error::AddressTaken => 409,
        manage::Error::NoSuchRole(_) | manage::Error::Unfit(_) | manage::Error::Wrong(_) => 400,
        manage::Error::Table(_) => return error.into(),
    };
    let refusal = match error.sentence() {
        Some(sentence) => Error::said(Code::InvalidRequest, sentence),
        None => Error::said(Code::InvalidRequest, Sentence::NotAccepted).with_detail(&error.to_string()),
    };
    refusal.with_status(status).into()
}
