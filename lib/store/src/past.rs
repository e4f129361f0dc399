//! Rows that are kept beyond their end: read by those who list what there was, and by nobody else.

use crate::{
    Error, Record, Row, Table,
    record::{ended_at, is_kept, key, untake},
};

/// The most rows that DynamoDB reads in one request.
const AT_ONCE: usize = 100;

/// A row that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past<R> {
    /// What is in it.
    pub record: R,
    /// When it ended, in epoch seconds; none while it lives.
    pub ended_at: Option<i64>,
}

impl Table {
    /// The rows with these ids, living or ended, that are still kept. One that cannot be read is left out.
    ///
    /// One BatchGetItem for each hundred: a read unit for each 4 KB of each row.
    pub async fn past<R: Record>(&self, ids: &[String], now: impl Into<i64>) -> Result<Vec<Past<R>>, Error> {
        let now = now.into();
        let mut found = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            let keys = some.iter().filter_map(|id| key::<R>(id)).collect();
            for mut item in self.get_items(keys).await? {
                let ended_at = ended_at(&item, now);
                if !is_kept(&item, now) {
                    continue;
                }
                untake::<R>(&mut item);
                found.extend(
                    Row::read(item).ok().map(|row: Row<R>| Past { record: row.into_inner(), ended_at }),
                );
            }
        }
        Ok(found)
    }
}
