//! Trying changes of the rights before they are made.

use oauth::Scope;
use serde::Deserialize;
use serde_json::{Value, json};
use user::rights::{self, Difference, Edit, Rule};
use web::{Response, Result};

use crate::{
    Call,
    roles::{not_edited, said},
};

/// How many people are looked at: a request may take no longer than a gateway waits.
const MOST_TRIED: usize = 2_000;

/// What is to be tried. It is applied in this order.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Proposal {
    roles: Vec<Role>,
    rules: Vec<Rule>,
    defaults: Option<Vec<String>>,
    remove_rules: Vec<String>,
    remove_roles: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Role {
    name: String,
    scope: Scope,
    second_factor: Option<bool>,
}

impl Proposal {
    fn edits(self) -> impl Iterator<Item = Edit> {
        let role = |Role { name, scope, second_factor }| Edit::SetRole { name, scope, second_factor };
        let roles = self.roles.into_iter().map(role);
        let rules = self.rules.into_iter().map(|rule| Edit::SetRule(Box::new(rule)));
        let defaults = self.defaults.into_iter().map(Edit::SetDefaults);
        let without_rules = self.remove_rules.into_iter().map(|name| Edit::RemoveRule { name });
        let without_roles = self.remove_roles.into_iter().map(|name| Edit::RemoveRole { name });
        roles.chain(rules).chain(defaults).chain(without_rules).chain(without_roles)
    }
}

impl Call<'_> {
    /// Says who would gain or lose what, and changes nothing. It names people, so the caller needs to be allowed to know of them; and
    /// what they may not make, they may not try.
    pub(crate) async fn try_rights(&self) -> Result<Response> {
        self.actor.needs("users:read")?;
        let proposal: Proposal = self.request.json()?;
        let before = self.rights_now().await?;
        let mut after = before.clone();
        for edit in proposal.edits() {
            edit.fits(self.manage.second_factors).map_err(not_edited)?;
            after = after.edited(&edit, &self.holder()).map_err(not_edited)?;
        }
        let (table, now) = (&self.manage.table, self.request.now);
        let trial = rights::try_out(table, &before, &after, MOST_TRIED, now).await?;
        let people: Vec<_> = trial.differences.iter().map(shown).collect();
        said(&before, &json!({"people": people, "looked_at": trial.seen, "complete": trial.is_all}))
    }
}

fn shown(difference: &Difference) -> Value {
    let Difference { user_id, name, gains, loses, owes_factor } = difference;
    json!({"id": user_id, "name": name, "gains": gains, "loses": loses, "second_factor": owes_factor})
}
