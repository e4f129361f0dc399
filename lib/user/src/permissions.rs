//! What each operation on people does with the table.

use setting::{
    Action::{BatchGet, Delete, Get, List, Put, Update},
    Permission, Permissions,
};
use store::Record;

use crate::{User, email::Email, identity::Known, link::Used, person};

/// What reading a person together with other rows does with the table.
pub const READ: Permissions = Permissions::new(&[Permission::on(User::KIND, &[BatchGet])]);

/// What [`active`](crate::active) and [`find`](crate::find) do.
pub const FIND: Permissions = Permissions::new(&[Permission::on(User::KIND, &[Get])]);

/// What [`end_everywhere`](crate::end_everywhere) and [`disable`](crate::disable) do.
pub const END_EVERYWHERE: Permissions = Permissions::new(&[Permission::on(User::KIND, &[Update])]);

/// What [`list`](crate::list) does.
pub const LIST: Permissions = Permissions::new(&[Permission::on(person::LIST, &[List])]);

/// What [`sign_in`](crate::sign_in) does.
pub const SIGN_IN: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[Get, Put, Update]),
    Permission::on(User::KIND, &[Put, Update]),
    Permission::on(Email::KIND, &[Get, Put, Update, Delete]),
]);

/// What [`identities_of`](crate::identities_of) does.
pub const IDENTITIES: Permissions = Permissions::new(&[Permission::on(Known::KIND, &[BatchGet])]);

/// What [`is_link_used`](crate::is_link_used) does.
pub const IS_LINK_USED: Permissions = Permissions::new(&[Permission::on(Used::KIND, &[Get])]);

/// What [`link`](crate::link) does.
pub const LINK: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[Get, Put, Update]),
    Permission::on(User::KIND, &[Get, Update]),
    Permission::on(Used::KIND, &[Put]),
]);

/// What [`unlink`](crate::unlink) does.
pub const UNLINK: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[BatchGet, Delete, Update]),
    Permission::on(User::KIND, &[Get, Update]),
]);
