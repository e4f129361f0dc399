//! An act that dies at any point is made whole or not at all, and repeated it is made once (#99, P5); many at once (P1).

use store::Table;
use user::{
    Status, User,
    manage::{self, Change, Error, NO_TRAIL, NOBODY_TOLD},
};

use crate::{
    LATER, NOW, ann,
    invariants::{check, check_lists},
    managing::{admin, change, note, noted, person},
    names, rights, sign_in,
    support::{Database, Fault},
};

/// Does `act` with every call from the nth on cut, the nth itself after or before it did its work, for each n, and then again
/// undisturbed. The invariants hold at each point.
async fn dies_everywhere(
    act: impl AsyncFn(&Table, &User) -> Result<(), Error>,
    expected: impl AsyncFn(&Table, &User),
) {
    for served in [false, true] {
        for n in 0.. {
            let database = Database::start().await;
            admin(&database.table, "bob").await;
            let ann = admin(&database.table, "ann").await;
            let (proxy, table) = database.proxy().await;
            proxy.plan(move |call, _| match call.cmp(&n) {
                std::cmp::Ordering::Less => Fault::None,
                std::cmp::Ordering::Equal if served => Fault::LostAnswer,
                _ => Fault::Cut,
            });
            let died = match act(&table, &ann).await {
                Ok(()) => false,
                Err(Error::Table(store::Error::Unavailable(_))) => true,
                Err(other) => panic!("{other:?}"),
            };
            check_lists(&database);
            proxy.plan(|_, _| Fault::None);
            match act(&table, &ann).await {
                // A deletion that was made is over.
                Ok(()) | Err(Error::NoSuchPerson | Error::AddressTaken) => {}
                Err(other) => panic!("{other:?}"),
            }
            expected(&database.table, &ann).await;
            check_lists(&database);
            if !died {
                assert!(n >= 1, "there were calls to die at");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_disabling() {
    // #99, P5
    dies_everywhere(
        async |table: &Table, ann: &User| {
            manage::change(table, &rights(), &ann.id, None, &Change::disable(), &note, LATER).await.map(drop)
        },
        async |table: &Table, ann: &User| {
            let now = user::find(table, &ann.id, LATER).await.unwrap().unwrap();
            assert_eq!((now.status, now.epoch), (Status::Disabled, 1), "once");
            assert!(noted(table, &ann.id).await);
        },
    )
    .await;
}

#[tokio::test]
async fn a_change_of_roles() {
    // #99, P5
    dies_everywhere(
        async |table: &Table, ann: &User| {
            let wanted = Change::roles(&names(&["editor"]));
            manage::change(table, &rights(), &ann.id, None, &wanted, &note, LATER).await.map(drop)
        },
        async |table: &Table, ann: &User| {
            let now = user::find(table, &ann.id, LATER).await.unwrap().unwrap();
            assert_eq!((&now.roles, now.revision()), (&names(&["editor"]), 2), "once");
            assert!(noted(table, &ann.id).await);
        },
    )
    .await;
}

#[tokio::test]
async fn a_deletion() {
    // #99, P5
    dies_everywhere(
        async |table: &Table, ann: &User| {
            manage::delete(table, &ann.id, None, &note, NOBODY_TOLD, LATER).await
        },
        async |table: &Table, ann: &User| {
            assert!(user::find(table, &ann.id, LATER).await.unwrap().is_none());
            assert!(noted(table, &ann.id).await);
            assert_eq!(
                manage::finish_deletions(table, NOBODY_TOLD, LATER).await.unwrap(),
                0,
                "nothing is left to do"
            );
        },
    )
    .await;
}

#[tokio::test]
async fn an_invitation() {
    // #99, P5
    dies_everywhere(
        async |table: &Table, _: &User| {
            manage::invite(table, &rights(), "new@example.com", &names(&["editor"]), &note, LATER).await
        },
        async |table: &Table, _: &User| {
            assert!(noted(table, "invitation").await);
            let mail = Some("new@example.com".to_owned());
            let new = oauth::Identity { subject: "new".into(), email: mail, ..ann() };
            assert_eq!(sign_in(table, &new, LATER).await.unwrap().roles, ["editor", "member"]);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_administrators_32_demotions_leave_one() {
    // P1
    for _ in 0..4 {
        let database = Database::start().await;
        let two = [admin(&database.table, "ann").await.id, admin(&database.table, "bob").await.id];
        let running: Vec<_> = (0..32)
            .map(|n| {
                let (table, id) = (database.table.clone(), two[n % 2].clone());
                tokio::spawn(async move { change(&table, &id, &Change::roles(&names(&["member"]))).await })
            })
            .collect();
        let mut refused = 0;
        for task in running {
            match task.await.unwrap() {
                Ok(_) => {}
                Err(Error::LastAdmin) => refused += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(refused, 16, "all that were about the one who stays");
        let mut left = 0;
        for id in &two {
            let user = user::find(&database.table, id, LATER).await.unwrap().unwrap();
            left += usize::from(user.roles.contains(&"admin".to_owned()));
        }
        assert_eq!(left, 1);
        check_lists(&database);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn disabling_and_a_change_of_roles_both_happen() {
    // P1: neither undoes the other.
    for _ in 0..8 {
        let database = Database::start().await;
        let user = person(&database.table, "ann").await;
        let act = |wanted: Change| {
            let (table, id) = (database.table.clone(), user.id.clone());
            tokio::spawn(async move { change(&table, &id, &wanted).await.unwrap() })
        };
        let both = [act(Change::disable()), act(Change::roles(&names(&["editor"])))];
        for task in both {
            task.await.unwrap();
        }
        let now = user::find(&database.table, &user.id, LATER).await.unwrap().unwrap();
        assert_eq!(
            (now.status, now.epoch, now.roles, now.revision),
            (Status::Disabled, 1, names(&["editor"]), Some(2))
        );
        check_lists(&database);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_and_a_first_sign_in_are_one_or_the_other() {
    // P1: the invited is never somebody with two rows, and an invitation that was too late says so.
    for _ in 0..8 {
        let database = Database::start().await;
        let table = database.table.clone();
        let inviting = tokio::spawn(async move {
            manage::invite(&table, &rights(), "ann@example.com", &names(&["editor"]), NO_TRAIL, NOW).await
        });
        let user = sign_in(&database.table, &ann(), NOW).await.unwrap();
        match inviting.await.unwrap() {
            Ok(()) => assert_eq!(user.roles, ["editor", "member"]),
            Err(Error::AddressTaken) => assert_eq!(user.roles, ["member"]),
            Err(other) => panic!("{other:?}"),
        }
        check(&database);
        check_lists(&database);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_and_sign_ins_leave_one_person_or_none() {
    // P1, #93
    for _ in 0..8 {
        let database = Database::start().await;
        let user = sign_in(&database.table, &ann(), NOW).await.unwrap();
        let (table, id) = (database.table.clone(), user.id.clone());
        let deleting =
            tokio::spawn(
                async move { manage::delete(&table, &id, None, NO_TRAIL, NOBODY_TOLD, LATER).await },
            );
        let signing_in: Vec<_> = (0..8)
            .map(|_| {
                let table = database.table.clone();
                tokio::spawn(async move { sign_in(&table, &ann(), LATER).await.unwrap().id })
            })
            .collect();
        for task in signing_in {
            task.await.unwrap();
        }
        deleting.await.unwrap().unwrap();
        let after = sign_in(&database.table, &ann(), LATER).await.unwrap();
        assert_ne!(after.id, user.id);
        check_lists(&database);
    }
}
