//! Several people in one browser.

use oauth::{Secret, SessionCookie, Time};
use session::{Entered, Session, State};
use store::Table;

use crate::{NOW, at, sign_in, table};

/// A browser, with the cookies that it shows: first that of the session that acts.
#[derive(Default)]
struct Browser(Vec<Secret>);

impl Browser {
    fn shown(&self) -> Vec<SessionCookie> {
        self.0.iter().filter_map(SessionCookie::parse).collect()
    }

    async fn enter(&mut self, table: &Table, user_id: &str, epoch: u64, now: Time) -> Entered {
        let (sid, secret) = (Secret::random(), Secret::random());
        let sign_in = sign_in(sid.expose(), &secret, user_id, epoch);
        let entered = session::enter(table, &sign_in, &self.shown(), now).await.unwrap();
        self.0.retain(|value| {
            let sid = SessionCookie::parse(value).unwrap().sid().to_owned();
            entered.others.contains(&sid)
        });
        self.0.insert(0, SessionCookie::value(&entered.session.id, &secret));
        entered
    }

    /// Who is signed in there.
    async fn people(&self, table: &Table, now: Time) -> Vec<String> {
        let living = session::living(table, &self.shown(), now).await.unwrap();
        living.into_iter().map(|session| session.user_id).collect()
    }
}

#[tokio::test]
async fn another_persons_sign_in_leaves_the_first_signed_in() {
    // #33
    let (table, _) = table().await;
    let mut browser = Browser::default();
    let ada = browser.enter(&table, "ada", 0, NOW).await;
    let alan = browser.enter(&table, "alan", 0, at(10)).await;
    assert_ne!(ada.session.id, alan.session.id);
    assert_eq!((ada.others, alan.others), (vec![], vec![ada.session.id.clone()]));
    assert_eq!(browser.people(&table, at(10)).await, ["alan", "ada"]);
    // Whoever comes back stays in their session, though another one acts.
    let again = browser.enter(&table, "ada", 0, at(20)).await;
    assert_eq!((again.session.id, again.session.auth_time), (ada.session.id, at(20)));
    assert_eq!(browser.people(&table, at(20)).await, ["ada", "alan"]);
}

#[tokio::test]
async fn the_sixth_session_ends_the_one_whose_sign_in_is_longest_ago() {
    let (table, _) = table().await;
    let mut browser = Browser::default();
    let mut all = Vec::new();
    for (seconds, name) in (0..).zip(["ada", "alan", "grace", "edsger", "barbara"]) {
        all.push(browser.enter(&table, name, 0, at(seconds)).await.session);
    }
    // The first one signs in afresh, so the second is the oldest.
    browser.enter(&table, "ada", 0, at(100)).await;
    let before = browser.shown();
    let entered = browser.enter(&table, "donald", 0, at(101)).await;
    assert_eq!(entered.others.len(), SessionCookie::MOST - 1);
    assert!(!entered.others.contains(&all[1].id));
    assert_eq!(browser.people(&table, at(101)).await, ["donald", "ada", "barbara", "edsger", "grace"]);
    let alan = before.iter().find(|cookie| cookie.sid() == all[1].id).unwrap();
    assert_eq!(session::state(&table, alan, at(101)).await.unwrap(), State::Ended);
}

#[tokio::test]
async fn the_session_of_an_epoch_that_is_over_ends() {
    // #33, #34
    let (table, _) = table().await;
    let mut browser = Browser::default();
    browser.enter(&table, "ada", 0, NOW).await;
    let old = browser.shown().remove(0);
    let entered = browser.enter(&table, "ada", 1, at(60)).await;
    assert_ne!(entered.session.id, old.sid());
    assert_eq!(entered.others, Vec::<String>::new());
    assert_eq!(session::state(&table, &old, at(60)).await.unwrap(), State::Ended);
}

#[tokio::test]
async fn a_cookie_that_opens_nothing_is_nobodys() {
    // #32, #33: neither an id without its secret, nor a session that has ended.
    let (table, _) = table().await;
    let mut victim = Browser::default();
    let ada = victim.enter(&table, "ada", 0, NOW).await.session;
    let planted = SessionCookie::value(&ada.id, &Secret::random());
    let mut browser = Browser(vec![planted]);
    assert_eq!(browser.people(&table, NOW).await, Vec::<String>::new());
    for name in ["ada", "alan"] {
        let entered = browser.enter(&table, name, 0, NOW).await;
        assert_ne!(entered.session.id, ada.id);
        browser.0.push(SessionCookie::value(&ada.id, &Secret::random()));
    }
    assert_eq!(victim.people(&table, NOW).await, ["ada"]);
    assert_eq!(victim.people(&table, at(3600)).await, Vec::<String>::new());
    assert!(session::living(&table, &[], NOW).await.unwrap().is_empty());
    let own = |session: &Session| session.id == ada.id;
    assert!(session::living(&table, &victim.shown(), NOW).await.unwrap().iter().all(own));
}
