//! People against an embedded DynamoDB.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod addresses;
mod bulk;
mod crashes;
mod deleting;
mod factors;
mod invariants;
mod links;
mod mailed;
mod manage_crashes;
mod managing;
mod newcomers;
mod passkeys;
mod passwords;
mod passwords_added;
mod races;
mod reading;
mod returning;
mod rights_row;
mod searching;
#[path = "../../../store/tests/support/mod.rs"]
mod support;
mod ways_in;

use oauth::{Identity, Time};
use store::{Change, Table};
use user::{Error, Rights, Status, User};

/// The moment at which most tests begin.
const NOW: Time = Time::from_epoch(1_700_000_000);
/// A day later.
const LATER: Time = Time::from_epoch(1_700_086_400);

/// An identity of Ann's at the provider everybody uses.
fn ann() -> Identity {
    Identity {
        provider: "test".to_owned(),
        issuer: "https://idp.example".to_owned(),
        subject: "ann".to_owned(),
        name: Some("Ann Lee".to_owned()),
        unsigned_name: None,
        email: Some("Ann@example.com".to_owned()),
        email_verified: true,
        picture: Some("https://idp.example/ann.png".to_owned()),
        claims: None,
        email_authoritative: true,
        hd: None,
        upstream: Default::default(),
        groups_unknown: false,
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn rights() -> Rights {
    let roles = "admin=users:read users:write get:profile; member=get:profile; editor=pages:write";
    Rights::parse(roles, "boss@example.com", "member").unwrap()
}

async fn sign_in(table: &Table, identity: &Identity, now: Time) -> Result<User, Error> {
    user::sign_in(table, &rights(), identity, now).await
}

async fn disable(table: &Table, id: &str) {
    table.update::<User>(id, Change::new().set(User::STATUS, &Status::Disabled), NOW).await.unwrap();
}
