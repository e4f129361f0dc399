//! Where events go.

use oauth::Time;
use seal::Sealer;
use serde::{Deserialize, Serialize};
use setting::{Action, Permission};
use store::{Batch, Error, Record, Table};

use crate::{Kind, SigningSecret};

/// The most receivers that there are.
pub(crate) const MOST: u32 = 50;

/// A system of the team that is told of events. Its row is `RECEIVER#<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// Its id, as operators name it.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// What it is told of.
    pub kinds: Vec<Kind>,
    /// Its secrets, sealed, the newest first: two while it is replaced.
    pub secrets: Vec<String>,
    /// Whether it is told nothing for now.
    pub disabled: bool,
    /// Since when it is told.
    pub created_at: Time,
    /// When it was added. What waits from before was for another one of its name.
    #[serde(default = "always")]
    pub added_at: Time,
}

/// Of a row from before that was written down.
const fn always() -> Time {
    Time::from_epoch(0)
}

impl Record for Receiver {
    const KIND: &'static str = "RECEIVER";
    const LIST: Option<&'static str> = Some(LIST);

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

const LIST: &str = "RECEIVERS";

/// What [`receivers`] does with the table.
pub(crate) const READ: [Permission; 2] =
    [Permission::on(Receiver::KIND, &[Action::BatchGet]), Permission::on(LIST, &[Action::List])];

impl Receiver {
    /// Its secrets, opened, the newest first. One that no key of ours opens is left out.
    pub fn signing(&self, sealer: &Sealer) -> Vec<SigningSecret> {
        self.secrets.iter().filter_map(|sealed| SigningSecret::open(sealer, &self.name, sealed)).collect()
    }

    /// Whether it is told of this from now on.
    pub fn is_told(&self, kind: Kind) -> bool {
        !self.disabled && self.kinds.contains(&kind)
    }

    /// Whether it is told of this, which happened at this moment.
    pub(crate) fn wants(&self, kind: Kind, at: Time) -> bool {
        self.is_told(kind) && self.created_at <= at
    }
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

/// All of them. One that cannot be read is left out.
///
/// One Query and one BatchGetItem.
pub async fn receivers(table: &Table, now: Time) -> Result<Vec<Receiver>, Error> {
    let ids = table.list::<Listed>(LIST, MOST, None).await?.items;
    let batch = ids.iter().fold(Batch::new(), |batch, listed| batch.and::<Receiver>(listed.id.as_str()));
    let mut rows = table.get_batch(batch, now).await?;
    Ok(ids.iter().filter_map(|listed| rows.read::<Receiver>(listed.id.as_str())).collect())
}
