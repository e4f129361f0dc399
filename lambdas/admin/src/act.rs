//! What can be done, and what it needs.

use client::Kind;
use serde::{Deserialize, Serialize};

use crate::editing::Editing;

/// What a form does. It is in the form, sealed, with the session for which the page was made (#29); what the person types is beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Gives a person a role, which is typed.
    GiveRole(Whom),
    /// Takes a role away.
    TakeRole(Whom, String),
    /// Entitles a person to something, which is typed.
    Entitle(Whom),
    /// Takes an entitlement back that was given by hand.
    Unentitle(Whom, String),
    /// Shuts a person out.
    Disable(Whom),
    /// Lets them in again.
    Enable(Whom),
    /// Ends all their sessions and grants.
    SignOut(Whom),
    /// Ends a session of theirs.
    EndSession(Whom, String),
    /// Takes the access of a client away.
    RemoveApp(Whom, String),
    /// Lets an identity lead to them no more.
    Unlink(Whom, String),
    /// Takes away what somebody has lost that they show beside a way in: their name is typed.
    TakeFactors(Whom),
    /// Deletes a person, whose name is typed.
    Delete(Whom),
    /// Adds somebody: address, name and role are typed.
    Create,
    /// Lets a role wait for an address: both are typed.
    Invite,
    /// Takes an invitation back, of an address that is typed.
    Uninvite,
    /// Makes another secret of a client.
    RotateSecret(String),
    /// Shuts a client out.
    DisableClient(String),
    /// Lets it in again.
    EnableClient(String),
    /// Registers an app or an API of this kind, as it is typed.
    Register(Kind),
    /// Issues no more tokens for an API.
    DisableApi(String),
    /// Issues some again.
    EnableApi(String),
    /// Changes roles, rules or what everybody gets, as it is typed, or tries that: of the rights with this number.
    EditRights(Editing, u64),
}

/// A person as the page showed them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whom {
    /// Who.
    pub id: String,
    /// Their revision then: a change that the page does not show refuses the act.
    pub revision: u64,
}

impl Act {
    /// The scope that it needs (#81).
    pub fn scope(&self) -> &'static str {
        match self {
            Self::GiveRole(_)
            | Self::TakeRole(..)
            | Self::Entitle(_)
            | Self::Unentitle(..)
            | Self::Disable(_)
            | Self::Enable(_)
            | Self::SignOut(_)
            | Self::EndSession(..)
            | Self::RemoveApp(..)
            | Self::Unlink(..)
            | Self::TakeFactors(_)
            | Self::Create
            | Self::Invite
            | Self::Uninvite => "users:write",
            Self::Delete(_) => "users:delete",
            Self::RotateSecret(_)
            | Self::DisableClient(_)
            | Self::EnableClient(_)
            | Self::Register(_)
            | Self::DisableApi(_)
            | Self::EnableApi(_)
            | Self::EditRights(..) => "roles:write",
        }
    }

    /// Whether it is only for somebody who has just signed in (#26): what cannot be undone, and what gives somebody more.
    pub fn needs_fresh(&self) -> bool {
        matches!(
            self,
            Self::GiveRole(_)
                | Self::Entitle(_)
                | Self::TakeFactors(_)
                | Self::Delete(_)
                | Self::RotateSecret(_)
                | Self::Register(_)
                | Self::EditRights(..)
                | Self::Invite
                | Self::Create
        )
    }

    /// Whether it changes how this person comes in, who does it themselves, or whether they are there at all: that takes what their own page
    /// asks for (#26).
    pub fn is_own(&self, id: &str) -> bool {
        matches!(self, Self::Unlink(whom, _) | Self::Delete(whom) if whom.id == id)
    }

    /// The person whom it concerns, who must not be above the one who does it (#81).
    pub fn whom(&self) -> Option<&Whom> {
        match self {
            Self::GiveRole(whom)
            | Self::TakeRole(whom, _)
            | Self::Entitle(whom)
            | Self::Unentitle(whom, _)
            | Self::Disable(whom)
            | Self::Enable(whom)
            | Self::SignOut(whom)
            | Self::EndSession(whom, _)
            | Self::RemoveApp(whom, _)
            | Self::Unlink(whom, _)
            | Self::TakeFactors(whom)
            | Self::Delete(whom) => Some(whom),
            Self::Create
            | Self::Invite
            | Self::Uninvite
            | Self::RotateSecret(_)
            | Self::DisableClient(_)
            | Self::EnableClient(_)
            | Self::Register(_)
            | Self::DisableApi(_)
            | Self::EnableApi(_)
            | Self::EditRights(..) => None,
        }
    }
}
