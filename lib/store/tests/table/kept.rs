//! Rows that are kept beyond their end: absent for everybody but those who list what there was.

use serde::{Deserialize, Serialize};
use store::{
    Batch, Change, Member, Owner, Past, Record, Seen, Table, Taken, Transacted, Updated, Write, member,
};

use crate::{
    NOW,
    support::{Database, Fault},
};

/// A visit that ends after a minute and is kept for an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Visit {
    user: String,
    seen: u64,
    until: i64,
}

impl Visit {
    const SEEN: Member<Self, u64> = member!(Self, seen);
}

impl Record for Visit {
    const KIND: &'static str = "VISIT";
    const KEPT: bool = true;

    fn expires_at(&self) -> Option<i64> {
        Some(self.until)
    }

    fn kept_until(&self) -> Option<i64> {
        Some(NOW + 3600)
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user))
    }
}

fn visit() -> Visit {
    Visit { user: "ann".to_owned(), seen: 0, until: NOW + 60 }
}

async fn past(table: &Table, now: i64) -> Vec<Past<Visit>> {
    let ids = table.list_of::<Visit>(Owner::User("ann"), 10, None).await.unwrap().ids;
    table.past::<Visit>(&ids, now).await.unwrap()
}

/// Whatever asks for the row finds none, and whatever writes it is refused.
async fn assert_absent(table: &Table, now: i64) {
    assert!(table.get::<Visit>("1", now).await.unwrap().is_none());
    assert!(!table.has::<Visit>("1", now).await.unwrap());
    assert!(matches!(table.see::<Visit>("1", now).await.unwrap(), Seen::Ended));
    let mut rows = table.get_batch(Batch::new().and::<Visit>("1"), now).await.unwrap();
    assert!(rows.read::<Visit>("1").is_none());
    let change = || Change::new().set(Visit::SEEN, &1u64).ends_at(Some(NOW + 3600));
    assert!(matches!(table.update::<Visit>("1", change(), now).await.unwrap(), Updated::Missing));
    assert!(table.take::<Visit>("1", now).await.unwrap().is_none());
    assert!(matches!(table.take_when::<Visit>("1", [], now).await.unwrap(), Taken::Missing));
    for write in [
        Write::update::<Visit>("1", change(), now),
        Write::take::<Visit>("1", [], now),
        Write::check::<Visit>("1", [], now),
    ] {
        assert_eq!(table.transact(vec![write]).await.unwrap(), Transacted::Refused(vec![0]));
    }
}

#[tokio::test]
async fn a_kept_row_that_was_taken_is_absent_for_all_but_those_who_list_what_was() {
    // #100, #53: whichever way it ended, nothing brings it back.
    for way in ["take", "take_when", "transact"] {
        let table = Database::start().await.table;
        assert!(table.create("1", &visit(), NOW).await.unwrap());
        assert_eq!(past(&table, NOW).await, [Past { record: visit(), ended_at: None }]);
        match way {
            "take" => assert_eq!(table.take::<Visit>("1", NOW + 10).await.unwrap(), Some(visit())),
            "take_when" => {
                let taken = table.take_when("1", [Visit::SEEN.is(&0u64)], NOW + 10).await.unwrap();
                assert!(matches!(taken, Taken::Done(row) if row == visit()));
            }
            _ => {
                let write = Write::take::<Visit>("1", [], NOW + 10);
                assert_eq!(table.transact(vec![write]).await.unwrap(), Transacted::Done);
            }
        }
        // Also for a clock that is behind.
        for now in [NOW - 3600, NOW, NOW + 10, NOW + 59, NOW + 3599] {
            assert_absent(&table, now).await;
        }
        assert_eq!(past(&table, NOW + 3599).await, [Past { record: visit(), ended_at: Some(NOW + 10) }]);
        assert_eq!(past(&table, NOW + 3600).await, [], "{way}: it is not kept for longer");
    }
}

#[tokio::test]
async fn a_kept_row_that_ended_by_itself_is_absent_from_its_end_on() {
    // #100
    let table = Database::start().await.table;
    table.create("1", &visit(), NOW).await.unwrap();
    assert!(table.get::<Visit>("1", NOW + 59).await.unwrap().is_some());
    assert_absent(&table, NOW + 60).await;
    assert_eq!(past(&table, NOW + 60).await[0].ended_at, Some(NOW + 60));
    // Its place is free, as that of any row that has ended.
    assert!(!table.create("1", &visit(), NOW + 59).await.unwrap());
    assert!(table.create("1", &Visit { until: NOW + 200, ..visit() }, NOW + 60).await.unwrap());
}

#[tokio::test]
async fn the_end_of_a_kept_row_moves_and_its_keeping_stays() {
    let database = Database::start().await;
    let table = &database.table;
    table.create("1", &visit(), NOW).await.unwrap();
    let later = || Change::<Visit>::new().ends_at(Some(NOW + 120));
    assert!(matches!(table.update("1", later(), NOW).await.unwrap(), Updated::Done(_)));
    assert!(table.get::<Visit>("1", NOW + 119).await.unwrap().is_some());
    assert_eq!(database.rows()[0]["expires_at"]["N"], (NOW + 3600).to_string());
    let longer = later().kept_until(Some(NOW + 7200));
    assert!(matches!(table.update("1", longer, NOW).await.unwrap(), Updated::Done(_)));
    assert_eq!(past(table, NOW + 7199).await.len(), 1);
}

#[tokio::test]
async fn a_kept_row_is_swept_for_good() {
    let table = Database::start().await.table;
    table.create("1", &visit(), NOW).await.unwrap();
    table.take::<Visit>("1", NOW).await.unwrap();
    assert_eq!(table.sweep(Owner::User("ann"), NOW).await.unwrap().ended, 1);
    assert_eq!(past(&table, NOW).await, []);
    assert_eq!(table.past::<Visit>(&["1".to_owned()], NOW).await.unwrap(), [], "whoever knows its id");
}

#[tokio::test]
async fn a_row_of_before_rows_were_kept_ends_as_it_did() {
    // What an upgrade finds: no `lives_until`.
    let database = Database::start().await;
    let table = &database.table;
    table.create("1", &visit(), NOW).await.unwrap();
    let mut row: dynoxide::types::Item = serde_json::from_value(database.rows().remove(0)).unwrap();
    row.remove("lives_until");
    row.insert("expires_at".to_owned(), dynoxide::types::AttributeValue::N((NOW + 60).to_string()));
    let request = dynoxide::actions::put_item::PutItemRequest {
        table_name: "latchkey".to_owned(),
        item: row,
        ..Default::default()
    };
    database.inside.put_item(request).unwrap();
    assert!(table.get::<Visit>("1", NOW + 59).await.unwrap().is_some());
    assert!(table.get::<Visit>("1", NOW + 60).await.unwrap().is_none());
    assert_eq!(table.take::<Visit>("1", NOW).await.unwrap(), Some(visit()));
    assert!(table.get::<Visit>("1", NOW + 10).await.unwrap().is_none());
}

#[tokio::test]
async fn a_taking_whose_answer_was_lost_is_recognised() {
    // #98
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &visit(), NOW).await.unwrap();
    proxy.plan(|n, _| if n == 0 { Fault::LostAnswer } else { Fault::None });
    assert_eq!(table.take::<Visit>("1", NOW).await.unwrap(), Some(visit()));
}
