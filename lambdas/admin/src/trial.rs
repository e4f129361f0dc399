//! Who would gain or lose what by a change that is not saved yet.

use maud::{Markup, html};
use oauth::Scope;
use user::{
    Rights,
    rights::{self, Difference, Trial},
};
use web::Result;

use crate::View;

/// How many people are looked at: a browser waits for it.
const MOST_TRIED: usize = 2_000;

/// How many of them are shown.
const MOST_SHOWN: usize = 50;

const HEADING: &str = "What would change";
const NOT_SAVED: &str = "Nothing is saved yet.";
const NOBODY: &str = "Nobody would gain or lose anything.";
const NOT_ALL: &str = "There are more people, who were not looked at.";
const GAINS: &str = "Gains";
const LOSES: &str = "Loses";
const YOU: &str = "You yourself would lose this:";
const NO_WAY_BACK: &str = "You could not change roles and rules back.";

/// What was tried, and what it would mean for the one who tries it.
#[derive(Debug)]
pub(crate) struct Tried {
    trial: Trial,
    own: Scope,
}

impl View<'_> {
    /// Compares the rights for the people who are there.
    pub(crate) async fn tried(&self, before: &Rights, after: &Rights) -> Result<Tried> {
        let (table, now) = (&self.admin.table, self.request.now);
        let trial = rights::try_out(table, before, after, MOST_TRIED, now).await?;
        let own = rights::diff(before, after, [&self.viewer.user], now).pop();
        Ok(Tried { trial, own: own.map(|own| own.loses).unwrap_or_default() })
    }

    /// The names of people are for those who may see people.
    pub(crate) fn what_would_change(&self, tried: &Tried) -> Markup {
        let Trial { differences, seen, is_all } = &tried.trial;
        let may_see = self.viewer.may("users:read");
        html! {
            h2 { (HEADING) }
            p role="status" {
                (NOT_SAVED) " "
                @if differences.is_empty() { (NOBODY) } @else { (sum(differences.len(), *seen)) }
                @if !is_all { " " (NOT_ALL) }
            }
            @if !tried.own.is_empty() {
                p { strong { (YOU) } " " (tried.own) @if tried.own.contains("roles:write") { ". " (NO_WAY_BACK) } }
            }
            @if may_see {
                ul.rows { @for difference in differences.iter().take(MOST_SHOWN) { (row(difference)) } }
                @if differences.len() > MOST_SHOWN { p.small { (more(differences.len() - MOST_SHOWN)) } }
            }
        }
    }
}

fn sum(changed: usize, seen: usize) -> String {
    let people = if seen == 1 { "person" } else { "people" };
    format!("Of {seen} {people}, {changed} would gain or lose something.")
}

fn more(count: usize) -> String {
    format!("And {count} more.")
}

fn row(difference: &Difference) -> Markup {
    let Difference { user_id, name, gains, loses } = difference;
    html! {
        li {
            h3 { a href={ "/admin/people/" (user_id) } { (name.as_deref().unwrap_or(user_id)) } }
            @for (words, scope) in [(GAINS, gains), (LOSES, loses)] {
                @if !scope.is_empty() { p.small { (words) ": " (scope) } }
            }
        }
    }
}
