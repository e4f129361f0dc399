//! So many in a window, and no more.

use std::sync::Arc;

use store::{Counted, Limit};

use crate::{
    NOW,
    support::{Database, Fault},
};

/// Three in ten minutes. `NOW` is 20 seconds into a minute and 200 into a window of ten.
const THREE: Limit = Limit::new("ATTEMPT", 3, 600);
const START: i64 = NOW - 200;
const END: i64 = START + 600;

#[tokio::test]
async fn as_many_as_allowed_and_then_none_until_the_window_is_over() {
    // #105
    let database = Database::start().await;
    let table = &database.table;
    for left in [2, 1, 0] {
        assert_eq!(table.count(&THREE, "ann", NOW).await.unwrap(), Counted::Within(left));
    }
    let before = database.rows();
    for now in [NOW, START, END - 1] {
        assert_eq!(table.count(&THREE, "ann", now).await.unwrap(), Counted::Beyond(END));
    }
    assert_eq!(database.rows(), before, "what is refused is not counted");
    assert_eq!(table.count(&THREE, "bob", NOW).await.unwrap(), Counted::Within(2));
    assert_eq!(table.count(&THREE, "ann", END).await.unwrap(), Counted::Within(2));
    let [row, ..] = &*before else { panic!() };
    assert_eq!(row["pk"]["S"], "ATTEMPT#ann");
    assert_eq!(row["sk"]["S"], format!("600#{START}"));
    assert_eq!(row["expires_at"]["N"], END.to_string(), "time-to-live deletes it");
}

#[tokio::test]
async fn limits_do_not_meet() {
    let table = Database::start().await.table;
    let others = [Limit::new("ATTEMPT", 3, 60), Limit::new("OTHER", 3, 600)];
    for limit in [THREE, others[0], others[1]] {
        assert_eq!(table.count(&limit, "ann", NOW).await.unwrap(), Counted::Within(2), "{limit:?}");
    }
    assert_eq!(table.count(&Limit::new("ATTEMPT", 0, 600), "x", NOW).await.unwrap(), Counted::Beyond(END));
    let lower = Limit::new("ATTEMPT", 1, 600);
    assert_eq!(
        table.count(&lower, "ann", NOW).await.unwrap(),
        Counted::Beyond(END),
        "it was lowered meanwhile"
    );
    let long = "x".repeat(3000);
    table.count(&THREE, &long, NOW).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_at_once_exactly_as_many_as_allowed() {
    // #105, #97
    for most in [1, 5, 63, 64] {
        let table = Database::start().await.table;
        let limit = Limit::new("ATTEMPT", most, 600);
        let running: Vec<_> = (0..64)
            .map(|_| {
                let table = table.clone();
                tokio::spawn(async move { table.count(&limit, "ann", NOW).await.unwrap() })
            })
            .collect();
        let mut within = Vec::new();
        for one in running {
            if let Counted::Within(left) = one.await.unwrap() {
                within.push(left);
            }
        }
        within.sort_unstable();
        assert_eq!(within, (0..most).collect::<Vec<_>>(), "each number once");
        assert_eq!(table.count(&limit, "ann", NOW).await.unwrap(), Counted::Beyond(END));
    }
}

#[tokio::test]
async fn an_attempt_whose_answer_is_lost_counts_once() {
    // #98: the first of a window, one in the middle, the last that is allowed, and one beyond it.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    for expected in [Counted::Within(2), Counted::Within(1), Counted::Within(0), Counted::Beyond(END)] {
        proxy.plan(|n, _| if n == 0 { Fault::LostAnswer } else { Fault::None });
        assert_eq!(table.count(&THREE, "ann", NOW).await.unwrap(), expected);
        let calls = proxy.calls();
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[0].body, calls[1].body);
    }
}

#[tokio::test]
async fn an_attempt_counts_once_even_if_others_counted_before_it_was_repeated() {
    // #98: the row's version is no longer its own.
    let database = Arc::new(Database::start().await);
    let (proxy, table) = database.proxy().await;
    let between = Arc::clone(&database);
    proxy.plan(move |n, call| {
        if n == 0 {
            return Fault::LostAnswer;
        }
        for other in ["AAAAAAAAAAE=", "AAAAAAAAAAI="] {
            between.add(&call.body, other);
        }
        Fault::None
    });
    assert_eq!(
        table.count(&THREE, "ann", NOW).await.unwrap(),
        Counted::Within(0),
        "three, and one of them is ours"
    );
    assert_eq!(proxy.calls().len(), 2);
    assert_eq!(database.rows()[0]["attempts"]["BS"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn counting_is_one_call_and_a_table_that_fails_counts_as_no_answer() {
    // #99: nobody is let through, and nobody shut out, by a table that is away.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.count(&THREE, "ann", NOW).await.unwrap();
    let calls = proxy.calls();
    assert_eq!(calls.iter().map(|call| call.operation.as_str()).collect::<Vec<_>>(), ["UpdateItem"]);
    let condition = calls[0].body["ConditionExpression"].as_str().unwrap();
    let most = calls[0].body["ExpressionAttributeValues"][":v0"]["N"].as_str().unwrap();
    assert_eq!(condition, "(attribute_not_exists(#attempts) OR size(#attempts) < :v0)");
    assert_eq!(most, "3");
    proxy.plan(|_, _| Fault::Cut);
    let error = table.count(&THREE, "ann", NOW).await.unwrap_err();
    assert!(matches!(error, store::Error::Unavailable(_)));
    assert_eq!(proxy.calls().len(), 4, "bounded");
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Seen {
    names: std::collections::BTreeSet<String>,
}

impl store::Record for Seen {
    const KIND: &'static str = "SEEN";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

const NAMES: store::Member<Seen, std::collections::BTreeSet<String>> = store::member!(Seen, names);

/// Adds a name to those of today.
async fn gather(table: store::Table, name: String) {
    let writes = vec![store::Write::gather("today", NAMES, &name, END)];
    assert_eq!(table.transact(writes).await.unwrap(), store::Transacted::Done);
}

#[tokio::test]
async fn what_is_gathered_by_many_at_once_is_all_there_and_each_once() {
    // #97, #98
    let database = Database::start().await;
    let table = &database.table;
    let names: Vec<_> = (0..16).flat_map(|n| [format!("{n}"), format!("{}", n / 2)]).collect();
    let all: Vec<_> = names.iter().map(|name| tokio::spawn(gather(table.clone(), name.clone()))).collect();
    for one in all {
        one.await.unwrap();
    }
    let row = table.get::<Seen>("today", NOW).await.unwrap().unwrap();
    assert_eq!(row.names, names.iter().cloned().collect());
    assert!(table.get::<Seen>("today", END).await.unwrap().is_none(), "it has ended");
    // An answer that is lost changes nothing, and a row with another end is another row.
    let (proxy, through) = database.proxy().await;
    proxy.plan(|n, _| if n == 0 { Fault::LostAnswer } else { Fault::None });
    gather(through, "late".to_owned()).await;
    assert_eq!(proxy.calls().len(), 2);
    let other = vec![store::Write::gather("today", NAMES, "other", END + 1)];
    assert_eq!(table.transact(other).await.unwrap(), store::Transacted::Refused(vec![0]));
    assert_eq!(table.get::<Seen>("today", NOW).await.unwrap().unwrap().names.len(), row.names.len() + 1);
}
