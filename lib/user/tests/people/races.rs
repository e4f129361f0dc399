//! Many sign-ins at once (#96, P1).

use oauth::Identity;
use user::User;

use crate::{
    LATER, NOW, ann, disable,
    invariants::{check, count, owner},
    sign_in,
    support::Database,
};

/// Signs all of these in at the same time.
async fn at_once(database: &Database, identities: Vec<Identity>) -> Vec<User> {
    let running: Vec<_> = identities
        .into_iter()
        .map(|identity| {
            let table = database.table.clone();
            tokio::spawn(async move { sign_in(&table, &identity, NOW).await.unwrap() })
        })
        .collect();
    let mut users = Vec::new();
    for task in running {
        users.push(task.await.unwrap());
    }
    users
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_first_sign_ins_all_are_one_person() {
    // #96, P1
    let database = Database::start().await;
    for round in 1..=8 {
        let (subject, email) = (round.to_string(), Some(format!("ann{round}@example.com")));
        let identity = Identity { subject, email, ..ann() };
        let users = at_once(&database, vec![identity; 64]).await;
        assert!(users.iter().all(|user| user.id == users[0].id));
        assert_eq!(count(&database), (round, round, round));
        check(&database);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_providers_with_one_address_are_two_people() {
    // #96, #93, P1
    let database = Database::start().await;
    for round in 1..=8 {
        let email = Some(format!("ann{round}@example.com"));
        let of = |issuer: &str| Identity {
            issuer: issuer.to_owned(),
            subject: round.to_string(),
            email: email.clone(),
            ..ann()
        };
        let mut identities = Vec::new();
        for _ in 0..32 {
            identities.extend([of("https://one.example"), of("https://two.example")]);
        }
        let users = at_once(&database, identities).await;
        let mut ids: Vec<_> = users.iter().map(|user| user.id.clone()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 2);
        assert_eq!(count(&database), (2 * round, 2 * round, round));
        assert!(ids.contains(&owner(&database, &format!("ann{round}@example.com")).unwrap()));
        check(&database);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_address_happens_once() {
    // #96
    let database = Database::start().await;
    sign_in(&database.table, &ann(), NOW).await.unwrap();
    let moved = Identity { email: Some("ann@new.example".to_owned()), ..ann() };
    let users = at_once(&database, vec![moved; 32]).await;
    assert!(users.iter().all(|user| user.email.as_deref() == Some("ann@new.example")));
    assert_eq!(count(&database), (1, 1, 1));
    check(&database);
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_who_is_disabled_meanwhile_stays_disabled() {
    // #35: no write of a sign-in brings them back.
    let database = Database::start().await;
    let id = sign_in(&database.table, &ann(), NOW).await.unwrap().id;
    let running: Vec<_> = (0..32)
        .map(|n| {
            let (table, email) = (database.table.clone(), Some(format!("ann{n}@example.com")));
            tokio::spawn(async move { sign_in(&table, &Identity { email, ..ann() }, LATER).await.is_ok() })
        })
        .collect();
    disable(&database.table, &id).await;
    for task in running {
        task.await.unwrap();
    }
    assert!(user::active(&database.table, &id, LATER).await.unwrap().is_none());
    assert!(sign_in(&database.table, &ann(), LATER).await.is_err());
    check(&database);
}
