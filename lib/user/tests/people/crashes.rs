//! A sign-in that dies at any point leaves nothing half made (#99, P5), and one whose answers get lost is made once (#98, P4).

use std::{error::Error as _, io};

use oauth::Identity;
use store::Table;
use user::{Error, User};

use crate::{
    LATER, NOW, ann,
    invariants::{check, count},
    rights, sign_in,
    support::{Database, Fault},
};

/// Signs in with every call from the nth on cut, the nth itself after (`served`) or before it did its work, and then again
/// undisturbed. The invariants hold at each point.
async fn dies_at(
    prepare: impl AsyncFn(&Table),
    identity: &Identity,
    n: usize,
    served: bool,
) -> (bool, User, Database) {
    let database = Database::start().await;
    prepare(&database.table).await;
    let (proxy, table) = database.proxy().await;
    proxy.plan(move |call, _| match call.cmp(&n) {
        std::cmp::Ordering::Less => Fault::None,
        std::cmp::Ordering::Equal if served => Fault::LostAnswer,
        _ => Fault::Cut,
    });
    let died = match sign_in(&table, identity, LATER).await {
        Ok(_) => false,
        Err(error) => {
            let Error::Table(store::Error::Unavailable(_)) = error else { panic!("{error:?}") };
            true
        }
    };
    check(&database);
    proxy.plan(|_, _| Fault::None);
    let user = sign_in(&table, identity, LATER).await.unwrap();
    check(&database);
    (died, user, database)
}

/// Every point at which a sign-in can die, until there is none left.
async fn dies_everywhere(
    prepare: impl AsyncFn(&Table),
    identity: &Identity,
    expected: impl Fn(&User, &Database),
) {
    for served in [false, true] {
        let mut n = 0;
        loop {
            let (died, user, database) = dies_at(&prepare, identity, n, served).await;
            expected(&user, &database);
            if !died {
                break;
            }
            n += 1;
        }
        assert!(n >= 2, "there were calls to die at");
    }
}

#[tokio::test]
async fn a_first_sign_in() {
    // #99, P5
    dies_everywhere(
        async |_: &Table| (),
        &ann(),
        |user, database| {
            assert_eq!(user.roles, ["member"]);
            assert_eq!(count(database), (1, 1, 1));
        },
    )
    .await;
}

#[tokio::test]
async fn a_first_sign_in_by_invitation() {
    // #99, P5
    let invite = async |table: &Table| {
        let roles = ["editor".to_owned()];
        assert!(user::invite(table, &rights(), "ann@example.com", &roles, NOW).await.unwrap());
    };
    dies_everywhere(invite, &ann(), |user, database| {
        assert_eq!(user.roles, ["editor", "member"]);
        assert_eq!(count(database), (1, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_change_of_address() {
    // #99, P5
    let before = async |table: &Table| drop(sign_in(table, &ann(), NOW).await.unwrap());
    let moved = Identity { email: Some("boss@example.com".to_owned()), ..ann() };
    dies_everywhere(before, &moved, |user, database| {
        assert_eq!(user.roles, ["admin", "member"]);
        assert_eq!(user.email.as_deref(), Some("boss@example.com"));
        assert_eq!(count(database), (1, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn every_single_answer_may_be_lost() {
    // #98, P4: the repetition knows its own work.
    for identity in [ann(), Identity { email: Some("boss@example.com".to_owned()), ..ann() }] {
        for n in 0..6 {
            let database = Database::start().await;
            let (proxy, table) = database.proxy().await;
            proxy.plan(move |call, _| if call == n { Fault::LostAnswer } else { Fault::None });
            let first = sign_in(&table, &ann(), NOW).await.unwrap();
            proxy.plan(move |call, _| if call == n { Fault::LostAnswer } else { Fault::None });
            let again = sign_in(&table, &identity, LATER).await.unwrap();
            assert_eq!(again.id, first.id);
            assert_eq!(count(&database), (1, 1, 1));
            check(&database);
        }
    }
}

#[tokio::test]
async fn an_unavailable_table_differs_from_a_fault() {
    // #99: 503, not 500.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    proxy.plan(|_, call| {
        let conflict = r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","message":"x","CancellationReasons":[{"Code":"TransactionConflict"}]}"#;
        if call.operation == "TransactWriteItems" { Fault::Answer(400, conflict.to_owned()) } else { Fault::None }
    });
    let error = sign_in(&table, &ann(), NOW).await.unwrap_err();
    let cause = error.source().and_then(|error| error.source()).unwrap();
    assert!(cause.is::<io::Error>(), "{error:?}");
    assert_eq!(count(&database), (0, 0, 0));
}
