//! People: listing, showing, adding, changing and deleting them. Who may do what with whom is asked before anything is changed.

use audit::{Event, What};
use http::{StatusCode, header};
use oauth::{Code, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use store::Write;
use user::{
    Entitlement, Entry, Granted, Status, User,
    manage::{self, Change, NewPerson},
    search::{self, Search},
};
use web::{Response, Result};

use crate::{Call, conflict, cursor::Place, done, missing, page_limit};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    email: Option<String>,
    name: Option<String>,
    role: Option<String>,
    disabled: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

impl PageQuery {
    /// Whom to find, and the same as text, to which a cursor is bound.
    fn search(&self) -> Result<(Search, String), Error> {
        let disabled = match self.disabled.as_deref() {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => return Err(Error::invalid_request("disabled must be true or false")),
        };
        let narrowed = json!([self.email, self.name, self.role, disabled]).to_string();
        let Self { email, name, role, .. } = self;
        Ok((Search { email: email.clone(), name: name.clone(), role: role.clone(), disabled }, narrowed))
    }
}

/// One page.
#[derive(Debug, Serialize)]
struct Page {
    users: Vec<Entry>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A person as those who manage people see them: these members and no others (#82).
#[derive(Debug, Serialize)]
pub(crate) struct Shown<'a> {
    id: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
    email_verified: bool,
    picture: Option<&'a str>,
    roles: &'a [String],
    entitlements: Vec<Entitled<'a>>,
    status: Status,
    factors: Factors,
    created_at: String,
    last_login_at: Option<String>,
}

/// Which second factors somebody has, and nothing by which they could be shown.
#[derive(Debug, Serialize)]
struct Factors {
    totp: bool,
    passkeys: u32,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(user: &'a User) -> Self {
        Self {
            id: &user.id,
            name: user.name.as_deref(),
            email: user.email.as_deref(),
            email_verified: user.email_verified,
            picture: user.picture.as_deref(),
            roles: &user.roles,
            entitlements: user.entitlements.iter().map(Entitled::of).collect(),
            status: user.status,
            factors: Factors { totp: user.factors.totp, passkeys: user.factors.passkeys },
            created_at: user.created_at.to_string(),
            last_login_at: user.last_login_at.map(|at| at.to_string()),
        }
    }
}

/// What somebody is entitled to, and by whom.
#[derive(Debug, Serialize)]
struct Entitled<'a> {
    name: &'a str,
    source: &'a str,
    order: Option<&'a str>,
    since: Option<String>,
}

impl<'a> Entitled<'a> {
    fn of(entitlement: &'a Entitlement) -> Self {
        let Entitlement { name, source, order, since } = entitlement;
        Self { name, source, order: order.as_deref(), since: since.map(|at| at.to_string()) }
    }
}

/// What can be said of somebody new. Nothing else of a person can be written (#82).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    email: String,
    name: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    invite: bool,
}

/// What can be changed of somebody, and nothing else (#82). A name of null is none; anything else is not null.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    #[serde(default, deserialize_with = "given")]
    name: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    roles: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    entitlements: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    status: Option<NewStatus>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum NewStatus {
    Active,
    Disabled,
}

/// A member that is there says something, also where that is null.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl From<Patch> for Change {
    fn from(patch: Patch) -> Self {
        let status = patch.status.map(|status| match status {
            NewStatus::Active => Status::Active,
            NewStatus::Disabled => Status::Disabled,
        });
        let entitlements = patch.entitlements.as_deref().map(Granted::manual);
        Self { name: patch.name, roles: patch.roles, status, entitlements }
    }
}

impl Call<'_> {
    pub(crate) async fn list_users(&self) -> Result<Response> {
        let query: PageQuery = self.request.whole_query()?;
        let (limit, now, sealer) = (page_limit(query.limit)?, self.request.now, &self.manage.sealer);
        let (search, narrowed) = query.search()?;
        let place = Place { caller: &self.actor.id, list: "users", query: &narrowed };
        let after = query.cursor.map(|cursor| place.open::<String>(sealer, &cursor, now)).transpose()?;
        let found = search::search(&self.manage.table, &search, limit, after.as_deref(), now).await?;
        let next = found.next.map(|after| place.seal(sealer, after, now)).transpose()?;
        Response::json(&Page { users: found.people.into_iter().map(entry).collect(), next })
    }

    pub(crate) async fn show_user(&self) -> Result<Response> {
        shown(&self.person().await?)
    }

    /// To add somebody tells whether an address is taken, so it needs to be allowed to know.
    pub(crate) async fn add_user(&self) -> Result<Response> {
        self.actor.needs("users:read")?;
        let new: New = self.request.json()?;
        self.may_give(&new.roles)?;
        self.begin().await?;
        if new.invite { self.invite(new).await } else { self.create(new).await }
    }

    /// The first change of anybody's rights writes down those of the settings: from then on those count that are in the table, and who
    /// is in `ADMINS` does not get the role again.
    async fn begin(&self) -> Result<()> {
        let event = self.deed(What::RightsBegun);
        let (manage, now) = (self.manage, self.request.now);
        let written = vec![manage.trail.write(&event)];
        if user::rights::begin(&manage.table, manage.rights.start(), written, now).await?.is_new {
            event.log();
        }
        Ok(())
    }

    async fn create(&self, new: New) -> Result<Response> {
        let (table, trail) = (&self.manage.table, self.manage.trail);
        let roles = self.rights.of_added(&new.roles);
        let event = self.deed(What::PersonAdded).roles(&[], &roles);
        let new = NewPerson { name: new.name, email: new.email, roles };
        let written = |id: &str| vec![trail.write(&event.clone().whom(id))];
        let made = manage::create(table, self.rights, &new, &written, self.request.now).await;
        let person = made.map_err(refused)?;
        event.clone().whom(&person.id).log();
        let place = format!("/users/{}", person.id);
        Ok(shown(&person)?.status(StatusCode::CREATED).header(header::LOCATION, &place))
    }

    async fn invite(&self, new: New) -> Result<Response> {
        if new.name.is_some() {
            return Err(
                Error::invalid_request("an invitation has no name: the person brings it along").into()
            );
        }
        let (table, trail) = (&self.manage.table, self.manage.trail);
        let event = self.deed(What::PersonInvited).roles(&[], &new.roles);
        let written = |_: &str| vec![trail.write(&event)];
        let now = self.request.now;
        manage::invite(table, self.rights, &new.email, &new.roles, &written, now).await.map_err(refused)?;
        event.log();
        Ok(Response::json(&json!({"email": new.email, "roles": new.roles}))?.status(StatusCode::ACCEPTED))
    }

    pub(crate) async fn change_user(&self) -> Result<Response> {
        let seen = self.request.needs_if_match()?;
        let change = Change::from(self.request.json::<Patch>()?);
        let person = self.subordinate().await?;
        seen.accept(&tag(&person))?;
        if let Some(roles) = &change.roles {
            self.may_give(roles)?;
        }
        if let Some(granted) = &change.entitlements {
            self.may_entitle(&granted.touched(&person.entitlements))?;
        }
        let new = change.of(&person, self.rights, self.request.now).map_err(refused)?;
        if new.roles != person.roles {
            self.begin().await?;
        }
        let events = self.events(&person, &new, &change);
        let written =
            |_: &str| events.iter().map(|event| self.manage.trail.write(event)).collect::<Vec<Write>>();
        let (table, now, revision) = (&self.manage.table, self.request.now, Some(person.revision()));
        let changing = async {
            let changed =
                manage::change(table, self.rights, &person.id, revision, &change, &written, now).await;
            let changed = changed.map_err(refused)?;
            events.iter().for_each(Event::log);
            Ok::<_, web::Error>(changed)
        };
        let changed = match change.status {
            Some(Status::Disabled) => {
                logout::end_everything_of(table, &self.manage.queue, &person.id, now, changing).await?
            }
            _ => changing.await?,
        };
        shown(&changed)
    }

    pub(crate) async fn delete_user(&self) -> Result<Response> {
        let seen = self.request.if_match()?;
        let person = self.subordinate().await?;
        seen.map(|seen| seen.accept(&tag(&person))).transpose()?;
        let (table, trail, now) = (&self.manage.table, self.manage.trail, self.request.now);
        let event = self.event(What::PersonDeleted, &person.id);
        let written = |_: &str| vec![trail.write(&event)];
        let (revision, ending) =
            (Some(person.revision()), logout::before_sweep(table, &self.manage.queue, now));
        manage::delete(table, &person.id, revision, &written, &ending, now).await.map_err(refused)?;
        event.log();
        Ok(done())
    }

    /// What is written down of a change, for each thing that it changes.
    fn events(&self, old: &User, new: &User, change: &Change) -> Vec<Event> {
        let event = |what| self.event(what, &old.id);
        let status = if new.is_active() { What::PersonEnabled } else { What::PersonDisabled };
        [
            (new.roles != old.roles).then(|| event(What::RolesChanged).roles(&old.roles, &new.roles)),
            (new.name != old.name).then(|| event(What::PersonChanged).changed(&["name"])),
            (new.status != old.status).then(|| event(status)),
            self.entitled(old, change),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What is written down of a change of entitlements.
    fn entitled(&self, person: &User, change: &Change) -> Option<Event> {
        let granted = change.entitlements.as_ref()?;
        let (before, after) = granted.told(&person.entitlements);
        let event = self.event(What::EntitlementsChanged, &person.id).turned(before, after);
        (!granted.touched(&person.entitlements).is_empty()).then_some(event)
    }

    /// Goes on if the caller has every scope that a rule gives by one of these entitlements: nobody gives or takes what they do not have.
    fn may_entitle(&self, names: &[String]) -> Result<(), Error> {
        if self.rights.by_entitlements(names).is_subset_of(&self.actor.scope) {
            return Ok(());
        }
        let why = "rules give by these entitlements what you do not have, so you cannot give or take them";
        Err(Error::new(Code::AccessDenied, why))
    }

    /// Goes on if the caller has every scope of these roles: nobody gives what they do not have.
    fn may_give(&self, roles: &[String]) -> Result<(), Error> {
        let given = self.rights.allowed(roles.iter().map(String::as_str));
        if given.is_subset_of(&self.actor.scope) {
            return Ok(());
        }
        Err(Error::new(
            Code::AccessDenied,
            "these roles have scopes that you do not have, so you cannot give them",
        ))
    }
}

fn entry(user: User) -> Entry {
    let User { id, name, email, roles, status, created_at, .. } = user;
    Entry { id, name, email, roles, status, created_at }
}

/// The number of changes by those who manage people: a sign-in is none.
pub(crate) fn tag(person: &User) -> String {
    person.revision().to_string()
}

fn shown(person: &User) -> Result<Response> {
    Ok(Response::json(&Shown::of(person))?.header(header::ETAG, &format!("\"{}\"", tag(person))))
}

/// Nothing was changed: what the caller is told.
pub(crate) fn refused(error: manage::Error) -> web::Error {
    use manage::Error as Why;
    match error {
        Why::NoSuchPerson => missing("person").into(),
        Why::NoSuchInvitation => missing("invitation").into(),
        Why::NoFactors => missing("second factor of this person").into(),
        Why::Changed => web::stale().into(),
        Why::LastAdmin => {
            conflict("this is the last administrator: give somebody else the role admin first").into()
        }
        Why::AddressTaken => conflict("somebody has this e-mail address, or is invited by it").into(),
        Why::NoSuchRole(_) => Error::invalid_request("there is no such role").into(),
        Why::Unfit(sentence) => Error::said(Code::InvalidRequest, sentence).into(),
        Why::Wrong(what) => Error::invalid_request(what).into(),
        Why::Table(error) => error.into(),
    }
}
