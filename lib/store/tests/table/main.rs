//! The table against an embedded DynamoDB.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod ambiguous;
mod counting;
mod engine;
mod expiry;
mod failures;
mod kept;
mod listing;
mod once;
mod owned;
mod requests;
mod rows;
#[path = "../support/mod.rs"]
mod support;

use serde::{Deserialize, Serialize};
use store::{Batch, Error, Found, Member, Record, Table, member};

/// The moment at which most tests take place.
const NOW: i64 = 1_700_000_000;

/// Three rows of three kinds, in one request.
async fn get_three<A: Record, B: Record, C: Record>(
    table: &Table,
    (a, b, c): (Option<&str>, Option<&str>, Option<&str>),
    now: i64,
) -> Result<(Found<A>, Found<B>, Found<C>), Error> {
    let mut rows = table.get_batch(Batch::new().and::<A>(a).and::<B>(b).and::<C>(c), now).await?;
    Ok((rows.take(a), rows.take(b), rows.take(c)))
}

/// A row that may end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ticket {
    owner: String,
    note: Option<String>,
    #[serde(default)]
    uses: u64,
    ends_at: Option<i64>,
}

impl Ticket {
    const OWNER: Member<Self, String> = member!(Self, owner);
    const NOTE: Member<Self, Option<String>> = member!(Self, note);
    const USES: Member<Self, u64> = member!(Self, uses);
}

impl Record for Ticket {
    const KIND: &'static str = "TICKET";

    fn expires_at(&self) -> Option<i64> {
        self.ends_at
    }
}

fn ticket(owner: &str) -> Ticket {
    Ticket { owner: owner.to_owned(), note: None, uses: 0, ends_at: Some(NOW + 60) }
}

/// A row that is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Person {
    id: String,
    name: String,
    hidden: String,
}

impl Person {
    const NAME: Member<Self, String> = member!(Self, name);
}

impl Record for Person {
    const KIND: &'static str = "USER";
    const LIST: Option<&'static str> = Some("USERS");

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

fn person(id: &str) -> Person {
    Person { id: id.to_owned(), name: format!("Name of {id}"), hidden: "not in the list".to_owned() }
}

/// A person's row as somebody wrote it who took a name for a number: nobody else can read it.
#[derive(Debug, Serialize, Deserialize)]
struct Numbered {
    name: u64,
}

impl Numbered {
    const NAME: Member<Self, u64> = member!(Self, name);
}

impl Record for Numbered {
    const KIND: &'static str = "USER";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

/// A row that says nothing and does not end.
#[derive(Debug, Serialize, Deserialize)]
struct Badge {}

impl Record for Badge {
    const KIND: &'static str = "BADGE";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}
