//! What the settings of a stack turn off although people rely on it.

use std::path::Path;

use oauth::Time;
use setting::{SECOND_FACTORS, SettingError};
use store::Table;
use user::manage::{self, Asked};

use crate::{clients::Place, database, rights, settings::Values};

/// How many people are looked at: of any number, this costs the same.
const MOST: usize = 1000;

/// A sentence, if second factors are off in these settings and people of this stack have some, or roles demand one, or if that cannot be
/// seen. It asks AWS only where they are off.
pub async fn factors_of_stack(stack: &str, values: &Values, home: &Path, now: Time) -> Option<String> {
    if is_on(values) {
        return None;
    }
    let seen = async {
        let place = Place::open(Some(stack), values, home).await?;
        factors(&place.table, values, now).await
    };
    seen.await.unwrap_or_else(|error| {
        Some(format!(
            "it cannot be seen whether people of {stack} have second factors, which are off here: {error}"
        ))
    })
}

/// The same for the table of this machine, where there is one. Nothing is made for it.
pub async fn factors_of_machine(values: &Values, home: &Path, now: Time) -> Option<String> {
    if is_on(values) || !database::is_there(home) {
        return None;
    }
    let seen = async {
        let place = Place::open(None, values, home).await?;
        factors(&place.table, values, now).await
    };
    match seen.await {
        Ok(said) => said.map(|said| format!("in the database of this machine: {said}")),
        Err(error) => Some(format!(
            "it cannot be seen whether the database of this machine needs second factors, which are off: {error}"
        )),
    }
}

/// The same for a table.
///
/// One GetItem, and at most ten times one Query and one BatchGetItem.
pub async fn factors(table: &Table, values: &Values, now: Time) -> Result<Option<String>, SettingError> {
    if is_on(values) {
        return Ok(None);
    }
    let asked = manage::asked_for_factors(table, MOST, now).await;
    let people = said(asked.map_err(|error| SettingError::new(oauth::causes(&error)))?);
    let said: Vec<_> = people.into_iter().chain(rights::unasked(table, values, now).await?).collect();
    Ok(Some(said.join(" ")).filter(|said| !said.is_empty()))
}

fn is_on(values: &Values) -> bool {
    values.get(SECOND_FACTORS.name).is_some_and(|value| value == "on")
}

fn said(asked: Asked) -> Option<String> {
    let Asked { people, seen, is_all } = asked;
    let of = if is_all { format!("{seen} people") } else { format!("the {seen} newest people") };
    let more = if is_all { "" } else { " The others were not looked at." };
    (people > 0).then(|| {
        format!(
            "SECOND_FACTORS is off, and {people} of {of} have a second factor: they sign in without it until it is on again.{more}"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_many_were_looked_at() {
        assert_eq!(said(Asked { people: 0, seen: 7, is_all: true }), None);
        let all = said(Asked { people: 2, seen: 7, is_all: true }).unwrap();
        assert!(all.contains("2 of 7 people") && !all.contains("others"), "{all}");
        let some = said(Asked { people: 2, seen: 1000, is_all: false }).unwrap();
        assert!(some.contains("2 of the 1000 newest people"), "{some}");
        assert!(some.ends_with("The others were not looked at."), "{some}");
    }
}
