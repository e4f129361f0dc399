//! What belongs to somebody: listed and swept.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use store::{Batch, Change, Connection, Ids, Member, Owner, Record, Swept, Table, Write, member};

use crate::{
    NOW, Ticket, person,
    support::{Database, Fault},
    ticket,
};

/// A row that belongs to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Device {
    user: Option<String>,
    client: Option<String>,
    seen: u64,
    ends_at: Option<i64>,
}

impl Device {
    const SEEN: Member<Self, u64> = member!(Self, seen);
}

impl Record for Device {
    const KIND: &'static str = "DEVICE";

    fn expires_at(&self) -> Option<i64> {
        self.ends_at
    }

    fn owner(&self) -> Option<Owner<'_>> {
        self.user.as_deref().map(Owner::User).or(self.client.as_deref().map(Owner::Client))
    }
}

/// Another kind that the same people have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Key {
    user: String,
}

impl Record for Key {
    const KIND: &'static str = "KEY";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user))
    }
}

fn device(user: &str) -> Device {
    Device { user: Some(user.to_owned()), client: None, seen: 0, ends_at: Some(NOW + 60) }
}

fn key(user: &str) -> Key {
    Key { user: user.to_owned() }
}

async fn ids<R: Record>(table: &Table, owner: Owner<'_>) -> Vec<String> {
    table.list_of::<R>(owner, 100, None).await.unwrap().ids
}

#[tokio::test]
async fn whose_it_is_part_by_part_and_kind_by_kind() {
    // #82: nobody's rows are in anybody else's list.
    let table = Database::start().await.table;
    for n in ["1", "2", "3", "4"] {
        table.create(n, &device("ann"), NOW).await.unwrap();
        table.create(n, &key("ann"), NOW).await.unwrap();
        table.create(&format!("{n}b"), &device("bob"), NOW).await.unwrap();
    }
    let ann = Owner::User("ann");
    let part = async |limit, after| {
        let Ids { ids, next } = table.list_of::<Device>(ann, limit, after).await.unwrap();
        (ids.join(" "), next)
    };
    assert_eq!(part(3, None).await, ("1 2 3".to_owned(), Some("3".to_owned())));
    assert_eq!(part(3, Some("3")).await, ("4".to_owned(), None));
    assert_eq!(part(4, None).await, ("1 2 3 4".to_owned(), None), "a full part that is the last one says so");
    assert_eq!(part(4, Some("2x")).await, ("3 4".to_owned(), None), "from behind a row that is gone");
    assert_eq!(part(4, Some("4")).await, (String::new(), None));
    assert_eq!(ids::<Key>(&table, ann).await, ["1", "2", "3", "4"]);
    for nobody in [Owner::User("an"), Owner::User("ann#"), Owner::Client("ann"), Owner::User("cy")] {
        assert_eq!(ids::<Device>(&table, nobody).await, [""; 0], "{nobody}");
    }
}

#[tokio::test]
async fn a_row_leaves_the_list_when_it_ends_and_stays_in_it_when_it_changes() {
    let table = Database::start().await.table;
    for n in ["1", "2", "3", "4"] {
        table.create(n, &device("ann"), NOW).await.unwrap();
    }
    table.take::<Device>("1", NOW).await.unwrap().unwrap();
    table.transact(vec![Write::delete::<Device>("2", [], NOW)]).await.unwrap();
    table.update("3", Change::new().set(Device::SEEN, &7), NOW).await.unwrap();
    let old = table.get::<Device>("4", NOW).await.unwrap().unwrap();
    assert_eq!(old.clone().into_inner(), device("ann"), "a record knows nothing of the index");
    let theirs = Device { user: None, client: Some("app".to_owned()), ..device("") };
    assert!(table.replace("4", &old, &theirs, NOW).await.unwrap());
    assert_eq!(ids::<Device>(&table, Owner::User("ann")).await, ["3"]);
    assert_eq!(ids::<Device>(&table, Owner::Client("app")).await, ["4"]);
}

#[tokio::test]
async fn what_belongs_to_nobody_is_not_in_the_index() {
    // A sign-in writes no index: neither its session nor its person is in this one.
    let database = Database::start().await;
    let table = &database.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    table.create("1", &person("1"), NOW).await.unwrap();
    table.create("1", &Device { user: None, ..device("") }, NOW).await.unwrap();
    assert!(database.rows().iter().all(|row| row.get("belongs_to").is_none()));
    table.create("2", &device("ann"), NOW).await.unwrap();
    let there: Vec<_> = database.rows().iter().filter_map(|row| row.get("belongs_to").cloned()).collect();
    assert_eq!(there, [serde_json::json!({"S": "USER#ann"})]);
}

#[tokio::test]
async fn sweeping_ends_all_that_belongs_to_somebody_and_nothing_else() {
    // All of it, of whatever kind, and of nobody else.
    let database = Database::start().await;
    let table = &database.table;
    for n in 0..30 {
        table.create(&n.to_string(), &device("ann"), NOW).await.unwrap();
    }
    table.create("1", &key("ann"), NOW).await.unwrap();
    table.create("1b", &device("bob"), NOW).await.unwrap();
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    // One that has ended already is swept too, or no round would ever find nothing.
    let ended = Device { ends_at: Some(NOW - 1), ..device("ann") };
    table.create("ended", &ended, NOW - 60).await.unwrap();
    let ann = Owner::User("ann");
    let mut rounds = Vec::new();
    while rounds.last() != Some(&0) {
        let Swept { found, ended } = table.sweep(ann, NOW).await.unwrap();
        assert_eq!(found, ended);
        rounds.push(found);
    }
    assert_eq!(rounds, [25, 7, 0]);
    for n in 0..30 {
        assert!(table.get::<Device>(&n.to_string(), NOW).await.unwrap().is_none());
    }
    assert!(table.get::<Key>("1", NOW).await.unwrap().is_none());
    assert!(table.get::<Device>("1b", NOW).await.unwrap().is_some());
    assert!(table.get::<Ticket>("1", NOW).await.unwrap().is_some());
    let ends = database.rows().into_iter().filter_map(|row| row["expires_at"]["N"].as_str()?.parse().ok());
    assert_eq!(ends.filter(|end: &i64| *end < NOW - 3600).count(), 32, "time-to-live deletes them");
}

#[tokio::test]
async fn a_sweep_goes_by_the_row_and_not_by_the_index() {
    // #97: the index may say what was true a moment ago.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &device("bob"), NOW).await.unwrap();
    let stale = r#"{"Items":[{"pk":{"S":"DEVICE#1"},"sk":{"S":"DEVICE"},"belongs_to":{"S":"USER#ann"}},{"pk":{"S":"DEVICE#2"},"sk":{"S":"DEVICE"},"belongs_to":{"S":"USER#ann"}}],"Count":2,"ScannedCount":2}"#;
    proxy.plan(move |_, call| match &*call.operation {
        "Query" => Fault::Answer(200, stale.to_owned()),
        _ => Fault::None,
    });
    assert_eq!(table.sweep(Owner::User("ann"), NOW).await.unwrap(), Swept { found: 2, ended: 0 });
    assert!(table.get::<Device>("1", NOW).await.unwrap().is_some(), "it is another's now");
    assert_eq!(database.rows().len(), 1, "and none is made of one that is gone");
}

#[tokio::test]
async fn a_sweep_knows_what_it_ended() {
    // #98
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    for n in ["1", "2"] {
        table.create(n, &device("ann"), NOW).await.unwrap();
    }
    proxy.plan(|n, _| if [0, 2].contains(&n) { Fault::LostAnswer } else { Fault::None });
    assert_eq!(table.sweep(Owner::User("ann"), NOW).await.unwrap(), Swept { found: 2, ended: 2 });
    let calls: Vec<_> = proxy.calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["Query", "Query", "UpdateItem", "UpdateItem", "UpdateItem"]);
    proxy.plan(|_, _| Fault::Cut);
    assert!(matches!(table.sweep(Owner::User("ann"), NOW).await, Err(store::Error::Unavailable(_))));
    assert!(matches!(
        table.list_of::<Key>(Owner::User("ann"), 1, None).await,
        Err(store::Error::Unavailable(_))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_sweeps_at_once_each_row_is_ended_by_one() {
    // #97
    let table = Database::start().await.table;
    for n in 0..4 {
        table.create(&n.to_string(), &device("ann"), NOW).await.unwrap();
    }
    let sweeps = (0..64).map(|_| {
        let table = table.clone();
        tokio::spawn(async move { table.sweep(Owner::User("ann"), NOW).await.unwrap().ended })
    });
    let mut ended = 0;
    for sweep in sweeps.collect::<Vec<_>>() {
        ended += sweep.await.unwrap();
    }
    assert_eq!(ended, 4);
    assert_eq!(table.sweep(Owner::User("ann"), NOW).await.unwrap().found, 0);
}

fn sorted(database: &Database) -> Vec<String> {
    let mut rows: Vec<_> = database.rows().iter().map(ToString::to_string).collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn a_table_of_an_older_version_gets_its_index() {
    // With its rows; and those that belonged to somebody before there was an index are in it.
    let database = Database::without_table().await;
    let table = &database.table;
    database.make_first_table();
    let before = Ticket { owner: "ann".to_owned(), ..ticket("ann") };
    assert!(table.create("1", &before, NOW).await.unwrap());
    assert!(table.create("2", &person("2"), NOW).await.unwrap());
    assert!(table.create("1", &device("ann"), NOW).await.unwrap());
    table.list_of::<Device>(Owner::User("ann"), 5, None).await.unwrap_err();
    let rows = sorted(&database);
    table.provision().await.unwrap();
    table.provision().await.unwrap();
    assert_eq!(sorted(&database), rows);
    assert_eq!(ids::<Device>(table, Owner::User("ann")).await, ["1"]);
    table.create("2", &device("ann"), NOW).await.unwrap();
    assert_eq!(ids::<Device>(table, Owner::User("ann")).await, ["1", "2"]);
    assert_eq!(table.list::<serde_json::Value>("USERS", 5, None).await.unwrap().items.len(), 1);
    assert_eq!(database.indexes(), ["list", "owned"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_provision_at_once_none_fails() {
    for old in [false, true] {
        let database = Database::without_table().await;
        if old {
            database.make_first_table();
        }
        let endpoint = database.endpoint.clone();
        let all = (0..16).map(|_| {
            let connection = Connection { table: "latchkey".to_owned(), endpoint: Some(endpoint.clone()) };
            tokio::spawn(async move { Table::open(connection).await.provision().await.unwrap() })
        });
        for one in all.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        let indexes: BTreeSet<_> = database.indexes().into_iter().collect();
        assert_eq!(indexes.len(), 2, "{old}");
    }
}

#[tokio::test]
async fn a_batch_says_what_is_there_and_to_whom_it_belongs() {
    // Rows of #100 that have ended are not there.
    let table = Database::start().await.table;
    table.create("1", &device("ann"), NOW).await.unwrap();
    table.create("2", &Device { user: None, ..device("") }, NOW).await.unwrap();
    table.create("3", &Device { ends_at: Some(NOW - 1), ..device("ann") }, NOW - 60).await.unwrap();
    table.create("1", &Key { user: "ann".to_owned() }, NOW).await.unwrap();
    let ids = ["1", "2", "3", "4", "1"];
    let batch = ids.iter().fold(Batch::new(), |batch, id| batch.and::<Device>(*id));
    let mut rows = table.get_batch(batch.and::<Key>("1"), NOW).await.unwrap();
    assert_eq!(ids.map(|id| rows.has::<Device>(id)), [true, true, false, false, true]);
    assert_eq!(
        ids.map(|id| rows.belongs_to::<Device>(id, Owner::User("ann"))),
        [true, false, false, false, true]
    );
    assert!(!rows.belongs_to::<Device>("1", Owner::User("bob")) && !rows.has::<Key>("2"));
    assert!(rows.see::<Device>("1").is_some() && rows.take::<Device>("1").is_some());
    assert!(!rows.has::<Device>("1") && rows.has::<Key>("1"), "taken, and only that one");
}
