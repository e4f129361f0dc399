//! Clients, the apps and services to which tokens are issued (RFC 6749 §2), and the APIs that tokens are for (RFC 8707): their
//! rows, how an operator registers them, and how a client proves who it is.
//!
//! Clients of our own sign-in have no row. Whatever a row says that is not `active`, and a row that cannot be read, shuts its
//! client out (#35, #78).

mod api;
mod assertion;
mod authenticator;
mod check;
mod exchange;
mod id;
mod invalid;
mod keys;
mod logout_uri;
pub mod manage;
mod misfit;
mod new;
mod new_api;
mod presented;
mod row;
mod status;
mod workload;

pub use api::{Api, ApiScope, audience_key, same_audience, usable_api};
pub use assertion::{Spent, spend_assertion};
pub use authenticator::Authenticator;
pub use exchange::Exchange;
pub use id::is_client_id;
pub use invalid::{Invalid, Listed, LogoutFlaw};
pub use manage::{
    add, add_api, apis, check_apis, disable, disable_api, enable, enable_api, get, list, put, put_api,
    remove, remove_api, rotate_secret,
};
pub use misfit::Misfit;
pub use new::NewClient;
pub use new_api::NewApi;
pub use presented::{ClientForm, Endpoint, Presented, Verified};
pub use row::{Client, Kind, StoredSecret, find, usable};
pub use status::Status;
pub use workload::{Workload, WorkloadFlaw};

use setting::{Action, Permission, Permissions};
use store::Record;

/// What [`find`] does with the table.
pub const FIND: Permissions = Permissions::new(&[Permission::on(Client::KIND, &[Action::Get])]);
/// What reading a client's row together with other rows does with the table.
pub const READ: Permissions = Permissions::new(&[Permission::on(Client::KIND, &[Action::BatchGet])]);
/// What listing clients and APIs does with the table: [`list`], [`apis`].
pub const LIST: Permissions = Permissions::new(&[
    Permission::on(Client::KIND, &[Action::Get]),
    Permission::on(Api::KIND, &[Action::Get]),
    Permission::on(row::LIST, &[Action::List]),
    Permission::on(api::LIST, &[Action::List]),
]);
/// What [`add`] and [`add_api`] do with the table; the latter also [`LIST`].
pub const ADD: Permissions = Permissions::new(&[
    Permission::on(Client::KIND, &[Action::Put]),
    Permission::on(Api::KIND, &[Action::Put]),
]);
/// What [`disable_api`] and [`enable_api`] do with the table.
pub const CHANGE_API: Permissions =
    Permissions::new(&[Permission::on(Api::KIND, &[Action::Get, Action::Update])]);
/// What [`rotate_secret`], [`disable`] and [`enable`] do with the table.
pub const CHANGE: Permissions =
    Permissions::new(&[Permission::on(Client::KIND, &[Action::Get, Action::Update])]);
/// What reading an API's row together with other rows does with the table.
pub const READ_API: Permissions = Permissions::new(&[Permission::on(Api::KIND, &[Action::BatchGet])]);
/// What an [`Authenticator`] does with the table, where it fetches keys. The kind is written out, because its crate links an HTTP client.
pub const FETCH_KEYS: Permissions = Permissions::new(&[Permission::on("CACHE", &[Action::Get, Action::Put])])
    .only_with(&setting::FOREIGN_TOKENS);
/// What is needed to see whether a token was exchanged before.
pub const READ_SPENT: Permissions =
    Permissions::new(&[Permission::on(Spent::KIND, &[Action::BatchGet])]).only_with(&setting::FOREIGN_TOKENS);
/// What [`spend_assertion`] does with the table.
pub const SPEND: Permissions = Permissions::new(&[Permission::on(Spent::KIND, &[Action::Put])]);

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client did not prove who it is.
    #[error("refused")]
    Refused(#[from] oauth::Error),
    /// What should be registered cannot be.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no client with this id, or no API with this audience.
    #[error("there is no {0:?}: latchkey client list shows what there is")]
    Unknown(String),
    /// Somebody was faster.
    #[error("{0} was changed at the same moment: try again")]
    Busy(String),
    /// The client proves in another way who it is.
    #[error("the client {0} has no secret")]
    NoSecret(String),
    /// The table failed.
    #[error("the clients cannot be reached")]
    Store(#[from] store::Error),
}

impl From<Misfit> for Error {
    fn from(why: Misfit) -> Self {
        Self::Invalid(why.into())
    }
}
