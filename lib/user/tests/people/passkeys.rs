//! How many passkeys somebody has, as their own row says it.

use oauth::Digest;
use store::{Change, Table};
use user::{
    Factors, User,
    passkey::{self, Added, NewPasskey, Seen},
};

use crate::{LATER, NOW, ann, sign_in, support::Database};

const SEEN: Seen = Seen { counter: 0, is_backed_up: false };

fn id(number: usize) -> Digest {
    Digest::of(format!("credential {number}").as_bytes())
}

async fn add(table: &Table, user: &User, number: usize) -> Added {
    let id = id(number);
    let new = NewPasskey { id: &id, name: "a key", is_backed_up: false, counter: 0, credential: "{}" };
    passkey::add(table, user, &new, &[], NOW).await.unwrap()
}

async fn remove(table: &Table, user: &User, number: usize) -> bool {
    passkey::remove(table, &user.id, id(number).as_str(), &[], NOW).await.unwrap()
}

async fn factors(table: &Table, user: &User) -> Factors {
    user::find(table, &user.id, NOW).await.unwrap().unwrap().factors
}

/// Their factors are these from now on, as if somebody else had written them.
async fn write(table: &Table, user: &User, factors: Factors) {
    table.update::<User>(&user.id, Change::new().set(User::FACTORS, &factors), NOW).await.unwrap();
}

/// Signs in with a passkey.
async fn enter(table: &Table, user: &User, number: usize) -> Option<User> {
    let found = passkey::find(table, &id(number), &user.id, LATER).await.unwrap()?;
    passkey::enter(table, &found, SEEN, LATER).await.unwrap()
}

#[tokio::test]
async fn the_row_of_a_person_says_how_many_passkeys_they_have() {
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    // With the person as they were read at first: what has changed since is read again.
    for (number, passkeys) in [(1, 1), (2, 2), (3, 3)] {
        assert_eq!(add(table, &user, number).await, Added::Done);
        assert_eq!(factors(table, &user).await, Factors { totp: false, passkeys });
    }
    assert_eq!(add(table, &user, 3).await, Added::Known);
    assert!(!remove(table, &user, 4).await);
    assert_eq!(factors(table, &user).await.passkeys, 3);
    assert!(!factors(table, &user).await.asks_for_code());
    for (number, passkeys) in [(2, 2), (1, 1), (3, 0)] {
        assert!(remove(table, &user, number).await);
        assert_eq!(factors(table, &user).await.passkeys, passkeys);
    }
    // Where there is nothing, nothing is stored.
    let rows = database.rows();
    assert!(rows.iter().all(|row| row.get("factors").is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_is_right_after_many_changes_at_once() {
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    write(table, &user, Factors { totp: true, passkeys: 0 }).await;
    for round in 0..4 {
        let run = |number: usize| {
            let (table, user) = (table.clone(), user.clone());
            tokio::spawn(async move {
                match number {
                    0 if round > 0 => assert!(remove(&table, &user, 10 * (round - 1) + 1).await),
                    _ => assert_eq!(add(&table, &user, 10 * round + number).await, Added::Done),
                }
            })
        };
        for task in (0..3).map(run).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let list = passkey::of(table, &user.id, NOW).await.unwrap();
        let passkeys = u32::try_from(list.len()).unwrap();
        assert_eq!(factors(table, &user).await, Factors { totp: true, passkeys }, "{round}");
    }
}

#[tokio::test]
async fn a_number_that_was_never_written_mends_itself() {
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    for number in 0..3 {
        add(table, &user, number).await;
    }
    let has = |passkeys| Factors { totp: true, passkeys };
    for (what, passkeys) in [("a look", 3), ("a sign-in", 3), ("one more", 4), ("one less", 3)] {
        write(table, &user, has(0)).await;
        match what {
            "a look" => {
                let user = user::find(table, &user.id, NOW).await.unwrap().unwrap();
                passkey::note_count(table, &user, NOW).await.unwrap();
            }
            "a sign-in" => assert!(enter(table, &user, 0).await.is_some()),
            "one more" => assert_eq!(add(table, &user, 3).await, Added::Done),
            _ => assert!(remove(table, &user, 1).await),
        }
        assert_eq!(factors(table, &user).await, has(passkeys), "{what}");
    }
    // Where there is a number, a sign-in and a look leave it alone.
    write(table, &user, has(7)).await;
    assert!(enter(table, &user, 0).await.is_some());
    let user = user::find(table, &user.id, NOW).await.unwrap().unwrap();
    passkey::note_count(table, &user, NOW).await.unwrap();
    assert_eq!(factors(table, &user).await, has(7));
}

#[tokio::test]
async fn who_may_not_act_any_more_gets_no_passkey() {
    // #34, #35
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    user::end_everywhere(table, &user.id, NOW).await.unwrap();
    assert_eq!(add(table, &user, 1).await, Added::SignedOut);
    let user = user::find(table, &user.id, NOW).await.unwrap().unwrap();
    user::disable(table, &user.id, NOW).await.unwrap();
    assert_eq!(add(table, &user, 1).await, Added::SignedOut);
    assert_eq!(factors(table, &user).await, Factors::default());
    assert!(passkey::of(table, &user.id, NOW).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_use_as_a_factor_is_noted_with_the_passkey_and_proves_nothing_else() {
    // #93: what somebody proves is what the way proves by which they came.
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    add(table, &user, 1).await;
    let found = passkey::find(table, &id(1), &user.id, NOW).await.unwrap().unwrap();
    let seen = Seen { counter: 7, is_backed_up: true };
    assert!(passkey::note_use(table, &found, seen, LATER).await.unwrap());
    let (_, noted) = passkey::of(table, &user.id, LATER).await.unwrap().remove(0);
    assert_eq!((noted.counter, noted.is_backed_up, noted.used_at), (7, true, Some(LATER)));
    let after = user::find(table, &user.id, LATER).await.unwrap().unwrap();
    assert_eq!((&after.proofs, after.last_login_at), (&user.proofs, user.last_login_at));
    // As it was read, it counts no more; nor does one that was removed.
    assert!(!passkey::note_use(table, &found, seen, LATER).await.unwrap());
    let found = passkey::find(table, &id(1), &user.id, LATER).await.unwrap().unwrap();
    assert!(remove(table, &user, 1).await);
    assert!(!passkey::note_use(table, &found, seen, LATER).await.unwrap());
}
