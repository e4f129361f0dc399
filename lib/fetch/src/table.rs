//! Documents in the table, where every process finds them: `CACHE#<issuer>#<kind>`.

use std::time::Duration;

use oauth::Time;
use serde::{Deserialize, Serialize};
use store::{Record, Row, Table};
use tokio::time::timeout;

use crate::{Storage, StoredDocument};

/// How long the table may take: it only saves a fetch.
const LIMIT: Duration = Duration::from_secs(1);

/// The table as a storage of documents.
#[derive(Debug, Clone)]
pub struct Documents(pub Table);

/// A document in its row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cached(StoredDocument);

impl Record for Cached {
    const KIND: &'static str = "CACHE";

    fn expires_at(&self) -> Option<i64> {
        Some(self.0.expires_at().epoch())
    }
}

/// A document with the version of its row.
#[derive(Debug)]
pub struct Loaded(Row<Cached>);

impl AsRef<StoredDocument> for Loaded {
    fn as_ref(&self) -> &StoredDocument {
        &self.0.0
    }
}

impl Storage for Documents {
    type Row = Loaded;

    async fn load(&self, id: &str, now: Time) -> Option<Loaded> {
        let Ok(Ok(row)) = timeout(LIMIT, self.0.get::<Cached>(id, now)).await else {
            tracing::warn!(document = id, "the table does not tell what it holds");
            return None;
        };
        row.map(Loaded)
    }

    /// Losing to another process is as good, and failing costs a fetch.
    async fn save(&self, id: &str, new: StoredDocument, old: Option<Loaded>, now: Time) {
        let new = Cached(new);
        let write = async {
            match old {
                Some(old) => self.0.replace(id, &old.0, &new, now).await,
                None => self.0.create(id, &new, now).await,
            }
        };
        if !matches!(timeout(LIMIT, write).await, Ok(Ok(_))) {
            tracing::warn!(document = id, "the table does not take the document");
        }
    }
}
