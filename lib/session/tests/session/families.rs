//! Grants and their refresh tokens.

use std::{collections::HashSet, time::Duration};

use dynoxide::Database;
use oauth::Time;
use serde_json::Value;
use session::{
    Code, Family, RefreshToken,
    code::{self, Redeemed},
    family::{self, Rotated, Terms},
};
use store::{Row, Table};

use crate::{NOW, at, codes::ann, rows, table};

mod ends;

/// An hour unused, a day at most.
pub(crate) const TERMS: Terms = Terms {
    refresh: true,
    offline: true,
    idle: Duration::from_secs(3600),
    absolute: Duration::from_secs(86_400),
};
const GRACE: Duration = Duration::from_secs(10);

/// A grant that has begun, and its first refresh token.
async fn begin(table: &Table, code: &Code, terms: &Terms) -> RefreshToken {
    let issued = code::issue(table, code, NOW).await.unwrap();
    let (family, token) = Family::begin(code, terms, NOW);
    assert_eq!(code::redeem(table, &issued, &family, NOW).await.unwrap(), Redeemed::Done);
    token.unwrap()
}

async fn anns(table: &Table) -> RefreshToken {
    begin(table, &ann(), &TERMS).await
}

pub(crate) async fn read(table: &Table, id: &str, now: Time) -> Option<Family> {
    table.get::<Family>(id, now).await.unwrap().map(Row::into_inner)
}

/// What the token endpoint does with a token, from reading to writing.
pub(crate) async fn renew(table: &Table, token: &RefreshToken, grace: Duration, now: Time) -> Outcome {
    match read(table, token.family_id(), now).await {
        Some(family) => Outcome::of(family::rotate(table, &family, token, grace, now).await.unwrap()),
        None => Outcome::Invalid,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The text of the token.
    Done(String),
    Reused,
    Invalid,
}

impl Outcome {
    pub(crate) fn of(rotated: Rotated) -> Self {
        match rotated {
            Rotated::Done { token, .. } => Self::Done(token.text().expose().to_owned()),
            Rotated::Reused => Self::Reused,
            Rotated::Invalid => Self::Invalid,
        }
    }

    #[track_caller]
    pub(crate) fn token(&self) -> RefreshToken {
        match self {
            Self::Done(text) => RefreshToken::parse(text).unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

/// A token with another text in one of its four parts.
fn with(token: &RefreshToken, part: usize, text: &str) -> RefreshToken {
    let whole = token.text();
    let mut parts: Vec<_> = whole.expose().split('.').collect();
    parts[part] = text;
    RefreshToken::parse(&parts.join(".")).unwrap()
}

#[test]
fn only_a_token_of_ours_is_read() {
    // #105
    let (_, token) = Family::begin(&ann(), &TERMS, NOW);
    let text = token.unwrap().text();
    let good = text.expose();
    assert_eq!(RefreshToken::parse(good).unwrap().text().expose(), good);
    let parts: Vec<_> = good.split('.').collect();
    let with = |at: usize, part: &str| {
        let mut parts = parts.clone();
        parts[at] = part;
        parts.join(".")
    };
    let mut bad: Vec<String> = ["", ".", "...", "....", "x"].map(str::to_owned).into();
    bad.extend([&good[1..], &good[..good.len() - 1]].map(str::to_owned));
    bad.extend([format!("{good}."), format!("{good}.x"), format!(" {good}"), format!("{good}\n")]);
    bad.extend(["", "-1", "+1", "01", "1.5", "x", "18446744073709551616"].map(|number| with(2, number)));
    bad.extend([0, 1, 3].into_iter().flat_map(|at| {
        let part = parts[at];
        [
            "".to_owned(),
            part[1..].to_owned(),
            format!("{part}A"),
            format!("{}é", &part[2..]),
            part.replace(&part[..1], "+"),
        ]
        .map(|part| with(at, &part))
    }));
    bad.push("x".repeat(1 << 20));
    for bad in bad {
        assert!(RefreshToken::parse(&bad).is_none(), "{bad:.200}");
    }
    assert!(RefreshToken::parse(&with(2, "18446744073709551615")).is_some());
}

#[tokio::test]
async fn each_renewal_gives_another_token() {
    // #49, #52: and each of them is good until it is used.
    let (table, _) = table().await;
    let mut token = anns(&table).await;
    let mut seen = HashSet::from([token.text().expose().to_owned()]);
    for n in 1..30 {
        let renewed = renew(&table, &token, Duration::ZERO, at(n)).await;
        token = renewed.token();
        assert!(seen.insert(token.text().expose().to_owned()));
        let family = read(&table, token.family_id(), at(n)).await.unwrap();
        assert_eq!(family.generation, u64::try_from(n).unwrap());
    }
    // The fixed part apart, no two have a part in common.
    let last: HashSet<_> = seen.iter().map(|text| text.rsplit('.').next().unwrap()).collect();
    assert_eq!(last.len(), 30);
}

#[tokio::test]
async fn only_digests_and_salts_are_stored_and_they_lead_to_no_token() {
    // #32
    let (table, database) = table().await;
    let first = anns(&table).await;
    let second = renew(&table, &first, GRACE, NOW).await.token();
    let stored = rows(&database).iter().map(Value::to_string).collect::<String>();
    for token in [&first, &second] {
        let text = token.text();
        let parts: Vec<_> = text.expose().split('.').collect();
        assert!(stored.contains(parts[0]) && !stored.contains(parts[1]) && !stored.contains(parts[3]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_renewals_at_once_one_wins() {
    // #48, P3: without a grace, the others have a token that was used.
    let (table, database) = table().await;
    for _ in 0..5 {
        let token = anns(&table).await;
        let outcomes = at_once(&table, &token, Duration::ZERO).await;
        let done: Vec<_> = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Done(_))).collect();
        assert_eq!(done.len(), 1, "{outcomes:?}");
        // And the family has ended, with the token of the winner.
        assert!(outcomes.contains(&Outcome::Reused), "{outcomes:?}");
        assert_eq!(renew(&table, &done[0].token(), Duration::ZERO, NOW).await, Outcome::Invalid);
    }
    assert_eq!(alive(&database), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn within_the_grace_all_renewals_at_once_get_the_same_token() {
    // #48, #52, P3
    let (table, database) = table().await;
    for round in 1..=5 {
        let token = anns(&table).await;
        let outcomes = at_once(&table, &token, GRACE).await;
        assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "{outcomes:?}");
        let family = read(&table, token.family_id(), NOW).await.unwrap();
        assert_eq!((family.generation, alive(&database)), (1, round));
        renew(&table, &outcomes[0].token(), GRACE, at(60)).await.token();
    }
}

/// What 32 renewals with one token come to.
async fn at_once(table: &Table, token: &RefreshToken, grace: Duration) -> Vec<Outcome> {
    let renewals = (0..32).map(|_| {
        let (table, token) = (table.clone(), token.clone());
        tokio::spawn(async move { renew(&table, &token, grace, NOW).await })
    });
    let mut outcomes = Vec::new();
    for renewal in renewals.collect::<Vec<_>>() {
        outcomes.push(renewal.await.unwrap());
    }
    outcomes
}

/// How many grants have not ended.
fn alive(database: &Database) -> usize {
    let is_alive = |row: &&Value| {
        let end: i64 = row["expires_at"]["N"].as_str().unwrap().parse().unwrap();
        row["pk"]["S"].as_str().unwrap().starts_with("FAMILY#") && end > NOW.epoch()
    };
    rows(database).iter().filter(is_alive).count()
}

#[tokio::test]
async fn a_used_token_ends_the_family() {
    // #49: and every token of it, whoever has it.
    let (table, _) = table().await;
    for grace in [Duration::ZERO, GRACE] {
        let first = anns(&table).await;
        let second = renew(&table, &first, grace, NOW).await.token();
        assert_eq!(renew(&table, &first, grace, at(10)).await, Outcome::Reused);
        for token in [&second, &first] {
            assert_eq!(renew(&table, token, grace, at(10)).await, Outcome::Invalid);
        }
        assert_eq!(read(&table, first.family_id(), at(10)).await, None);
    }
}

#[tokio::test]
async fn a_successor_that_is_being_written_ends_with_the_family() {
    // #49, #53: the renewal has read the row; the family ends, by reuse or because it is revoked; the renewal goes on.
    let (table, _) = table().await;
    for by_reuse in [false, true] {
        let first = anns(&table).await;
        let second = renew(&table, &first, Duration::ZERO, NOW).await.token();
        let seen = read(&table, second.family_id(), NOW).await.unwrap();
        if by_reuse {
            assert_eq!(renew(&table, &first, Duration::ZERO, NOW).await, Outcome::Reused);
        } else {
            assert!(family::end(&table, second.family_id(), NOW).await.unwrap());
        }
        let late = family::rotate(&table, &seen, &second, Duration::ZERO, NOW).await.unwrap();
        assert_eq!(Outcome::of(late), Outcome::Invalid);
        assert_eq!(read(&table, second.family_id(), NOW).await, None);
        assert!(!family::end(&table, second.family_id(), NOW).await.unwrap(), "it ends once");
    }
}

#[tokio::test]
async fn what_was_read_too_early_is_no_theft() {
    // #52: another request of the same client was faster between this one's read and its write.
    let (table, _) = table().await;
    let first = anns(&table).await;
    let seen = read(&table, first.family_id(), NOW).await.unwrap();
    let second = renew(&table, &first, GRACE, NOW).await;
    let third = renew(&table, &second.token(), GRACE, at(1)).await;
    let late = family::rotate(&table, &seen, &first, GRACE, at(2)).await.unwrap();
    assert_eq!(Outcome::of(late), third);
}

#[tokio::test]
async fn generations_count_and_not_clocks() {
    // #51: all within one second, on machines whose clocks differ, also backwards.
    let (table, _) = table().await;
    for seconds in [0, -30, 3] {
        let first = anns(&table).await;
        let second = renew(&table, &first, Duration::ZERO, NOW).await.token();
        let third = renew(&table, &second, Duration::ZERO, at(seconds)).await.token();
        assert_eq!(renew(&table, &second, Duration::ZERO, at(seconds)).await, Outcome::Reused, "{seconds}");
        assert_eq!(renew(&table, &third, Duration::ZERO, at(seconds)).await, Outcome::Invalid, "{seconds}");
    }
}
