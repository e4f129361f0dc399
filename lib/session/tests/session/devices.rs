//! Device codes.

use oauth::Secret;
use session::{
    Device, Family, Session,
    code::Redeemed,
    device::{self, Approval, Issued, Polled, Progress},
};
use store::Table;

use crate::{NOW, at, families::TERMS, rows, sign_in, table};

fn session() -> Session {
    Session::new(&sign_in("sid", &Secret::random(), "ann", 3), at(-100))
}

/// What a user code is filed under here.
fn mark(code: &session::UserCode) -> String {
    format!("mark of {}", code.expose())
}

async fn asked(table: &Table) -> (Issued, String) {
    let device = Device::new("app", 5, "openid".parse().unwrap(), Vec::new(), NOW);
    let issued = device::issue(table, &device, mark, NOW).await.unwrap();
    let key = device::key(&issued.device_code).unwrap();
    (issued, key)
}

async fn read(table: &Table, id: &str) -> Device {
    table.get::<Device>(id, NOW).await.unwrap().unwrap().into_inner()
}

#[tokio::test]
async fn the_user_code_leads_to_the_device_for_ten_minutes() {
    // #40, #100
    let (table, database) = table().await;
    let (issued, id) = asked(&table).await;
    assert_eq!(rows(&database).len(), 2);
    for (seconds, found) in [(0, true), (599, true), (600, false)] {
        let shown = device::find(&table, &mark(&issued.user_code), at(seconds)).await.unwrap();
        assert_eq!(
            shown.map(|shown| (shown.device, shown.client_id)),
            found.then(|| (id.clone(), "app".to_owned()))
        );
    }
    assert!(device::find(&table, &mark(&session::UserCode::random()), NOW).await.unwrap().is_none());
    for bad in ["", "x", &"\u{e9}".repeat(43), &issued.device_code.expose()[1..]] {
        assert_eq!(device::key(&Secret::new(bad)), None, "{bad}");
    }
}

#[test]
fn it_stands_when_it_was_agreed_to_in_time_in_its_session_and_in_both_epochs() {
    // #34, #35, #40
    let session = session();
    let pending = Device::new("app", 5, "openid".parse().unwrap(), Vec::new(), NOW);
    let approval = Some(Approval::within(&session));
    let agreed = Device { progress: Progress::Allowed, approval, ..pending.clone() };
    assert!(agreed.stands(Some(&session), 3, 5, NOW) && agreed.stands(Some(&session), 3, 5, at(599)));
    let other = Session::new(&sign_in("other", &Secret::random(), "ann", 3), at(-100));
    for (session, user, client, seconds) in [
        (Some(&session), 3, 5, 600),
        (Some(&session), 4, 5, 0),
        (Some(&session), 3, 6, 0),
        (None, 3, 5, 0),
        (Some(&other), 3, 5, 0),
    ] {
        assert!(!agreed.stands(session, user, client, at(seconds)), "{session:?} {user} {client} {seconds}");
    }
    for progress in [Progress::Pending, Progress::Denied, Progress::Spent] {
        assert!(!Device { progress, ..agreed.clone() }.stands(Some(&session), 3, 5, NOW), "{progress:?}");
    }
    assert!(!Device { approval: None, ..agreed }.stands(Some(&session), 3, 5, NOW));
    assert!(pending.is_open(5, at(599)) && !pending.is_open(5, at(600)) && !pending.is_open(6, NOW));
}

#[tokio::test]
async fn of_many_polls_that_saw_the_same_one_is_in_time() {
    // #40
    let (table, _) = table().await;
    let (_, id) = asked(&table).await;
    let seen = read(&table, &id).await;
    let poll = |_| {
        let (table, id, seen) = (table.clone(), id.clone(), seen.clone());
        tokio::spawn(async move { device::poll(&table, &id, &seen, NOW).await.unwrap() })
    };
    let mut said = Vec::new();
    for task in (0..32).map(poll).collect::<Vec<_>>() {
        said.push(task.await.unwrap());
    }
    assert_eq!(said.iter().filter(|polled| **polled == Polled::Pending).count(), 1, "{said:?}");
    let row = read(&table, &id).await;
    assert_eq!((row.interval, row.polled_at), (device::INTERVAL, Some(NOW)), "who lost wrote nothing");
    assert_eq!(device::poll(&table, &id, &row, at(3)).await.unwrap(), Polled::SlowDown);
    assert_eq!(read(&table, &id).await.interval, device::INTERVAL + 5);
}

#[tokio::test]
async fn of_many_who_redeem_one_does_and_nobody_before_the_person_agreed() {
    // #40, #41
    let (table, database) = table().await;
    let (session, (_, id)) = (session(), asked(&table).await);
    let redeem = |device: Device| {
        let (table, id, session) = (table.clone(), id.clone(), session.clone());
        tokio::spawn(async move {
            let (family, _) = Family::begin(device.basis(&Approval::within(&session)), &TERMS, NOW);
            device::redeem(&table, &id, &family, NOW).await.unwrap()
        })
    };
    assert_eq!(redeem(read(&table, &id).await).await.unwrap(), Redeemed::Spent, "pending");
    assert!(device::decide(&table, &id, Some(Approval::within(&session)), NOW).await.unwrap());
    assert!(!device::decide(&table, &id, None, NOW).await.unwrap(), "once");
    let agreed = read(&table, &id).await;
    let mut winners = 0;
    for task in (0..32).map(|_| redeem(agreed.clone())).collect::<Vec<_>>() {
        winners += usize::from(task.await.unwrap() == Redeemed::Done);
    }
    assert_eq!((winners, rows(&database).len()), (1, 3));
    assert_eq!(read(&table, &id).await.progress, Progress::Spent);
    let family = table.get::<Family>(&agreed.family_id, NOW).await.unwrap().unwrap();
    assert_eq!((&*family.user_id, family.sid.as_deref(), family.client_epoch), ("ann", Some("sid"), 5));
    assert_eq!(
        device::poll(&table, &id, &agreed, NOW).await.unwrap(),
        Polled::Pending,
        "it is noted nowhere"
    );
    assert_eq!(read(&table, &id).await.progress, Progress::Spent);
}

#[tokio::test]
async fn a_client_is_noted_in_the_session_with_the_decision_or_neither_is_written() {
    // #40
    let (table, _) = table().await;
    let session = session();
    let [(_, first), (_, second), (_, third)] =
        [asked(&table).await, asked(&table).await, asked(&table).await];
    assert!(
        !device::allow_noted(&table, &first, "app", &session, NOW).await.unwrap(),
        "there is no such session"
    );
    assert_eq!(read(&table, &first).await.progress, Progress::Pending);
    assert!(table.create("sid", &session, NOW).await.unwrap());
    let noted = async || table.get::<Session>("sid", NOW).await.unwrap().unwrap().into_inner();
    assert!(device::allow_noted(&table, &first, "app", &session, NOW).await.unwrap());
    // As it was read before the other was noted.
    assert!(device::allow_noted(&table, &second, "other", &session, NOW).await.unwrap());
    assert_eq!(noted().await.clients(), ["app", "other"]);
    assert!(device::allow_noted(&table, &third, "app", &noted().await, NOW).await.unwrap());
    assert!(!device::allow_noted(&table, &third, "new", &noted().await, NOW).await.unwrap(), "it is decided");
    assert_eq!(noted().await.clients(), ["app", "other"]);
    for id in [first, second, third] {
        assert_eq!(read(&table, &id).await.progress, Progress::Allowed);
    }
}
