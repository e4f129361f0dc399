//! A write whose answer is lost is repeated by the SDK, and recognised as ours (#98, P4).

use store::{Change, Transacted, Updated, Write};

use crate::{
    NOW, Ticket,
    support::{Database, Fault, Proxy},
    ticket,
};

/// The answer to the first request of the operation is lost.
fn lose_first(proxy: &Proxy) {
    proxy.plan(|n, _| if n == 0 { Fault::LostAnswer } else { Fault::None });
}

/// It was sent twice, the second time unchanged.
fn assert_repeated(proxy: &Proxy) {
    let calls = proxy.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].body, calls[1].body);
}

#[tokio::test]
async fn create_knows_its_own_row() {
    // #98
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    lose_first(&proxy);
    assert!(table.create("1", &ticket("ann"), NOW).await.unwrap());
    assert_repeated(&proxy);
    assert!(
        !table.create("1", &ticket("ann"), NOW).await.unwrap(),
        "the same row by another attempt is not ours"
    );
}

#[tokio::test]
async fn create_knows_that_it_lost() {
    // #98: the answer that is lost says that somebody else was there.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &ticket("eve"), NOW).await.unwrap();
    lose_first(&proxy);
    assert!(!table.create("1", &ticket("ann"), NOW).await.unwrap());
    assert_repeated(&proxy);
}

#[tokio::test]
async fn replace_knows_its_own_row() {
    // #98, #52
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let old = table.get::<Ticket>("1", NOW).await.unwrap().unwrap();
    lose_first(&proxy);
    assert!(table.replace("1", &old, &ticket("bob"), NOW).await.unwrap());
    assert_repeated(&proxy);
    assert_eq!(table.get::<Ticket>("1", NOW).await.unwrap().unwrap().owner, "bob");
}

#[tokio::test]
async fn update_knows_its_own_change() {
    // #98
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    lose_first(&proxy);
    let change = Change::new().set(Ticket::OWNER, "bob").when(Ticket::OWNER.is("ann"));
    let updated = table.update::<Ticket>("1", change, NOW).await.unwrap();
    assert!(matches!(updated, Updated::Done(row) if row.owner == "bob"));
    assert_repeated(&proxy);
}

#[tokio::test]
async fn take_knows_what_it_took() {
    // #98: a retried delete would find nothing; an ended row is still there to be recognised.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    for row in [ticket("ann"), Ticket { ends_at: None, ..ticket("bob") }] {
        table.create(&row.owner, &row, NOW).await.unwrap();
        lose_first(&proxy);
        assert_eq!(table.take::<Ticket>(&row.owner, NOW).await.unwrap(), Some(row.clone()));
        assert_repeated(&proxy);
        assert_eq!(table.take::<Ticket>(&row.owner, NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_transaction_is_not_made_twice() {
    // #98
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("old", &ticket("ann"), NOW).await.unwrap();
    lose_first(&proxy);
    let writes = vec![Write::create("new", &ticket("ann"), NOW), Write::delete::<Ticket>("old", [], NOW)];
    assert_eq!(table.transact(writes).await.unwrap(), Transacted::Done);
    assert_repeated(&proxy);
    assert!(proxy.calls()[0].body["ClientRequestToken"].as_str().unwrap().len() == 36);
}

#[tokio::test]
async fn a_raise_is_not_made_twice() {
    // #98: alone and in a transaction.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let raise = || Change::new().raise(Ticket::USES);
    lose_first(&proxy);
    assert!(matches!(table.update("1", raise(), NOW).await.unwrap(), Updated::Done(row) if row.uses == 1));
    assert_repeated(&proxy);
    lose_first(&proxy);
    assert_eq!(table.transact(vec![Write::update("1", raise(), NOW)]).await.unwrap(), Transacted::Done);
    assert_repeated(&proxy);
    assert_eq!(table.get::<Ticket>("1", NOW).await.unwrap().unwrap().uses, 2);
}

#[tokio::test]
async fn a_refused_condition_is_not_taken_for_our_own_write() {
    // #98: the answer that is lost says that the condition did not hold.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    lose_first(&proxy);
    let change = Change::new().raise(Ticket::USES).when(Ticket::OWNER.is("eve"));
    assert!(matches!(table.update("1", change, NOW).await.unwrap(), Updated::Refused(row) if row.uses == 0));
    assert_repeated(&proxy);
}
