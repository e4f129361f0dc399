//! Races have one winner.

use std::sync::Arc;

use store::{Change, Transacted, Updated, Write};

use crate::{NOW, Ticket, support::Database, ticket};

/// Runs `attempt` 64 times at once, counts the successes.
async fn race<F, T>(attempt: T) -> usize
where
    T: Fn(usize) -> F,
    F: Future<Output = bool> + Send + 'static,
{
    let running: Vec<_> = (0..64).map(|n| tokio::spawn(attempt(n))).collect();
    let mut winners = 0;
    for task in running {
        winners += usize::from(task.await.unwrap());
    }
    winners
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_creators_one_wins() {
    // #9, #96: once-only is one conditional write.
    let table = Database::start().await.table;
    for round in 0..5 {
        let (table, id) = (table.clone(), format!("{round}"));
        let won = race(move |n| {
            let (table, id) = (table.clone(), id.clone());
            async move { table.create(&id, &ticket(&n.to_string()), NOW).await.unwrap() }
        });
        assert_eq!(won.await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_takers_one_gets_it() {
    // #41: a code can be had once.
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let won = race(move |_| {
        let table = table.clone();
        async move { table.take::<Ticket>("1", NOW).await.unwrap().is_some() }
    });
    assert_eq!(won.await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_swappers_one_wins() {
    // #48, #97: compare-and-swap, not check-then-write.
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let old = Arc::new(table.get::<Ticket>("1", NOW).await.unwrap().unwrap());
    let won = race(move |n| {
        let (table, old) = (table.clone(), Arc::clone(&old));
        async move { table.replace("1", &old, &ticket(&n.to_string()), NOW).await.unwrap() }
    });
    assert_eq!(won.await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_conditional_updates_one_wins() {
    // #48
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let won = race(move |n| {
        let table = table.clone();
        let change = Change::new().set(Ticket::OWNER, &n.to_string()).when(Ticket::OWNER.is("ann"));
        async move { matches!(table.update::<Ticket>("1", change, NOW).await.unwrap(), Updated::Done(_)) }
    });
    assert_eq!(won.await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_transactions_one_wins() {
    // #96
    let table = Database::start().await.table;
    let won = race(move |n| {
        let table = table.clone();
        let writes = ["1", "2"].map(|id| Write::create(id, &ticket(&n.to_string()), NOW));
        async move { table.transact(writes.into()).await.unwrap() == Transacted::Done }
    });
    assert_eq!(won.await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_updates_from_one_state_one_wins() {
    // #48, #97: checked from what was read, decided by the row as it is.
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let won = race(move |n| {
        let table = table.clone();
        let change = Change::new().set(Ticket::OWNER, &n.to_string()).raise(Ticket::USES);
        let change = change.when(Ticket::USES.at_most(&0)).when(Ticket::NOTE.is(&None));
        async move { matches!(table.update("1", change, NOW).await.unwrap(), Updated::Done(row) if row.uses == 1) }
    });
    assert_eq!(won.await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_raises_each_counts() {
    // #96: nobody's raise is lost, and no two see the same number.
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let seen = Arc::new(std::sync::Mutex::new(std::collections::BTreeSet::new()));
    let (one, all) = (table.clone(), Arc::clone(&seen));
    let raised = race(move |_| {
        let (table, seen) = (one.clone(), Arc::clone(&all));
        async move {
            let raised = table.update("1", Change::new().raise(Ticket::USES), NOW).await.unwrap();
            matches!(raised, Updated::Done(row) if seen.lock().unwrap().insert(row.uses))
        }
    });
    assert_eq!(raised.await, 64);
    assert_eq!(seen.lock().unwrap().last(), Some(&64));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_that_need_each_other_one_stays() {
    // #96: each wants to leave if another stays. Without the check in the transaction both would go.
    let table = Database::start().await.table;
    for id in ["1", "2"] {
        table.create(id, &ticket("stays"), NOW).await.unwrap();
    }
    let left = race(move |n| {
        let table = table.clone();
        let (leaves, stays) = if n % 2 == 0 { ("1", "2") } else { ("2", "1") };
        let there = Ticket::OWNER.is("stays");
        let leave = Change::new().set(Ticket::OWNER, "left").when(there.clone());
        let writes = vec![Write::update(leaves, leave, NOW), Write::check(stays, [there], NOW)];
        async move { table.transact(writes).await.unwrap() == Transacted::Done }
    });
    assert_eq!(left.await, 1);
}
