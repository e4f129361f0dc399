//! The trail against an embedded DynamoDB.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use audit::{Actor, Event, Page, Query, Trail, What};
use oauth::{Time, Visit};
use serde::{Deserialize, Serialize};
use store::{Connection, Owner, Record, Table, Transacted, Write};
use tokio::net::TcpListener;

const NOW: Time = Time::from_epoch(1_700_000_000);
const DAY: i64 = 24 * 3600;

async fn table() -> Table {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()));
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint: Some(endpoint) }).await;
    table.provision().await.unwrap();
    table
}

fn days_ago(days: i64) -> Time {
    Time::from_epoch(NOW.epoch() - days * DAY)
}

fn event(what: What, whom: &str, at: Time) -> Event {
    let visit = Visit {
        at,
        request_id: Some("r-1".to_owned()),
        from: Some("203.0.113.0/24".to_owned()),
        device: None,
    };
    Event::new(what, &visit).by(Actor::Person("admin".to_owned())).whom(whom)
}

async fn all(table: &Table, query: &Query<'_>, limit: u32, now: Time) -> (Vec<Event>, usize) {
    let (mut events, mut before, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let Page { events: some, next } =
            audit::list(table, query, limit, before.as_deref(), now).await.unwrap();
        assert!(some.len() <= limit as usize);
        pages += 1;
        assert!(next.is_none() || next != before, "it goes on");
        events.extend(some);
        before = next;
        if before.is_none() {
            return (events, pages);
        }
    }
}

/// A row that an act changes.
#[derive(Debug, Serialize, Deserialize)]
struct Thing {
    name: String,
}

impl Record for Thing {
    const KIND: &'static str = "THING";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User("ann"))
    }
}

#[tokio::test]
async fn an_act_and_its_event_are_written_together_or_not_at_all() {
    // #97, #99
    let (table, trail) = (table().await, Trail::of_days(365));
    let act = || Write::create("1", &Thing { name: "x".to_owned() }, NOW);
    let done = event(What::RolesChanged, "ann", NOW).roles(&["member".to_owned()], &["admin".to_owned()]);
    assert_eq!(trail.transact(&table, vec![act()], &done).await.unwrap(), Transacted::Done);
    let again = event(What::RolesChanged, "ann", NOW);
    assert_eq!(trail.transact(&table, vec![act()], &again).await.unwrap(), Transacted::Refused(vec![0]));
    let (events, _) = all(&table, &Query { of: Some("ann"), ..Query::default() }, 10, NOW).await;
    assert_eq!(events.iter().map(|event| &event.id).collect::<Vec<_>>(), [&done.id]);
    let kept = &events[0];
    assert_eq!(kept.actor, Actor::Person("admin".to_owned()));
    assert_eq!(kept.detail, done.detail);
    assert_eq!((kept.from.as_deref(), kept.request_id.as_deref()), (Some("203.0.113.0/24"), Some("r-1")));
}

#[tokio::test]
async fn the_trail_of_a_person_is_theirs_and_stays_when_they_are_gone() {
    let (table, trail) = (table().await, Trail::of_days(365));
    for (n, whom) in ["ann", "bob", "ann", "ann"].into_iter().enumerate() {
        let at = Time::from_epoch(NOW.epoch() + n as i64);
        trail.note(&table, &event(What::PersonChanged, whom, at)).await.unwrap();
    }
    // What sweeps a person away does not find it.
    assert_eq!(table.sweep(Owner::User("ann"), NOW).await.unwrap().found, 0);
    let later = NOW.after(Duration::from_secs(60));
    for limit in [1, 2, 3, 100] {
        let query = Query { of: Some("ann"), ..Query::default() };
        let (events, _) = all(&table, &query, limit, later).await;
        let times: Vec<_> = events.iter().map(|event| event.at.epoch() - NOW.epoch()).collect();
        assert_eq!(times, [3, 2, 0], "{limit}");
        assert!(events.iter().all(|event| event.whom.as_deref() == Some("ann")));
    }
}

#[tokio::test]
async fn all_events_are_listed_over_months_newest_first() {
    let (table, trail) = (table().await, Trail::of_days(3650));
    let ages = [900, 899, 200, 100, 99, 31, 30, 1, 0];
    for (n, age) in ages.into_iter().enumerate() {
        let what = if n % 2 == 0 { What::RoleSet } else { What::PersonDisabled };
        trail.note(&table, &event(what, &format!("p{n}"), days_ago(age))).await.unwrap();
    }
    let found = async |query: Query<'_>, limit| {
        let (events, pages) = all(&table, &query, limit, NOW).await;
        let ages = events.iter().map(|event| (NOW.epoch() - event.at.epoch()) / DAY).collect::<Vec<_>>();
        (ages, pages)
    };
    for limit in [1, 2, 3, 100] {
        assert_eq!(found(Query::default(), limit).await.0, [0, 1, 30, 31, 99, 100, 200], "of 400 days");
        let since = Some(days_ago(1000));
        let (ages, _) = found(Query { since, ..Query::default() }, limit).await;
        assert_eq!(ages, [0, 1, 30, 31, 99, 100, 200, 899, 900], "{limit}");
        let since = Some(days_ago(99));
        assert_eq!(found(Query { since, ..Query::default() }, limit).await.0, [0, 1, 30, 31, 99]);
        let what = Some(What::RoleSet);
        assert_eq!(found(Query { what, ..Query::default() }, limit).await.0, [0, 30, 99, 200]);
    }
}

#[tokio::test]
async fn an_event_ends_after_its_time() {
    // #100
    let (table, trail) = (table().await, Trail::of_days(30));
    trail.note(&table, &event(What::RoleSet, "ann", NOW)).await.unwrap();
    for (days, there) in [(0, 1), (29, 1), (30, 0)] {
        let now = Time::from_epoch(NOW.epoch() + days * DAY);
        for of in [None, Some("ann")] {
            assert_eq!(
                all(&table, &Query { of, ..Query::default() }, 10, now).await.0.len(),
                there,
                "{days}"
            );
        }
    }
}

#[tokio::test]
async fn an_event_that_was_lost_is_put_back_as_it_was_and_once() {
    let (table, trail) = (table().await, Trail::of_days(30));
    let (lost, there) = (event(What::RoleSet, "ann", days_ago(3)), event(What::RoleSet, "ann", NOW));
    trail.note(&table, &there).await.unwrap();
    let both = [&*lost.id, &*there.id, "x"];
    assert_eq!(
        audit::there_are(&table, &both, NOW).await.unwrap().into_iter().collect::<Vec<_>>(),
        [&*there.id]
    );
    assert!(trail.put_back(&table, &lost).await.unwrap());
    assert!(!trail.put_back(&table, &lost).await.unwrap() && !trail.put_back(&table, &there).await.unwrap());
    assert_eq!(audit::there_are(&table, &both, NOW).await.unwrap().len(), 2);
    let (events, _) = all(&table, &Query { of: Some("ann"), ..Query::default() }, 10, NOW).await;
    assert_eq!(
        events.iter().map(|event| (&event.id, event.at)).collect::<Vec<_>>(),
        [(&there.id, there.at), (&lost.id, lost.at)]
    );
    // It ends when it would have ended.
    let later = Time::from_epoch(NOW.epoch() + 28 * DAY);
    assert_eq!(
        audit::there_are(&table, &both, later).await.unwrap().into_iter().collect::<Vec<_>>(),
        [&*there.id]
    );
}

#[tokio::test]
async fn a_place_that_is_none_begins_at_the_newest() {
    let (table, trail) = (table().await, Trail::of_days(30));
    trail.note(&table, &event(What::RoleSet, "ann", NOW)).await.unwrap();
    for before in ["", "x", "..", "00000000-0000-4000-8000-000000000000", "\u{0}"] {
        let page = audit::list(&table, &Query::default(), 10, Some(before), NOW).await.unwrap();
        assert_eq!(page.events.len(), 1, "{before}");
    }
}

#[test]
fn what_happens_has_one_spelling() {
    for what in What::ALL {
        assert_eq!(What::parse(what.as_str()), Some(*what));
        assert_eq!(serde_json::to_value(what).unwrap(), what.as_str());
    }
    assert_eq!(What::parse("Sign_In"), None);
    // What a person does at each visit is in the log and costs no row.
    assert!([What::SignIn, What::Renewal, What::Token, What::SignOut].iter().all(|what| !what.is_kept()));
}

#[test]
fn an_event_is_read_as_it_was_written() {
    let written = event(What::KeysRotated, "ann", NOW).by(Actor::Latchkey).keys(["k1", "k2"]).count(2);
    let text = serde_json::to_string(&written).unwrap();
    assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), written);
    assert!(!text.contains("null"), "{text}");
}
