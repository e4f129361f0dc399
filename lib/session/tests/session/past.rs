//! What a person sees of their own sign-ins.

use std::time::Duration;

use oauth::{Secret, SessionCookie, Time, Visit};
use session::{ABSOLUTE, Past, Session, SignIn};
use store::{Owner, Table};

use crate::{NOW, at, table};

const KEEP: Duration = Duration::from_secs(30 * 24 * 3600);

fn from(device: &str, address: &str) -> Visit {
    Visit { at: NOW, request_id: None, from: Some(address.to_owned()), device: Some(device.to_owned()) }
}

/// Signs somebody in, in a browser that shows this session.
async fn enter(
    table: &Table,
    user_id: &str,
    visit: &Visit,
    shown: &[SessionCookie],
    now: Time,
) -> (Session, Secret) {
    let (sid, secret) = (Secret::random(), Secret::random());
    let sign_in = SignIn {
        sid: sid.expose(),
        secret: &secret,
        user_id,
        epoch: 0,
        amr: &[],
        via: None,
        visit: Some(visit),
        keep: KEEP,
    };
    let session = session::enter(table, &sign_in, shown, now).await.unwrap().session;
    let cookie = SessionCookie::value(&session.id, &secret);
    (session, cookie)
}

async fn list(table: &Table, user_id: &str, now: Time) -> Vec<Past> {
    session::list_of(table, user_id, now).await.unwrap()
}

#[tokio::test]
async fn a_person_sees_their_sessions_from_their_beginning_and_after_their_end() {
    let (table, _) = table().await;
    let (phone, _) = enter(&table, "ann", &from("Safari on iPhone", "198.51.100.0/24"), &[], NOW).await;
    let (laptop, cookie) =
        enter(&table, "ann", &from("Firefox on Linux", "203.0.113.0/24"), &[], at(10)).await;
    enter(&table, "bob", &from("Chrome on Windows", "203.0.113.0/24"), &[], at(20)).await;
    session::find(&table, &cookie, at(600)).await.unwrap().unwrap();
    let seen = list(&table, "ann", at(600)).await;
    let shown = |past: &Past| (past.session.device.clone().unwrap(), past.session.used_at(), past.ended_at);
    assert_eq!(
        seen.iter().map(shown).collect::<Vec<_>>(),
        [("Firefox on Linux".to_owned(), at(600), None), ("Safari on iPhone".to_owned(), at(0), None)]
    );
    assert!(seen.iter().all(|past| past.counts(0) && !past.counts(1)));

    session::end_by_id(&table, &laptop.id, at(700)).await.unwrap().unwrap();
    let ended: Vec<_> = list(&table, "ann", at(4000)).await.iter().map(|past| past.ended_at).collect();
    assert_eq!(ended, [Some(at(700)), Some(at(3600))], "one by hand, one by itself");
    // It is kept for a month, and opens nothing meanwhile.
    let kept = NOW.after(ABSOLUTE).after(KEEP);
    let last = Time::from_epoch(kept.epoch() - 1);
    assert_eq!(list(&table, "ann", last).await.len(), 2);
    for now in [at(700), at(4000), last] {
        assert_eq!(session::find(&table, &cookie, now).await.unwrap(), None);
        assert_eq!(session::end_by_id(&table, &laptop.id, now).await.unwrap(), None);
        assert_eq!(session::end_by_id(&table, &phone.id, at(5000)).await.unwrap(), None);
    }
    assert_eq!(list(&table, "ann", at(11).after(ABSOLUTE).after(KEEP)).await, []);
}

#[tokio::test]
async fn a_session_that_goes_on_shows_where_it_was_signed_in_last() {
    let (table, _) = table().await;
    let (_, cookie) = enter(&table, "ann", &from("Firefox on Linux", "203.0.113.0/24"), &[], NOW).await;
    let shown = [SessionCookie::parse(&cookie).unwrap()];
    let (again, _) =
        enter(&table, "ann", &from("Firefox on Linux", "198.51.100.0/24"), &shown, at(3000)).await;
    let [only] = &list(&table, "ann", at(3000)).await[..] else { panic!("one session") };
    assert_eq!((&only.session.id, only.session.from.as_deref()), (&again.id, Some("198.51.100.0/24")));
    assert_eq!(only.session.started_at, NOW);
    let last = at(3000).after(ABSOLUTE).after(KEEP).epoch() - 1;
    assert_eq!(list(&table, "ann", Time::from_epoch(last)).await.len(), 1, "kept from its last sign-in");
}

#[tokio::test]
async fn a_renewed_sign_in_and_a_use_bring_no_ended_session_back() {
    // #34, #100: whatever is written to a row that is kept, it is written to a living one.
    let (table, _) = table().await;
    let visit = from("Firefox on Linux", "203.0.113.0/24");
    let (session, cookie) = enter(&table, "ann", &visit, &[], NOW).await;
    session::end_by_id(&table, &session.id, at(60)).await.unwrap().unwrap();
    assert_eq!(session::touch(&table, session.clone(), at(1000)).await.unwrap(), None);
    let shown = [SessionCookie::parse(&cookie).unwrap()];
    let (new, _) = enter(&table, "ann", &visit, &shown, at(1000)).await;
    assert_ne!(new.id, session.id);
    assert_eq!(list(&table, "ann", at(1000)).await.iter().filter(|past| past.counts(0)).count(), 1);
}

#[tokio::test]
async fn what_is_swept_with_its_person_is_not_kept() {
    let (table, database) = table().await;
    let (session, _) = enter(&table, "ann", &from("Firefox on Linux", "203.0.113.0/24"), &[], NOW).await;
    session::end_by_id(&table, &session.id, at(60)).await.unwrap();
    assert_eq!(table.sweep(Owner::User("ann"), at(61)).await.unwrap().ended, 1);
    assert_eq!(list(&table, "ann", at(61)).await, []);
    drop(database);
}
