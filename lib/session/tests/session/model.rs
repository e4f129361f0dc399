//! P9: random sequences of what happens to a family, against a small reference that keeps every token and compares times.

use std::time::Duration;

use session::{
    Family, RefreshToken,
    code::{self, Redeemed},
    family::{self, Terms},
};
use store::Table;

use crate::{
    NOW, at,
    codes::ann,
    families::{Outcome, renew},
    table,
};

const IDLE: i64 = 300;
const ABSOLUTE: i64 = 1500;

/// The same numbers in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }
}

/// What should come of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// The token of this generation.
    Token(usize),
    Reused,
    Invalid,
}

/// The reference: when each token was renewed, and nothing else.
struct Model {
    grace: i64,
    renewed_at: Vec<i64>,
    idle_until: i64,
    ended: bool,
}

impl Model {
    fn present(&mut self, generation: usize, now: i64) -> Expected {
        if self.ended || now >= self.idle_until || now >= ABSOLUTE {
            return Expected::Invalid;
        }
        let current = self.renewed_at.len();
        if generation == current {
            self.renewed_at.push(now);
            self.idle_until = (now + IDLE).min(ABSOLUTE);
            return Expected::Token(current + 1);
        }
        if current - generation <= 6 && now < self.renewed_at[generation] + self.grace {
            return Expected::Token(current);
        }
        self.ended = true;
        Expected::Reused
    }
}

/// A family, and every token of it that somebody got, by generation.
struct Run<'a> {
    table: &'a Table,
    model: Model,
    tokens: Vec<Option<RefreshToken>>,
    now: i64,
}

impl Run<'_> {
    /// Somebody presents a token; `arrives` says whether they get the answer.
    async fn present(&mut self, generation: usize, arrives: bool) -> Expected {
        let Some(token) = self.tokens[generation].clone() else { return Expected::Invalid };
        let grace = Duration::from_secs(self.model.grace.unsigned_abs());
        let outcome = renew(self.table, &token, grace, at(self.now)).await;
        let expected = self.model.present(generation, self.now);
        match (&outcome, expected) {
            (Outcome::Done(_), Expected::Token(number)) => self.got(number, outcome.token(), arrives),
            (Outcome::Reused, Expected::Reused) | (Outcome::Invalid, Expected::Invalid) => {}
            other => panic!("generation {generation} at {}: {other:?}", self.now),
        }
        expected
    }

    /// There is never more than one token of a generation: no fork.
    fn got(&mut self, number: usize, token: RefreshToken, arrives: bool) {
        self.tokens.resize(self.tokens.len().max(number + 1), None);
        if let Some(known) = &self.tokens[number] {
            assert_eq!(known.text().expose(), token.text().expose(), "generation {number}");
        }
        if arrives {
            self.tokens[number] = Some(token);
        }
    }
}

async fn run(table: &Table, numbers: &mut Numbers, counts: &mut [usize; 4]) {
    let code = ann();
    let seconds = |seconds: i64| Duration::from_secs(seconds.unsigned_abs());
    let terms = Terms { refresh: true, offline: true, idle: seconds(IDLE), absolute: seconds(ABSOLUTE) };
    let issued = code::issue(table, &code, NOW).await.unwrap();
    let (family, token) = Family::begin(&code, &terms, NOW);
    assert_eq!(code::redeem(table, &issued, &family, NOW).await.unwrap(), Redeemed::Done);
    let grace = [0, 10, 60][numbers.below(3)];
    let model = Model { grace, renewed_at: Vec::new(), idle_until: IDLE, ended: false };
    let mut run = Run { table, model, tokens: vec![token], now: 0 };
    for _ in 0..40 {
        let known = run.tokens.len();
        let seen = match numbers.below(20) {
            0..10 => run.present(known - 1, true).await,
            10 | 11 => run.present(known - 1, false).await,
            12 | 13 => run.present(known.saturating_sub(2), true).await,
            14 if grace > 0 => run.present(known.saturating_sub(1 + numbers.below(8)), true).await,
            15 => run.present(numbers.below(known), true).await,
            16 if numbers.below(8) == 0 => {
                let ended = family::end(table, &code.family_id, at(run.now)).await.unwrap();
                let is_alive = !run.model.ended && run.now < run.model.idle_until && run.now < ABSOLUTE;
                assert_eq!(ended, is_alive);
                run.model.ended = true;
                continue;
            }
            _ => {
                run.now += [1, 1, 3, 9, 10, 11, 40, 60, 299, 300][numbers.below(10)];
                continue;
            }
        };
        counts[match seen {
            Expected::Token(number) if number == run.model.renewed_at.len() && number > known - 1 => 0,
            Expected::Token(_) => 1,
            Expected::Reused => 2,
            Expected::Invalid => 3,
        }] += 1;
    }
}

#[tokio::test]
async fn families_behave_as_the_reference_says() {
    // #48, #49, #51, #52, #53, P9
    let (table, _) = table().await;
    let (mut numbers, mut counts) = (Numbers(9), [0; 4]);
    for _ in 0..100 {
        run(&table, &mut numbers, &mut counts).await;
    }
    // Each of them happened often enough to mean something: renewed, again, reused, invalid.
    assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
}
