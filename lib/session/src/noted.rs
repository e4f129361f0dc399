//! The sessions of a person of which an app is to be told, and which began to be so a moment ago: the index by which they are found
//! otherwise lags behind the table (#97), and whoever ends all sessions must miss none.

use std::{collections::BTreeSet, time::Duration};

use oauth::Time;
use serde::{Deserialize, Serialize};
use setting::{Action, Permission};
use store::{Batch, Member, Record, Table, Write, member};

use crate::Error;

/// How long a span is, in seconds. A note is found for as long at least, and for twice as long at most; an index has a row after a
/// second as a rule.
const SPAN: i64 = 600;
/// How long a row stays behind the last moment at which it is read.
const MARGIN: Duration = Duration::from_secs(120);

/// The sessions of one person that were noted in one span of time: 45 bytes each, so a row has room for thousands. Its row is `NOTED#<user id>/<begin of the span>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Noted {
    sids: BTreeSet<String>,
    expires_at: Time,
}

impl Record for Noted {
    const KIND: &'static str = "NOTED";

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at.epoch())
    }
}

impl Noted {
    const SIDS: Member<Self, BTreeSet<String>> = member!(Self, sids);
}

/// What [`write`] writes.
pub(crate) const WRITE: Permission = Permission::on(Noted::KIND, &[Action::Update]);
/// What [`of`] reads.
pub(crate) const READ: Permission = Permission::on(Noted::KIND, &[Action::BatchGet]);

/// The note of a session, to be written together with what makes it one of which an app is to be told.
pub(crate) fn write(user_id: &str, sid: &str, now: Time) -> Write {
    let begin = begin(now);
    let end = Time::from_epoch(begin + 2 * SPAN).after(MARGIN);
    Write::gather(&id(user_id, begin), Noted::SIDS, sid, end)
}

/// The sessions of a person that were noted in the last ten minutes, or a little longer ago.
///
/// One BatchGetItem, strongly consistent.
pub(crate) async fn of(table: &Table, user_id: &str, now: Time) -> Result<BTreeSet<String>, Error> {
    let spans = [begin(now) - SPAN, begin(now), begin(now) + SPAN].map(|begin| id(user_id, begin));
    let batch = spans.iter().fold(Batch::new(), |batch, id| batch.and::<Noted>(&**id));
    let mut rows = table.get_batch(batch, now).await?;
    let mut sids = BTreeSet::new();
    for id in &spans {
        if let Some(row) = rows.take::<Noted>(&**id) {
            sids.extend(row?.into_inner().sids);
        }
    }
    Ok(sids)
}

/// When the span began in which this moment is.
fn begin(now: Time) -> i64 {
    now.epoch() - now.epoch().rem_euclid(SPAN)
}

fn id(user_id: &str, begin: i64) -> String {
    format!("{user_id}/{begin}")
}
