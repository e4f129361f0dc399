//! Who would gain or lose what by a change that is not saved yet.

use maud::{Markup, html};
use oauth::Scope;
use user::{
    Rights,
    rights::{self, Difference, Trial},
};
use web::{Result, words::text};

use crate::{View, words};

/// How many people are looked at: a browser waits for it.
const MOST_TRIED: usize = 2_000;

/// How many of them are shown.
const MOST_SHOWN: usize = 50;

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
        let (w, may_see) = (&self.words.trial, self.viewer.may("users:read"));
        let (changed, seen) = (differences.len().to_string(), seen.to_string());
        html! {
            h2 { (w.title) }
            p role="status" {
                (w.not_saved) " "
                @if differences.is_empty() { (w.nobody) } @else { (text(w.sum, &[("seen", &seen), ("changed", &changed)])) }
                @if !is_all { " " (w.not_all) }
            }
            @if !tried.own.is_empty() {
                p { strong { (w.you) } " " (tried.own) @if tried.own.contains("roles:write") { ". " (w.no_way_back) } }
            }
            @if may_see {
                ul.rows { @for difference in differences.iter().take(MOST_SHOWN) { (row(w, difference)) } }
                @if differences.len() > MOST_SHOWN { p.small { (text(w.more, &[("count", &(differences.len() - MOST_SHOWN).to_string())])) } }
            }
        }
    }
}

fn row(w: &words::Trial, difference: &Difference) -> Markup {
    let Difference { user_id, name, gains, loses, owes_factor } = difference;
    html! {
        li {
            h3 { a href={ "/admin/people/" (user_id) } { (name.as_deref().unwrap_or(user_id)) } }
            @for (sentence, scope) in [(w.gains, gains), (w.loses, loses)] {
                @if !scope.is_empty() { p.small { (text(sentence, &[("scope", &scope.to_string())])) } }
            }
            @if *owes_factor { p.small { (w.asked) } }
        }
    }
}
