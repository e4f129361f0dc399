//! What the operations do when nothing goes wrong.

use serde_json::json;
use store::{Change, Record, Seen, Transacted, Updated, Write, member};

use crate::{NOW, Ticket, support::Database, ticket};

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn a_row_comes_back_as_it_was_written() {
    let table = Database::start().await.table;
    for row in [
        ticket("ann"),
        Ticket { note: Some("é\u{1F511}".to_owned()), ..ticket("bob") },
        Ticket { ends_at: None, ..ticket("cy") },
    ] {
        assert!(table.create(&row.owner, &row, NOW).await.unwrap());
        assert_eq!(table.get::<Ticket>(&row.owner, NOW).await.unwrap().unwrap().into_inner(), row);
    }
    assert!(table.get::<Ticket>("nobody", NOW).await.unwrap().is_none());
}

#[tokio::test]
async fn create_does_not_overwrite() {
    let table = Database::start().await.table;
    assert!(table.create("1", &ticket("ann"), NOW).await.unwrap());
    assert!(!table.create("1", &ticket("bob"), NOW).await.unwrap());
    assert_eq!(table.get::<Ticket>("1", NOW).await.unwrap().unwrap().owner, "ann");
}

#[tokio::test]
async fn replace_compares_and_swaps() {
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let old = table.get::<Ticket>("1", NOW).await.unwrap().unwrap();
    assert!(table.replace("1", &old, &ticket("bob"), NOW).await.unwrap());
    assert!(!table.replace("1", &old, &ticket("cy"), NOW).await.unwrap(), "the version has moved on");
    assert!(!table.replace("2", &old, &ticket("cy"), NOW).await.unwrap(), "there is no such row");
    assert_eq!(table.get::<Ticket>("1", NOW).await.unwrap().unwrap().owner, "bob");
}

#[tokio::test]
async fn update_changes_what_it_names() {
    let table = Database::start().await.table;
    table.create("1", &Ticket { note: Some("old".to_owned()), ..ticket("ann") }, NOW).await.unwrap();

    let change = Change::new()
        .set(Ticket::OWNER, "bob")
        .when(Ticket::OWNER.is("ann"))
        .when(Ticket::NOTE.is(&some("old")));
    let Updated::Done(row) = table.update::<Ticket>("1", change, NOW).await.unwrap() else { panic!() };
    assert_eq!(row.into_inner(), Ticket { note: Some("old".to_owned()), ..ticket("bob") });

    let change = Change::new().remove(Ticket::NOTE).when(Ticket::USES.is(&0));
    let Updated::Done(row) = table.update::<Ticket>("1", change, NOW).await.unwrap() else { panic!() };
    assert_eq!(row.into_inner(), ticket("bob"));

    let change = Change::new().set(Ticket::OWNER, "cy").when(Ticket::OWNER.is("ann"));
    let Updated::Refused(row) = table.update::<Ticket>("1", change, NOW).await.unwrap() else { panic!() };
    assert_eq!(row.into_inner(), ticket("bob"), "refused: shown as it is");

    let missing = table.update::<Ticket>("2", Change::new().set(Ticket::OWNER, "cy"), NOW).await.unwrap();
    assert!(matches!(missing, Updated::Missing));
    assert!(table.get::<Ticket>("2", NOW).await.unwrap().is_none(), "an update makes no row");
}

#[tokio::test]
async fn none_removes_an_attribute() {
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let set = Change::new().set(Ticket::NOTE, &some("x")).when(Ticket::NOTE.is(&None));
    assert!(
        matches!(table.update::<Ticket>("1", set, NOW).await.unwrap(), Updated::Done(row) if row.note.is_some())
    );
    let unset = Change::new().set(Ticket::NOTE, &None).when(Ticket::NOTE.is(&some("x")));
    assert!(
        matches!(table.update::<Ticket>("1", unset, NOW).await.unwrap(), Updated::Done(row) if row.note.is_none())
    );
}

#[tokio::test]
async fn a_bound_is_compared_as_a_number_and_an_absent_one_is_beyond_it() {
    let table = Database::start().await.table;
    table.create("1", &Ticket { uses: 10, ..ticket("ann") }, NOW).await.unwrap();
    let update = async |bound: u64| {
        let change = Change::new().set(Ticket::NOTE, &some("x")).when(Ticket::USES.at_most(&bound));
        matches!(table.update("1", change, NOW).await.unwrap(), Updated::Done(_))
    };
    assert_eq!((update(9).await, update(10).await, update(11).await), (false, true, true));
    let within = Change::new().set(Ticket::OWNER, "bob").when(Ticket::NOTE.at_most(&some("y")));
    assert!(matches!(table.update("1", within.clone(), NOW).await.unwrap(), Updated::Done(_)));
    table.update("1", Change::new().remove(Ticket::NOTE), NOW).await.unwrap();
    assert!(matches!(table.update("1", within, NOW).await.unwrap(), Updated::Refused(_)));
}

#[tokio::test]
async fn a_raise_begins_at_nothing() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Bare {
        owner: String,
    }
    impl Record for Bare {
        const KIND: &'static str = "TICKET";
        fn expires_at(&self) -> Option<i64> {
            None
        }
    }
    let table = Database::start().await.table;
    table.create("1", &Bare { owner: "ann".to_owned() }, NOW).await.unwrap();
    for uses in 1..=2 {
        let Updated::Done(row) = table.update("1", Change::new().raise(Ticket::USES), NOW).await.unwrap()
        else {
            panic!()
        };
        assert_eq!(row.uses, uses);
    }
    let missing = table.update("2", Change::new().raise(Ticket::USES), NOW).await.unwrap();
    assert!(matches!(missing, Updated::Missing));
}

#[tokio::test]
async fn a_check_holds_the_transaction_to_a_row_that_stays_as_it_is() {
    let database = Database::start().await;
    let table = &database.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let before = database.rows();
    let writes = |id: &str, owner: &str, now: i64| {
        vec![Write::check(id, [Ticket::OWNER.is(owner)], now), Write::create("2", &ticket("bob"), now)]
    };
    for (id, owner, now) in [("1", "eve", NOW), ("3", "ann", NOW), ("1", "ann", NOW + 60)] {
        let refused = table.transact(writes(id, owner, now)).await.unwrap();
        assert_eq!(refused, Transacted::Refused(vec![0]), "{id} {owner} {now}");
        assert_eq!(database.rows(), before);
    }
    assert_eq!(table.transact(writes("1", "ann", NOW)).await.unwrap(), Transacted::Done);
    assert!(database.rows().contains(&before[0]), "nothing was written to it");
}

#[tokio::test]
async fn what_cannot_be_written_is_never_sent() {
    #[derive(Debug, serde::Deserialize)]
    struct Secret;
    impl serde::Serialize for Secret {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("canary"))
        }
    }
    #[derive(Debug, serde::Serialize, serde::Deserialize)]
    struct Odd {
        owner: Secret,
    }
    impl Record for Odd {
        const KIND: &'static str = "TICKET";
        fn expires_at(&self) -> Option<i64> {
            None
        }
    }
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let (owner, odd) = (|| member!(Odd, owner), Secret);
    for change in [
        Change::new().set(owner(), &odd),
        Change::new().when(owner().is(&odd)),
        Change::new().when(owner().at_most(&odd)),
    ] {
        let error = table.update("1", change, NOW).await.unwrap_err();
        assert_eq!(error.to_string(), "a row of kind TICKET is malformed");
    }
    let change = Change::new().set(Ticket::OWNER, "canary").when(Ticket::OWNER.is("canary"));
    let shown = format!("{change:?}");
    assert!(shown.contains("owner") && !shown.contains("canary"), "#103: {shown}");
    table.transact(vec![Write::delete("1", [owner().is(&odd)], NOW)]).await.unwrap_err();
    assert!(proxy.calls().is_empty());
}

#[tokio::test]
async fn take_gives_the_row_once() {
    let database = Database::start().await;
    let table = &database.table;
    for row in [ticket("ann"), Ticket { ends_at: None, ..ticket("bob") }] {
        table.create("1", &row, NOW).await.unwrap();
        assert_eq!(table.take::<Ticket>("1", NOW).await.unwrap(), Some(row));
        assert_eq!(table.take::<Ticket>("1", NOW).await.unwrap(), None);
        assert!(table.get::<Ticket>("1", NOW).await.unwrap().is_none());
        assert!(
            table.get::<Ticket>("1", NOW - 3600).await.unwrap().is_none(),
            "not by a clock that lags either"
        );
        let change = Change::new().set(Ticket::OWNER, "cy");
        assert!(matches!(table.update::<Ticket>("1", change, NOW).await.unwrap(), Updated::Missing));
    }
    assert_eq!(table.take::<Ticket>("never", NOW).await.unwrap(), None);
    let [left] = &*database.rows() else { panic!() };
    let end: i64 = left["expires_at"]["N"].as_str().unwrap().parse().unwrap();
    assert!(end < NOW - 3600, "what is left is for time-to-live to delete");
}

#[tokio::test]
async fn a_taken_row_shows_the_end_it_had() {
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Code {
        expires_at: i64,
    }
    impl Record for Code {
        const KIND: &'static str = "CODE";
        fn expires_at(&self) -> Option<i64> {
            Some(self.expires_at)
        }
    }
    let table = Database::start().await.table;
    table.create("1", &Code { expires_at: NOW + 60 }, NOW).await.unwrap();
    assert_eq!(table.take::<Code>("1", NOW).await.unwrap(), Some(Code { expires_at: NOW + 60 }));
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing() {
    let table = Database::start().await.table;
    table.create("old", &ticket("ann"), NOW).await.unwrap();
    table.create("mine", &ticket("ann"), NOW).await.unwrap();
    let writes = |owner: &str| {
        vec![
            Write::create("new", &ticket(owner), NOW),
            Write::update::<Ticket>(
                "mine",
                Change::new().set(Ticket::OWNER, "bob").when(Ticket::OWNER.is(owner)),
                NOW,
            ),
            Write::delete("old", [Ticket::OWNER.is(owner)], NOW),
        ]
    };

    assert_eq!(table.transact(writes("eve")).await.unwrap(), Transacted::Refused(vec![1, 2]));
    assert!(table.get::<Ticket>("new", NOW).await.unwrap().is_none());
    assert!(table.get::<Ticket>("old", NOW).await.unwrap().is_some());

    assert_eq!(table.transact(writes("ann")).await.unwrap(), Transacted::Done);
    assert_eq!(table.get::<Ticket>("new", NOW).await.unwrap().unwrap().owner, "ann");
    assert_eq!(table.get::<Ticket>("mine", NOW).await.unwrap().unwrap().owner, "bob");
    assert!(table.get::<Ticket>("old", NOW).await.unwrap().is_none());
    assert_eq!(table.transact(writes("ann")).await.unwrap(), Transacted::Refused(vec![0, 1, 2]));
}

#[tokio::test]
async fn kinds_and_sort_keys_do_not_collide() {
    // #100: an id of one kind is nothing to another kind.
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Other {
        owner: String,
    }
    impl Record for Other {
        const KIND: &'static str = "TICKET";
        const SORT: &'static str = "OTHER";
        fn expires_at(&self) -> Option<i64> {
            None
        }
    }
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    assert!(table.get::<Other>("1", NOW).await.unwrap().is_none());
    assert!(table.take::<Other>("1", NOW).await.unwrap().is_none());
    assert!(table.get::<crate::Person>("1", NOW).await.unwrap().is_none());
    assert!(table.create("1", &Other { owner: "bob".to_owned() }, NOW).await.unwrap());
    assert_eq!(table.get::<Ticket>("1", NOW).await.unwrap().unwrap().owner, "ann");
}

#[tokio::test]
async fn an_id_that_no_key_can_hold_is_absent() {
    let table = Database::start().await.table;
    let long = "x".repeat(3000);
    assert!(table.get::<Ticket>(&long, NOW).await.unwrap().is_none());
    assert!(table.take::<Ticket>(&long, NOW).await.unwrap().is_none());
    let change = Change::new().set(Ticket::OWNER, "bob");
    assert!(matches!(table.update::<Ticket>(&long, change, NOW).await.unwrap(), Updated::Missing));
    assert!(table.create(&long, &ticket("ann"), NOW).await.is_err());
}

#[tokio::test]
async fn provisioning_twice_is_harmless() {
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    table.provision().await.unwrap();
    assert!(table.get::<Ticket>("1", NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn an_expired_row_differs_from_a_missing_one() {
    // #100: it is absent everywhere else.
    let table = Database::start().await.table;
    let see = async |id: &str, now: i64| match table.see::<Ticket>(id, now).await.unwrap() {
        Seen::Alive(row) => row.into_inner().owner,
        Seen::Ended => "ended".to_owned(),
        Seen::Nothing => "nothing".to_owned(),
    };
    let row = Ticket { ends_at: Some(NOW + 10), ..ticket("ann") };
    table.create("1", &row, NOW).await.unwrap();
    table.create("2", &row, NOW).await.unwrap();
    assert_eq!((see("1", NOW + 9).await.as_str(), see("1", NOW + 10).await.as_str()), ("ann", "ended"));
    table.take::<Ticket>("2", NOW).await.unwrap().unwrap();
    assert_eq!((see("2", NOW).await.as_str(), see("3", NOW).await.as_str()), ("ended", "nothing"));
    assert!(table.get::<Ticket>("2", NOW).await.unwrap().is_none());
    // An end that is no whole number is one that has come.
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Ending {
        expires_at: serde_json::Value,
    }
    impl Record for Ending {
        const KIND: &'static str = "TICKET";
        fn expires_at(&self) -> Option<i64> {
            None
        }
    }
    for end in [json!("soon"), json!("1800000000"), json!(1.8e9 + 0.5)] {
        let id = end.to_string();
        table.create(&id, &Ticket { ends_at: None, ..ticket("ann") }, NOW).await.unwrap();
        table.update(&id, Change::new().set(member!(Ending, expires_at), &end), NOW).await.unwrap();
        assert_eq!(see(&id, NOW).await, "ended", "{end}");
        assert!(table.get::<Ticket>(&id, NOW).await.unwrap().is_none(), "{end}");
        assert!(!table.has::<Ticket>(&id, NOW).await.unwrap(), "{end}");
    }
}
