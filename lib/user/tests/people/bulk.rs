//! Taking people over from a file, and writing them into one.

use oauth::Identity;
use user::{
    bulk::{Account, AccountIdentity, Hash, Imported, export, import},
    manage::{self, Error, NO_TRAIL},
};

use crate::{
    LATER, NOW, ann,
    invariants::{check_lists, count},
    names, rights, sign_in,
    support::Database,
};

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
    let written = export(table, &user, NOW).await.unwrap();
    assert_eq!(written, Account { id: Some(user.id.clone()), ..of_ann() });
    assert!(!serde_json::to_string(&given).unwrap().contains("xyz"));
    manage::delete(table, &user.id, None, NO_TRAIL, LATER).await.unwrap();
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
        many(11),
    ] {
        let refused = import(&database.table, &rights(), &wrong, false, NOW).await;
        assert!(matches!(refused, Err(Error::Wrong(_))), "{wrong:?}: {refused:?}");
    }
    let unknown = Account { roles: names(&["owner"]), ..of_ann() };
    assert!(matches!(
        import(&database.table, &rights(), &unknown, false, NOW).await,
        Err(Error::NoSuchRole(_))
    ));
    assert_eq!(count(&database), (0, 0, 0));
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
