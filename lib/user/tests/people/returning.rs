//! Every sign-in after the first.

use oauth::{Identity, StandardClaims, Time};
use serde_json::json;
use store::Change;
use user::{Error, User};

use crate::{
    LATER, NOW, ann, disable,
    invariants::{check, count, owner},
    rights, sign_in,
    support::{Database, Fault, Proxy},
};

/// The operations since the last plan.
fn operations(proxy: &Proxy) -> String {
    proxy.calls().iter().map(|call| call.operation.clone()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_known_person_costs_one_read_and_one_write() {
    // #97: and the write does not touch what the index holds.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let first = sign_in(&table, &ann(), NOW).await.unwrap();
    proxy.plan(|_, _| Fault::None);
    let again = sign_in(&table, &ann(), LATER).await.unwrap();
    assert_eq!(again, User { last_login_at: Some(LATER), proofs: again.proofs.clone(), ..first });

    assert_eq!(operations(&proxy), "GetItem UpdateItem");
    let calls = proxy.calls();
    assert_eq!(calls[0].body["ConsistentRead"], true);
    let update = calls[1].body["UpdateExpression"].as_str().unwrap();
    let written: Vec<_> =
        update.split(['#', ' ']).filter(|word| word.contains('_') || *word == "version").collect();
    assert_eq!(written, ["last_login_at", "version"]);
    assert!(update.contains("#proofs.#entry"), "and of what was proven, this identity's: {update}");
    assert!(written.iter().all(|attribute| !store::schema::LIST_PROJECTED.contains(attribute)));
}

#[tokio::test]
async fn a_refreshed_profile_keeps_roles_and_id() {
    // #21, #82: upstream changes what is upstream's.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let first = sign_in(&table, &ann(), NOW).await.unwrap();
    table
        .update::<User>(&first.id, Change::new().set(User::ROLES, &vec!["editor".to_owned()]), NOW)
        .await
        .unwrap();
    proxy.plan(|_, _| Fault::None);

    let married = Identity {
        name: Some("Ann Bell".to_owned()),
        picture: Some("https://idp.example/2.png".to_owned()),
        ..ann()
    };
    let again = sign_in(&table, &married, LATER).await.unwrap();
    let expected = User {
        name: married.name.clone(),
        picture: married.picture.clone(),
        roles: vec!["editor".to_owned()],
        last_login_at: Some(LATER),
        proofs: again.proofs.clone(),
        ..first
    };
    assert_eq!(again, expected);
    assert_eq!(user::find(&table, &again.id, LATER).await.unwrap(), Some(expected));
    assert_eq!(operations(&proxy), "GetItem UpdateItem TransactWriteItems GetItem");
    check(&database);
}

#[tokio::test]
async fn claims_that_are_missing_change_nothing() {
    let database = Database::start().await;
    let first = sign_in(&database.table, &ann(), NOW).await.unwrap();
    let silent = Identity { name: None, email: None, email_verified: false, picture: None, ..ann() };
    let again = sign_in(&database.table, &silent, LATER).await.unwrap();
    assert_eq!(again, User { last_login_at: Some(LATER), proofs: again.proofs.clone(), ..first });
    check(&database);
}

#[tokio::test]
async fn further_claims_are_those_of_the_last_sign_in_and_cost_no_call() {
    // #97: what the provider does not say any more is gone; what it could not be asked for stays.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let said = |document: serde_json::Value| {
        let claims = Some(StandardClaims::read(document.as_object().unwrap(), false));
        Identity { claims, ..ann() }
    };
    let kept = |user: &User| {
        user.claims
            .clone()
            .map(|claims| (claims.provider, claims.at, serde_json::to_value(claims.said).unwrap()))
    };
    let told = |at, document| Some(("test".to_owned(), at, document));
    let both = json!({"locale": "en", "nickname": "Annie"});
    let user = sign_in(&table, &said(both.clone()), NOW).await.unwrap();
    assert_eq!(kept(&user), told(NOW, both.clone()));

    let fewer = json!({"locale": "de"});
    for (identity, expected) in [
        (said(both.clone()), told(LATER, both)),
        (said(fewer.clone()), told(LATER, fewer.clone())),
        (ann(), told(LATER, fewer)),
        (said(json!({})), None),
    ] {
        proxy.plan(|_, _| Fault::None);
        let user = sign_in(&table, &identity, LATER).await.unwrap();
        assert_eq!(operations(&proxy), "GetItem UpdateItem");
        assert_eq!(kept(&user), expected);
        assert_eq!(user::find(&database.table, &user.id, LATER).await.unwrap().as_ref(), Some(&user));
    }
    // Together with something that the list shows.
    let married = Identity { name: Some("Ann Bell".to_owned()), ..said(json!({"nickname": "Bell"})) };
    let user = sign_in(&table, &married, LATER).await.unwrap();
    assert_eq!(
        (user.name.as_deref(), kept(&user)),
        (Some("Ann Bell"), told(LATER, json!({"nickname": "Bell"})))
    );
    assert!(!store::schema::LIST_PROJECTED.contains(&"claims"));
    check(&database);
}

#[tokio::test]
async fn an_unsigned_name_is_for_a_new_user_without_a_name() {
    // #19: nobody signed it.
    let database = Database::start().await;
    let as_sent = |name: Option<&str>, unsigned_name: &str| Identity {
        name: name.map(str::to_owned),
        unsigned_name: Some(unsigned_name.to_owned()),
        ..ann()
    };
    let name =
        async |identity: &Identity| sign_in(&database.table, identity, NOW).await.unwrap().name.unwrap();
    assert_eq!(name(&as_sent(None, " Ann\r\nLee ")).await, "AnnLee");
    assert_eq!(name(&as_sent(None, "Somebody Else")).await, "AnnLee", "known already");
    let other = Identity { subject: "bob".to_owned(), email: None, ..as_sent(Some("Bob"), "Somebody Else") };
    assert_eq!(name(&other).await, "Bob", "the provider's word counts");
    check(&database);
}

#[tokio::test]
async fn a_new_address_moves_the_row() {
    // #21: the same person under another address.
    let database = Database::start().await;
    let first = sign_in(&database.table, &ann(), NOW).await.unwrap();
    let moved = Identity { email: Some("ann@new.example".to_owned()), ..ann() };
    let again = sign_in(&database.table, &moved, LATER).await.unwrap();
    assert_eq!(
        again,
        User {
            email: moved.email.clone(),
            last_login_at: Some(LATER),
            proofs: again.proofs.clone(),
            ..first
        }
    );
    assert_eq!(owner(&database, "ann@new.example"), Some(again.id));
    assert_eq!(owner(&database, "ann@example.com"), None);
    assert_eq!(count(&database), (1, 1, 1));
    check(&database);

    let heir = Identity { subject: "heir".to_owned(), ..ann() };
    let heir = sign_in(&database.table, &heir, LATER).await.unwrap();
    assert_eq!(owner(&database, "ann@example.com"), Some(heir.id), "the old one is free");
    check(&database);
}

#[tokio::test]
async fn another_spelling_is_not_another_address() {
    // #88
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let first = sign_in(&table, &ann(), NOW).await.unwrap();
    proxy.plan(|_, _| Fault::None);
    let shouted = Identity { email: Some("ANN@EXAMPLE.COM".to_owned()), ..ann() };
    let again = sign_in(&table, &shouted, LATER).await.unwrap();
    assert_eq!(again.email, shouted.email);
    assert_eq!(operations(&proxy), "GetItem UpdateItem UpdateItem", "no row moves");
    assert_eq!(owner(&database, "ann@example.com"), Some(first.id));
    check(&database);
}

#[tokio::test]
async fn a_new_address_that_is_taken_stays_where_it_is() {
    // #93
    let database = Database::start().await;
    let bob = Identity { subject: "bob".to_owned(), email: Some("bob@example.com".to_owned()), ..ann() };
    let bob = sign_in(&database.table, &bob, NOW).await.unwrap();
    let first = sign_in(&database.table, &ann(), NOW).await.unwrap();
    let moved = Identity { email: Some("Bob@example.com".to_owned()), ..ann() };
    let again = sign_in(&database.table, &moved, LATER).await.unwrap();
    assert_eq!(again.id, first.id);
    assert_eq!(owner(&database, "bob@example.com"), Some(bob.id));
    assert_eq!(count(&database), (2, 2, 1), "the old one is given back");
    check(&database);

    // And back again: the row that is not theirs stays with whom it belongs to.
    sign_in(&database.table, &ann(), LATER).await.unwrap();
    assert_eq!(count(&database), (2, 2, 2));
    check(&database);
}

#[tokio::test]
async fn an_address_that_is_no_longer_proven_is_given_back() {
    // #19, #94
    let database = Database::start().await;
    sign_in(&database.table, &ann(), NOW).await.unwrap();
    let unproven = Identity { email_verified: false, ..ann() };
    let again = sign_in(&database.table, &unproven, LATER).await.unwrap();
    assert!(!again.email_verified);
    assert_eq!(count(&database), (1, 1, 0));
    check(&database);
    assert!(sign_in(&database.table, &ann(), LATER).await.unwrap().email_verified);
    assert_eq!(count(&database), (1, 1, 1));
    check(&database);
}

#[tokio::test]
async fn a_new_address_may_be_invited() {
    let database = Database::start().await;
    sign_in(&database.table, &ann(), NOW).await.unwrap();
    let invited = ["editor".to_owned()];
    user::invite(&database.table, &rights(), "ann@new.example", &invited, NOW).await.unwrap();
    let moved = Identity { email: Some("ann@new.example".to_owned()), ..ann() };
    assert_eq!(sign_in(&database.table, &moved, LATER).await.unwrap().roles, ["editor", "member"]);
    check(&database);
}

#[tokio::test]
async fn anyone_who_becomes_an_admin_costs_one_write_more_and_once() {
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let boss = Identity { email: Some("boss@example.com".to_owned()), ..ann() };
    let nobodys = user::Rights::parse("member=get:profile", "", "member").unwrap();
    let before = user::sign_in(&table, &nobodys, &boss, NOW).await.unwrap();
    assert_eq!(before.roles, ["member"]);

    proxy.plan(|_, _| Fault::None);
    assert_eq!(sign_in(&table, &boss, LATER).await.unwrap().roles, ["admin", "member"]);
    assert_eq!(operations(&proxy), "GetItem UpdateItem TransactWriteItems");
    proxy.plan(|_, _| Fault::None);
    assert_eq!(sign_in(&table, &boss, LATER).await.unwrap().roles, ["admin", "member"]);
    assert_eq!(operations(&proxy), "GetItem UpdateItem");
    check(&database);
}

#[tokio::test]
async fn anyone_who_proves_an_admins_address_later_becomes_one_then() {
    let database = Database::start().await;
    sign_in(&database.table, &ann(), NOW).await.unwrap();
    let boss =
        |email_verified| Identity { email: Some("boss@example.com".to_owned()), email_verified, ..ann() };
    assert_eq!(sign_in(&database.table, &boss(false), LATER).await.unwrap().roles, ["member"]);
    assert_eq!(sign_in(&database.table, &boss(true), LATER).await.unwrap().roles, ["admin", "member"]);
    check(&database);
}

#[tokio::test]
async fn somebody_disabled_is_refused_whatever_else_is_new() {
    // #35
    let database = Database::start().await;
    let first = sign_in(&database.table, &ann(), NOW).await.unwrap();
    disable(&database.table, &first.id).await;
    let disabled = user::find(&database.table, &first.id, NOW).await.unwrap();
    for identity in [
        ann(),
        Identity { name: Some("Ann Bell".to_owned()), ..ann() },
        Identity { email: Some("ann@new.example".to_owned()), ..ann() },
        Identity { email: Some("boss@example.com".to_owned()), ..ann() },
        Identity { email: None, ..ann() },
    ] {
        let Error::Refused(refusal) = sign_in(&database.table, &identity, LATER).await.unwrap_err() else {
            panic!()
        };
        assert_eq!((refusal.code(), refusal.status()), (oauth::Code::AccessDenied, 403));
    }
    assert_eq!(
        user::find(&database.table, &first.id, LATER).await.unwrap(),
        disabled,
        "and nothing is written"
    );
    assert_eq!(count(&database), (1, 1, 1));
    check(&database);
}

#[tokio::test]
async fn anyone_who_was_deleted_comes_back_as_somebody_else() {
    // #93: an id is never given out again.
    let database = Database::start().await;
    let first = sign_in(&database.table, &ann(), NOW).await.unwrap();
    table_delete(&database, &first.id).await;
    let again = sign_in(&database.table, &ann(), LATER).await.unwrap();
    assert_ne!(again.id, first.id);
    assert_eq!(again.created_at, LATER);
    assert_eq!(owner(&database, "ann@example.com"), Some(again.id));
    assert_eq!(count(&database), (1, 1, 1));
    check(&database);
}

async fn table_delete(database: &Database, id: &str) {
    database.table.transact(vec![store::Write::delete::<User>(id, [], NOW)]).await.unwrap();
}

#[tokio::test]
async fn the_latest_sign_in_is_the_one_that_is_kept() {
    let table = Database::start().await.table;
    let id = sign_in(&table, &ann(), NOW).await.unwrap().id;
    for seconds in [10, 20, 30] {
        let now = Time::from_epoch(NOW.epoch() + seconds);
        assert_eq!(sign_in(&table, &ann(), now).await.unwrap().last_login_at, Some(now));
        assert_eq!(user::find(&table, &id, now).await.unwrap().unwrap().last_login_at, Some(now));
    }
}
