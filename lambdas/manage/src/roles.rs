//! Roles, rules and defaults: reading them, and changing one.

use audit::{Event, What};
use http::header;
use oauth::{Code, Error, Scope};
use serde::Deserialize;
use serde_json::{Value, json};
use user::rights::{self, Actor, ChangeError, Edit, EditError, Rights, Rule};
use web::{Response, Result};

use crate::{Call, conflict, done, missing};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleBody {
    scope: Scope,
    second_factor: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultsBody {
    roles: Vec<String>,
}

impl Call<'_> {
    pub(crate) async fn list_roles(&self) -> Result<Response> {
        let rights = self.rights_now().await?;
        let roles = rights.roles().iter().map(|(name, scope)| {
            json!({"name": name, "scope": scope, "second_factor": rights.demands_factor(name)})
        });
        let roles: Vec<_> = roles.collect();
        said(&rights, &json!({"roles": roles, "defaults": rights.defaults()}))
    }

    pub(crate) async fn list_rules(&self) -> Result<Response> {
        let rights = self.rights_now().await?;
        said(&rights, &json!({"rules": rights.rules()}))
    }

    pub(crate) async fn set_role(&self) -> Result<Response> {
        let RoleBody { scope, second_factor } = self.request.json()?;
        let name = self.name();
        let edit = Edit::SetRole { name: name.clone(), scope, second_factor };
        edit.fits(self.manage.second_factors).map_err(not_edited)?;
        self.edit(edit, self.deed(What::RoleSet).name(&name)).await
    }

    pub(crate) async fn remove_role(&self) -> Result<Response> {
        let name = self.name();
        self.edit(Edit::RemoveRole { name: name.clone() }, self.deed(What::RoleRemoved).name(&name)).await
    }

    pub(crate) async fn set_rule(&self) -> Result<Response> {
        let rule: Rule = self.request.json()?;
        let name = self.name();
        if !rule.name.is_empty() && rule.name != name {
            return Err(Error::invalid_request("the rule has another name than the path").into());
        }
        let rule = Rule { name: name.clone(), ..rule };
        self.edit(Edit::SetRule(Box::new(rule)), self.deed(What::RuleSet).name(&name)).await
    }

    pub(crate) async fn remove_rule(&self) -> Result<Response> {
        let name = self.name();
        self.edit(Edit::RemoveRule { name: name.clone() }, self.deed(What::RuleRemoved).name(&name)).await
    }

    pub(crate) async fn set_defaults(&self) -> Result<Response> {
        let DefaultsBody { roles } = self.request.json()?;
        self.edit(Edit::SetDefaults(roles), self.deed(What::DefaultsSet)).await
    }

    /// Makes one change of the rights that the caller has seen.
    async fn edit(&self, edit: Edit, event: Event) -> Result<Response> {
        let seen = self.request.needs_if_match()?;
        let before = self.rights_now().await?;
        seen.accept(&before.revision().to_string())?;
        let (table, start, now) = (&self.manage.table, self.manage.rights.start(), self.request.now);
        let told =
            |before: &Rights, after: &Rights| event.clone().turned(edit.told(before), edit.told(after));
        let changed = |before: &Rights, after: &Rights| vec![self.manage.trail.write(&told(before, after))];
        let begun = self.deed(What::RightsBegun);
        let trail = rights::Trail { begun: &[self.manage.trail.write(&begun)], changed: &changed };
        let revision = Some(before.revision());
        let changed = rights::change(table, start, &edit, &self.holder(), revision, trail, now).await;
        let changed = changed.map_err(refused)?;
        if changed.is_begun {
            begun.log();
        }
        told(&changed.before, &changed.after).log();
        Ok(done().header(header::ETAG, &tag(&changed.after)))
    }

    /// The rights as the table has them at this moment, and not as they are held in memory.
    pub(crate) async fn rights_now(&self) -> Result<Rights> {
        let read = rights::read(&self.manage.table, self.request.now).await?;
        Ok(read.unwrap_or_else(|| self.manage.rights.start().clone()))
    }

    pub(crate) fn holder(&self) -> Actor {
        Actor::Holder(self.actor.scope.clone())
    }

    fn name(&self) -> String {
        self.request.segment("name").unwrap_or_default().to_owned()
    }
}

fn tag(rights: &Rights) -> String {
    format!("\"{}\"", rights.revision())
}

pub(crate) fn said(rights: &Rights, body: &Value) -> Result<Response> {
    Ok(Response::json(body)?.header(header::ETAG, &tag(rights)))
}

/// Nothing was changed: what the caller is told.
fn refused(error: ChangeError) -> web::Error {
    match error {
        ChangeError::Edit(error) => not_edited(error),
        ChangeError::Changed => web::stale().into(),
        ChangeError::Failed(error) => error.into(),
    }
}

pub(crate) fn not_edited(error: EditError) -> web::Error {
    let wrong = |what: &'static str| web::Error::from(Error::invalid_request(what));
    match error {
        EditError::NotYours(_) => {
            Error::new(Code::AccessDenied, "this gives or takes scopes that you do not have").into()
        }
        EditError::NoRole(_) => missing("role").into(),
        EditError::NoRule(_) => missing("rule").into(),
        EditError::Admin => conflict("the role admin stays: without it there are no administrators").into(),
        EditError::InUse { .. } => {
            conflict("a rule or the defaults give this role: change that first").into()
        }
        EditError::NoFactors(_) => {
            conflict("second factors are off here, so no role can demand one: set SECOND_FACTORS=on first")
                .into()
        }
        EditError::Name(_) => wrong("a name has up to 64 of a-z, 0-9, - and _"),
        EditError::Empty(_) => wrong("a rule needs at least one condition and at least one role"),
        EditError::Wrong(..) => {
            wrong("the rule has a member that is unknown, or a condition that cannot be met")
        }
        EditError::TooMuch => {
            wrong("this would be too much: at most 200 roles, 200 rules, and 32 KB together")
        }
    }
}
