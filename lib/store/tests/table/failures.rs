//! When DynamoDB is slow, busy, broken or gone (#99), and what errors say (#103).

use std::{
    error::Error as _,
    io,
    time::{Duration, Instant},
};

use store::{Change, Connection, Error, Table, Transacted, Write};

use crate::{
    Badge, NOW, Person, Ticket, get_three,
    support::{Database, Fault},
    ticket,
};

/// An error of the service as DynamoDB words it.
fn refusal(status: u16, code: &str) -> Fault {
    Fault::Answer(
        status,
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"{code} it is"}}"#),
    )
}

fn cancelled(codes: &[&str]) -> Fault {
    let reasons: Vec<_> = codes.iter().map(|code| format!(r#"{{"Code":"{code}"}}"#)).collect();
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","message":"cancelled","CancellationReasons":[{}]}}"#,
        reasons.join(",")
    );
    Fault::Answer(400, body)
}

/// The edge answers 503 to what has an I/O error in its chain.
fn is_unavailable(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<io::Error>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[tokio::test]
async fn a_temporary_failure_is_retried() {
    // #99
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let faults = [
        refusal(400, "ProvisionedThroughputExceededException"),
        refusal(400, "ThrottlingException"),
        refusal(400, "RequestLimitExceeded"),
        refusal(400, "TransactionConflictException"),
        refusal(500, "InternalServerError"),
        Fault::Answer(503, "<html>".to_owned()),
        Fault::Cut,
    ];
    for (id, fault) in faults.into_iter().enumerate() {
        let what = format!("{fault:?}");
        proxy.plan(move |n, _| if n < 2 { fault.clone() } else { Fault::None });
        assert!(table.create(&id.to_string(), &ticket("ann"), NOW).await.unwrap(), "{what}");
        assert_eq!(proxy.calls().len(), 3, "{what}");
    }
}

#[tokio::test]
async fn a_lasting_failure_is_unavailable() {
    // #99
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    for fault in [
        refusal(400, "ProvisionedThroughputExceededException"),
        refusal(400, "TransactionConflictException"),
        refusal(500, "InternalServerError"),
        Fault::Cut,
    ] {
        let what = format!("{fault:?}");
        proxy.plan(move |_, _| fault.clone());
        let error =
            table.update::<Ticket>("1", Change::new().set(Ticket::OWNER, "bob"), NOW).await.unwrap_err();
        assert!(is_unavailable(&error), "{what}: {error:?}");
        assert_eq!(proxy.calls().len(), 4, "bounded: {what}");
    }
}

#[tokio::test]
async fn a_transaction_conflict_is_retried() {
    // #99
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let writes =
        |id: &str| vec![Write::create(id, &ticket("ann"), NOW), Write::create("2", &ticket("ann"), NOW)];

    proxy.plan(|n, _| if n < 2 { cancelled(&["TransactionConflict", "None"]) } else { Fault::None });
    assert_eq!(table.transact(writes("1")).await.unwrap(), Transacted::Done);
    let calls = proxy.calls();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| call.body == calls[0].body), "with the same token each time");

    proxy.plan(|_, _| cancelled(&["None", "ThrottlingError"]));
    let error = table.transact(writes("3")).await.unwrap_err();
    assert!(is_unavailable(&error));
    assert_eq!(proxy.calls().len(), 4);

    proxy.plan(|_, _| cancelled(&["ConditionalCheckFailed", "TransactionConflict"]));
    assert_eq!(table.transact(writes("3")).await.unwrap(), Transacted::Refused(vec![0]));
    assert_eq!(proxy.calls().len(), 1, "a condition that does not hold is an answer");

    proxy.plan(|_, _| cancelled(&["ValidationError", "None"]));
    let error = table.transact(writes("3")).await.unwrap_err();
    assert!(!is_unavailable(&error), "a fault of ours is not cured by waiting");
}

#[tokio::test]
async fn a_table_that_cannot_be_reached_is_unavailable() {
    // #99
    let endpoint = Some("http://127.0.0.1:9".to_owned());
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint }).await;
    assert!(is_unavailable(&table.get::<Ticket>("1", NOW).await.unwrap_err()));
}

#[tokio::test]
async fn a_table_that_does_not_answer_is_unavailable_in_time() {
    // #99: it listens and says nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint }).await;
    let start = Instant::now();
    let error = table.get::<Ticket>("1", NOW).await.unwrap_err();
    assert!(is_unavailable(&error));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn unprocessed_keys_of_a_batch_are_unavailable() {
    // #78, #99: a row that was not read is not a row that is not there.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let key = r#"{"pk":{"S":"TICKET#1"},"sk":{"S":"TICKET"}}"#;
    let answer = format!(
        r#"{{"Responses":{{"latchkey":[]}},"UnprocessedKeys":{{"latchkey":{{"Keys":[{key}],"ConsistentRead":true}}}}}}"#
    );
    proxy.plan(move |_, _| Fault::Answer(200, answer.clone()));
    let error =
        get_three::<Ticket, Person, Badge>(&table, (Some("1"), Some("1"), None), NOW).await.unwrap_err();
    assert!(is_unavailable(&error), "{error}");
}

#[tokio::test]
async fn some_unprocessed_keys_of_a_batch_are_unavailable_too() {
    // #78, #99: the rows that were read say nothing about the one that was not.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    let key = |kind: &str| format!(r#""pk":{{"S":"{kind}#1"}},"sk":{{"S":"{kind}"}}"#);
    for (read, left) in [("TICKET", "USER"), ("USER", "TICKET")] {
        let (read, left) = (key(read), key(left));
        let answer = format!(
            r#"{{"Responses":{{"latchkey":[{{{read},"owner":{{"S":"ann"}}}}]}},"UnprocessedKeys":{{"latchkey":{{"Keys":[{{{left}}}],"ConsistentRead":true}}}}}}"#
        );
        proxy.plan(move |_, _| Fault::Answer(200, answer.clone()));
        let one = Some("1");
        let error = get_three::<Ticket, Person, Badge>(&table, (one, one, None), NOW).await.unwrap_err();
        assert!(is_unavailable(&error), "{left}: {error}");
    }
}

#[tokio::test]
async fn a_fault_is_not_retried() {
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    proxy.plan(|_, _| refusal(400, "AccessDeniedException"));
    let error = table.get::<Ticket>("1", NOW).await.unwrap_err();
    assert!(!is_unavailable(&error));
    assert_eq!(
        error.to_string(),
        "the table refused: GetItem: AccessDeniedException: AccessDeniedException it is"
    );
    assert_eq!(proxy.calls().len(), 1);
}

#[tokio::test]
async fn errors_contain_no_row_content() {
    // #103
    #[derive(Debug, serde::Serialize, serde::Deserialize)]
    struct Stranger {
        owner: u8,
    }
    impl store::Record for Stranger {
        const KIND: &'static str = "TICKET";
        fn expires_at(&self) -> Option<i64> {
            None
        }
    }
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &ticket("canary"), NOW).await.unwrap();
    let malformed = table.get::<Stranger>("1", NOW).await.unwrap_err();
    proxy.plan(|_, _| refusal(500, "InternalServerError"));
    let broken = table.create("2", &ticket("canary"), NOW).await.unwrap_err();
    proxy.plan(|_, _| refusal(400, "ValidationException"));
    let refused = table.create("2", &ticket("canary"), NOW).await.unwrap_err();
    for error in [malformed, broken, refused] {
        let all = format!("{error} {error:?} {:?}", error.source());
        assert!(!all.contains("canary"), "{all}");
    }
}
