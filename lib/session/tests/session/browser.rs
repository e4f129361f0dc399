//! Sessions of browsers.

use std::{collections::HashSet, error::Error as _};

use oauth::{Secret, SessionCookie, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use session::{ABSOLUTE, Error, IDLE, Session, SignIn, State};
use store::{Change, Connection, Record, Table};
use tokio::net::TcpListener;

use crate::{NOW, at, rows, sign_in, table};

/// A sign-in: the id of the session that may begin with it, and its secret.
struct Login {
    sid: String,
    secret: Secret,
}

impl Login {
    fn new() -> Self {
        Self { sid: Secret::random().expose().to_owned(), secret: Secret::random() }
    }

    async fn enter(
        &self,
        table: &Table,
        user_id: &str,
        epoch: u64,
        old: Option<&SessionCookie>,
        now: Time,
    ) -> Result<Session, Error> {
        let amr = ["pwd".to_owned()];
        let sign_in = SignIn { amr: &amr, ..sign_in(&self.sid, &self.secret, user_id, epoch) };
        let shown: Vec<_> = old.cloned().into_iter().collect();
        Ok(session::enter(table, &sign_in, &shown, now).await?.session)
    }
}

/// A session of somebody, and the value of its cookie.
async fn start(table: &Table) -> (Secret, Session) {
    let login = Login::new();
    let session = login.enter(table, "user", 0, None, NOW).await.unwrap();
    (SessionCookie::value(&session.id, &login.secret), session)
}

async fn state(table: &Table, cookie: &Secret, now: Time) -> State {
    session::state(table, &SessionCookie::parse(cookie).unwrap(), now).await.unwrap()
}

#[tokio::test]
async fn a_session_is_found_by_its_cookie() {
    let (table, _) = table().await;
    let (cookie, session) = start(&table).await;
    assert_eq!((session.user_id.as_str(), session.started_at, session.auth_time), ("user", NOW, NOW));
    assert_eq!((session.idle_until, session.ends_at), (NOW.after(IDLE), NOW.after(ABSOLUTE)));
    assert_eq!(session.amr, ["pwd"]);
    assert_eq!(session::find(&table, &cookie, NOW).await.unwrap(), Some(session));
}

#[tokio::test]
async fn every_sign_in_has_a_new_id_and_a_new_secret_and_adopts_none() {
    // #33
    let (table, _) = table().await;
    let planted = SessionCookie::value(Secret::random().expose(), &Secret::random());
    let mut seen = HashSet::new();
    for _ in 0..20 {
        let login = Login::new();
        let old = SessionCookie::parse(&planted);
        let session = login.enter(&table, "user", 0, old.as_ref(), NOW).await.unwrap();
        assert_eq!(session.id, login.sid);
        assert!(seen.insert(session.id));
        assert_eq!(session::find(&table, &planted, NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_same_person_stays_in_the_session_under_a_new_secret() {
    // #33: tokens and grants that name the session stay good, and `auth_time` moves.
    let (table, database) = table().await;
    let (first, session) = start(&table).await;
    let login = Login::new();
    let again =
        login.enter(&table, "user", 0, SessionCookie::parse(&first).as_ref(), at(3000)).await.unwrap();
    assert_eq!((&again.id, again.started_at), (&session.id, NOW));
    assert_eq!((again.auth_time, again.idle_until), (at(3000), at(6600)));
    assert_eq!(again.ends_at, at(3000).after(ABSOLUTE));
    assert_eq!(rows(&database).len(), 1);
    assert_eq!(rows(&database)[0]["lives_until"], json!({ "N": at(6600).epoch().to_string() }));
    // The old secret opens nothing, and neither does the id that the sign-in would have begun.
    assert_eq!(session::find(&table, &first, at(3000)).await.unwrap(), None);
    assert_eq!(session::end(&table, &first, at(3000)).await.unwrap(), None);
    assert_eq!(state(&table, &first, at(3000)).await, State::Renewed);
    let own = SessionCookie::value(&login.sid, &login.secret);
    assert_eq!(state(&table, &own, at(3000)).await, State::Unknown);
    let second = SessionCookie::value(&session.id, &login.secret);
    assert_eq!(session::find(&table, &second, at(3000)).await.unwrap(), Some(again));
}

#[tokio::test]
async fn an_id_without_its_secret_moves_and_ends_nothing() {
    // #33: the id of a session is in tokens, so every API knows it.
    let (table, _) = table().await;
    let (victims, session) = start(&table).await;
    for user_id in ["user", "attacker"] {
        let login = Login::new();
        let planted = SessionCookie::of(&session.id, &Secret::random());
        let entered = login.enter(&table, user_id, 0, Some(&planted), NOW).await.unwrap();
        assert_eq!(entered.id, login.sid);
        assert_eq!(state(&table, &victims, NOW).await, State::Alive(session.clone()));
    }
}

#[tokio::test]
async fn of_two_sign_ins_at_once_neither_loses_its_session() {
    // #33: both were begun in one browser; one of them stays in the session, and the other begins its own.
    let (table, _) = table().await;
    for _ in 0..25 {
        let (old, session) = start(&table).await;
        let old = SessionCookie::parse(&old);
        let logins = [Login::new(), Login::new()];
        let [a, b] = logins.each_ref().map(|login| login.enter(&table, "user", 0, old.as_ref(), NOW));
        let (a, b) = tokio::join!(a, b);
        let sids = [a.unwrap().id, b.unwrap().id];
        assert!(sids.contains(&session.id) && sids[0] != sids[1], "{sids:?}");
        for (login, sid) in logins.iter().zip(&sids) {
            let cookie = SessionCookie::value(sid, &login.secret);
            assert!(session::find(&table, &cookie, NOW).await.unwrap().is_some());
        }
    }
}

#[tokio::test]
async fn the_state_of_a_session_is_read_without_a_write() {
    // #34
    let (table, database) = table().await;
    let (cookie, session) = start(&table).await;
    let before = rows(&database);
    for seconds in [0, 120, 3599] {
        assert_eq!(state(&table, &cookie, at(seconds)).await, State::Alive(session.clone()), "{seconds}");
    }
    assert_eq!(state(&table, &cookie, at(3600)).await, State::Ended);
    assert_eq!(rows(&database), before);
    session::end(&table, &cookie, NOW).await.unwrap().unwrap();
    assert_eq!(state(&table, &cookie, NOW).await, State::Ended);
    let other = SessionCookie::value(Secret::random().expose(), &Secret::random());
    assert_eq!(state(&table, &other, NOW).await, State::Unknown);
}

#[tokio::test]
async fn a_living_session_is_not_started_again() {
    // #33
    let (table, _) = table().await;
    let login = Login::new();
    let session = login.enter(&table, "user", 0, None, NOW).await.unwrap();
    let again = login.enter(&table, "somebody-else", 0, None, NOW).await;
    assert!(matches!(again, Err(Error::Started)), "{again:?}");
    let cookie = SessionCookie::value(&login.sid, &login.secret);
    assert_eq!(state(&table, &cookie, NOW).await, State::Alive(session));
}

#[tokio::test]
async fn only_the_digest_is_stored() {
    // #32
    let (table, database) = table().await;
    let (cookie, session) = start(&table).await;
    let secret = Secret::new(cookie.expose().split_once('.').unwrap().1);
    let rows = rows(&database);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["pk"], json!({ "S": format!("SESSION#{}", session.id) }));
    assert_eq!(rows[0]["secret"], json!({ "S": secret.digest() }));
    assert_eq!(rows[0]["lives_until"], json!({ "N": NOW.after(IDLE).epoch().to_string() }));
    assert!(!rows[0].to_string().contains(secret.expose()));
    // Neither what is stored nor what tokens carry opens the session.
    for other in [secret.digest().as_str(), &session.id] {
        let cookie = SessionCookie::value(&session.id, &Secret::new(other));
        assert_eq!(session::find(&table, &cookie, NOW).await.unwrap(), None);
        assert_eq!(session::end(&table, &cookie, NOW).await.unwrap(), None);
    }
    assert!(session::find(&table, &cookie, NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn a_malformed_cookie_finds_no_session() {
    // #105
    let (table, _) = table().await;
    let (cookie, _) = start(&table).await;
    let good = cookie.expose();
    for bad in
        ["", ".", &good[1..], &good[44..], &format!("{good} "), &format!("{good}="), &"x".repeat(1 << 20)]
    {
        assert_eq!(session::find(&table, &Secret::new(bad), NOW).await.unwrap(), None);
        assert_eq!(session::end(&table, &Secret::new(bad), NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_idle_session_ends() {
    // #34, #100: the row is still there, and says nothing any more.
    let (table, database) = table().await;
    let (cookie, _) = start(&table).await;
    for seconds in [3600, 3601, 86_400] {
        assert_eq!(session::find(&table, &cookie, at(seconds)).await.unwrap(), None, "{seconds}");
        assert_eq!(session::end(&table, &cookie, at(seconds)).await.unwrap(), None, "{seconds}");
        // Nor does a sign-in go on with it.
        let old = SessionCookie::parse(&cookie);
        let login = Login::new();
        let new = login.enter(&table, "user", 0, old.as_ref(), at(seconds)).await.unwrap();
        assert_eq!(new.id, login.sid, "{seconds}");
    }
    assert_eq!(rows(&database).len(), 4);
    assert!(session::find(&table, &cookie, at(3599)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_used_session_lives_on_but_not_for_ever() {
    // #34
    let (table, _) = table().await;
    let (cookie, _) = start(&table).await;
    for seconds in (0..12 * 3600).step_by(1800) {
        let session = session::find(&table, &cookie, at(seconds)).await.unwrap().unwrap();
        assert_eq!(session.idle_until, at((seconds + 3600).min(12 * 3600)), "{seconds}");
    }
    assert!(session::find(&table, &cookie, at(12 * 3600 - 1)).await.unwrap().is_some());
    assert_eq!(session::find(&table, &cookie, at(12 * 3600)).await.unwrap(), None);
}

#[tokio::test]
async fn the_idle_limit_moves_once_a_minute_and_forwards() {
    // #34, #105
    let (table, database) = table().await;
    let (cookie, old) = start(&table).await;
    let written = || rows(&database)[0]["version"].clone();
    let first = written();
    for seconds in [0, 1, 59, -30] {
        let session = session::find(&table, &cookie, at(seconds)).await.unwrap().unwrap();
        assert_eq!((session.idle_until, written()), (at(3600), first.clone()), "{seconds}");
    }
    let session = session::find(&table, &cookie, at(60)).await.unwrap().unwrap();
    assert_eq!((session.idle_until, written() == first), (at(3660), false));
    assert_eq!(rows(&database)[0]["lives_until"], json!({ "N": at(3660).epoch().to_string() }));
    let second = written();
    let session = session::find(&table, &cookie, at(5)).await.unwrap().unwrap();
    assert_eq!((session.idle_until, written()), (at(3660), second));
    // One that read it before another moved it further: the later limit stays.
    session::find(&table, &cookie, at(600)).await.unwrap().unwrap();
    let touched = session::touch(&table, old, at(300)).await.unwrap().unwrap();
    assert_eq!(touched.idle_until, at(4200));
}

#[tokio::test]
async fn a_use_that_overlaps_a_new_sign_in_finds_nothing() {
    // #33: the secret was replaced between the read and the write.
    let (table, _) = table().await;
    let (cookie, read) = start(&table).await;
    let login = Login::new();
    login.enter(&table, "user", 0, SessionCookie::parse(&cookie).as_ref(), at(60)).await.unwrap();
    let touched = session::touch(&table, read, at(120)).await.unwrap().unwrap();
    assert!(!touched.is_opened_by(&SessionCookie::parse(&cookie).unwrap()));
    assert_eq!((touched.auth_time, touched.idle_until), (at(60), at(3720)));
}

#[tokio::test]
async fn an_ended_session_stays_ended_and_ends_once() {
    // #34
    let (table, _) = table().await;
    let (cookie, session) = start(&table).await;
    let (other, _) = start(&table).await;
    assert_eq!(session::end(&table, &cookie, NOW).await.unwrap(), Some(session.clone()));
    assert_eq!(session::end(&table, &cookie, NOW).await.unwrap(), None);
    for seconds in [0, 120, -120] {
        assert_eq!(session::find(&table, &cookie, at(seconds)).await.unwrap(), None, "{seconds}");
        assert_eq!(session::touch(&table, session.clone(), at(seconds + 3000)).await.unwrap(), None);
    }
    assert!(session::find(&table, &other, NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn of_many_who_end_a_session_one_does() {
    // #34
    let (table, _) = table().await;
    let (cookie, _) = start(&table).await;
    let end = |_| {
        let (table, cookie) = (table.clone(), cookie.clone());
        tokio::spawn(async move { session::end(&table, &cookie, NOW).await.unwrap().is_some() })
    };
    let mut ended = 0;
    for task in (0..16).map(end).collect::<Vec<_>>() {
        ended += usize::from(task.await.unwrap());
    }
    assert_eq!(ended, 1);
}

#[tokio::test]
async fn neither_use_nor_sign_in_brings_an_ended_session_back() {
    // #34: they overlap the end, in whatever order they come through.
    let (table, _) = table().await;
    for _ in 0..25 {
        let (cookie, session) = start(&table).await;
        let uses = [60, 90, 120].map(|seconds| {
            let (table, cookie) = (table.clone(), cookie.clone());
            tokio::spawn(async move { session::find(&table, &cookie, at(seconds)).await.unwrap() })
        });
        let login = Login::new();
        let old = SessionCookie::parse(&cookie);
        let (ended, entered) = tokio::join!(
            session::end_by_id(&table, &session.id, at(60)),
            login.enter(&table, "user", 0, old.as_ref(), at(60))
        );
        assert!(ended.unwrap().is_some() && entered.is_ok());
        for used in uses {
            used.await.unwrap();
        }
        for secret in [cookie.expose().split_once('.').unwrap().1, login.secret.expose()] {
            let cookie = SessionCookie::value(&session.id, &Secret::new(secret));
            assert_eq!(session::find(&table, &cookie, at(120)).await.unwrap(), None);
        }
    }
}

/// Another kind of row that looks just like a session.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Lookalike(Session);

impl Record for Lookalike {
    const KIND: &'static str = "OTHER";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

#[tokio::test]
async fn another_kind_of_row_is_not_a_session() {
    // #100
    let (table, _) = table().await;
    let login = Login::new();
    let sign_in = sign_in(&login.sid, &login.secret, "user", 0);
    assert!(table.create(&login.sid, &Lookalike(Session::new(&sign_in, NOW)), NOW).await.unwrap());
    let cookie = SessionCookie::value(&login.sid, &login.secret);
    assert_eq!(session::find(&table, &cookie, NOW).await.unwrap(), None);
    assert_eq!(session::end(&table, &cookie, NOW).await.unwrap(), None);
}

#[tokio::test]
async fn a_row_without_expiry_has_its_own_limits() {
    // #34, #100: whatever the attribute for time-to-live says, code compares.
    let (table, database) = table().await;
    let (cookie, session) = start(&table).await;
    let change = Change::new().ends_at(Some(i64::MAX));
    table.update::<Session>(&session.id, change, NOW).await.unwrap();
    assert_eq!(rows(&database)[0]["lives_until"], json!({ "N": i64::MAX.to_string() }));
    assert_eq!(session::find(&table, &cookie, at(3600)).await.unwrap(), None);
    assert_eq!(session::end(&table, &cookie, at(3600)).await.unwrap(), None);
    assert_eq!(state(&table, &cookie, at(3600)).await, State::Ended);
    // Nor does a use that is to come move the end of it all.
    let (cookie, session) = start(&table).await;
    let change = Change::new().ends_at(Some(i64::MAX)).set(Session::IDLE_UNTIL, &at(365 * 24 * 3600));
    table.update::<Session>(&session.id, change, NOW).await.unwrap();
    assert_eq!(session::find(&table, &cookie, at(12 * 3600)).await.unwrap(), None);
    assert!(session::find(&table, &cookie, at(12 * 3600 - 1)).await.unwrap().is_some());
    assert_eq!(session::end(&table, &cookie, at(12 * 3600)).await.unwrap(), None);
}

#[tokio::test]
async fn an_unreachable_table_is_an_io_fault() {
    // #99: the edge answers 503 when the chain holds a `std::io::Error`; nobody is taken for signed out.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint: Some(endpoint) }).await;
    let cookie = SessionCookie::value(Secret::random().expose(), &Secret::random());
    let error = session::find(&table, &cookie, NOW).await.unwrap_err();
    assert!(matches!(error, Error::Store(_)));
    let source = error.source().and_then(|error| error.source());
    assert!(source.is_some_and(|error| error.is::<std::io::Error>()), "{error:?}");
}
