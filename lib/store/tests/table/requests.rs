//! What is sent: conditions on every write, consistency on every read, the index for lists alone (#97).

use store::{Change, Table, Write};

use crate::{
    Badge, NOW, Numbered, Person, Ticket, get_three, person,
    support::{Database, Fault, proxy::Call},
    ticket,
};

/// Every operation the table has, once.
async fn everything(table: &Table) {
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    let old = table.get::<Ticket>("1", NOW).await.unwrap().unwrap();
    let found =
        get_three::<Ticket, Person, Badge>(table, (Some("1"), Some("2"), Some("3")), NOW).await.unwrap();
    assert!(found.0.is_some() && found.1.is_none() && found.2.is_none());
    table.replace("1", &old, &ticket("bob"), NOW).await.unwrap();
    table.update::<Ticket>("1", Change::new().set(Ticket::OWNER, "cy"), NOW).await.unwrap();
    let writes = vec![
        Write::create("2", &person("2"), NOW),
        Write::update::<Ticket>("1", Change::new().set(Ticket::OWNER, "dan"), NOW),
    ];
    table.transact(writes).await.unwrap();
    let change = Change::new().raise(Ticket::USES).when(Ticket::OWNER.is("dan"));
    let change = change.when(Ticket::NOTE.is(&None)).when(Ticket::USES.at_most(&7));
    table.update("1", change, NOW).await.unwrap();
    table.transact(vec![Write::check("1", [Ticket::OWNER.is("dan")], NOW)]).await.unwrap();
    table.transact(vec![Write::delete::<Person>("2", [], NOW)]).await.unwrap();
    table.take::<Ticket>("1", NOW).await.unwrap();
    table.list::<Person>("USERS", 5, None).await.unwrap();
}

/// The single writes of a call.
fn writes(call: &Call) -> Vec<&serde_json::Value> {
    match call.operation.as_str() {
        "PutItem" | "UpdateItem" => vec![&call.body],
        "TransactWriteItems" => {
            let items = call.body["TransactItems"].as_array().unwrap();
            items.iter().flat_map(|item| item.as_object().unwrap().values()).collect()
        }
        _ => vec![],
    }
}

#[tokio::test]
async fn reads_are_consistent_and_writes_conditional() {
    // #97
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    proxy.plan(|_, _| Fault::None);
    everything(&table).await;

    let calls = proxy.calls();
    let operations: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    let expected = "PutItem GetItem BatchGetItem PutItem UpdateItem TransactWriteItems UpdateItem TransactWriteItems TransactWriteItems UpdateItem Query";
    assert_eq!(operations.join(" "), expected, "one request each, and never a Scan (#107)");
    for call in &calls {
        let index = call.body.get("IndexName").map(|name| name.as_str().unwrap());
        assert_eq!(index, (call.operation == "Query").then_some("list"));
        if call.operation == "GetItem" {
            assert_eq!(call.body["ConsistentRead"], true);
        }
        if call.operation == "BatchGetItem" {
            let tables = call.body["RequestItems"].as_object().unwrap();
            assert!(tables.values().all(|table| table["ConsistentRead"] == true));
        }
    }
    let absent = format!("(attribute_not_exists(#pk) OR #expires_at <= {NOW} OR #lives_until <= {NOW})");
    let alive = format!(
        "attribute_exists(#pk) AND (attribute_not_exists(#expires_at) OR #expires_at > {NOW}) AND \
         (attribute_not_exists(#lives_until) OR #lives_until > {NOW})"
    );
    let as_read =
        format!("{alive} AND #version = {}", calls[0].body["Item"]["version"]["S"].as_str().unwrap());
    // A condition that always holds would be none: so each of them is compared whole.
    let conditions: Vec<_> = calls.iter().flat_map(writes).map(condition).collect();
    let raise = calls[6].body["ExpressionAttributeValues"].as_object().unwrap();
    let version =
        raise.values().filter_map(|value| value["S"].as_str()).find(|text| text.len() == 36).unwrap();
    let raise = format!(
        "{alive} AND #owner = dan AND attribute_not_exists(#note) AND #uses <= 7 AND (NOT #version = {version})"
    );
    let checked = format!("{alive} AND #owner = dan");
    let [absent, alive, as_read, raise, checked] = [&*absent, &*alive, &*as_read, &*raise, &*checked];
    assert_eq!(conditions, [absent, as_read, alive, absent, alive, raise, checked, alive, alive]);
}

/// The condition of a write, with the values in it.
fn condition(write: &serde_json::Value) -> String {
    let text = write["ConditionExpression"].as_str().unwrap().to_owned();
    let values = write["ExpressionAttributeValues"].as_object().unwrap();
    values.iter().fold(text, |text, (name, value)| {
        text.replace(name, value.as_object().unwrap().values().next().unwrap().as_str().unwrap_or_default())
    })
}

#[tokio::test]
async fn every_write_leaves_its_own_version() {
    // #98
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    for n in 0..20 {
        table.create(&n.to_string(), &ticket("ann"), NOW).await.unwrap();
    }
    let versions: std::collections::HashSet<_> = proxy
        .calls()
        .iter()
        .map(|call| call.body["Item"]["version"]["S"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(versions.len(), 20);
}

#[tokio::test]
async fn three_rows_are_each_of_their_kind_and_alive() {
    // #97, #100: asked in one request, in any order, and never the row of another kind with the same id.
    let database = Database::start().await;
    let (proxy, table) = database.proxy().await;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    table.create("1", &person("1"), NOW).await.unwrap();
    table.create("2", &Badge {}, NOW).await.unwrap();
    let (one, two) = (Some("1"), Some("2"));
    let (person, badge, ticket) =
        get_three::<Person, Badge, Ticket>(&table, (one, one, one), NOW).await.unwrap();
    assert!(person.is_some() && badge.is_none());
    assert_eq!(ticket.unwrap().unwrap().owner, "ann");
    let (person, badge, ticket) =
        get_three::<Person, Badge, Ticket>(&table, (None, two, one), NOW).await.unwrap();
    assert!(person.is_none() && badge.is_some() && ticket.is_some());
    let (person, badge, ticket) =
        get_three::<Person, Badge, Ticket>(&table, (one, two, one), i64::MAX).await.unwrap();
    assert!(person.is_some() && badge.is_some() && ticket.is_none(), "a ticket ends, the others do not");
    let before = proxy.calls().len();
    let nothing = get_three::<Person, Badge, Ticket>(&table, (None, None, None), NOW).await.unwrap();
    assert!(nothing.0.is_none() && nothing.1.is_none() && nothing.2.is_none());
    assert_eq!(proxy.calls().len(), before, "nothing is asked for nothing");
}

#[tokio::test]
async fn one_of_three_that_cannot_be_read_is_one_of_three() {
    let table = Database::start().await.table;
    table.create("1", &ticket("ann"), NOW).await.unwrap();
    table.create("1", &person("1"), NOW).await.unwrap();
    table.update("1", Change::new().set(Numbered::NAME, &5), NOW).await.unwrap();
    let one = Some("1");
    let (person, badge, ticket) =
        get_three::<Person, Badge, Ticket>(&table, (one, one, one), NOW).await.unwrap();
    assert!(matches!(person, Some(Err(store::Error::Malformed("USER" | "PERSON")))), "{person:?}");
    assert!(badge.is_none() && ticket.unwrap().is_ok());
}
