//! `latchkey role`, `latchkey rule` and `latchkey explain`: who may do what, in the local cloud's table or in a stack's. Whoever can
//! reach the table may change anything here: the operator is asked for no rights.

mod arguments;
mod print;

use std::path::Path;

use audit::{Event, What};
use client::Client;
use oauth::{Scope, Time};
use setting::{SECOND_FACTORS, SettingError};
use store::Table;
use user::{
    User, manage,
    rights::{self, Actor, Begun, ChangeError, Edit, Limits, Question, Rights},
};

pub use self::arguments::{Explain, RoleCommand, Roles, RuleCommand, RuleToAdd, Rules};
use crate::{
    clients::{Operator, Place},
    settings::Values,
};

/// How many people are looked at when a change is tried.
const MOST_TRIED: usize = 5_000;

/// `latchkey role`; the text is what it prints.
pub async fn role(roles: &Roles, values: &Values, home: &Path, now: Time) -> Result<String, SettingError> {
    let place = Place::open(roles.stack.as_deref(), values, home).await?;
    let work = Work::new(&place, roles.stack.as_deref(), now)?;
    match &roles.command {
        RoleCommand::List { json: false } => {
            let rights = work.rights().await?;
            Ok(print::roles(&rights) + &print::unasked(&rights, asks_factor(&place.values)))
        }
        RoleCommand::List { json: true } => {
            let text = serde_json::to_string_pretty(&work.rights().await?);
            text.map(|text| text + "\n").map_err(|error| SettingError::new(error.to_string()))
        }
        RoleCommand::Show { name } => print::role(&work.rights().await?, name)
            .ok_or_else(|| SettingError::new(format!("there is no role {name:?}: latchkey role list"))),
        RoleCommand::Set { name, scopes, second_factor, is_trial } => {
            let scope = scopes.join(" ").parse();
            let scope = scope.map_err(|error: oauth::Error| SettingError::new(error.to_string()))?;
            let done = format!("{name} allows this from now on, within 30 seconds.\n");
            let edit = Edit::SetRole { name: name.clone(), scope, second_factor: *second_factor };
            edit.fits(asks_factor(&place.values)).map_err(|error| SettingError::new(error.to_string()))?;
            work.edit(&edit, *is_trial, done).await
        }
        RoleCommand::Remove { name, is_trial } => {
            let done = format!("{name} is removed: within 30 seconds it allows nothing.\n");
            work.edit(&Edit::RemoveRole { name: name.clone() }, *is_trial, done).await
        }
        RoleCommand::Defaults { names } => {
            let done = "This is what whoever signs in for the first time gets from now on.\n".to_owned();
            work.edit(&Edit::SetDefaults(names.clone()), false, done).await
        }
        RoleCommand::Begin { if_used } => work.begin(*if_used).await,
    }
}

/// `latchkey rule`; the text is what it prints.
pub async fn rule(rules: &Rules, values: &Values, home: &Path, now: Time) -> Result<String, SettingError> {
    let place = Place::open(rules.stack.as_deref(), values, home).await?;
    let work = Work::new(&place, rules.stack.as_deref(), now)?;
    match &rules.command {
        RuleCommand::List => Ok(print::rules(&work.rights().await?)),
        RuleCommand::Add(wanted) | RuleCommand::Try(wanted) => {
            let rule = wanted.rule();
            let claim = rule.group.is_some() || rule.claim.is_some();
            let next = " What it looks at counts from each person's next sign-in on.";
            let done =
                format!("The rule {} holds within 30 seconds.{}\n", rule.name, if claim { next } else { "" });
            let is_trial = matches!(rules.command, RuleCommand::Try(_));
            work.edit(&Edit::SetRule(Box::new(rule)), is_trial, done).await
        }
        RuleCommand::Remove { name, is_trial } => {
            let done = format!("The rule {name} is removed: within 30 seconds it gives nothing.\n");
            work.edit(&Edit::RemoveRule { name: name.clone() }, *is_trial, done).await
        }
    }
}

/// `latchkey explain`; the text is what it prints.
pub async fn explain(
    asked: &Explain,
    values: &Values,
    home: &Path,
    now: Time,
) -> Result<String, SettingError> {
    let place = Place::open(asked.stack.as_deref(), values, home).await?;
    let rights = Work::new(&place, None, now)?.rights().await?;
    let user = person(&place.table, &asked.who, now).await?;
    let client = match &asked.client {
        Some(id) => Some(client_of(&place.table, id, now).await?),
        None => None,
    };
    let scope: Option<Scope> = asked.scope.as_deref().map(str::parse).transpose().map_err(sentence)?;
    let limits = client.as_ref().map(|client| Limits { name: &client.id, scope: &client.scope });
    let question = Question { client: limits, api: None, scope: scope.as_ref() };
    let lines = rights::explain(&rights, &user, &question, now);
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    let name = user.name.as_deref().or(user.email.as_deref()).unwrap_or("This person");
    Ok(format!("{name} ({})\n{}\n", user.id, lines.join("\n")))
}

async fn person(table: &Table, who: &str, now: Time) -> Result<User, SettingError> {
    let found = match who.contains('@') {
        true => manage::find_by_address(table, who, now).await,
        false => manage::find(table, who, now).await,
    };
    let found = found.map_err(|error| SettingError::new(oauth::causes(&error)))?;
    found.ok_or_else(|| {
        SettingError::new(format!("there is nobody with the id or the verified address {who:?}"))
    })
}

async fn client_of(table: &Table, id: &str, now: Time) -> Result<Client, SettingError> {
    let found =
        client::get(table, id, now).await.map_err(|error| SettingError::new(oauth::causes(&error)))?;
    found.ok_or_else(|| SettingError::new(format!("there is no client {id:?}: latchkey client list")))
}

/// One run of a command.
struct Work<'a> {
    place: &'a Place,
    table: &'a Table,
    start: Rights,
    stack: Option<&'a str>,
    now: Time,
}

impl<'a> Work<'a> {
    fn new(place: &'a Place, stack: Option<&'a str>, now: Time) -> Result<Self, SettingError> {
        Ok(Self { place, table: &place.table, start: start(&place.values)?, stack, now })
    }

    fn operator(&self) -> Result<Operator, SettingError> {
        Operator::of(self.stack, &self.place.values, self.now)
    }

    async fn rights(&self) -> Result<Rights, SettingError> {
        let row = rights::read(self.table, self.now).await.map_err(failed)?;
        Ok(row.unwrap_or_else(|| self.start.clone()))
    }

    /// Makes a change, with its row of the trail; or says what it would mean.
    async fn edit(&self, edit: &Edit, is_trial: bool, done: String) -> Result<String, SettingError> {
        if is_trial {
            return self.trial(edit).await;
        }
        let operator = self.operator()?;
        let event = event(edit, &operator);
        let told =
            |before: &Rights, after: &Rights| event.clone().turned(edit.told(before), edit.told(after));
        let changed = |before: &Rights, after: &Rights| vec![operator.row(&told(before, after))];
        let begun = operator.event(What::RightsBegun);
        let trail = rights::Trail { begun: &[operator.row(&begun)], changed: &changed };
        let changed =
            rights::change(self.table, &self.start, edit, &Actor::Operator, None, trail, self.now).await;
        let changed = changed.map_err(|error| match error {
            ChangeError::Failed(error) => failed(error),
            refused => SettingError::new(refused.to_string()),
        })?;
        if changed.is_begun {
            begun.log();
        }
        told(&changed.before, &changed.after).log();
        Ok(done)
    }

    async fn trial(&self, edit: &Edit) -> Result<String, SettingError> {
        let before = self.rights().await?;
        let after = before.edited(edit, &Actor::Operator);
        let after = after.map_err(|error| SettingError::new(error.to_string()))?;
        let trial =
            rights::try_out(self.table, &before, &after, MOST_TRIED, self.now).await.map_err(failed)?;
        Ok(print::differences(&trial))
    }

    async fn begin(&self, if_used: bool) -> Result<String, SettingError> {
        if if_used && user::list(self.table, 1, None).await.map_err(failed)?.items.is_empty() {
            return Ok("Nobody has signed in yet: the settings are the rights.\n".to_owned());
        }
        if let Some(rights) = rights::read(self.table, self.now).await.map_err(failed)? {
            let unasked = print::unasked(&rights, asks_factor(&self.place.values));
            return Ok(unasked + &print::begun(&Begun { rights, ..Begun::default() }, &self.start));
        }
        let operator = self.operator()?;
        let event = operator.event(What::RightsBegun);
        let begun = rights::begin(self.table, &self.start, vec![operator.row(&event)], self.now).await;
        let begun = begun.map_err(failed)?;
        if begun.is_new {
            event.log();
        }
        Ok(print::begun(&begun, &self.start))
    }
}

/// Whether these settings let people have a second factor.
fn asks_factor(values: &Values) -> bool {
    values.get(SECOND_FACTORS.name).is_some_and(|value| value == "on")
}

/// What to say where a table has roles that nobody can have, since nobody is asked for a second factor; else nothing.
pub async fn unasked(table: &Table, values: &Values, now: Time) -> Result<Option<String>, SettingError> {
    let row = rights::read(table, now).await.map_err(failed)?;
    let said = row.map(|rights| print::unasked(&rights, asks_factor(values))).unwrap_or_default();
    Ok(Some(said.trim_end().to_owned()).filter(|said| !said.is_empty()))
}

/// What to say where the table of this machine has rights, and the settings say something else.
pub async fn ignored(values: &Values, home: &Path, now: Time) -> Result<Option<&'static str>, SettingError> {
    let place = Place::open(None, values, home).await?;
    let row = rights::read(&place.table, now).await.map_err(failed)?;
    let start = start(values)?;
    Ok(row.and_then(|rights| print::ignored(&rights, &start)))
}

/// The rights of the settings.
pub(crate) fn start(values: &Values) -> Result<Rights, SettingError> {
    let settings = [&user::settings::ROLES, &user::settings::ADMINS, &user::settings::DEFAULT_ROLES];
    Rights::of_settings(settings.map(|setting| {
        values.get(setting.name).map(String::as_str).or(setting.default).unwrap_or_default().to_owned()
    }))
}

fn event(edit: &Edit, operator: &Operator) -> Event {
    match edit {
        Edit::SetRole { name, .. } => operator.event(What::RoleSet).name(name),
        Edit::RemoveRole { name } => operator.event(What::RoleRemoved).name(name),
        Edit::SetRule(rule) => operator.event(What::RuleSet).name(&rule.name),
        Edit::RemoveRule { name } => operator.event(What::RuleRemoved).name(name),
        Edit::SetDefaults(_) => operator.event(What::DefaultsSet),
    }
}

fn sentence(error: oauth::Error) -> SettingError {
    SettingError::new(error.to_string())
}

fn failed(error: user::Error) -> SettingError {
    SettingError::new(oauth::causes(&error))
}
