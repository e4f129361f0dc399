//! When a family ends, and what a renewal writes.

use std::time::Duration;

use oauth::Secret;
use serde_json::{Value, json};
use session::{
    Code, Family, MAX_GRACE, Session, code,
    family::{self, Basis, Rotated, Terms},
};
use store::Table;

use crate::{NOW, at, codes::ann, rows, sign_in, table};

use super::{GRACE, Outcome, TERMS, anns, begin, read, renew, with};

#[tokio::test]
async fn within_the_grace_a_retry_gets_the_same_token_and_the_client_goes_on_after_it() {
    // #52, P4: also with the token before the last.
    let (table, database) = table().await;
    let first = anns(&table).await;
    let second = renew(&table, &first, GRACE, NOW).await;
    let before = rows(&database);
    for seconds in [0, 1, 9] {
        assert_eq!(renew(&table, &first, GRACE, at(seconds)).await, second, "{seconds}");
    }
    assert_eq!(rows(&database), before, "a retry writes nothing");
    let third = renew(&table, &second.token(), GRACE, at(5)).await;
    assert_eq!(renew(&table, &first, GRACE, at(9)).await, third, "the grandparent");
    assert_eq!(renew(&table, &second.token(), GRACE, at(14)).await, third, "the parent");
    // The window is over: nobody is signed out.
    let fourth = renew(&table, &third.token(), GRACE, at(600)).await.token();
    assert_eq!(fourth.family_id(), first.family_id());
    // Each has a window of its own.
    assert_eq!(
        renew(&table, &third.token(), GRACE, at(609)).await.token().text().expose(),
        fourth.text().expose()
    );
    assert_eq!(renew(&table, &second.token(), GRACE, at(609)).await, Outcome::Reused);
}

#[tokio::test]
async fn the_grace_has_a_bound_that_no_client_moves() {
    // #52
    let (table, _) = table().await;
    for (seconds, is_reuse) in [(59, false), (60, true)] {
        let first = anns(&table).await;
        renew(&table, &first, Duration::MAX, NOW).await.token();
        let again = renew(&table, &first, Duration::MAX, at(seconds)).await;
        assert_eq!(again == Outcome::Reused, is_reuse, "{seconds}");
    }
    assert_eq!(MAX_GRACE, Duration::from_secs(60));
}

#[tokio::test]
async fn a_token_that_was_never_issued_has_no_effect() {
    // #50: the family's id is in access tokens, which every API sees. Nobody can end a grant by it, or learn whether it lives.
    let (table, database) = table().await;
    let token = anns(&table).await;
    let other = anns(&table).await;
    let before = rows(&database);
    let invented = [
        with(&token, 1, Secret::random().expose()),
        with(&with(&token, 1, Secret::random().expose()), 3, Secret::random().expose()),
        with(&with(&token, 1, Secret::random().expose()), 2, "7"),
        with(&token, 0, &family::new_id()),
        with(&token, 0, other.family_id()),
        with(&other, 0, token.family_id()),
    ];
    for invented in invented {
        assert_eq!(renew(&table, &invented, GRACE, NOW).await, Outcome::Invalid);
        // Also where the wrong row is compared with it.
        for id in [token.family_id(), other.family_id()] {
            let family = read(&table, id, NOW).await.unwrap();
            let rotated = family::rotate(&table, &family, &invented, GRACE, NOW).await.unwrap();
            assert!(matches!(rotated, Rotated::Invalid), "{rotated:?}");
        }
    }
    assert_eq!(rows(&database), before);
}

#[tokio::test]
async fn a_token_that_was_issued_and_changed_ends_the_family() {
    // #49: anyone who knows the fixed part has had a token of the family.
    let (table, _) = table().await;
    for (part, text) in [
        (3, Secret::random().expose().to_owned()),
        (2, "0".to_owned()),
        (2, "2".to_owned()),
        (2, u64::MAX.to_string()),
    ] {
        let first = anns(&table).await;
        let second = renew(&table, &first, GRACE, NOW).await.token();
        assert_eq!(
            renew(&table, &with(&second, part, &text), GRACE, NOW).await,
            Outcome::Reused,
            "{part} {text}"
        );
        assert_eq!(renew(&table, &second, GRACE, NOW).await, Outcome::Invalid);
    }
}

#[tokio::test]
async fn a_family_ends_unused_and_by_age() {
    // #51, #100
    let (table, _) = table().await;
    let token = anns(&table).await;
    assert_eq!(renew(&table, &token, GRACE, at(3600)).await, Outcome::Invalid);
    let mut token = renew(&table, &token, GRACE, at(3599)).await.token();
    let mut now = 3599;
    while now + 3599 < 86_400 {
        now += 3599;
        token = renew(&table, &token, GRACE, at(now)).await.token();
    }
    let family = read(&table, token.family_id(), at(now)).await.unwrap();
    assert_eq!((family.idle_until, family.ends_at), (at(86_400), at(86_400)));
    assert!(matches!(renew(&table, &token, GRACE, at(86_399)).await, Outcome::Done(_)));
    assert_eq!(renew(&table, &token, GRACE, at(86_400)).await, Outcome::Invalid);
    // Whatever the attribute for time-to-live says.
    let change = store::Change::<Family>::new().ends_at(Some(i64::MAX));
    table.update(token.family_id(), change, NOW).await.unwrap();
    assert_eq!(renew(&table, &token, GRACE, at(86_400)).await, Outcome::Invalid);
}

#[tokio::test]
async fn a_clock_that_is_behind_does_not_shorten_a_family() {
    // #51
    let (table, _) = table().await;
    let first = anns(&table).await;
    let second = renew(&table, &first, GRACE, at(100)).await.token();
    renew(&table, &second, GRACE, at(40)).await.token();
    assert_eq!(read(&table, first.family_id(), at(40)).await.unwrap().idle_until, at(3700));
}

#[tokio::test]
async fn without_refresh_tokens_none_is_accepted() {
    let (table, _) = table().await;
    let code = ann();
    let issued = code::issue(&table, &code, NOW).await.unwrap();
    let (family, token) = Family::begin(&code, &Terms { refresh: false, ..TERMS }, NOW);
    assert!(token.is_none());
    code::redeem(&table, &issued, &family, NOW).await.unwrap();
    let other = anns(&table).await;
    assert_eq!(renew(&table, &with(&other, 0, &code.family_id), GRACE, NOW).await, Outcome::Invalid);
}

#[test]
fn a_grant_stands_in_both_epochs_and_in_its_session_unless_it_is_offline() {
    // #34, #35
    let secret = Secret::random();
    let within = |user_id, epoch, sid: &str| Session::new(&sign_in(sid, &secret, user_id, epoch), NOW);
    let session = within("ann", 3, "sid");
    for offline in [false, true] {
        let (family, _) = Family::begin(&ann(), &Terms { offline, idle: TERMS.absolute, ..TERMS }, NOW);
        assert!(family.stands(Some(&session), 3, 5, NOW));
        assert!(!family.stands(Some(&session), 4, 5, NOW), "signed out everywhere");
        assert!(!family.stands(Some(&session), 3, 6, NOW), "the client was disabled");
        assert!(!family.stands(Some(&session), 3, 5, at(86_400)), "too old");
        for other in
            [None, Some(within("bob", 3, "sid")), Some(within("ann", 2, "sid")), Some(within("ann", 3, "x"))]
        {
            assert_eq!(family.stands(other.as_ref(), 3, 5, NOW), offline, "{other:?}");
        }
        assert_eq!(family.stands(Some(&session), 3, 5, at(3600)), offline, "the session has ended");
        let code = ann();
        let without = Basis { sid: None, ..Basis::from(&code) };
        let (family, _) = Family::begin(without, &Terms { offline, idle: TERMS.absolute, ..TERMS }, NOW);
        assert!(family.stands(None, 3, 5, NOW), "it never had a session");
        assert!(!family.stands(None, 4, 5, NOW), "signed out everywhere");
    }
}

#[tokio::test]
async fn a_renewal_writes_at_most_a_kilobyte_and_no_index() {
    let (table, database) = table().await;
    let code = Code {
        user_id: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        client_id: "c".repeat(22),
        sid: Secret::random().expose().to_owned(),
        scope: "openid profile email offline_access orders:read orders:write invoices:read".parse().unwrap(),
        ..ann()
    };
    let mut token = begin(&table, &code, &TERMS).await;
    let owner =
        |rows: &[Value]| rows.iter().find_map(|row| row["belongs_to"]["S"].as_str().map(str::to_owned));
    let before = owner(&rows(&database)).unwrap();
    // More often than anybody would.
    for _ in 0..20 {
        token = renew(&table, &token, GRACE, NOW).await.token();
    }
    let rows = rows(&database);
    assert_eq!(owner(&rows), Some(before));
    let row = rows.iter().find(|row| row["pk"]["S"] == json!(format!("FAMILY#{}", code.family_id))).unwrap();
    let size: usize = row.as_object().unwrap().iter().map(|(name, value)| name.len() + size(value)).sum();
    assert!((600..=1024).contains(&size), "{size}");
}

/// The size of an attribute's value, as DynamoDB counts it, or a little more.
fn size(value: &Value) -> usize {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    match (kind.as_str(), value) {
        ("L", Value::Array(list)) => 3 + list.iter().map(|value| 1 + size(value)).sum::<usize>(),
        ("M", Value::Object(map)) => {
            3 + map.iter().map(|(name, value)| 1 + name.len() + size(value)).sum::<usize>()
        }
        ("S", Value::String(text)) => text.len(),
        ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
        _ => 1,
    }
}

/// One step of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// This renewal reads the row.
    Read(usize),
    /// And writes.
    Write(usize),
    /// The grant is revoked.
    End,
}

/// Every order in which these actors' steps can come.
fn schedules(actors: &[Vec<Step>]) -> Vec<Vec<Step>> {
    if actors.iter().all(Vec::is_empty) {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for at in (0..actors.len()).filter(|&at| !actors[at].is_empty()) {
        let mut rest = actors.to_vec();
        let step = rest[at].remove(0);
        all.extend(schedules(&rest).into_iter().map(|tail| [vec![step], tail].concat()));
    }
    all
}

#[tokio::test]
async fn whoever_revokes_wins_in_every_order() {
    // #53, P6: two renewals overlap with a revocation. They have the same token, or one of them has the token from before.
    let (table, _) = table().await;
    let renewal = |n| vec![Step::Read(n), Step::Write(n)];
    let all = schedules(&[renewal(0), renewal(1), vec![Step::End]]);
    assert_eq!(all.len(), 30);
    for schedule in &all {
        for (grace, same) in [(GRACE, true), (GRACE, false), (Duration::ZERO, true), (Duration::ZERO, false)]
        {
            overlap(&table, schedule, grace, same).await;
        }
    }
}

async fn overlap(table: &Table, schedule: &[Step], grace: Duration, same: bool) {
    let first = anns(table).await;
    let second = renew(table, &first, grace, NOW).await.token();
    let presented = [&second, if same { &second } else { &first }];
    let (mut seen, mut got, mut revoked) = ([None, None], vec![second.clone()], false);
    for step in schedule {
        match *step {
            Step::Read(n) => seen[n] = read(table, first.family_id(), NOW).await,
            Step::Write(n) => {
                let Some(family) = &seen[n] else { continue };
                let outcome =
                    Outcome::of(family::rotate(table, family, presented[n], grace, NOW).await.unwrap());
                if let Outcome::Done(_) = outcome {
                    assert!(!revoked || grace > Duration::ZERO, "{schedule:?}");
                    got.push(outcome.token());
                }
            }
            Step::End => {
                family::end(table, first.family_id(), NOW).await.unwrap();
                revoked = true;
            }
        }
    }
    // What was begun before may have been answered. It opens nothing.
    assert_eq!(read(table, first.family_id(), NOW).await, None, "{schedule:?}");
    for token in got {
        assert_eq!(renew(table, &token, grace, NOW).await, Outcome::Invalid, "{schedule:?}");
    }
}
