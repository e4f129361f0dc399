//! What each operation on people does with the table.

use setting::{
    Action::{BatchGet, Check, Delete, Get, List, ListOwned, Put, Update},
    Permission, Permissions,
};
use store::Record;

use crate::{
    User,
    email::Email,
    factors::FactorRow,
    identity::Known,
    link::Used,
    lists::{HasRole, Named},
    manage,
    passkey::{Passkey, Passkeys},
    password::Password,
    person,
    purchase::Order,
};

/// The owner of the lists that are read by key ([`store::Owner::List`]).
const LISTS: &str = "LIST";

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
    Permission::on(User::KIND, &[Get, Put, Update]),
    Permission::on(Email::KIND, &[Get, Put, Update, Delete]),
    Permission::on(Named::KIND, &[Put, Delete]),
    Permission::on(HasRole::KIND, &[Put]),
    Permission::on(Password::KIND, &[Delete]),
]);

/// What finding people to look after does: [`manage::find`], [`manage::find_by_address`].
pub const MANAGE_FIND: Permissions =
    Permissions::new(&[Permission::on(User::KIND, &[Get]), Permission::on(Email::KIND, &[Get])]);

/// What [`manage::change`] and [`manage::sign_out`] do.
pub const CHANGE: Permissions = Permissions::new(&[
    Permission::on(User::KIND, &[Get, BatchGet, Update, Check]),
    Permission::on(LISTS, &[ListOwned]),
    Permission::on(Named::KIND, &[Put, Delete]),
    Permission::on(HasRole::KIND, &[Put, Delete]),
]);

/// What [`manage::take_factors`] does.
pub const TAKE_FACTORS: Permissions = Permissions::new(&[
    Permission::on(User::KIND, &[Get, Update]),
    Permission::on(FactorRow::KIND, &[Delete]),
    Permission::on(Passkeys::KIND, &[Get, Put]),
    Permission::on(Passkey::KIND, &[Delete]),
]);

/// What [`search`](crate::search::search) does.
pub const SEARCH: Permissions = Permissions::new(&[
    Permission::on(person::LIST, &[List]),
    Permission::on(LISTS, &[ListOwned]),
    Permission::on(User::KIND, &[BatchGet]),
    Permission::on(Email::KIND, &[BatchGet]),
]);

/// What [`manage::delete`] and [`manage::finish_deletions`] do: they end whatever belongs to a person.
pub const DELETE: Permissions = Permissions::new(&[
    Permission::on(User::KIND, &[Get, BatchGet, Put, Update, Check, ListOwned]),
    Permission::on(Known::KIND, &[BatchGet, Delete]),
    Permission::on(Email::KIND, &[Get, Delete]),
    Permission::on(Named::KIND, &[Delete]),
    Permission::on(HasRole::KIND, &[Delete]),
    Permission::on(Password::KIND, &[Delete]),
    Permission::on(FactorRow::KIND, &[Delete]),
    Permission::on(LISTS, &[ListOwned]),
    Permission::on(manage::UNFINISHED, &[List]),
    Permission::on("SESSION", &[Update]),
    Permission::on("FAMILY", &[Update]),
    Permission::on("CONSENT", &[Update]),
    Permission::on(Passkey::KIND, &[Update]),
    Permission::on(Passkeys::KIND, &[Update]),
    Permission::on(Order::KIND, &[Update]),
]);

/// What [`manage::create`], [`manage::invite`], [`manage::invited`] and [`manage::uninvite`] do.
pub const CREATE: Permissions = Permissions::new(&[
    Permission::on(User::KIND, &[Get, Put]),
    Permission::on(Email::KIND, &[Get, Put, Update, Delete]),
    Permission::on(Named::KIND, &[Put]),
    Permission::on(HasRole::KIND, &[Put]),
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
    Permission::on(Password::KIND, &[Delete]),
]);
