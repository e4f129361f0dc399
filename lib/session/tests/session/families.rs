//! Grants and their refresh tokens.

use std::{collections::HashSet, time::Duration};

use dynoxide::Database;
use oauth::{Secret, Time};
use serde_json::{Value, json};
use session::{
    Code, Family, MAX_GRACE, RefreshToken, Session, SignIn,
    code::{self, Redeemed},
    family::{self, Basis, Rotated, Terms},
};
use store::{Row, Table};

use crate::{NOW, at, codes::ann, rows, table};

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
    let within = |user_id, epoch, sid: &str| {
        Session::new(
            &SignIn {
                sid,
                secret: &secret,
                user_id,
                epoch,
                amr: &[],
                via: None,
                visit: None,
                keep: std::time::Duration::ZERO,
            },
            NOW,
        )
    };
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
