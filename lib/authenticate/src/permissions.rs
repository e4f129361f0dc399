//! What each step of a login does with the table.

use fetch::Cached;
use setting::{
    Action::{Get, Put, Update},
    Permission, Permissions,
};
use store::Record;

use crate::{Claim, Login, Provider};

impl Provider {
    /// What [`Provider::start`] does: it reads what is known of the provider.
    pub const START: Permissions = Permissions::new(&[Permission::on(Cached::KIND, &[Get])]);

    /// What [`Provider::finish`] does: it keeps what it fetches.
    pub const FINISH: Permissions = Permissions::new(&[Permission::on(Cached::KIND, &[Get, Put])]);
}

impl Login {
    /// What claiming a login does, noting what became of it, and reading that.
    pub const CLAIM: Permissions = Permissions::new(&[Permission::on(Claim::KIND, &[Get, Put, Update])]);
}
