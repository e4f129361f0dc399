//! Passwords: whom a name leads to, and who keeps what when an address is proven.

use oauth::Identity;
use store::{Change, Table};
use user::{
    Facts, Status, User,
    bulk::{self, Account, AccountIdentity, Hash},
    manage,
    password::{self, Found, LoginName, NewAccount},
    rights::{Actor, Edit, Rule},
};

use crate::{LATER, NOW, ann, rights, sign_in, support::Database};

fn name(text: &str) -> LoginName {
    LoginName::any(text).unwrap()
}

async fn find(table: &Table, text: &str) -> Found {
    password::find(table, &name(text), LATER).await.unwrap()
}

async fn register(table: &Table, text: &str) -> Option<User> {
    let new = NewAccount { login: &name(text), name: Some("Somebody"), hash: "$a" };
    password::register(table, &rights(), new, &|_| Vec::new(), NOW).await.unwrap()
}

async fn enter(table: &Table, text: &str, replace_by: Option<&str>) -> User {
    let found = find(table, text).await;
    password::enter(table, &name(text), found, replace_by, LATER).await.unwrap()
}

/// Who it leads to, and the hash.
async fn leads_to(table: &Table, text: &str) -> (Option<String>, Option<String>) {
    let found = find(table, text).await;
    (found.holder.user.as_ref().map(|user| user.id.clone()), found.holder.hash().map(str::to_owned))
}

#[tokio::test]
async fn whoever_registers_has_what_everybody_has_and_their_address_is_not_proven() {
    // #19, #93: not even where somebody with more is expected at the address.
    let database = Database::start().await;
    let table = &database.table;
    user::invite(table, &rights(), "boss@example.com", &["editor".to_owned()], NOW).await.unwrap();
    let boss = register(table, "Boss@Example.com").await.unwrap();
    assert_eq!((boss.roles.join(","), boss.email_verified), ("member".to_owned(), false));
    assert_eq!(boss.email.as_deref(), Some("Boss@Example.com"));
    assert_eq!(user::holder_of(table, "boss@example.com", NOW).await.unwrap(), None);
    // Known in every spelling, and to nobody else.
    for spelling in ["boss@example.com", "BOSS@example.com", " boss@EXAMPLE.com "] {
        assert_eq!(
            leads_to(table, spelling).await,
            (Some(boss.id.clone()), Some("$a".to_owned())),
            "{spelling}"
        );
        assert_eq!(register(table, spelling).await, None, "{spelling}");
    }
    assert_eq!(leads_to(table, "other@example.com").await, (None, None));
    // Rules see how they came.
    let entered = enter(table, "boss@example.com", None).await;
    let found = find(table, "boss@example.com").await;
    assert_eq!(entered.proofs[found.key.as_str()].provider, "password");
    assert_eq!(entered.last_login_at, Some(LATER));
    let rule = Rule {
        name: "typed".to_owned(),
        provider: Some(password::PROVIDER.to_owned()),
        roles: vec!["editor".to_owned()],
        ..Rule::default()
    };
    let rights = rights().edited(&Edit::SetRule(Box::new(rule)), &Actor::Operator).unwrap();
    let allowed = |via| rights.scope(&Facts::of(&entered, LATER).via(via)).to_string();
    assert_eq!(allowed(Some(found.key.as_str())), "get:profile pages:write");
    assert_eq!(allowed(None), "get:profile");
}

#[tokio::test]
async fn the_true_owner_of_an_address_inherits_nothing_and_leaves_nothing() {
    // #94
    let database = Database::start().await;
    let table = &database.table;
    let squatter = register(table, "ann@example.com").await.unwrap();
    let session_epoch = squatter.epoch;
    let owner = sign_in(table, &ann(), LATER).await.unwrap();
    assert_ne!(owner.id, squatter.id);
    // From this moment on the address leads to its owner, who has no password.
    assert_eq!(leads_to(table, "ann@example.com").await, (Some(owner.id.clone()), None));
    assert_eq!(password::squatter_of(table, &owner, LATER).await.unwrap(), Some(squatter.id.clone()));
    for _ in 0..2 {
        password::expel(table, &squatter.id, &owner, LATER).await.unwrap();
    }
    assert_eq!(password::squatter_of(table, &owner, LATER).await.unwrap(), None);
    let left = user::find(table, &squatter.id, LATER).await.unwrap().unwrap();
    assert!(!left.is_active_in(session_epoch), "nothing that was opened with it counts");
    assert_eq!((left.email, left.identities.len(), left.proofs.len()), (None, 0, 0));
    let rows = database.rows();
    let kind = |kind: &str| rows.iter().filter(|row| row["sk"]["S"] == kind).count();
    assert_eq!((kind("PASSWORD"), kind("IDENTITY")), (0, 1));
    // Nor can it be had again.
    assert_eq!(register(table, "ann@example.com").await, None);
    let owner_again = user::find(table, &owner.id, LATER).await.unwrap().unwrap();
    assert_eq!((owner_again.epoch, owner_again.identities.len()), (0, 1));
}

#[tokio::test]
async fn who_was_expelled_keeps_what_is_proven_to_be_theirs() {
    // #94: a provider that they linked is their own.
    let database = Database::start().await;
    let table = &database.table;
    let squatter = register(table, "ann@example.com").await.unwrap();
    let own = Identity { subject: "eve".to_owned(), email: None, ..ann() };
    let proof = user::LinkProof { id: "proof", user_id: &squatter.id, epoch: 0 };
    assert!(user::link(table, proof, &own, &[], NOW).await.unwrap().is_some());
    let owner = sign_in(table, &ann(), LATER).await.unwrap();
    password::expel(table, &squatter.id, &owner, LATER).await.unwrap();
    let eve = sign_in(table, &own, LATER).await.unwrap();
    assert_eq!((eve.id, eve.email, eve.identities.len()), (squatter.id, None, 1));
}

async fn import(table: &Table, account: &Account) {
    let all = std::slice::from_ref(account);
    bulk::import(table, &rights(), all, false, NOW).await.unwrap().remove(0).unwrap();
}

fn imported(email: &str, email_verified: bool) -> Account {
    Account {
        email: Some(email.to_owned()),
        email_verified,
        password_hash: Some(Hash("$2b$theirs".to_owned())),
        ..Account::default()
    }
}

#[tokio::test]
async fn an_imported_hash_is_found_and_replaced_and_the_account_waits_no_more() {
    let database = Database::start().await;
    let table = &database.table;
    for (email, verified) in [("proven@example.com", true), ("unproven@example.com", false)] {
        import(table, &imported(email, verified)).await;
        let (id, hash) = leads_to(table, email).await;
        assert_eq!(hash.as_deref(), Some("$2b$theirs"));
        assert_eq!(register(table, email).await, None, "the account is somebody's");
        let user = enter(table, email, Some("$ours")).await;
        assert_eq!(Some(&user.id), id.as_ref());
        assert_eq!(leads_to(table, email).await, (id.clone(), Some("$ours".to_owned())));
        // Proven by the system that they come from, or by nobody: then whoever proves it is somebody else (#93, #94).
        let holder = user::holder_of(table, email, NOW).await.unwrap();
        assert_eq!(holder, id.clone().filter(|_| verified), "{email}");
        let other = Identity { email: Some(email.to_owned()), subject: email.to_owned(), ..ann() };
        let other = sign_in(table, &other, LATER).await.unwrap();
        assert_ne!(Some(other.id), id);
        assert_eq!(leads_to(table, email).await.1.is_some(), verified, "{email}");
    }
}

#[tokio::test]
async fn an_account_that_waits_is_taken_by_whoever_proves_the_address_first() {
    // #94: the password goes then, because nobody had verified the address.
    let database = Database::start().await;
    let table = &database.table;
    import(table, &imported("ann@example.com", false)).await;
    let (id, _) = leads_to(table, "ann@example.com").await;
    let owner = sign_in(table, &ann(), LATER).await.unwrap();
    assert_eq!(leads_to(table, "ann@example.com").await, (id, None));
    assert_eq!(owner.identities.len(), 1);
}

#[tokio::test]
async fn somebody_with_a_provider_and_an_imported_password_has_both() {
    let database = Database::start().await;
    let table = &database.table;
    let theirs = AccountIdentity {
        provider: "test".to_owned(),
        issuer: "https://idp.example".to_owned(),
        subject: "ann".to_owned(),
    };
    let account = Account { identities: vec![theirs], ..imported("ann@example.com", true) };
    import(table, &account).await;
    let by_provider = sign_in(table, &ann(), NOW).await.unwrap();
    let by_password = enter(table, "ann@example.com", Some("$ours")).await;
    assert_eq!((&by_password.id, by_password.identities.len()), (&by_provider.id, 2));
    // To unlink it is to forget it.
    let key = find(table, "ann@example.com").await.key;
    let ways = user::WaysIn::of(&["test"]);
    let done = user::unlink(table, &by_provider.id, key.as_str(), &ways, &[], LATER).await.unwrap();
    assert_eq!(done, user::Unlinked::Done(user::Gone::Password));
    assert_eq!(leads_to(table, "ann@example.com").await, (Some(by_provider.id), None));
}

#[tokio::test]
async fn of_many_who_register_a_name_at_once_one_has_it() {
    // #96
    let database = Database::start().await;
    let all: Vec<_> = (0..16)
        .map(|_| {
            let table = database.table.clone();
            tokio::spawn(async move { register(&table, "ada").await })
        })
        .collect();
    let mut made = Vec::new();
    for one in all {
        made.extend(one.await.unwrap());
    }
    assert_eq!(made.len(), 1);
    assert_eq!(leads_to(&database.table, "ADA").await.0, Some(made[0].id.clone()));
    let people = database.rows().into_iter().filter(|row| row["sk"]["S"] == "USER").count();
    assert_eq!(people, 1, "and nobody is left without a name");
}

#[tokio::test]
async fn changing_a_password_ends_what_was_opened_with_it() {
    // #34
    let database = Database::start().await;
    let table = &database.table;
    let ada = register(table, "ada").await.unwrap();
    let (one, other) = (find(table, "ada").await, find(table, "ada").await);
    let changed = password::change(table, &one.holder, "$b", &[], LATER).await.unwrap().unwrap();
    assert_eq!(changed.epoch, ada.epoch + 1);
    assert_eq!(leads_to(table, "ada").await.1.as_deref(), Some("$b"));
    // Who had read the old one changes nothing, and is not let in by it.
    assert!(password::change(table, &other.holder, "$c", &[], LATER).await.unwrap().is_none());
    let refused = password::enter(table, &name("ada"), other, Some("$c"), LATER).await.unwrap_err();
    assert!(matches!(refused, user::Error::Refused(refusal) if refusal.status() == 401));
    assert_eq!(leads_to(table, "ada").await.1.as_deref(), Some("$b"));
    let row = user::find(table, &ada.id, LATER).await.unwrap().unwrap();
    assert_eq!(row.last_login_at, None);
}

#[tokio::test]
async fn two_who_sign_in_at_once_and_replace_the_same_hash_are_both_in() {
    let database = Database::start().await;
    let table = &database.table;
    register(table, "ada").await.unwrap();
    let (one, other) = (find(table, "ada").await, find(table, "ada").await);
    password::enter(table, &name("ada"), one, Some("$b"), LATER).await.unwrap();
    password::enter(table, &name("ada"), other, Some("$c"), LATER).await.unwrap();
    assert_eq!(leads_to(table, "ada").await.1.as_deref(), Some("$b"));
}

#[tokio::test]
async fn whoever_is_disabled_or_gone_is_not_let_in() {
    // #35
    let database = Database::start().await;
    let table = &database.table;
    let ada = register(table, "ada").await.unwrap();
    let found = find(table, "ada").await;
    table.update::<User>(&ada.id, Change::new().set(User::STATUS, &Status::Disabled), NOW).await.unwrap();
    assert!(password::enter(table, &name("ada"), found, None, LATER).await.is_err());
    assert!(register(table, "ada").await.is_none());
    manage::delete(table, &ada.id, None, manage::NO_TRAIL, manage::NOBODY_TOLD, LATER).await.unwrap();
    assert_eq!(leads_to(table, "ada").await, (None, None));
    assert_eq!(database.rows().iter().filter(|row| row["sk"]["S"] == "PASSWORD").count(), 0);
    // The name is free again, for somebody else.
    assert_ne!(register(table, "ada").await.unwrap().id, ada.id);
}
