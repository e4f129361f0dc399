//! `latchkey user`: looking after people, in the local cloud's table or in a stack's. Whoever can reach the table may do anything
//! here: the operator is asked for no rights.

mod acts;
mod arguments;
mod bulk;
mod post;
mod print;
mod read;

use std::{path::Path, sync::Arc};

use audit::{Event, What};
use logout::Queue;
use oauth::Time;
use setting::SettingError;
use store::{Table, Write};
use user::{
    Rights, User,
    manage::{self, Change},
    search::{self, Search},
};

pub use self::arguments::{Command, Entitle, Import, List, Promote, Users, Who};
use self::post::Post;
pub use self::read::Format;
use self::read::firebase::HashConfig;
use crate::{
    clients::{Operator, Place},
    rights,
    settings::Values,
};

/// Does what the arguments say; the text is what it prints.
pub async fn run(users: &Users, values: &Values, home: &Path, now: Time) -> Result<String, SettingError> {
    let place = Place::open(users.stack.as_deref(), values, home).await?;
    let work = Work {
        table: &place.table,
        queue: Queue::none(),
        post: Post { stack: users.stack.as_deref(), values: &place.values, home },
        start: rights::start(&place.values)?,
        operator: Operator::of(users.stack.as_deref(), &place.values, now)?,
        json: users.json,
        now,
    };
    match &users.command {
        Command::List(wanted) => work.list(wanted).await,
        Command::Show(who) => Ok(work.shown(&work.find(who).await?)),
        Command::Add { address, name, roles } => work.add(address, name.as_deref(), roles).await,
        Command::Invite { address, roles } => work.invite(address, roles).await,
        Command::Uninvite { address } => {
            let event = work.event(What::InvitationRemoved);
            manage::uninvite(work.table, address, None, &work.about(&event), now).await.map_err(failed)?;
            event.log();
            Ok(format!("{address} is not invited any more.\n"))
        }
        Command::Promote(wanted) => work.promote(wanted).await,
        Command::Demote(wanted) => work.demote(wanted).await,
        Command::Entitle(wanted) => work.entitle(wanted, true).await,
        Command::Unentitle(wanted) => work.entitle(wanted, false).await,
        // In boxes: what ends everything of somebody is large.
        Command::Disable(who) => Box::pin(work.disable(who)).await,
        Command::Enable(who) => {
            let user = work.find(who).await?;
            work.change(&user, &Change::enable(), work.event(What::PersonEnabled), "is enabled").await
        }
        Command::Delete { who, yes } => Box::pin(work.delete(who, *yes)).await,
        Command::SignOut(who) => Box::pin(work.sign_out(who)).await,
        Command::ForgetFactor(who) => Box::pin(work.forget_factor(who)).await,
        Command::MailAgain { address } => post::again(work.table, address, now).await,
        Command::Sessions(who) => work.sessions(who).await,
        Command::Sweep => {
            let ending = logout::before_sweep(work.table, &work.queue, now);
            let finished =
                Box::pin(manage::finish_deletions(work.table, &ending, now)).await.map_err(failed)?;
            Ok(format!("{finished} deletions were finished.\n"))
        }
        Command::Import(wanted) => work.import(wanted).await,
        Command::Export { file, csv } => work.export(file, *csv).await,
        Command::Index { once } => work.index(*once).await,
    }
}

/// Writes the lists of people for a table of an older version on this machine, once.
pub async fn index_once(values: &Values, home: &Path, now: Time) -> Result<(), SettingError> {
    let place = Place::open(None, values, home).await?;
    user::index::index(&place.table, true, now, |_| ()).await.map(drop).map_err(|error| failed(error.into()))
}

/// One run of the command.
struct Work<'a> {
    table: &'a Table,
    /// None: of what it ends, it is written down that apps are to be told, and the installation tells them within minutes by its own.
    queue: Queue,
    /// By which people are told.
    post: Post<'a>,
    /// The rights of the settings.
    start: Rights,
    operator: Operator,
    json: bool,
    now: Time,
}

impl Work<'_> {
    /// What the operator does.
    fn event(&self, what: What) -> Event {
        self.operator.event(what)
    }

    /// The rights of the row; without one, of the settings.
    async fn rights(&self) -> Result<Rights, SettingError> {
        let rights = user::rights::read(self.table, self.now).await.map_err(|error| failed(error.into()))?;
        Ok(rights.unwrap_or_else(|| self.start.clone()))
    }

    /// The rights of the row, which is written from the settings if there is none: from the first change by hand on, only changes
    /// by hand count.
    async fn begin(&self) -> Result<Rights, SettingError> {
        let event = self.event(What::RightsBegun);
        let write = self.operator.trail().write(&event);
        let begun = user::rights::begin(self.table, &self.start, vec![write], self.now).await;
        let begun = begun.map_err(|error| failed(error.into()))?;
        if begun.is_new {
            event.log();
        }
        Ok(begun.rights)
    }

    async fn rights_for(&self, change: &Change) -> Result<Rights, SettingError> {
        if change.roles.is_some() { self.begin().await } else { self.rights().await }
    }

    /// Writes down what is no change of one person.
    async fn note(&self, event: Event) -> Result<(), SettingError> {
        self.operator.trail().note(self.table, &event).await.map_err(|error| failed(error.into()))
    }

    /// The row of an event about whoever it turns out to be about.
    fn about(&self, event: &Event) -> impl Fn(&str) -> Vec<Write> + Sync + use<> {
        let (trail, event) = (self.operator.trail(), event.clone());
        move |id| vec![trail.write(&if id.is_empty() { event.clone() } else { event.clone().whom(id) })]
    }

    /// The receivers of events that are told of each person who is new.
    async fn told(&self) -> Result<Vec<String>, SettingError> {
        let all = notice::receivers(self.table, self.now).await;
        let all = all.map_err(|error| SettingError::new(oauth::causes(&error)))?;
        let told = all.into_iter().filter(|receiver| receiver.is_told(notice::Kind::UserCreated));
        Ok(told.map(|receiver| receiver.name).collect())
    }

    /// What is written along with each person who is imported: an event of their own only where somebody is told of it.
    fn imported(&self, is_told: bool) -> bulk::Noted {
        let (trail, operator) = (self.operator.trail(), self.operator.clone());
        Arc::new(move |id| match is_told {
            true => vec![trail.write(&operator.event(What::PersonAdded).whom(id).way("import"))],
            false => Vec::new(),
        })
    }

    /// The person with this id or address.
    async fn find(&self, who: &Who) -> Result<User, SettingError> {
        let found = if who.is_address() {
            manage::find_by_address(self.table, &who.who, self.now).await
        } else {
            manage::find(self.table, &who.who, self.now).await
        };
        found.map_err(failed)?.ok_or_else(|| {
            let who = &who.who;
            SettingError::new(format!("there is nobody with the id or verified address {who:?}: `latchkey user list` shows everybody"))
        })
    }

    fn shown(&self, user: &User) -> String {
        if self.json { format!("{}\n", print::json(user)) } else { print::person(user) }
    }

    async fn list(&self, wanted: &List) -> Result<String, SettingError> {
        let disabled = wanted.disabled.then_some(true).or(wanted.enabled.then_some(false));
        let List { email, name, role, .. } = wanted;
        let search = Search { email: email.clone(), name: name.clone(), role: role.clone(), disabled };
        let (mut people, mut after) = (Vec::new(), None);
        loop {
            let missing = wanted.limit.saturating_sub(u32::try_from(people.len()).unwrap_or(u32::MAX));
            let part = search::search(self.table, &search, missing, after.as_deref(), self.now).await;
            let part = part.map_err(|error| failed(error.into()))?;
            people.extend(part.people);
            after = part.next;
            if after.is_none() || people.len() >= wanted.limit as usize {
                break;
            }
        }
        if self.json {
            return Ok(people.iter().map(|user| format!("{}\n", print::json(user))).collect());
        }
        let more = if after.is_some() { "There are more: --limit says how many are printed.\n" } else { "" };
        Ok(print::table(&people) + more)
    }

    async fn sessions(&self, who: &Who) -> Result<String, SettingError> {
        let user = self.find(who).await?;
        let sessions = session::list_of(self.table, &user.id, self.now).await;
        let sessions = sessions.map_err(|error| SettingError::new(oauth::causes(&error)))?;
        Ok(print::sessions(&sessions, user.epoch, self.json))
    }

    async fn import(&self, wanted: &Import) -> Result<String, SettingError> {
        let Import { file, format, hash_config, dry_run, silent } = wanted;
        let config = hash_config.as_deref().map(HashConfig::open).transpose().map_err(SettingError::new)?;
        let rights = self.rights().await?;
        let told = if *silent { Vec::new() } else { self.told().await? };
        if !dry_run {
            // Each person is a transaction of their own, so an import that stops in between is in the trail by its begin.
            bulk::open(file)?;
            self.note(self.event(What::PeopleImported).way("begun")).await?;
        }
        let way = bulk::Way { dry_run: *dry_run, noted: self.imported(!told.is_empty()) };
        let counts = bulk::import(self.table, &rights, file, *format, config, way, self.now).await?;
        if !dry_run {
            self.note(self.event(What::PeopleImported).way("done").count(counts.taken_over())).await?;
        }
        counts.report(*dry_run).map(|said| said + &print::told(&told, counts.taken_over(), *dry_run))
    }

    async fn export(&self, file: &Path, csv: bool) -> Result<String, SettingError> {
        let people = bulk::export(self.table, file, csv, self.now).await?;
        self.note(self.event(What::PersonExported).count(people)).await?;
        Ok(format!("{people} people are in {}.\n", file.display()))
    }

    async fn index(&self, once: bool) -> Result<String, SettingError> {
        let indexed = user::index::index(self.table, once, self.now, bulk::show).await;
        Ok(match indexed.map_err(|error| failed(error.into()))? {
            Some(people) => format!("{people} people are in the lists.\n"),
            None => "The lists are there.\n".to_owned(),
        })
    }
}

/// How somebody is named in a sentence.
fn called(user: &User) -> String {
    user.email.as_ref().or(user.name.as_ref()).unwrap_or(&user.id).clone()
}

/// A sentence for the operator, with all that the table said.
fn failed(error: manage::Error) -> SettingError {
    SettingError::new(oauth::causes(&error))
}
