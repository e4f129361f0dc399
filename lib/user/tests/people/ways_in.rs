//! What counts as a way in, whose word an address rests on, and what becomes of rows that somebody has deleted by hand.

use oauth::{Digest, Identity};
use store::Table;
use user::{
    Gone, LinkProof, Unlinked, User, WaysIn,
    by_mail::{self, Trails},
    entitlement,
    manage::{self, Error, NO_TRAIL, NewPerson},
    password::{self, LoginName, NewAccount, NewPassword},
    purchase::{self, End, Gives, Purchase},
};

use crate::{
    LATER, NOW, ann,
    invariants::{check, owner},
    names, rights, sign_in,
    support::Database,
};

const ANN: &str = "ann@example.com";

/// Ann's identity at the provider leads to her no more.
fn of_the_provider() -> Unlinked {
    Unlinked::Done(Gone::Provider(ann().provider))
}

/// The provider vouches for the address, and is no authority over it.
fn vouched() -> Identity {
    Identity { email_authoritative: false, ..ann() }
}

/// Another provider that vouches for nothing.
fn other() -> Identity {
    let (provider, issuer) = ("other".to_owned(), "https://other.example".to_owned());
    Identity { provider, issuer, email: None, email_verified: false, ..ann() }
}

fn ways() -> WaysIn {
    WaysIn::of(&["test", "other", password::PROVIDER, by_mail::PROVIDER])
}

fn name(text: &str) -> LoginName {
    LoginName::email(text).unwrap()
}

fn password_of(address: &str) -> Digest {
    Identity::bare(password::PROVIDER, password::ISSUER, address).key()
}

async fn unlink(table: &Table, user: &User, key: &Digest) -> Unlinked {
    user::unlink(table, &user.id, key.as_str(), &ways(), &[], LATER).await.unwrap()
}

async fn add_password(table: &Table, user: &User, address: &str) {
    let proof = LinkProof { id: "password", user_id: &user.id, epoch: user.epoch };
    let new = NewPassword { proof, address: &name(address), hash: "$a" };
    password::add(table, new, &[], NOW).await.unwrap();
}

async fn by_password(table: &Table, address: &str) -> Option<User> {
    let found = password::find(table, &name(address), LATER).await.unwrap();
    found.holder.hash()?;
    password::enter(table, &name(address), found, None, LATER).await.ok()
}

async fn link(table: &Table, user: &User, identity: &Identity) {
    let proof = LinkProof { id: "link", user_id: &user.id, epoch: user.epoch };
    assert!(user::link(table, proof, identity, &[], NOW).await.unwrap().is_some());
}

/// Who comes in by the mails of this address, where anybody may.
async fn by_mail(table: &Table, address: &str) -> Option<User> {
    let trails = Trails { noted: &|_| Vec::new(), linked: &|_| Vec::new() };
    let entered = by_mail::enter(table, &rights(), &name(address), true, trails, LATER).await.unwrap();
    entered.map(|entered| entered.user)
}

async fn register(table: &Table, address: &str) -> Option<User> {
    let new = NewAccount { login: &name(address), name: None, hash: "$a" };
    password::register(table, &rights(), new, &|_| Vec::new(), LATER).await.unwrap()
}

async fn read(table: &Table, user: &User) -> User {
    user::find(table, &user.id, LATER).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_mail_leads_to_nobody_of_whom_a_provider_only_vouched_whatever_they_have_removed_since() {
    // #93, #94: whoever has an account at such a provider would share it with the owner of the address.
    for (what, first) in [("a password", true), ("another provider", false)] {
        let database = Database::start().await;
        let table = &database.table;
        let other_ann = sign_in(table, &vouched(), NOW).await.unwrap();
        if first {
            add_password(table, &other_ann, ANN).await;
            assert!(by_password(table, ANN).await.is_some());
        } else {
            link(table, &other_ann, &other()).await;
        }
        assert_eq!(unlink(table, &other_ann, &vouched().key()).await, of_the_provider());
        let owner = by_mail(table, ANN).await.unwrap();
        assert_ne!(owner.id, other_ann.id, "{what}");
        // They lose nothing either, and stay somebody else when they come again.
        let again =
            if first { by_password(table, ANN).await } else { sign_in(table, &other(), LATER).await.ok() };
        assert_eq!(again.map(|user| user.id), Some(other_ann.id.clone()), "{what}");
        assert_eq!(by_mail(table, ANN).await.map(|user| user.id), Some(owner.id), "{what}");
    }
}

#[tokio::test]
async fn a_mail_leads_to_whom_an_authority_named_when_that_is_removed() {
    // #93
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    add_password(table, &user, ANN).await;
    unlink(table, &user, &ann().key()).await;
    assert_eq!(by_mail(table, ANN).await.map(|user| user.id), Some(user.id));
    check(&database);
}

#[tokio::test]
async fn an_authority_that_comes_later_makes_the_address_theirs() {
    // #93: whose word it was before does not matter then.
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &vouched(), NOW).await.unwrap();
    let authority =
        Identity { email: ann().email, email_verified: true, email_authoritative: true, ..other() };
    link(table, &user, &authority).await;
    unlink(table, &user, &vouched().key()).await;
    assert_eq!(sign_in(table, &authority, LATER).await.unwrap().id, user.id);
    assert_eq!(by_mail(table, ANN).await.map(|user| user.id), Some(user.id.clone()));
    // And it stays so when the authority is removed.
    unlink(table, &user, &authority.key()).await;
    assert!(!read(table, &user).await.only_vouched);
}

#[tokio::test]
async fn a_mailed_way_in_to_an_address_that_is_no_more_theirs_is_not_the_last_one() {
    // #93, #95: else it would become theirs again, and somebody else may read those mails by now.
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    assert_eq!(by_mail(table, ANN).await.map(|user| user.id), Some(user.id.clone()));
    let moved = Identity { email: Some("lee@example.com".to_owned()), ..ann() };
    sign_in(table, &moved, LATER).await.unwrap();
    assert!(by_mail(table, ANN).await.is_none(), "it is closed");
    assert_eq!(unlink(table, &user, &moved.key()).await, Unlinked::LastWayIn);
    assert!(by_mail(table, ANN).await.is_none(), "and stays closed");
    // That of the address that is theirs is one.
    assert_eq!(by_mail(table, "lee@example.com").await.map(|user| user.id), Some(user.id.clone()));
    assert_eq!(unlink(table, &user, &moved.key()).await, of_the_provider());
    assert_eq!(by_mail(table, "lee@example.com").await.map(|user| user.id), Some(user.id));
    assert!(by_mail(table, ANN).await.is_none());
}

/// Somebody of a provider with a password, whose address has changed since: they sign in with it by both.
async fn with_two_names(table: &Table) -> User {
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    add_password(table, &user, ANN).await;
    assert!(by_password(table, ANN).await.is_some());
    let moved = Identity { email: Some("lee@example.com".to_owned()), ..ann() };
    sign_in(table, &moved, LATER).await.unwrap();
    by_password(table, "lee@example.com").await.unwrap()
}

#[tokio::test]
async fn a_password_goes_with_the_last_of_its_names() {
    // #95: else the other name would count as a way in by which nobody comes.
    let database = Database::start().await;
    let table = &database.table;
    let user = with_two_names(table).await;
    assert_eq!(user.identities.len(), 3);
    assert_eq!(unlink(table, &user, &password_of(ANN)).await, Unlinked::Done(Gone::Name));
    assert!(by_password(table, ANN).await.is_none());
    assert_eq!(unlink(table, &user, &ann().key()).await, of_the_provider());
    assert_eq!(by_password(table, "lee@example.com").await.map(|user| user.id), Some(user.id.clone()));
    assert_eq!(unlink(table, &user, &password_of("lee@example.com")).await, Unlinked::LastWayIn);
    check(&database);
    let user = with_two_names(&Database::start().await.table).await;
    assert_eq!(user.identities.len(), 3);
}

#[tokio::test]
async fn whoever_has_an_address_now_takes_that_name_and_not_the_password_of_who_had_it() {
    // #94: they are proven to be who they are by their own address.
    let database = Database::start().await;
    let table = &database.table;
    let user = with_two_names(table).await;
    let owner = by_mail(table, ANN).await.unwrap();
    assert_ne!(owner.id, user.id);
    assert_eq!(password::squatter_of(table, &owner, LATER).await.unwrap().as_ref(), Some(&user.id));
    password::expel(table, &user.id, &owner, LATER).await.unwrap();
    assert!(by_password(table, ANN).await.is_none());
    assert_eq!(by_password(table, "lee@example.com").await.map(|user| user.id), Some(user.id));
    check(&database);
}

/// Deletes the row of somebody and nothing else, as an operator does by hand.
fn delete_by_hand(database: &Database, id: &str) {
    let key = serde_json::json!({"pk": {"S": format!("USER#{id}")}, "sk": {"S": "USER"}});
    let request = dynoxide::actions::delete_item::DeleteItemRequest {
        table_name: "latchkey".to_owned(),
        key: serde_json::from_value(key).unwrap(),
        ..Default::default()
    };
    database.inside.delete_item(request).unwrap();
    assert!(database.rows().iter().all(|row| row["pk"]["S"] != format!("USER#{id}")));
}

/// Makes an account that waits for Ann's address.
async fn expect(table: &Table) -> Result<User, Error> {
    let new = NewPerson { email: "Ann@example.com".to_owned(), ..NewPerson::default() };
    manage::create(table, &rights(), &new, NO_TRAIL, NOW).await
}

async fn invite(table: &Table, roles: &[&str]) -> Result<(), Error> {
    manage::invite(table, &rights(), ANN, &names(roles), NO_TRAIL, NOW).await
}

/// An account that waits for an address, and is gone.
async fn gone(database: &Database) -> String {
    let account = expect(&database.table).await.unwrap();
    delete_by_hand(database, &account.id);
    account.id
}

#[tokio::test]
async fn an_account_that_was_deleted_by_hand_waits_for_nobody() {
    let database = Database::start().await;
    let table = &database.table;
    let id = gone(&database).await;
    let user = sign_in(table, &ann(), LATER).await.unwrap();
    assert_ne!(user.id, id);
    assert_eq!(owner(&database, ANN).as_ref(), Some(&user.id));
    assert_eq!(by_mail(table, ANN).await.map(|user| user.id), Some(user.id));
    check(&database);

    let database = Database::start().await;
    let table = &database.table;
    gone(&database).await;
    let user = by_mail(table, ANN).await.unwrap();
    assert_eq!(owner(&database, ANN).as_ref(), Some(&user.id));
    // Somebody whose provider moves them there.
    let database = Database::start().await;
    let table = &database.table;
    gone(&database).await;
    let before = sign_in(table, &Identity { email: None, ..ann() }, NOW).await.unwrap();
    assert_eq!(sign_in(table, &ann(), LATER).await.unwrap().id, before.id);
    assert_eq!(owner(&database, ANN), Some(before.id));
    check(&database);
}

#[tokio::test]
async fn what_is_bought_with_the_address_of_an_account_that_was_deleted_by_hand_waits() {
    let database = Database::start().await;
    let table = &database.table;
    gone(&database).await;
    assert_eq!(buy(table, "1").await, End::Waits);
    assert_eq!(buy(table, "2").await, End::Waits);
    assert_eq!(refund(table, "2").await, End::Taken);
    assert_eq!(owner(&database, ANN), None);
    let user = by_mail(table, ANN).await.unwrap();
    assert_eq!(entitlement::names(&user.entitlements), ["pro"]);
    check_of(&database, &user);
}

/// Somebody buys the entitlement pro with Ann's address.
async fn buy(table: &Table, order: &str) -> End {
    let gives = Gives { entitlements: names(&["pro"]), roles: Vec::new() };
    apply(table, &Purchase { source: "shop", order, sale: Some((ANN, &gives)) }).await
}

async fn refund(table: &Table, order: &str) -> End {
    apply(table, &Purchase { source: "shop", order, sale: None }).await
}

async fn apply(table: &Table, purchase: &Purchase<'_>) -> End {
    purchase::apply(table, &rights(), purchase, &|_| Vec::new(), LATER).await.unwrap().end
}

/// Whose address it is.
fn check_of(database: &Database, user: &User) {
    assert_eq!(owner(database, ANN).as_ref(), Some(&user.id));
}

#[tokio::test]
async fn an_account_that_was_deleted_by_hand_keeps_nobody_from_registering() {
    let database = Database::start().await;
    let table = &database.table;
    gone(&database).await;
    let user = register(table, ANN).await.unwrap();
    assert_eq!(by_password(table, ANN).await.map(|user| user.id), Some(user.id));
    assert_eq!(register(table, ANN).await, None, "it is somebody's now");
    check(&database);
}

#[tokio::test]
async fn the_address_of_an_account_that_was_deleted_by_hand_is_free_for_those_who_look_after_people() {
    let database = Database::start().await;
    let table = &database.table;
    let id = gone(&database).await;
    let account = expect(table).await.unwrap();
    assert_ne!(account.id, id);
    assert!(matches!(expect(table).await, Err(Error::AddressTaken)), "it waits for them now");
    assert_eq!(sign_in(table, &ann(), LATER).await.unwrap().id, account.id);
    check(&database);

    // An invitation, whose roles wait.
    let database = Database::start().await;
    let table = &database.table;
    gone(&database).await;
    invite(table, &["editor"]).await.unwrap();
    assert!(matches!(invite(table, &["editor"]).await, Err(Error::AddressTaken)));
    assert_eq!(sign_in(table, &ann(), LATER).await.unwrap().roles, ["editor", "member"]);
    check(&database);

    // Somebody who was there, and an administrator of the settings.
    let database = Database::start().await;
    let table = &database.table;
    let boss = Identity { email: Some("boss@example.com".to_owned()), ..ann() };
    let nobodys = user::Rights::parse("member=get:profile", "", "member").unwrap();
    let before = user::sign_in(table, &nobodys, &boss, NOW).await.unwrap();
    delete_by_hand(&database, &before.id);
    let begun = user::rights::begin(table, &rights(), Vec::new(), NOW).await.unwrap();
    assert_eq!((begun.invited, begun.taken), (names(&["boss@example.com"]), Vec::new()));
    let after = sign_in(table, &boss, LATER).await.unwrap();
    assert_eq!((after.roles, after.id == before.id), (names(&["admin", "member"]), false));
}

#[tokio::test]
async fn what_was_bought_with_an_address_keeps_nobody_from_being_invited_and_outlives_a_withdrawal() {
    // #90
    let database = Database::start().await;
    let table = &database.table;
    assert_eq!(buy(table, "1").await, End::Waits);
    // What was bought is no invitation that could be withdrawn.
    let withdraw = async || manage::uninvite(table, ANN, None, NO_TRAIL, NOW).await;
    assert!(matches!(withdraw().await, Err(Error::NoSuchInvitation)));
    invite(table, &["editor"]).await.unwrap();
    assert!(matches!(invite(table, &["admin"]).await, Err(Error::AddressTaken)));
    assert_eq!(manage::invited(table, ANN, NOW).await.unwrap(), Some(names(&["editor"])));
    withdraw().await.unwrap();
    assert_eq!(manage::invited(table, ANN, NOW).await.unwrap(), None);
    assert!(matches!(withdraw().await, Err(Error::NoSuchInvitation)));
    invite(table, &["editor"]).await.unwrap();
    let user = sign_in(table, &ann(), LATER).await.unwrap();
    assert_eq!(
        (user.roles.clone(), entitlement::names(&user.entitlements)),
        (names(&["editor", "member"]), names(&["pro"]))
    );
    check(&database);

    // An account has it at once, and loses it by the refund.
    let database = Database::start().await;
    let table = &database.table;
    buy(table, "1").await;
    let account = expect(table).await.unwrap();
    assert_eq!(entitlement::names(&account.entitlements), ["pro"]);
    assert_eq!(user::find(table, &account.id, NOW).await.unwrap(), Some(account.clone()));
    assert_eq!(refund(table, "1").await, End::Taken);
    let user = sign_in(table, &ann(), LATER).await.unwrap();
    assert_eq!((user.id, user.entitlements), (account.id, Vec::new()));
    check(&database);
}

#[tokio::test]
async fn an_invitation_is_withdrawn_only_as_it_was_seen() {
    // #81, #97: whoever may withdraw it may not withdraw what it has become since.
    let database = Database::start().await;
    let table = &database.table;
    invite(table, &["editor"]).await.unwrap();
    let withdraw =
        async |seen: &[&str]| manage::uninvite(table, ANN, Some(&names(seen)), NO_TRAIL, NOW).await;
    for seen in [&[][..], &["admin"], &["admin", "editor"]] {
        assert!(matches!(withdraw(seen).await, Err(Error::Changed)), "{seen:?}");
    }
    withdraw(&["editor"]).await.unwrap();
    assert!(matches!(withdraw(&["editor"]).await, Err(Error::NoSuchInvitation)));
}
