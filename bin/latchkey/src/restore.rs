//! `latchkey restore`: what an operator does with a table that was restored from a backup.
//!
//! A backup does not know what happened after it, and the trail does. What it says is done again as far as that takes something away: who
//! was deleted or disabled, which roles, consents, clients and rules are gone. Nothing is given back from a file: that is said, and the
//! operator decides. The rows of the trail themselves are put back under their ids, in the transaction of what is done. So an event whose
//! row is there has been dealt with, in the backup or by an earlier run, and a repetition finds nothing to do.

mod act;
mod left;
mod plan;
mod read;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use audit::{Event, What};
use clap::Subcommand;
use oauth::Time;
use setting::{RESTORED_AT, SettingError};

use self::{act::Work, plan::Step, read::Read};
use crate::{
    clients::{Operator, Place},
    of_stack::OfStack,
    rights,
    settings::Values,
};

/// `latchkey restore …`
pub type Restore = OfStack<Command>;

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Does again what ended after the backup: deletions, what was disabled, and what was taken away
    Replay {
        /// What `latchkey audit --json` printed before, or lines of the log
        file: PathBuf,
        /// Does it; without this, it only says what would be done
        #[arg(long)]
        yes: bool,
        /// In this table of the stack's account, such as one that is not in its place yet [default: the stack's]
        #[arg(long, value_name = "NAME", requires = "stack")]
        table: Option<String>,
    },
}

/// Does what the arguments say; the text is what it prints.
pub async fn run(wanted: &Restore, values: &Values, home: &Path, now: Time) -> Result<String, SettingError> {
    let Command::Replay { file, yes, table } = &wanted.command;
    let text = fs::read_to_string(file);
    let text =
        text.map_err(|error| SettingError::new(format!("{} cannot be read: {error}", file.display())))?;
    let read = read::events(&text);
    if read.events.is_empty() {
        let file = file.display();
        return Err(SettingError::new(format!(
            "{file} has no event: it is to be what `latchkey audit --json` printed, or lines of the log whose target is audit"
        )));
    }
    let place = match (&wanted.stack, table) {
        (Some(stack), Some(table)) => Place::deployed(stack, table, values).await,
        (stack, _) => Place::open(stack.as_deref(), values, home).await,
    }?;
    let values = &place.values;
    let operator = Operator::of(wanted.stack.as_deref(), values, now)?;
    let work = Work { table: &place.table, start: rights::start(values)?, operator, now };
    let missing = work.missing(read.events.clone()).await?;
    let (steps, left) = (plan::steps(&missing), left::of(&missing));
    let left = [left, work.to_give(&missing).await?].concat();
    let done = if *yes { Box::pin(work.take(steps, &missing)).await? } else { work.look(steps).await? };
    report(&done, &[left, doubts(&read, values)].concat(), *yes)
}

/// What became of the steps.
#[derive(Debug, Default)]
struct Done {
    /// In words, of those that are needed.
    steps: Vec<String>,
    /// And of those that could not be taken, with the reason.
    failed: Vec<String>,
    /// How many rows of the trail were put back.
    rows: usize,
}

/// What the operator has to look at in the file and in the settings.
fn doubts(read: &Read, values: &Values) -> Vec<String> {
    let newest = read.events.iter().map(|event| event.at).max();
    let restored_at = values.get(RESTORED_AT.name).and_then(|text| text.parse().ok()).map(Time::from_epoch);
    let restored = match (restored_at, newest) {
        (None, _) => Some(
            "Set RESTORED_AT (`date +%s`) and deploy: without it, sessions, codes and what apps had at the time of the backup count again."
                .to_owned(),
        ),
        (Some(at), Some(newest)) if at < newest => Some(format!(
            "RESTORED_AT is {at}, and the newest event is of {newest}: set it to now, or what began in between counts."
        )),
        _ => None,
    };
    let unreadable = (!read.unreadable.is_empty()).then(|| {
        let lines: Vec<_> = read.unreadable.iter().take(10).map(usize::to_string).collect();
        format!(
            "{} events of the file cannot be read, in the lines {}…",
            read.unreadable.len(),
            lines.join(", ")
        )
    });
    restored.into_iter().chain(unreadable).collect()
}

fn report(done: &Done, left: &[String], yes: bool) -> Result<String, SettingError> {
    let mut text = match (done.steps.is_empty(), yes) {
        (true, _) => "There is nothing to do again.\n".to_owned(),
        (false, true) => format!("Done again:\n{}", listed(&done.steps)),
        (false, false) => format!("This would be done again, with --yes:\n{}", listed(&done.steps)),
    };
    if done.rows > 0 {
        text.push_str(&format!("{} events are in the trail again.\n", done.rows));
    }
    if !left.is_empty() {
        text.push_str(&format!("This is left to you:\n{}", listed(left)));
    }
    if done.failed.is_empty() {
        return Ok(text);
    }
    Err(SettingError::new(format!("{text}This could not be done:\n{}", listed(&done.failed).trim_end())))
}

fn listed(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

impl Work<'_> {
    /// The events that the table does not have, in the order of time: what is there was in the backup, or done again already.
    async fn missing(&self, events: Vec<Event>) -> Result<Vec<Event>, SettingError> {
        let ids: Vec<_> = events.iter().map(|event| event.id.as_str()).collect();
        let there = audit::there_are(self.table, &ids, self.now).await.map_err(act::failed)?;
        let mut seen: BTreeSet<String> = there;
        let mut missing: Vec<_> = events.into_iter().filter(|event| seen.insert(event.id.clone())).collect();
        missing.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(missing)
    }

    /// What would be done.
    async fn look(&self, steps: Vec<Step<'_>>) -> Result<Done, SettingError> {
        let mut done = Done::default();
        for step in steps {
            if self.is_needed(&step).await? {
                done.steps.push(step.to_string());
            }
        }
        Ok(done)
    }

    /// Takes the steps, and puts the rows of all events back. One that fails does not hold up the others, and its row stays away, so that
    /// it is tried again.
    async fn take(&self, steps: Vec<Step<'_>>, missing: &[Event]) -> Result<Done, SettingError> {
        let mut done = Done::default();
        let mut again = BTreeSet::new();
        for step in steps {
            if !self.is_needed(&step).await? {
                continue;
            }
            match Box::pin(self.act(&step)).await {
                Ok(()) => done.steps.push(step.to_string()),
                Err(error) => {
                    again.insert(step.event.id.as_str());
                    done.failed.push(format!("{step}: {error}"));
                }
            }
        }
        for event in missing.iter().filter(|it| it.what.is_kept() && !again.contains(it.id.as_str())) {
            done.rows += usize::from(self.put_back(event).await?);
        }
        if !done.steps.is_empty() {
            let event = self.operator.event(What::Restored).count(done.steps.len() as u64);
            self.operator.trail().note(self.table, &event).await.map_err(act::failed)?;
        }
        Ok(done)
    }
}
