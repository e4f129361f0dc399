//! Who is behind an identity.

use oauth::Time;
use serde::{Deserialize, Serialize};
use store::{Change, Member, Record, Write, member};

use crate::clean_identity::CleanIdentity;

/// The row under [`oauth::Identity::key`]: (issuer, subject) is this person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Known {
    issuer: String,
    subject: String,
    provider: String,
    pub(crate) user_id: String,
    linked_at: Time,
}

impl Known {
    const USER_ID: Member<Self, String> = member!(Self, user_id);
    const LINKED_AT: Member<Self, Time> = member!(Self, linked_at);
}

impl Record for Known {
    const KIND: &'static str = "IDENTITY";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

/// The write that makes this identity lead to a new person. Where it led to somebody who is `gone`, it is turned round.
pub(crate) fn lead_to(user_id: &str, identity: &CleanIdentity<'_>, gone: Option<&str>, now: Time) -> Write {
    if let Some(gone) = gone {
        let change = Change::new().set(Known::USER_ID, user_id).set(Known::LINKED_AT, &now);
        let change = change.when(Known::USER_ID.is(gone));
        return Write::update::<Known>(identity.key.as_str(), change, now);
    }
    let known = Known {
        issuer: identity.identity.issuer.clone(),
        subject: identity.identity.subject.clone(),
        provider: identity.identity.provider.clone(),
        user_id: user_id.to_owned(),
        linked_at: now,
    };
    Write::create(identity.key.as_str(), &known, now)
}
