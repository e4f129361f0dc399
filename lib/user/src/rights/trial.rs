//! Trying a change on the people who are there, before it is saved.

use oauth::Time;
use store::Table;

use super::{Difference, Rights, diff};
use crate::{
    Error,
    search::{MOST, Search, search},
};

/// Who would gain or lose something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// Each of them.
    pub differences: Vec<Difference>,
    /// How many people were looked at.
    pub seen: usize,
    /// Whether these were all.
    pub is_all: bool,
}

/// Compares both for at most `most` people, the newest first. It changes nothing.
///
/// For each hundred people one Query and one BatchGetItem.
pub async fn try_out(
    table: &Table,
    before: &Rights,
    after: &Rights,
    most: usize,
    now: Time,
) -> Result<Trial, Error> {
    let (mut trial, mut from) = (Trial::default(), None);
    while trial.seen < most {
        let page = search(table, &Search::default(), MOST, from.as_deref(), now).await?;
        trial.seen += page.people.len();
        trial.differences.extend(diff(before, after, &page.people, now));
        from = page.next;
        if from.is_none() {
            trial.is_all = true;
            break;
        }
    }
    Ok(trial)
}
