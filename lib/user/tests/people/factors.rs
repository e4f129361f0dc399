//! Taking away what somebody shows beside a way in, and counting who is asked for it.

use std::time::Duration;

use oauth::{Digest, Identity};
use store::{Change, Table};
use user::{
    Factors, User,
    manage::{self, Asked, Error, NO_TRAIL},
    passkey::{self, Added, NewPasskey, Seen},
};

use crate::{LATER, NOW, ann, sign_in, support::Database};

async fn add(table: &Table, user: &User, id: &Digest) -> Added {
    let new = NewPasskey { id, name: "a key", is_backed_up: false, counter: 0, credential: "{}" };
    passkey::add(table, user, &new, &[], NOW).await.unwrap()
}

/// An app of theirs makes codes from now on.
async fn have_an_app(table: &Table, id: &str) {
    let factors = Factors { totp: true, passkeys: 0 };
    table.update::<User>(id, Change::new().set(User::FACTORS, &factors), NOW).await.unwrap();
}

async fn read(table: &Table, id: &str) -> User {
    user::find(table, id, NOW).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_is_taken_away_is_gone_with_what_it_proved_and_everything_of_its_person_ends() {
    // #34
    let database = Database::start().await;
    let table = &database.table;
    let person = sign_in(table, &ann(), NOW).await.unwrap();
    let (id, keys) = (&person.id, [Digest::of(b"one"), Digest::of(b"two")]);
    let take = async |revision| manage::take_factors(table, id, revision, NO_TRAIL, LATER).await;
    assert!(matches!(take(None).await, Err(Error::NoFactors)));
    have_an_app(table, id).await;
    for key in &keys {
        assert_eq!(add(table, &read(table, id).await, key).await, Added::Done);
    }
    let found = passkey::find(table, &keys[0], id, LATER).await.unwrap().unwrap();
    passkey::enter(table, &found, Seen { counter: 0, is_backed_up: false }, LATER).await.unwrap().unwrap();
    let before = read(table, id).await;
    assert!(before.proofs.contains_key(passkey::key(id).as_str()));

    assert!(matches!(take(Some(before.revision() + 1)).await, Err(Error::Changed)));
    assert_eq!(read(table, id).await, before);
    assert_eq!(take(Some(before.revision())).await.unwrap(), Factors { totp: true, passkeys: 2 });
    let after = read(table, id).await;
    assert_eq!((after.factors, after.epoch), (Factors::default(), before.epoch + 1));
    assert_eq!(after.revision(), before.revision() + 1);
    assert!(!after.proofs.contains_key(passkey::key(id).as_str()));
    assert_eq!(after.proofs.len(), before.proofs.len() - 1);
    assert!(passkey::of(table, id, LATER).await.unwrap().is_empty());
    assert!(passkey::find(table, &keys[0], id, LATER).await.unwrap().is_none());
    assert!(matches!(take(None).await, Err(Error::NoFactors)));
    let nobody = manage::take_factors(table, "nobody", None, NO_TRAIL, LATER).await;
    assert!(matches!(nobody, Err(Error::NoSuchPerson)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_passkey_that_is_added_while_they_are_taken_away_does_not_stay() {
    let database = Database::start().await;
    let table = &database.table;
    let id = &sign_in(table, &ann(), NOW).await.unwrap().id;
    for round in 0..20 {
        have_an_app(table, id).await;
        let (person, key) = (read(table, id).await, Digest::of(format!("key {round}").as_bytes()));
        let (added, taken) =
            tokio::join!(add(table, &person, &key), manage::take_factors(table, id, None, NO_TRAIL, NOW));
        taken.unwrap();
        assert!([Added::Done, Added::SignedOut].contains(&added), "{added:?}");
        assert!(passkey::of(table, id, NOW).await.unwrap().is_empty(), "{added:?}");
        assert_eq!(read(table, id).await.factors, Factors::default(), "{added:?}");
    }
}

#[tokio::test]
async fn so_many_are_looked_at_as_is_said() {
    let database = Database::start().await;
    let table = &database.table;
    for number in 0..120_u64 {
        let subject = format!("subject {number}");
        let identity = Identity { subject, email: None, ..ann() };
        let person = sign_in(table, &identity, NOW.after(Duration::from_secs(number))).await.unwrap();
        if number % 40 == 0 {
            have_an_app(table, &person.id).await;
        }
    }
    let asked = async |most| {
        manage::asked_for_factors(table, most, NOW.after(Duration::from_secs(120))).await.unwrap()
    };
    assert_eq!(asked(1000).await, Asked { people: 3, seen: 120, is_all: true });
    // The newest hundred.
    assert_eq!(asked(50).await, Asked { people: 2, seen: 100, is_all: false });
}
