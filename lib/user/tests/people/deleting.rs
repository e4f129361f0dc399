//! Deleting somebody: whole, for good, and finished whatever happens.

use oauth::Identity;
use store::{Owner, Record};
use user::{
    Status, User,
    manage::{self, Error, NO_TRAIL, NOBODY_TOLD},
};

use crate::{
    LATER, NOW, ann,
    invariants::{check, check_lists, count},
    managing::{note, noted, person},
    sign_in,
    support::Database,
};

/// Something that belongs to a person.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Thing {
    user_id: String,
}

impl Record for Thing {
    const KIND: &'static str = "THING";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user_id))
    }
}

/// The rows that have not ended.
fn living(database: &Database) -> Vec<String> {
    let rows = database.rows();
    let ended = |row: &&serde_json::Value| {
        row["expires_at"]["N"].as_str().is_none_or(|end| end.parse::<i64>().unwrap() > LATER.epoch())
    };
    rows.iter().filter(ended).map(|row| row["pk"]["S"].as_str().unwrap().to_owned()).collect()
}

async fn with_things(database: &Database, many: usize) -> User {
    let user = person(&database.table, "ann").await;
    for n in 0..many {
        let thing = Thing { user_id: user.id.clone() };
        assert!(database.table.create(&n.to_string(), &thing, NOW).await.unwrap());
    }
    user
}

#[tokio::test]
async fn nothing_is_left_but_what_was_written_down() {
    let database = Database::start().await;
    let table = &database.table;
    let user = with_things(&database, 60).await;
    manage::delete(table, &user.id, Some(0), &note, NOBODY_TOLD, LATER).await.unwrap();
    assert_eq!(living(&database), [format!("NOTE#{}", user.id)]);
    let of_them =
        database.rows().into_iter().find(|row| row["pk"]["S"] == format!("USER#{}", user.id)).unwrap();
    let text = of_them.to_string().to_lowercase();
    assert!(!text.contains("ann") && !text.contains("example"), "no name, no address: {text}");
    assert!(noted(table, &user.id).await);
    assert!(matches!(
        manage::delete(table, &user.id, None, NO_TRAIL, NOBODY_TOLD, LATER).await,
        Err(Error::NoSuchPerson)
    ));
}

#[tokio::test]
async fn who_comes_back_is_somebody_new() {
    // #93
    let database = Database::start().await;
    let table = &database.table;
    let before = sign_in(table, &ann(), NOW).await.unwrap();
    manage::delete(table, &before.id, None, NO_TRAIL, NOBODY_TOLD, LATER).await.unwrap();
    let after = sign_in(table, &ann(), LATER).await.unwrap();
    assert_ne!(after.id, before.id);
    assert_eq!(after.email.as_deref(), Some("Ann@example.com"), "the address was free");
    check_lists(&database);
}

#[tokio::test]
async fn a_tombstone_is_nobody() {
    // #35: while what they had is being removed.
    let database = Database::start().await;
    let table = &database.table;
    let user = with_things(&database, 1).await;
    let (proxy, cut) = database.proxy().await;
    // The tombstone is written, and the sweep fails.
    proxy.plan(|_, call| match call.operation.as_str() {
        "Query" => crate::support::Fault::Cut,
        _ => crate::support::Fault::None,
    });
    assert!(manage::delete(&cut, &user.id, None, NO_TRAIL, NOBODY_TOLD, LATER).await.is_err());
    assert_eq!(user::find(table, &user.id, LATER).await.unwrap(), None);
    assert!(user::active(table, &user.id, LATER).await.unwrap().is_none());
    let change = manage::Change { status: Some(Status::Active), ..manage::Change::default() };
    let revived = manage::change(table, &crate::rights(), &user.id, None, &change, NO_TRAIL, LATER).await;
    assert!(matches!(revived, Err(Error::NoSuchPerson)), "{revived:?}");
    let again = sign_in(table, &Identity { subject: "ann".into(), ..ann() }, LATER).await.unwrap();
    assert_ne!(again.id, user.id);
    assert!(user::list(table, 10, None).await.unwrap().items.iter().all(|entry| entry.id != user.id));
    // Anybody's next deletion finishes it, and so does an operator.
    assert_eq!(manage::finish_deletions(table, NOBODY_TOLD, LATER).await.unwrap(), 1);
    assert!(!living(&database).contains(&"THING#0".to_owned()));
    assert_eq!(manage::finish_deletions(table, NOBODY_TOLD, LATER).await.unwrap(), 0);
}

#[tokio::test]
async fn a_deletion_depends_on_what_the_caller_has_seen() {
    // #97
    let database = Database::start().await;
    let table = &database.table;
    let user = person(table, "ann").await;
    assert!(matches!(
        manage::delete(table, &user.id, Some(3), NO_TRAIL, NOBODY_TOLD, LATER).await,
        Err(Error::Changed)
    ));
    assert_eq!(count(&database), (1, 1, 1));
    check(&database);
}
