//! The one row of the rights.

use oauth::Time;
use setting::{
    Action::{BatchGet, Get},
    Permission, Permissions,
};
use store::{Record, Table};

use super::Rights;
use crate::Error;

/// There is one.
pub(crate) const CURRENT: &str = "current";

impl Record for Rights {
    const KIND: &'static str = "RIGHTS";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

/// What [`read`] and [`Held::current`](super::Held::current) do with the table.
pub const READ: Permissions = Permissions::new(&[Permission::on(Rights::KIND, &[Get])]);

/// What reading them along with other rows does with the table: [`Held::along`](super::Held::along).
pub const READ_ALONG: Permissions = Permissions::new(&[Permission::on(Rights::KIND, &[BatchGet])]);

/// The rights in the table; nothing while only the settings say them.
///
/// One GetItem: a read unit for each 4 KB.
pub async fn read(table: &Table, now: Time) -> Result<Option<Rights>, Error> {
    Ok(table.get::<Rights>(CURRENT, now).await?.map(store::Row::into_inner))
}
