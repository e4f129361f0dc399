//! The list.

use serde::Deserialize;
use store::{Change, Page, Write};

use crate::{NOW, Numbered, Person, person, support::Database, ticket};

#[derive(Debug, Deserialize)]
struct Entry {
    id: String,
    name: String,
    hidden: Option<String>,
}

async fn page(table: &store::Table, limit: u32, after: Option<&str>) -> (Vec<String>, Option<String>) {
    let Page { items, next, .. } = table.list::<Entry>("USERS", limit, after).await.unwrap();
    (items.into_iter().map(|entry| entry.id).collect(), next)
}

#[tokio::test]
async fn newest_first_page_by_page() {
    let table = Database::start().await.table;
    for id in ["1", "2", "3", "4"] {
        table.create(id, &person(id), NOW).await.unwrap();
    }
    table.create("5", &ticket("not listed"), NOW).await.unwrap();
    assert_eq!(page(&table, 3, None).await, (vec!["4".into(), "3".into(), "2".into()], Some("2".into())));
    assert_eq!(page(&table, 3, Some("2")).await, (vec!["1".into()], None));
    assert_eq!(page(&table, 4, None).await.1, None, "a full page that is the last one says so");
    assert_eq!(page(&table, 2, Some("0")).await, (vec![], None));
    let nobody = table.list::<Entry>("NOBODY", 5, None).await.unwrap();
    assert!(nobody.items.is_empty() && nobody.next.is_none());
}

#[tokio::test]
async fn the_list_contains_the_projected_attributes_only() {
    // #82
    let table = Database::start().await.table;
    table.create("1", &person("1"), NOW).await.unwrap();
    let entry = table.list::<Entry>("USERS", 5, None).await.unwrap().items.remove(0);
    assert_eq!(entry.name, "Name of 1");
    assert_eq!(entry.hidden, None);
}

#[tokio::test]
async fn deleted_and_expired_rows_are_not_listed() {
    let table = Database::start().await.table;
    for id in ["1", "2", "3"] {
        table.create(id, &person(id), NOW).await.unwrap();
    }
    table.take::<Person>("1", NOW).await.unwrap().unwrap();
    table.transact(vec![Write::delete::<Person>("3", [], NOW)]).await.unwrap();
    let change = Change::new().set(Person::NAME, "Two");
    table.update::<Person>("2", change, NOW).await.unwrap();
    let entries = table.list::<Entry>("USERS", 5, None).await.unwrap().items;
    assert_eq!(entries.iter().map(|entry| &*entry.name).collect::<Vec<_>>(), ["Two"]);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_hides_no_other() {
    #[derive(Debug, Deserialize)]
    struct Strict {
        id: String,
        #[serde(rename = "name")]
        _name: u64,
    }
    let table = Database::start().await.table;
    for id in ["1", "2", "3"] {
        table.create(id, &person(id), NOW).await.unwrap();
    }
    for (id, name) in [("1", 1), ("3", 3)] {
        table.update(id, Change::new().set(Numbered::NAME, &name), NOW).await.unwrap();
    }
    let page = table.list::<Strict>("USERS", 2, None).await.unwrap();
    let ids: Vec<_> = page.items.iter().map(|entry| &*entry.id).collect();
    assert_eq!((ids, page.unreadable), (vec!["3"], vec!["2".to_owned()]));
    assert_eq!(page.next.as_deref(), Some("2"), "the next page begins behind it");
}
