//! Taking people over from a file, and writing them into one.

use oauth::{Identity, Time};
use store::Table;
use user::{
    Rights,
    bulk::{self, Account, AccountIdentity, Hash, Imported, export},
    manage::{self, Error, NO_TRAIL, NOBODY_TOLD},
};

use crate::{
    LATER, NOW, ann,
    invariants::{check_lists, count},
    names, rights, sign_in,
    support::{Database, Fault},
};

/// Takes over one of them.
async fn import(
    table: &Table,
    rights: &Rights,
    account: &Account,
    dry_run: bool,
    now: Time,
) -> Result<Imported, Error> {
    bulk::import(table, rights, std::slice::from_ref(account), dry_run, now).await.unwrap().remove(0)
}

fn account(email: &str) -> Account {
    Account { name: Some("Ann Lee".to_owned()), email: Some(email.to_owned()), ..Account::default() }
}

fn of_ann() -> Account {
    let identity = AccountIdentity {
        provider: "test".into(),
        issuer: "https://idp.example".into(),
        subject: "ann".into(),
    };
    Account {
        identities: vec![identity],
        email_verified: true,
        roles: names(&["editor"]),
        ..account("ann@example.com")
    }
}

fn has_password(database: &Database) -> bool {
    database.rows().iter().any(|row| row["pk"]["S"].as_str().unwrap().starts_with("PASSWORD#"))
}

#[tokio::test]
async fn somebody_with_an_identity_signs_in_as_before() {
    let database = Database::start().await;
    let table = &database.table;
    assert_eq!(import(table, &rights(), &of_ann(), true, NOW).await.unwrap(), Imported::New);
    assert_eq!(count(&database), (0, 0, 0), "a dry run writes nothing");
    assert_eq!(import(table, &rights(), &of_ann(), false, NOW).await.unwrap(), Imported::New);
    assert_eq!(import(table, &rights(), &of_ann(), false, LATER).await.unwrap(), Imported::Known);
    assert_eq!(count(&database), (1, 1, 1));
    let before = manage::find_by_address(table, "ann@example.com", NOW).await.unwrap().unwrap();
    let user = sign_in(table, &ann(), LATER).await.unwrap();
    assert_eq!((&user.id, &user.roles), (&before.id, &names(&["editor"])));
    crate::invariants::check(&database);
    check_lists(&database);
}

#[tokio::test]
async fn somebody_with_an_address_alone_is_waited_for() {
    // #93
    let database = Database::start().await;
    let table = &database.table;
    for _ in 0..2 {
        import(table, &rights(), &account("ann@example.com"), false, NOW).await.unwrap();
    }
    assert_eq!(count(&database), (1, 0, 1));
    let waiting = manage::find_by_address(table, "ann@example.com", NOW).await.unwrap().unwrap();
    let unproven = Identity { email_verified: false, subject: "eve".into(), ..ann() };
    assert_ne!(sign_in(table, &unproven, LATER).await.unwrap().id, waiting.id);
    assert_eq!(sign_in(table, &ann(), LATER).await.unwrap().id, waiting.id);
    check_lists(&database);
}

#[tokio::test]
async fn a_password_that_nobody_need_have_owned_goes_when_the_owner_comes() {
    // #94
    for (verified, stays) in [(false, false), (true, true)] {
        let database = Database::start().await;
        let hash = Some(Hash("$2b$10$xyz".to_owned()));
        let given = Account { email_verified: verified, password_hash: hash, ..account("ann@example.com") };
        import(&database.table, &rights(), &given, false, NOW).await.unwrap();
        assert!(has_password(&database) && !format!("{given:?}").contains("xyz"));
        sign_in(&database.table, &ann(), LATER).await.unwrap();
        assert_eq!(has_password(&database), stays, "verified by the old system: {verified}");
    }
}

#[tokio::test]
async fn a_password_goes_with_its_person_and_is_not_written_out() {
    let database = Database::start().await;
    let table = &database.table;
    let given = Account { password_hash: Some(Hash("$2b$10$xyz".to_owned())), ..of_ann() };
    import(table, &rights(), &given, false, NOW).await.unwrap();
    let user = manage::find_by_address(table, "ann@example.com", NOW).await.unwrap().unwrap();
    let written = export(table, std::slice::from_ref(&user), NOW).await.unwrap().remove(0);
    assert_eq!(written, Account { id: Some(user.id.clone()), ..of_ann() });
    assert!(!serde_json::to_string(&given).unwrap().contains("xyz"));
    manage::delete(table, &user.id, None, NO_TRAIL, NOBODY_TOLD, LATER).await.unwrap();
    assert!(!has_password(&database));
}

#[tokio::test]
async fn who_cannot_be_stored_is_refused() {
    let database = Database::start().await;
    let many = |n: usize| {
        let subject = |n: usize| AccountIdentity { subject: n.to_string(), ..of_ann().identities.remove(0) };
        Account { identities: (0..n).map(subject).collect(), ..of_ann() }
    };
    let nobody = AccountIdentity { subject: String::new(), ..of_ann().identities.remove(0) };
    for wrong in [
        Account::default(),
        account("ann"),
        account("ann@evil@example.com"),
        Account { name: Some("a\nb".into()), ..of_ann() },
        Account { password_hash: Some(Hash("x".repeat(5000))), ..of_ann() },
        Account { identities: vec![nobody], ..of_ann() },
        Account { identities: [of_ann().identities, of_ann().identities].concat(), ..of_ann() },
        many(11),
    ] {
        let refused = import(&database.table, &rights(), &wrong, false, NOW).await;
        assert!(matches!(refused, Err(Error::Wrong(_) | Error::Unfit(_))), "{wrong:?}: {refused:?}");
    }
    let unknown = Account { roles: names(&["owner"]), ..of_ann() };
    assert!(matches!(
        import(&database.table, &rights(), &unknown, false, NOW).await,
        Err(Error::NoSuchRole(_))
    ));
    assert_eq!(count(&database), (0, 0, 0));
}

#[tokio::test]
async fn many_are_taken_over_in_few_requests_and_what_is_wrong_with_one_stops_nobody_else() {
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    proxy.plan(|_, _| Fault::None);
    import(&database.table, &rights(), &account("p7@example.com"), false, NOW).await.unwrap();
    let mut people: Vec<_> = (0..60).map(|n| account(&format!("p{n}@example.com"))).collect();
    people.insert(5, account("no address"));
    people.push(account("P3@example.com"));
    let told = bulk::import(&table, &rights(), &people, true, NOW).await.unwrap();
    let done = bulk::import(&table, &rights(), &people, false, NOW).await.unwrap();
    for outcomes in [&told, &done] {
        let of = |wanted| outcomes.iter().filter(|outcome| outcome.as_ref().ok() == Some(&wanted)).count();
        assert_eq!((of(Imported::New), of(Imported::Known)), (59, 2), "one was here, and one is there twice");
        assert!(matches!(outcomes[5], Err(Error::Wrong(_))) && matches!(outcomes[8], Ok(Imported::Known)));
    }
    // 59 people of four rows each.
    let calls = |operation: &str| proxy.calls().iter().filter(|call| call.operation == operation).count();
    assert_eq!((calls("BatchGetItem"), calls("TransactWriteItems"), proxy.calls().len()), (2, 3, 5));
    assert_eq!(count(&database), (60, 0, 60));
    check_lists(&database);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_overlap_make_nobody_twice() {
    // P1
    let database = Database::start().await;
    let part = |from: usize| (from..from + 20).map(|n| account(&format!("p{n}@example.com"))).collect();
    let running: Vec<_> = [0, 10, 5, 15, 0, 19]
        .map(|from| {
            let (table, people): (_, Vec<_>) = (database.table.clone(), part(from));
            tokio::spawn(async move { bulk::import(&table, &rights(), &people, false, NOW).await.unwrap() })
        })
        .into();
    let mut new = 0;
    for task in running {
        let outcomes = task.await.unwrap();
        assert!(outcomes.iter().all(Result::is_ok));
        new += outcomes.iter().filter(|outcome| matches!(outcome, Ok(Imported::New))).count();
    }
    assert_eq!((new, count(&database)), (39, (39, 0, 39)));
    check_lists(&database);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_twice_at_once_is_one_person() {
    // P1
    let database = Database::start().await;
    let running: Vec<_> = (0..16)
        .map(|_| {
            let table = database.table.clone();
            tokio::spawn(async move { import(&table, &rights(), &of_ann(), false, NOW).await.unwrap() })
        })
        .collect();
    let mut new = 0;
    for task in running {
        new += usize::from(task.await.unwrap() == Imported::New);
    }
    assert_eq!((new, count(&database)), (1, (1, 1, 1)));
    check_lists(&database);
}
