//! Who is behind an identity.

use oauth::{Digest, Time};
use serde::{Deserialize, Serialize};
use store::{Change, Condition, Member, Record, Write, member};

use crate::{LinkedIdentity, bulk::AccountIdentity, clean_identity::CleanIdentity};

/// The row under [`oauth::Identity::key`]: (issuer, subject) is this person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Known {
    issuer: String,
    subject: String,
    provider: String,
    pub(crate) user_id: String,
    linked_at: Time,
    /// Whether it was linked later: name, address and picture of the person are those of another identity then.
    #[serde(default)]
    pub(crate) is_linked: bool,
}

impl Known {
    pub(crate) const USER_ID: Member<Self, String> = member!(Self, user_id);
    const LINKED_AT: Member<Self, Time> = member!(Self, linked_at);
    const IS_LINKED: Member<Self, bool> = member!(Self, is_linked);

    /// As a file has it.
    pub(crate) fn exported(self) -> AccountIdentity {
        let Self { provider, issuer, subject, .. } = self;
        AccountIdentity { provider, issuer, subject }
    }

    /// What of it is shown, under its key.
    pub(crate) fn shown(self, key: Digest) -> LinkedIdentity {
        let Self { provider, issuer, linked_at, is_linked, .. } = self;
        LinkedIdentity { key, provider, issuer, linked_at, is_first: !is_linked }
    }

    /// The write after which name, address and picture are this identity's, from its next sign-in on.
    pub(crate) fn become_first(key: &str, user_id: &str, now: Time) -> Write {
        let change = Change::new().set(Self::IS_LINKED, &false).when(Self::USER_ID.is(user_id));
        Write::update::<Self>(key, change, now)
    }

    /// That it leads to this person.
    pub(crate) fn leads_to(user_id: &str) -> Condition<Self> {
        Self::USER_ID.is(user_id)
    }
}

impl Record for Known {
    const KIND: &'static str = "IDENTITY";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

/// The write that makes this identity lead to a new person, or, as one that `is_linked`, to one who has others. Where it led to
/// somebody who is `gone`, it is turned round.
pub(crate) fn lead_to(
    user_id: &str,
    identity: &CleanIdentity<'_>,
    gone: Option<&str>,
    is_linked: bool,
    now: Time,
) -> Write {
    if let Some(gone) = gone {
        let change = Change::new().set(Known::USER_ID, user_id).set(Known::LINKED_AT, &now);
        let change = change.set(Known::IS_LINKED, &is_linked);
        let change = change.when(Known::USER_ID.is(gone));
        return Write::update::<Known>(identity.key.as_str(), change, now);
    }
    let known = Known {
        issuer: identity.identity.issuer.clone(),
        subject: identity.identity.subject.clone(),
        provider: identity.identity.provider.clone(),
        user_id: user_id.to_owned(),
        linked_at: now,
        is_linked,
    };
    Write::create(identity.key.as_str(), &known, now)
}
