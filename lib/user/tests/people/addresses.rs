//! Addresses that cannot be compared are shown and are nothing else (#88).

use oauth::Identity;

use crate::{
    NOW, ann,
    invariants::{check, count},
    sign_in,
    support::Database,
};

#[tokio::test]
async fn a_deceptive_address_is_kept_but_is_no_key() {
    // #88
    let database = Database::start().await;
    for email in [
        "boss\u{ff20}example.com",
        "bo\u{200b}ss@example.com",
        "\u{ff42}oss@example.com",
        "\"boss\"@example.com",
        "boss@example.com\u{202e}",
        "a@boss@example.com",
        "boss",
    ] {
        let identity = Identity { subject: email.to_owned(), email: Some(email.to_owned()), ..ann() };
        let user = sign_in(&database.table, &identity, NOW).await.unwrap();
        // With something in it that nobody sees it is not even shown.
        let invisible = email.contains(['\u{200b}', '\u{202e}']);
        assert_eq!((user.email.is_none(), user.email_verified), (invisible, false), "{email:?}");
        assert_eq!(user.roles, ["member"], "never an administrator: {email:?}");
    }
    assert_eq!(count(&database), (7, 7, 0));
    check(&database);
}

#[tokio::test]
async fn spellings_of_an_address_are_one_address() {
    // #88
    let database = Database::start().await;
    for (n, email) in
        ["Jos\u{e9}@Example.com", "JOSE\u{301}@example.COM", "jos\u{e9}@example.com"].into_iter().enumerate()
    {
        let identity = Identity { subject: n.to_string(), email: Some(email.to_owned()), ..ann() };
        let user = sign_in(&database.table, &identity, NOW).await.unwrap();
        assert_eq!(user.email.as_deref(), Some(email), "shown as it was given");
        assert!(user.email_verified);
    }
    assert_eq!(count(&database), (3, 3, 1));
}
