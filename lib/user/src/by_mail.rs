//! People who sign in by what is mailed to their address: a code or a link, and nothing else.
//!
//! The address is an identity of its own, of the issuer [`ISSUER`], so it is listed, unlinked and deleted like any other, and rules see it
//! (`provider: mail`). Whoever reads its mails is the authority over it, so what waits for the address is theirs: an invitation, an account,
//! what was bought with it (#93).
//!
//! An address leads, in this order:
//!
//! 1. to whoever signed in by it before;
//! 2. to who has it, if that is as well proven on their side: by a mail, or by a provider that is the authority over it (#93);
//! 3. to the account that waits for it;
//! 4. to somebody new. Whoever only wrote it down, or has it by the word of a provider that is no authority over it, is somebody else, and
//!    stays that (#94).

mod enter;
mod find;

use oauth::{Digest, Identity};
use setting::{
    Action::{BatchGet, Check, Delete, Get, Put, Update},
    Permission, Permissions,
};
use store::Record;

pub(crate) use self::find::has_proven;
pub use self::{
    enter::{Entered, Trails, enter},
    find::{Found, find},
};
use crate::{
    User,
    email::Email,
    identity::Known,
    lists::HasRole,
    password::{LoginName, Password},
};

/// What rules call it.
pub const PROVIDER: &str = "mail";

/// Who says who somebody is. Not that of passwords, whose name may be an address that nobody has proven.
pub const ISSUER: &str = "latchkey/mail";

/// What [`find`] does with the table.
pub const FIND: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[BatchGet]),
    Permission::on(Email::KIND, &[BatchGet]),
    Permission::on(User::KIND, &[BatchGet]),
]);

/// What [`enter`] does, beside what [`find`] does: a [`sign_in`](crate::sign_in) of an identity that says no name.
pub const ENTER: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[Get, Put, Update]),
    Permission::on(User::KIND, &[Get, Put, Update]),
    Permission::on(Email::KIND, &[Get, Put, Update, Delete, Check]),
    Permission::on(HasRole::KIND, &[Put]),
    Permission::on(Password::KIND, &[Delete]),
]);

/// The identity that an address is, which is written like this.
fn identity(address: &LoginName, written: &str) -> Identity {
    Identity {
        email: Some(written.to_owned()),
        email_verified: true,
        email_authoritative: true,
        ..Identity::bare(PROVIDER, ISSUER, address.as_str())
    }
}

/// The key of the identity that an address is.
pub fn key(address: &LoginName) -> Digest {
    Identity::bare(PROVIDER, ISSUER, address.as_str()).key()
}
