//! Finding people: by address, name and role, at a cost that does not depend on how many there are.

use oauth::Identity;
use store::{Change as RowChange, Table};
use user::{
    User,
    bulk::Account,
    manage::{self, Change, NO_TRAIL, NewPerson},
    search::{MOST_PAGES, People, Search, search},
};

use crate::{
    LATER, NOW, ann,
    invariants::check_lists,
    managing::change,
    names, rights, sign_in,
    support::{Database, Fault},
};

async fn people(table: &Table, names: &[(&str, &str)]) {
    for (name, email) in names {
        let (name, email) = (Some((*name).to_owned()), Some((*email).to_owned()));
        let subject = format!("{name:?}{email:?}");
        sign_in(table, &Identity { subject, name, email, ..ann() }, NOW).await.unwrap();
    }
}

fn by_name(name: &str) -> Search {
    Search { name: Some(name.to_owned()), ..Search::default() }
}

fn by_email(email: &str) -> Search {
    Search { email: Some(email.to_owned()), ..Search::default() }
}

/// All of it, with as many requests as it takes.
async fn all(table: &Table, wanted: &Search, limit: u32) -> Vec<User> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page: People = search(table, wanted, limit, after.as_deref(), NOW).await.unwrap();
        assert!(page.people.len() <= limit as usize);
        found.extend(page.people);
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

fn called(people: &[User]) -> Vec<&str> {
    people.iter().map(|user| user.name.as_deref().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_name_is_found_however_it_is_typed() {
    let database = Database::start().await;
    let table = &database.table;
    people(
        table,
        &[("Zoë Straße", "zoe@example.com"), ("Zoe Adams", "z@example.com"), ("Ｂｏｂ", "bob@example.com")],
    )
    .await;
    for (typed, expected) in [
        ("zoe", vec!["Zoe Adams", "Zoë Straße"]),
        ("ZOË  STRASSE", vec!["Zoë Straße"]),
        ("bob", vec!["Ｂｏｂ"]),
        ("oe", vec![]),
        ("z/", vec![]),
    ] {
        assert_eq!(called(&all(table, &by_name(typed), 10).await), expected, "{typed}");
    }
}

#[tokio::test]
async fn an_address_is_found_if_it_is_proven_or_waited_for() {
    let database = Database::start().await;
    let table = &database.table;
    people(table, &[("Ann", "Ann@Example.com"), ("Anna", "anna@example.com"), ("Bob", "bob@example.com")])
        .await;
    let unproven = Identity {
        subject: "eve".into(),
        email: Some("ann2@example.com".into()),
        email_verified: false,
        ..ann()
    };
    sign_in(table, &unproven, NOW).await.unwrap();
    let new =
        NewPerson { name: Some("Annika".into()), email: "annika@example.com".into(), roles: Vec::new() };
    manage::create(table, &rights(), &new, NO_TRAIL, NOW).await.unwrap();
    manage::invite(table, &rights(), "annette@example.com", &[], NO_TRAIL, NOW).await.unwrap();
    assert_eq!(called(&all(table, &by_email(" ANN"), 10).await), ["Ann", "Anna", "Annika"]);
    assert_eq!(called(&all(table, &by_email("ann@example.com"), 10).await), ["Ann"]);
    assert!(all(table, &by_email("#"), 10).await.is_empty());
}

#[tokio::test]
async fn everything_that_is_asked_must_hold() {
    let database = Database::start().await;
    let table = &database.table;
    people(table, &[("Ann", "ann@example.com"), ("Anna", "anna@example.com"), ("Bob", "bob@example.com")])
        .await;
    let everybody = all(table, &Search::default(), 10).await;
    assert_eq!(everybody.len(), 3);
    let id =
        |name: &str| everybody.iter().find(|user| user.name.as_deref() == Some(name)).unwrap().id.clone();
    change(table, &id("Anna"), &Change::roles(&names(&["editor"]))).await.unwrap();
    change(table, &id("Anna"), &Change::disable()).await.unwrap();
    change(table, &id("Bob"), &Change::roles(&names(&["editor"]))).await.unwrap();
    let editor = || Search { role: Some("editor".to_owned()), ..Search::default() };
    let disabled = |search: Search, disabled| Search { disabled: Some(disabled), ..search };
    for (wanted, expected) in [
        (editor(), vec!["Anna", "Bob"]),
        (disabled(editor(), true), vec!["Anna"]),
        (disabled(editor(), false), vec!["Bob"]),
        (disabled(Search::default(), true), vec!["Anna"]),
        (Search { role: Some("editor".into()), ..by_name("an") }, vec!["Anna"]),
        (Search { name: Some("bob".into()), ..by_email("ann") }, vec![]),
        (Search { role: Some("nothing".into()), ..Search::default() }, vec![]),
    ] {
        let mut found: Vec<_> = all(table, &wanted, 10).await;
        found.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(called(&found), expected, "{wanted:?}");
    }
    check_lists(&database);
}

#[tokio::test]
async fn a_change_of_name_or_role_is_found_at_once_and_the_old_one_is_not() {
    let database = Database::start().await;
    let table = &database.table;
    let user = sign_in(table, &ann(), NOW).await.unwrap();
    sign_in(table, &Identity { name: Some("Ann Bell".into()), ..ann() }, LATER).await.unwrap();
    assert!(all(table, &by_name("Ann Lee"), 10).await.is_empty());
    assert_eq!(all(table, &by_name("Ann Bell"), 10).await.len(), 1);
    // A row that a hand has changed is compared by what it says.
    let name = RowChange::new().set(User::ROLES, &names(&["editor"]));
    table.update::<User>(&user.id, name, NOW).await.unwrap();
    let member = Search { role: Some("member".into()), ..Search::default() };
    assert!(all(table, &member, 10).await.is_empty(), "the list has them, their row does not");
}

#[tokio::test]
async fn pages_cost_the_same_whoever_is_on_them() {
    let database = Database::start().await;
    for n in 0..60 {
        people(&database.table, &[(&format!("Ann {n:02}"), &format!("ann{n:02}@example.com"))]).await;
    }
    let (proxy, table) = database.proxy().await;
    let nobody = |search: Search| Search { disabled: Some(true), ..search };
    for (wanted, reads) in [
        (by_name("ann"), 2),
        (by_email("ann"), 3),
        (Search { role: Some("member".into()), ..Search::default() }, 2),
        (Search::default(), 2),
    ] {
        proxy.plan(|_, _| Fault::None);
        let page = search(&table, &wanted, 5, None, NOW).await.unwrap();
        assert_eq!((page.people.len(), proxy.calls().len()), (5, reads), "{wanted:?}");
        assert!(page.next.is_some());
        // Nobody fits: it ends after a stated number of pages, and says where to go on.
        proxy.plan(|_, _| Fault::None);
        let page = search(&table, &nobody(wanted.clone()), 5, None, NOW).await.unwrap();
        assert_eq!((page.people.len(), proxy.calls().len()), (0, reads * MOST_PAGES), "{wanted:?}");
        assert!(page.next.is_some());
        let found = all(&table, &wanted, 7).await;
        let mut ids: Vec<_> = found.iter().map(|user| &user.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((found.len(), ids.len()), (60, 60), "each once: {wanted:?}");
    }
    for call in proxy.calls().iter().filter(|call| call.operation == "BatchGetItem") {
        let tables = call.body["RequestItems"].as_object().unwrap();
        assert!(tables.values().all(|table| table["ConsistentRead"] == true));
    }
}

/// Takes the rows away by which people are found by name and role, as a version without them left the table.
fn without_lists(database: &Database) {
    for row in database.rows() {
        let key = row["pk"]["S"].as_str().unwrap();
        if ["NAME#", "ROLE#"].iter().any(|kind| key.starts_with(kind)) {
            let key = serde_json::from_value(serde_json::json!({"pk": row["pk"], "sk": row["sk"]})).unwrap();
            let request = dynoxide::actions::delete_item::DeleteItemRequest {
                table_name: "latchkey".to_owned(),
                key,
                ..Default::default()
            };
            database.inside.delete_item(request).unwrap();
        }
    }
}

async fn index(table: &Table, once: bool) -> Result<Option<u64>, user::Error> {
    user::index::index(table, once, NOW, |_| ()).await
}

#[tokio::test]
async fn a_table_from_before_the_lists_gets_them() {
    let database = Database::start().await;
    let table = &database.table;
    people(table, &[("Ann", "ann@example.com"), ("Bob", "bob@example.com")]).await;
    without_lists(&database);
    assert!(all(table, &by_name("a"), 10).await.is_empty());
    assert_eq!(index(table, true).await.unwrap(), Some(2));
    check_lists(&database);
    assert_eq!(called(&all(table, &by_name("a"), 10).await), ["Ann"]);
    assert_eq!(index(table, true).await.unwrap(), None);
    assert_eq!(index(table, false).await.unwrap(), Some(2), "to repeat it changes nothing");
    check_lists(&database);
}

#[tokio::test]
async fn writing_the_lists_goes_on_where_it_stopped_and_writes_nothing_twice() {
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    proxy.plan(|_, _| Fault::None);
    let new: Vec<_> = (0..250)
        .map(|n| Account {
            name: Some(format!("person {n}")),
            email: Some(format!("p{n}@example.com")),
            ..Account::default()
        })
        .collect();
    user::bulk::import(&database.table, &rights(), &new, false, NOW).await.unwrap();
    without_lists(&database);
    let calls = |operation: &str| proxy.calls().iter().filter(|call| call.operation == operation).count();
    // The second hundred fails.
    proxy.plan(|_, call| match call.operation.as_str() {
        "Query" if call.body["ExpressionAttributeValues"][":after"].is_object() => Fault::Cut,
        _ => Fault::None,
    });
    index(&table, true).await.unwrap_err();
    let written = calls("TransactWriteItems");
    assert!((3..=4).contains(&written), "a hundred people of three rows: {written}");
    proxy.plan(|_, _| Fault::None);
    assert_eq!(index(&table, true).await.unwrap(), Some(250), "those before count too");
    assert_eq!(calls("Query"), 2, "it begins at the second hundred");
    check_lists(&database);

    proxy.plan(|_, _| Fault::None);
    assert_eq!(index(&table, false).await.unwrap(), Some(250));
    assert_eq!((calls("Query"), calls("TransactWriteItems")), (3, 0), "who is in the lists is only read");
    assert_eq!(all(&database.table, &by_name("person 1"), 100).await.len(), 111);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_changed_while_the_lists_are_written_is_in_them_as_they_are_then() {
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    people(&database.table, &[("Ann", "ann@example.com"), ("Bob", "bob@example.com")]).await;
    without_lists(&database);
    let ann = manage::find_by_address(&database.table, "ann@example.com", NOW).await.unwrap().unwrap();
    let renamed = serde_json::json!({
        "TableName": "latchkey", "Key": {"pk": {"S": format!("USER#{}", ann.id)}, "sk": {"S": "USER"}},
        "UpdateExpression": "SET #name = :name", "ExpressionAttributeNames": {"#name": "name"},
        "ExpressionAttributeValues": {":name": {"S": "Anna"}},
    });
    let inside = database.inside.clone();
    proxy.plan(move |_, call| {
        if call.operation == "TransactWriteItems" {
            inside.update_item(serde_json::from_value(renamed.clone()).unwrap()).unwrap();
        }
        Fault::None
    });
    assert_eq!(index(&table, false).await.unwrap(), Some(2));
    check_lists(&database);
}
