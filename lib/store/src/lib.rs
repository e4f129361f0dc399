//! The table, and the only crate that names DynamoDB: rows with a kind, a key and an expiry, read consistently and written
//! on conditions. It imports none of our other crates.
//!
//! - Once-only is one atomic write: [`Table::create`] (if absent) and [`Table::take`] (if still there).
//! - Every read by key is strongly consistent and every write carries a condition (#97). [`Table::list`],
//!   [`Table::list_of`] and [`Table::sweep`] alone read an index, which lags behind: nothing is decided from it.
//! - A row that has expired is absent in every read and every condition; that DynamoDB deletes it some day later is
//!   housekeeping (#100).
//! - How often something may happen is counted by [`Table::count`], exactly, in rows that are windows of time.
//! - Every write leaves a fresh `version`, its attempt id, in the row. When the answer to a write is lost and the repeated
//!   request meets a row with that very version, the write was ours and has succeeded (#98).
//! - What a condition compares is named by [`member!`]: a field of the record, with its type.
//! - Throttles, conflicts, timeouts and 5xx are repeated with jitter inside a deadline of five seconds, then reported as
//!   [`Error::Unavailable`] (#99).

mod attempt;
mod batch;
mod change;
mod connection;
mod error;
mod expression;
mod limit;
mod list;
mod member;
mod newest;
mod owned;
mod past;
mod provision;
mod read;
mod record;
mod retry;
pub mod schema;
pub mod settings;
mod take;
mod transact;
mod value;
mod word;
mod write;

use std::{fmt, sync::Arc};

use aws_sdk_dynamodb::Client;
use tokio::sync::OnceCell;

pub use batch::{Batch, Found, Rows};
pub use change::Change;
pub use connection::Connection;
pub use error::Error;
pub use limit::{Counted, Limit};
pub use list::Page;
pub use member::{Condition, Member};
pub use owned::{Ids, Owner, Swept};
pub use past::Past;
pub use read::Seen;
pub use record::{Record, Row};
pub use take::Taken;
pub use transact::{Transacted, Write};
pub use word::Word;
pub use write::Updated;

/// The table. Cloning is cheap: clones share one client.
#[derive(Clone)]
pub struct Table(Arc<Inner>);

struct Inner {
    connection: Connection,
    /// When it was restored from a backup, in epoch seconds.
    restored_at: Option<i64>,
    client: OnceCell<Client>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Table").field(&self.name()).finish()
    }
}
