//! Looking after people: changing, creating, inviting, signing out.

use oauth::{Identity, Sentence};
use store::{Owner, Record, Table, Write};
use user::{
    Status, User,
    manage::{self, Change, Error, MOST_ROLES, NO_TRAIL, NOBODY_TOLD, NewPerson},
};

use crate::{
    LATER, NOW, ann,
    invariants::{check, check_lists, count, owner},
    names, rights, sign_in,
    support::{Database, Fault},
};

/// A row that is written with an act.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Note {
    about: String,
}

impl Record for Note {
    const KIND: &'static str = "NOTE";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        None
    }
}

pub(crate) fn note(id: &str) -> Vec<Write> {
    let name = if id.is_empty() { "invitation" } else { id };
    vec![Write::create(name, &Note { about: name.to_owned() }, NOW)]
}

pub(crate) async fn noted(table: &Table, id: &str) -> bool {
    table.has::<Note>(id, NOW).await.unwrap()
}

pub(crate) async fn person(table: &Table, subject: &str) -> User {
    let email = Some(format!("{subject}@example.com"));
    sign_in(table, &Identity { subject: subject.to_owned(), email, ..ann() }, NOW).await.unwrap()
}

pub(crate) async fn change(table: &Table, id: &str, wanted: &Change) -> Result<User, Error> {
    manage::change(table, &rights(), id, None, wanted, NO_TRAIL, LATER).await
}

/// Somebody with the role admin.
pub(crate) async fn admin(table: &Table, subject: &str) -> User {
    let user = person(table, subject).await;
    change(table, &user.id, &Change::roles(&names(&["admin"]))).await.unwrap()
}

#[tokio::test]
async fn a_change_is_made_once_and_written_down() {
    // #97, #99
    let database = Database::start().await;
    let table = &database.table;
    let first = person(table, "ann").await;
    assert_eq!(first.revision(), 0);
    let wanted = Change {
        name: Some(Some("Ann Bell".to_owned())),
        ..Change::roles(&names(&["member", "editor", "editor"]))
    };
    let changed = manage::change(table, &rights(), &first.id, Some(0), &wanted, &note, LATER).await.unwrap();
    let expected = User {
        name: Some("Ann Bell".to_owned()),
        roles: names(&["editor", "member"]),
        revision: Some(1),
        ..first.clone()
    };
    assert_eq!(changed, expected);
    assert_eq!(user::find(table, &first.id, LATER).await.unwrap(), Some(expected));
    assert!(noted(table, &first.id).await);
    check_lists(&database);

    // What they are already is no change: nothing is written, and nothing written down.
    let again = manage::change(table, &rights(), &first.id, Some(1), &wanted, &note, LATER).await.unwrap();
    assert_eq!(again, changed);
}

#[tokio::test]
async fn a_change_of_somebody_whom_the_caller_has_not_seen_is_refused() {
    // #97: no lost update.
    let database = Database::start().await;
    let table = &database.table;
    let first = person(table, "ann").await;
    change(table, &first.id, &Change::roles(&names(&["editor"]))).await.unwrap();
    let late = manage::change(table, &rights(), &first.id, Some(0), &Change::disable(), &note, LATER).await;
    assert!(matches!(late, Err(Error::Changed)), "{late:?}");
    assert!(user::active(table, &first.id, LATER).await.unwrap().is_some());
    assert!(!noted(table, &first.id).await);
    // A sign-in is no change of theirs.
    sign_in(table, &Identity { subject: "ann".into(), ..ann() }, LATER).await.unwrap();
    manage::change(table, &rights(), &first.id, Some(1), &Change::disable(), NO_TRAIL, LATER).await.unwrap();
}

#[tokio::test]
async fn disabling_ends_what_was_issued_and_enabling_does_not_bring_it_back() {
    // #34, #35
    let database = Database::start().await;
    let table = &database.table;
    let first = person(table, "ann").await;
    let disabled = change(table, &first.id, &Change::disable()).await.unwrap();
    assert_eq!((disabled.status, disabled.epoch), (Status::Disabled, 1));
    let refused = sign_in(table, &Identity { subject: "ann".into(), ..ann() }, LATER).await;
    assert!(matches!(refused, Err(user::Error::Refused(_))));
    let enabled = change(table, &first.id, &Change::enable()).await.unwrap();
    assert_eq!((enabled.status, enabled.epoch), (Status::Active, 1));
    assert!(user::active_in(table, &first.id, 0, LATER).await.unwrap().is_none());
    manage::sign_out(table, &first.id, &note, LATER).await.unwrap();
    let now = user::find(table, &first.id, LATER).await.unwrap().unwrap();
    assert_eq!((now.epoch, now.revision()), (2, 2));
    assert!(noted(table, &first.id).await);
    check_lists(&database);
}

#[tokio::test]
async fn what_cannot_be_stored_is_refused_and_changes_nothing() {
    // #82
    let database = Database::start().await;
    let table = &database.table;
    let first = person(table, "ann").await;
    let name = |name: &str| Change { name: Some(Some(name.to_owned())), ..Change::default() };
    let many: Vec<_> = (0..=MOST_ROLES).map(|n| format!("r{n}")).collect();
    let deleted = Change { status: Some(Status::Deleted), ..Change::default() };
    for wanted in [name(""), name(" \u{202e}"), name(&"x".repeat(201)), name("two\nlines"), deleted] {
        let refused = change(table, &first.id, &wanted).await;
        match wanted.name {
            Some(_) => assert!(matches!(refused, Err(Error::Unfit(Sentence::NameNotFit))), "{refused:?}"),
            None => assert!(matches!(refused, Err(Error::Wrong(_))), "{refused:?}"),
        }
    }
    let refused = change(table, &first.id, &Change::roles(&names(&["member", "owner"]))).await;
    assert!(matches!(refused, Err(Error::NoSuchRole(role)) if role == "owner"));
    let refused = change(table, &first.id, &Change::roles(&many)).await;
    assert!(matches!(refused, Err(Error::NoSuchRole(_))));
    assert!(matches!(change(table, "nobody", &Change::disable()).await, Err(Error::NoSuchPerson)));
    assert!(matches!(manage::sign_out(table, "nobody", NO_TRAIL, NOW).await, Err(Error::NoSuchPerson)));
    assert_eq!(user::find(table, &first.id, LATER).await.unwrap(), Some(first));
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let database = Database::start().await;
    let table = &database.table;
    let (ann, bob) = (admin(table, "ann").await, person(table, "bob").await);
    let member = Change::roles(&names(&["member"]));
    let delete = async |id: &str| manage::delete(table, id, None, NO_TRAIL, NOBODY_TOLD, LATER).await;
    for refused in [
        change(table, &ann.id, &member).await.err(),
        change(table, &ann.id, &Change::disable()).await.err(),
        delete(&ann.id).await.err(),
    ] {
        assert!(matches!(refused, Some(Error::LastAdmin)), "{refused:?}");
    }
    // Somebody disabled is none.
    change(table, &bob.id, &Change::roles(&names(&["admin"]))).await.unwrap();
    change(table, &bob.id, &Change::disable()).await.unwrap();
    assert!(matches!(change(table, &ann.id, &member).await, Err(Error::LastAdmin)));
    // Nor is an account to which nobody has come yet.
    let waiting =
        NewPerson { email: "waits@example.com".to_owned(), roles: names(&["admin"]), ..NewPerson::default() };
    let waiting = manage::create(table, &rights(), &waiting, NO_TRAIL, NOW).await.unwrap();
    assert!(matches!(change(table, &ann.id, &member).await, Err(Error::LastAdmin)));
    change(table, &bob.id, &Change::enable()).await.unwrap();
    change(table, &ann.id, &member).await.unwrap();
    assert!(matches!(delete(&bob.id).await, Err(Error::LastAdmin)));
    change(table, &waiting.id, &member).await.unwrap();
    // Other roles may be given and taken all the same.
    change(table, &bob.id, &Change::roles(&names(&["admin", "editor"]))).await.unwrap();
    check(&database);
    check_lists(&database);
}

#[tokio::test]
async fn an_account_waits_for_whoever_proves_its_address() {
    // #93, #94
    let database = Database::start().await;
    let table = &database.table;
    let new = NewPerson {
        name: Some("Ann".to_owned()),
        email: "ANN@example.com".to_owned(),
        roles: names(&["editor"]),
    };
    let made = manage::create(table, &rights(), &new, &note, NOW).await.unwrap();
    assert_eq!((made.email_verified, made.last_login_at, made.identities.len()), (false, None, 0));
    assert!(noted(table, &made.id).await);
    check_lists(&database);
    let found = manage::find_by_address(table, "ann@EXAMPLE.com", NOW).await.unwrap();
    assert_eq!(found.as_ref(), Some(&made));
    let again = manage::create(table, &rights(), &new, NO_TRAIL, NOW).await;
    assert!(matches!(again, Err(Error::AddressTaken)));

    // Not proven: somebody else.
    let claims = Identity { subject: "eve".into(), email_verified: false, ..ann() };
    assert_ne!(sign_in(table, &claims, LATER).await.unwrap().id, made.id);
    let taken = sign_in(table, &ann(), LATER).await.unwrap();
    assert_eq!((&taken.id, &taken.roles), (&made.id, &names(&["editor"])));
    assert_eq!((taken.name.as_deref(), taken.email_verified), (Some("Ann Lee"), true));
    assert_eq!(owner(&database, "ann@example.com").as_deref(), Some(&*made.id));
    check(&database);
    check_lists(&database);

    // The next one with the same address from elsewhere is somebody else.
    let other = Identity { issuer: "https://two.example".into(), ..ann() };
    assert_ne!(sign_in(table, &other, LATER).await.unwrap().id, made.id);
    assert_eq!(sign_in(table, &ann(), LATER).await.unwrap().id, made.id);
    check(&database);
}

#[tokio::test]
async fn an_account_that_is_disabled_or_deleted_waits_for_nobody() {
    // #35
    let database = Database::start().await;
    let table = &database.table;
    let new = NewPerson { email: "ann@example.com".to_owned(), ..NewPerson::default() };
    let made = manage::create(table, &rights(), &new, NO_TRAIL, NOW).await.unwrap();
    assert_eq!(made.roles, ["member"], "those of everybody who is new");
    change(table, &made.id, &Change::disable()).await.unwrap();
    assert!(matches!(sign_in(table, &ann(), LATER).await, Err(user::Error::Refused(_))));
    manage::delete(table, &made.id, None, NO_TRAIL, NOBODY_TOLD, LATER).await.unwrap();
    assert_ne!(sign_in(table, &ann(), LATER).await.unwrap().id, made.id);
    check_lists(&database);
}

#[tokio::test]
async fn somebody_who_has_an_account_leaves_the_one_that_waits() {
    // #93
    let database = Database::start().await;
    let table = &database.table;
    let bob = person(table, "bob").await;
    let new = NewPerson { email: "new@example.com".to_owned(), ..NewPerson::default() };
    let made = manage::create(table, &rights(), &new, NO_TRAIL, NOW).await.unwrap();
    let moved = Identity { subject: "bob".into(), email: Some("new@example.com".to_owned()), ..ann() };
    let still = sign_in(table, &moved, LATER).await.unwrap();
    assert_eq!((&still.id, still.email.as_deref()), (&bob.id, Some("new@example.com")));
    assert_eq!(manage::find_by_address(table, "new@example.com", LATER).await.unwrap().unwrap().id, made.id);
    assert_eq!(sign_in(table, &moved, LATER).await.unwrap().id, bob.id);
    check_lists(&database);
}

#[tokio::test]
async fn an_invitation_waits_and_can_be_withdrawn() {
    // #93
    let database = Database::start().await;
    let table = &database.table;
    let invite =
        async || manage::invite(table, &rights(), "Ann@Example.com", &names(&["editor"]), &note, NOW).await;
    invite().await.unwrap();
    assert!(noted(table, "invitation").await);
    assert!(matches!(invite().await, Err(Error::AddressTaken)));
    assert!(manage::find_by_address(table, "ann@example.com", NOW).await.unwrap().is_none());
    manage::uninvite(table, "ann@example.com", None, NO_TRAIL, NOW).await.unwrap();
    assert!(matches!(
        manage::uninvite(table, "ann@example.com", None, NO_TRAIL, NOW).await,
        Err(Error::NoSuchInvitation)
    ));
    assert_eq!(sign_in(table, &ann(), NOW).await.unwrap().roles, ["member"]);
    // An address that is somebody's is no invitation.
    assert!(matches!(
        manage::uninvite(table, "ann@example.com", None, NO_TRAIL, NOW).await,
        Err(Error::NoSuchInvitation)
    ));
    for address in ["", "ann", "ann@evil@example.com", "an\u{200b}n@example.com"] {
        let refused = manage::invite(table, &rights(), address, &[], NO_TRAIL, NOW).await;
        assert!(matches!(refused, Err(Error::Unfit(Sentence::AddressNotPlain))), "{address:?}");
    }
    assert_eq!(count(&database), (1, 1, 1));
    check(&database);
}

#[tokio::test]
async fn what_is_decided_is_read_by_key() {
    // #97: the list of administrators only proposes.
    let database = Database::start().await;
    let (ann, _bob) = (admin(&database.table, "ann").await, admin(&database.table, "bob").await);
    let (proxy, table) = database.proxy().await;
    proxy.plan(|_, _| Fault::None);
    change(&table, &ann.id, &Change::disable()).await.unwrap();
    let operations: Vec<_> = proxy.calls().iter().map(|call| call.operation.clone()).collect();
    assert_eq!(operations, ["GetItem", "Query", "BatchGetItem", "TransactWriteItems"]);
    let calls = proxy.calls();
    assert_eq!(calls[1].body["IndexName"], "owned");
    let write = calls[3].body["TransactItems"].as_array().unwrap();
    assert!(write.iter().any(|item| item["ConditionCheck"].is_object()), "{write:?}");
    assert!(
        write
            .iter()
            .flat_map(|item| item.as_object().unwrap().values())
            .all(|item| item["ConditionExpression"].is_string())
    );
}
