//! One thing that happened.

use oauth::{Time, Visit};
use serde::{Deserialize, Serialize};
use store::{Owner, Record};

use crate::{
    Detail, What,
    id::{self, Month},
};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// Somebody who did not prove who they are.
    Nobody,
    /// The person with this id.
    Person(String),
    /// The client with this id, in its own name.
    Service(String),
    /// Who works on the installation itself: the ARN of an IAM principal, or `local`.
    Operator(String),
    /// latchkey by itself, by the clock.
    Latchkey,
}

impl Actor {
    /// The operator of a local installation.
    pub fn local() -> Self {
        Self::Operator("local".to_owned())
    }

    /// The kind, as it is written.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Person(_) => "person",
            Self::Service(_) => "service",
            Self::Operator(_) => "operator",
            Self::Latchkey => "latchkey",
        }
    }

    /// Which one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Person(id) | Self::Service(id) | Self::Operator(id) => Some(id),
            Self::Nobody | Self::Latchkey => None,
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it was asked.
    Ok,
    /// It was refused.
    Refused,
    /// Something of ours, or something on which we depend, failed.
    Failed,
}

impl Outcome {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// One thing that happened. Its row is `AUDIT#<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// A UUIDv7: ids are in the order of time.
    pub id: String,
    /// What happened.
    pub what: What,
    /// When.
    pub at: Time,
    /// Who did it.
    pub actor: Actor,
    /// The id of the person whom it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whom: Option<String>,
    /// By which client, or which client it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// From where: a [shortened](oauth::short) address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The gateway's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was refused: an error code of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What else there is to say.
    #[serde(default)]
    pub detail: Detail,
    /// When its row ends. Set where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ends_at: Option<Time>,
}

impl Record for Event {
    const KIND: &'static str = "AUDIT";

    fn list(&self) -> Option<String> {
        let month = Month::of(self.at);
        Some(if self.is_only_told() { month.told() } else { month.list() })
    }

    fn expires_at(&self) -> Option<i64> {
        self.ends_at.map(Time::epoch)
    }

    fn owner(&self) -> Option<Owner<'_>> {
        self.whom.as_deref().filter(|_| !self.is_only_told()).map(Owner::Trail)
    }
}

impl Event {
    /// Whether its row is there only for those who are told what happens to people: there are too many of them to keep, and to read the
    /// rest between them. It ends after two weeks.
    pub(crate) fn is_only_told(&self) -> bool {
        self.what == What::SignOut
    }

    /// Something that happens in this request, as it was asked, and by nobody who is known.
    pub fn new(what: What, visit: &Visit) -> Self {
        Self {
            id: id::fresh(visit.at),
            what,
            at: visit.at,
            actor: Actor::Nobody,
            whom: None,
            client: None,
            from: visit.from.clone(),
            request_id: visit.request_id.clone(),
            outcome: Outcome::Ok,
            reason: None,
            detail: Detail::default(),
            ends_at: None,
        }
    }

    /// Who did it.
    #[must_use]
    pub fn by(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    /// Whether whom it concerns did it.
    pub fn is_own(&self) -> bool {
        matches!(&self.actor, Actor::Person(id) if self.whom.as_ref() == Some(id))
    }

    /// The person with this id did it, and it concerns them.
    #[must_use]
    pub fn by_person(self, id: &str) -> Self {
        Self { actor: Actor::Person(id.to_owned()), ..self }.whom(id)
    }

    /// The id of the person whom it concerns.
    #[must_use]
    pub fn whom(self, id: &str) -> Self {
        Self { whom: Some(id.to_owned()), ..self }
    }

    /// The id of the client. Only of one that there is.
    #[must_use]
    pub fn client(self, id: &str) -> Self {
        Self { client: Some(id.to_owned()), ..self }
    }

    /// It was refused, for this reason.
    #[must_use]
    pub fn refused(self, code: oauth::Code) -> Self {
        Self { outcome: Outcome::Refused, reason: Some(code.as_str().to_owned()), ..self }
    }

    /// It failed.
    #[must_use]
    pub fn failed(self) -> Self {
        Self { outcome: Outcome::Failed, ..self }
    }

    /// With more about it.
    #[must_use]
    pub fn detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// At which provider.
    #[must_use]
    pub fn provider(mut self, name: &str) -> Self {
        self.detail.provider = Some(name.to_owned());
        self
    }

    /// In which session.
    #[must_use]
    pub fn session(mut self, sid: &str) -> Self {
        self.detail.session = Some(sid.to_owned());
        self
    }

    /// Of which grant.
    #[must_use]
    pub fn grant(mut self, id: &str) -> Self {
        self.detail.grant = Some(id.to_owned());
        self
    }

    /// In which way: a word of a standard or of ours.
    #[must_use]
    pub fn way(mut self, way: &'static str) -> Self {
        self.detail.way = Some(way.to_owned());
        self
    }

    /// Which role, rule or API, by its name.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.detail.name = Some(name.to_owned());
        self
    }

    /// Which roles there were, and which there are from now on.
    #[must_use]
    pub fn roles(mut self, before: &[String], after: &[String]) -> Self {
        self.detail.roles_before = Some(before.to_vec());
        self.detail.roles = Some(after.to_vec());
        self
    }

    /// What the role, the rule or the entitlements were, and what they are from now on.
    #[must_use]
    pub fn turned(mut self, before: Option<String>, after: Option<String>) -> Self {
        self.detail.before = before;
        self.detail.after = after;
        self
    }

    /// Which members changed, by their names.
    #[must_use]
    pub fn changed(mut self, members: &[&'static str]) -> Self {
        self.detail.changed = Some(members.iter().map(|name| (*name).to_owned()).collect());
        self
    }

    /// Which keys, by their `kid`.
    #[must_use]
    pub fn keys<'a>(mut self, kids: impl IntoIterator<Item = &'a str>) -> Self {
        self.detail.keys = Some(kids.into_iter().map(str::to_owned).collect());
        self
    }

    /// How many.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.detail.count = Some(count);
        self
    }
}
