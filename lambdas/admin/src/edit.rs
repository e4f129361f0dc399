//! Changing roles, rules and what everybody gets: first tried, then saved.

use audit::{Event, What};
use oauth::{Code, Error, Sentence};
use user::{
    Rights,
    rights::{self, Actor, ChangeError, Edit, EditError},
};
use web::{Response, Result};

use crate::{
    View,
    editing::{Editing, rule},
    fields::Fields,
    missing,
    perform::Doing,
    trial::Tried,
};

/// What a form shows.
pub(crate) struct Editor {
    pub(crate) editing: Editing,
    pub(crate) fields: Fields,
    /// As the table has them.
    pub(crate) rights: Rights,
    pub(crate) outcome: Outcome,
}

/// What became of it so far.
pub(crate) enum Outcome {
    /// Nobody has done anything.
    Asked,
    /// It was tried.
    Tried(Tried),
    /// It cannot be, and nothing was changed.
    Refused(Refusal),
}

/// Why it cannot be.
pub(crate) enum Refusal {
    /// What was typed cannot be read, or somebody was faster.
    Said(Error),
    /// It makes no sense, or the viewer may not make it.
    Edit(EditError),
}

impl Refusal {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Said(error) => error.status(),
            Self::Edit(EditError::NotYours(_)) => 403,
            Self::Edit(EditError::NoRole(_) | EditError::NoRule(_)) => 404,
            Self::Edit(EditError::Admin | EditError::InUse { .. } | EditError::NoFactors(_)) => 409,
            Self::Edit(
                EditError::Name(_) | EditError::Empty(_) | EditError::Wrong(..) | EditError::TooMuch,
            ) => 400,
        }
    }

    /// The sentence that all pages have for it.
    pub(crate) fn sentence(&self) -> Option<Sentence> {
        match self {
            Self::Said(error) => error.sentence(),
            Self::Edit(EditError::NotYours(_)) => Some(Sentence::BeyondYours),
            Self::Edit(EditError::NoRole(_)) => Some(Sentence::NoSuchRole),
            Self::Edit(EditError::NoRule(_)) => Some(Sentence::NoSuchRule),
            Self::Edit(_) => None,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Said(error)
    }
}

impl From<EditError> for Refusal {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
}

impl View<'_> {
    /// The rights as the table has them at this moment, and not as they are held in memory.
    pub(crate) async fn rights_now(&self) -> Result<Rights> {
        let read = rights::read(&self.admin.table, self.request.now).await?;
        Ok(read.unwrap_or_else(|| self.admin.rights.start().clone()))
    }

    pub(crate) async fn edit_role(&self) -> Result<Response> {
        let rights = self.rights_now().await?;
        let name = self.request.text("name").filter(|name| !name.is_empty());
        if name.as_deref().is_some_and(|name| !rights.knows(name)) {
            return Err(missing(Sentence::NoSuchRole).into());
        }
        self.asked(Editing::Role(name), rights)
    }

    pub(crate) async fn edit_rule(&self) -> Result<Response> {
        let rights = self.rights_now().await?;
        let name = self.request.text("name").filter(|name| !name.is_empty());
        if name.as_deref().is_some_and(|name| rule(&rights, name).is_none()) {
            return Err(missing(Sentence::NoSuchRule).into());
        }
        self.asked(Editing::Rule(name), rights)
    }

    pub(crate) async fn edit_defaults(&self) -> Result<Response> {
        self.asked(Editing::Defaults, self.rights_now().await?)
    }

    fn asked(&self, editing: Editing, rights: Rights) -> Result<Response> {
        let fields = editing.fields(&rights);
        self.editor(&Editor { editing, fields, rights, outcome: Outcome::Asked })
    }
}

impl Doing<'_> {
    /// Tries a change of the rights that the page has shown, or saves it. One that cannot be is shown in the form, with what was typed.
    pub(crate) async fn edit_rights(&self, editing: Editing, seen: u64, is_trial: bool) -> Result<Response> {
        let (view, fields) = (self.view(), Fields::of(self.request)?);
        let rights = view.rights_now().await?;
        let outcome = match self.checked(&editing, &fields, &rights, seen) {
            Err(error) => Outcome::Refused(error),
            Ok((_, after)) if is_trial => Outcome::Tried(view.tried(&rights, &after).await?),
            Ok((edit, _)) => match self.save(&edit, seen).await {
                Ok(()) => return Ok(Response::see_own("/admin/roles?changed")),
                Err(ChangeError::Failed(error)) => return Err(error.into()),
                Err(ChangeError::Edit(error)) => Outcome::Refused(error.into()),
                Err(ChangeError::Changed) => Outcome::Refused(changed().into()),
            },
        };
        view.editor(&Editor { editing, fields, rights, outcome })
    }

    /// The change, and what the rights are after it.
    fn checked(
        &self,
        editing: &Editing,
        fields: &Fields,
        rights: &Rights,
        seen: u64,
    ) -> Result<(Edit, Rights), Refusal> {
        if rights.revision() != seen {
            return Err(changed().into());
        }
        let edit = editing.edit(fields, rights)?;
        edit.fits(self.admin.second_factors)?;
        let after = rights.edited(&edit, &self.holder())?;
        Ok((edit, after))
    }

    fn holder(&self) -> Actor {
        Actor::Holder(self.viewer.scope.clone())
    }

    async fn save(&self, edit: &Edit, seen: u64) -> Result<(), ChangeError> {
        let (table, trail) = (&self.admin.table, self.admin.trail);
        let event = self.about(edit);
        let told =
            |before: &Rights, after: &Rights| event.clone().turned(edit.told(before), edit.told(after));
        let written = |before: &Rights, after: &Rights| vec![trail.write(&told(before, after))];
        let begun = self.by(What::RightsBegun);
        let written = rights::Trail { begun: &[trail.write(&begun)], changed: &written };
        let (start, holder, now) = (self.admin.rights.start(), self.holder(), self.request.now);
        let changed = rights::change(table, start, edit, &holder, Some(seen), written, now).await?;
        if changed.is_begun {
            begun.log();
        }
        told(&changed.before, &changed.after).log();
        Ok(())
    }

    fn about(&self, edit: &Edit) -> Event {
        match edit {
            Edit::SetRole { name, .. } => self.by(What::RoleSet).name(name),
            Edit::RemoveRole { name } => self.by(What::RoleRemoved).name(name),
            Edit::SetRule(rule) => self.by(What::RuleSet).name(&rule.name),
            Edit::RemoveRule { name } => self.by(What::RuleRemoved).name(name),
            Edit::SetDefaults(_) => self.by(What::DefaultsSet),
        }
    }
}

/// Somebody was faster.
fn changed() -> Error {
    Error::said(Code::InvalidRequest, Sentence::RightsChangedSince).with_status(412)
}
