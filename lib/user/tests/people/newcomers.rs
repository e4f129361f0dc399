//! The first sign-in.

use oauth::Identity;
use user::{Error, Status, User};

use crate::{
    LATER, NOW, ann,
    invariants::{check, count, owner},
    names, rights, sign_in,
    support::Database,
};

#[tokio::test]
async fn somebody_new_gets_three_rows() {
    // #96
    let database = Database::start().await;
    let user = sign_in(&database.table, &ann(), NOW).await.unwrap();
    let expected = User {
        id: user.id.clone(),
        name: Some("Ann Lee".to_owned()),
        email: Some("Ann@example.com".to_owned()),
        email_verified: true,
        picture: Some("https://idp.example/ann.png".to_owned()),
        claims: None,
        roles: names(&["member"]),
        status: Status::Active,
        epoch: 0,
        created_at: NOW,
        last_login_at: Some(NOW),
        identities: vec![ann().key()],
        proofs: user.proofs.clone(),
        entitlements: Vec::new(),
        revision: None,
        factors: Default::default(),
        only_vouched: false,
    };
    assert_eq!(user, expected);
    assert_eq!(
        user::find(&database.table, &user.id, NOW).await.unwrap(),
        Some(expected),
        "what is returned is what is stored"
    );
    assert_eq!(count(&database), (1, 1, 1));
    assert_eq!(owner(&database, "ann@example.com"), Some(user.id));
    check(&database);
}

#[tokio::test]
async fn the_key_is_issuer_and_subject() {
    // #21: the same subject from two issuers is two people; the same pair under another provider's name is one.
    let database = Database::start().await;
    let first = sign_in(&database.table, &ann(), NOW).await.unwrap();
    let elsewhere = Identity { issuer: "https://other.example".to_owned(), ..ann() };
    let other = sign_in(&database.table, &elsewhere, NOW).await.unwrap();
    let renamed = Identity { provider: "renamed".to_owned(), ..ann() };
    let same = sign_in(&database.table, &renamed, NOW).await.unwrap();
    assert_ne!(first.id, other.id);
    assert_eq!(first.id, same.id);
    check(&database);
}

#[tokio::test]
async fn a_shared_address_is_no_link() {
    // #93, #21: whatever the other provider says of it.
    let database = Database::start().await;
    let first = sign_in(&database.table, &ann(), NOW).await.unwrap();
    for (n, email_verified) in [true, false].into_iter().enumerate() {
        let issuer = format!("https://evil{n}.example");
        let other =
            sign_in(&database.table, &Identity { issuer, email_verified, ..ann() }, NOW).await.unwrap();
        assert_ne!(other.id, first.id);
        assert_eq!(other.email_verified, email_verified);
    }
    assert_eq!(owner(&database, "ann@example.com"), Some(first.id), "anyone who came first has the row");
    assert_eq!(count(&database), (3, 3, 1));
    check(&database);
}

#[tokio::test]
async fn an_unproven_address_blocks_nobody() {
    // #94: there is no row that the true owner would find taken.
    let database = Database::start().await;
    let squatter = Identity { issuer: "https://evil.example".to_owned(), email_verified: false, ..ann() };
    let squatter = sign_in(&database.table, &squatter, NOW).await.unwrap();
    let owner_of_it = sign_in(&database.table, &ann(), NOW).await.unwrap();
    assert_ne!(squatter.id, owner_of_it.id);
    assert_eq!(owner(&database, "ann@example.com"), Some(owner_of_it.id));
    check(&database);
}

#[tokio::test]
async fn a_person_without_an_address_is_a_user() {
    let database = Database::start().await;
    let bare = Identity { name: None, email: None, picture: None, ..ann() };
    let user = sign_in(&database.table, &bare, NOW).await.unwrap();
    assert_eq!((user.name.as_deref(), user.email.as_deref(), user.email_verified), (None, None, false));
    assert_eq!(sign_in(&database.table, &bare, LATER).await.unwrap().id, user.id);
    assert_eq!(count(&database), (1, 1, 0));
    check(&database);
}

#[tokio::test]
async fn a_subject_has_1_to_255_characters() {
    // #21
    let database = Database::start().await;
    for subject in [String::new(), "x".repeat(256)] {
        let refused = sign_in(&database.table, &Identity { subject, ..ann() }, NOW).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(_)));
    }
    assert_eq!(count(&database), (0, 0, 0));
    sign_in(&database.table, &Identity { subject: "x".repeat(255), ..ann() }, NOW).await.unwrap();
}

#[tokio::test]
async fn only_a_verified_address_makes_an_admin() {
    let database = Database::start().await;
    for (email, email_verified, roles) in [
        ("Boss@Example.com", true, &["admin", "member"][..]),
        ("boss@example.com", false, &["member"]),
        ("boss@example.com.evil.example", true, &["member"]),
        ("boss@example.com@evil.example", true, &["member"]),
        ("\"boss@example.com\"@evil.example", true, &["member"]),
    ] {
        let identity = Identity {
            subject: email.to_owned() + roles[0],
            email: Some(email.to_owned()),
            email_verified,
            ..ann()
        };
        let user = sign_in(&database.table, &identity, NOW).await.unwrap();
        assert_eq!(user.roles, roles, "{email}");
    }
    check(&database);
}

#[tokio::test]
async fn an_invitation_gives_its_roles_once() {
    let database = Database::start().await;
    let table = &database.table;
    assert!(user::invite(table, &rights(), "ANN@example.com", &names(&["editor"]), NOW).await.unwrap());
    assert!(!user::invite(table, &rights(), "ann@example.com", &names(&["admin"]), NOW).await.unwrap());

    let unproven = Identity { subject: "eve".to_owned(), email_verified: false, ..ann() };
    assert_eq!(sign_in(table, &unproven, NOW).await.unwrap().roles, ["member"]);
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    assert_eq!(user.roles, ["editor", "member"]);
    let other = Identity { issuer: "https://other.example".to_owned(), ..ann() };
    assert_eq!(sign_in(table, &other, NOW).await.unwrap().roles, ["member"]);

    assert_eq!(owner(&database, "ann@example.com"), Some(user.id));
    assert!(!user::invite(table, &rights(), "ann@example.com", &names(&["admin"]), NOW).await.unwrap());
    check(&database);
}

#[tokio::test]
async fn an_invitation_without_roles_is_taken_too() {
    let database = Database::start().await;
    assert!(user::invite(&database.table, &rights(), "ann@example.com", &[], NOW).await.unwrap());
    let user = sign_in(&database.table, &ann(), NOW).await.unwrap();
    assert_eq!(user.roles, ["member"]);
    assert_eq!(owner(&database, "ann@example.com"), Some(user.id));
    check(&database);
}

#[tokio::test]
async fn an_invitation_expires() {
    // #100
    let database = Database::start().await;
    user::invite(&database.table, &rights(), "ann@example.com", &names(&["admin"]), NOW).await.unwrap();
    let much_later = oauth::Time::from_epoch(NOW.epoch() + 30 * 24 * 60 * 60);
    assert_eq!(sign_in(&database.table, &ann(), much_later).await.unwrap().roles, ["member"]);
    check(&database);
}

#[tokio::test]
async fn a_wrong_invitation_is_refused() {
    let database = Database::start().await;
    for (address, role) in [("ann@ex@ample.com", "editor"), ("ann@example.com", "emperor")] {
        let refused =
            user::invite(&database.table, &rights(), address, &names(&[role]), NOW).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(_)));
    }
    assert_eq!(count(&database), (0, 0, 0));
}

#[tokio::test]
async fn ids_are_in_the_order_of_arrival() {
    // #93: UUIDv7, made of the moment that was passed in.
    let table = Database::start().await.table;
    let first = sign_in(&table, &ann(), NOW).await.unwrap();
    let second = sign_in(&table, &Identity { subject: "bob".to_owned(), ..ann() }, LATER).await.unwrap();
    assert!(first.id < second.id);
    assert_eq!(&first.id[..8], "018bcfe5", "1 700 000 000 000 milliseconds");
}
