//! People: who they are, how they are recognised when they sign in, and what they may do.
//!
//! - A person is recognised by (issuer, subject) and by nothing else; the e-mail is an attribute (#21). Two providers that
//!   assert the same address are two people here, whatever either says about it (#93).
//! - More than one identity can lead to a person, who linked them ([`link`]) and can unlink them ([`unlink`]) (#26, #95).
//! - Every row of a person begins or changes in one transaction, so that a crash leaves no orphan (#96, #99).
//! - Roles are bags of scopes ([`Rights`]). They are ours: a provider gives one only where a rule of ours says so.
//! - Anyone who is disabled is refused at sign-in and is nobody to [`active`] (#35).
//!
//! An address has a row of its own only while it is proven, so there is no unverified account that its true owner could
//! inherit together with somebody else's way in (#94).

mod address;
pub mod bulk;
pub mod by_mail;
mod clean_identity;
mod email;
pub mod entitlement;
mod epoch;
mod error;
mod factors;
mod id;
mod identity;
pub mod index;
mod link;
mod lists;
pub mod manage;
mod news;
pub mod passkey;
pub mod password;
mod permissions;
mod person;
pub mod purchase;
pub mod rights;
pub mod search;
pub mod settings;
mod sign_in;
mod together;
mod ways_in;

pub use email::{holder_of, invite};
pub use entitlement::{Entitlement, Granted};
pub use epoch::{disable, end_everywhere};
pub use error::Error;
pub use factors::Factors;
pub use link::{
    Gone, LinkProof, LinkedIdentity, MOST_IDENTITIES, Unlinked, identities_of, is_link_used, link, unlink,
};
pub use news::{News, Noted};
pub use permissions::{
    CHANGE, CREATE, DELETE, END_EVERYWHERE, FIND, IDENTITIES, IS_LINK_USED, LINK, LIST, MANAGE_FIND, READ,
    SEARCH, SIGN_IN, TAKE_FACTORS, UNLINK,
};
pub use person::{Entry, Profile, ProviderClaims, Status, User, active, active_in, find, list};
pub use rights::{Facts, Rights, RightsError};
pub use sign_in::{sign_in, sign_in_noting};
pub use ways_in::WaysIn;
