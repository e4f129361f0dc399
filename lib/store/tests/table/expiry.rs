//! A row that has expired is absent though DynamoDB still has it (#100).

use store::{Change, Seen, Transacted, Updated, Write};

use crate::{NOW, Ticket, support::Database, ticket};

const DAY: i64 = 24 * 60 * 60;

#[tokio::test]
async fn an_expired_row_is_refused_everywhere() {
    // #100
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let old = table.get::<Ticket>("1", NOW).await.unwrap().unwrap();
    proxy.plan(|_, _| crate::support::Fault::None);

    let later = NOW + 60 + DAY;
    assert!(table.get::<Ticket>("1", later).await.unwrap().is_none());
    assert!(!table.has::<Ticket>("1", later).await.unwrap());
    assert!(matches!(table.see::<Ticket>("1", later).await.unwrap(), Seen::Ended));
    assert!(table.take::<Ticket>("1", later).await.unwrap().is_none());
    assert!(!table.replace("1", &old, &ticket("eve"), later).await.unwrap());
    let change = || Change::new().set(Ticket::OWNER, "eve");
    assert!(matches!(table.update::<Ticket>("1", change(), later).await.unwrap(), Updated::Missing));
    for write in [Write::update::<Ticket>("1", change(), later), Write::delete::<Ticket>("1", [], later)] {
        assert_eq!(table.transact(vec![write]).await.unwrap(), Transacted::Refused(vec![0]));
    }
    assert_eq!(proxy.calls().len(), 8, "each of them asked the table");
    assert_eq!(
        table.get::<Ticket>("1", NOW).await.unwrap().unwrap().owner,
        "ann",
        "and nothing happened to it"
    );
}

#[tokio::test]
async fn an_expired_row_can_be_replaced() {
    // #100
    let table = Database::start().await.table;
    let later = NOW + 60 + DAY;
    let renewed = Ticket { ends_at: Some(later + 60), ..ticket("bob") };
    for id in ["1", "2"] {
        table.create(id, &ticket("ann"), NOW).await.unwrap();
    }
    assert!(!table.create_once("1", &renewed).await.unwrap(), "what has ended is still a trace");
    assert!(table.create_once("new", &renewed).await.unwrap());
    assert!(table.create("1", &renewed, later).await.unwrap());
    assert_eq!(table.transact(vec![Write::create("2", &renewed, later)]).await.unwrap(), Transacted::Done);
    for id in ["1", "2"] {
        assert_eq!(table.get::<Ticket>(id, later).await.unwrap().unwrap().owner, "bob");
    }
}

#[tokio::test]
async fn a_row_expires_at_its_exact_second() {
    // #100
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    assert!(table.get::<Ticket>("1", NOW + 59).await.unwrap().is_some());
    assert!(table.get::<Ticket>("1", NOW + 60).await.unwrap().is_none());
    assert!(!table.create("1", &ticket("bob"), NOW + 59).await.unwrap());
    assert!(table.take::<Ticket>("1", NOW + 60).await.unwrap().is_none());
    assert!(table.create("1", &ticket("bob"), NOW + 60).await.unwrap());
}

#[tokio::test]
async fn an_update_can_move_the_expiry() {
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let change = Change::new().ends_at(Some(NOW + 600));
    assert!(matches!(table.update::<Ticket>("1", change, NOW).await.unwrap(), Updated::Done(_)));
    assert!(table.get::<Ticket>("1", NOW + 60).await.unwrap().is_some());
}
