//! What an operator reads: one line for each key.

use std::fmt::Write;

use keys_rotate::{Action, Answer};
use oauth::Time;
use token::{KeyInfo, State};

/// The keys, and a word about what was asked for where nothing had to change.
pub(super) fn of(answer: &Answer, action: &Action, now: Time) -> String {
    let mut text = String::new();
    if !answer.changed && matches!(action, Action::Rotate(_)) {
        text.push_str("A new key is on its way already.\n");
    }
    let _ = writeln!(text, "{:43}  {:5}  {:8}  when", "kid", "alg", "state");
    for key in &answer.keys {
        let _ = writeln!(text, "{}  {}  {:8}  {}", key.kid, key.alg, key.state.to_string(), when(key, now));
    }
    text
}

fn when(key: &KeyInfo, now: Time) -> String {
    let until = key.verifies_until.map(|at| at.to_string());
    match (key.state, key.signs_from, until) {
        (State::Next, None, _) => "waits until every function publishes it".to_owned(),
        (State::Next, Some(from), _) => format!("signs from {from}"),
        (State::Retired, _, Some(until)) => format!("verified until {until}"),
        (_, Some(from), Some(until)) => format!("{}, verifies until {until}", since(from, now)),
        (_, Some(from), None) => since(from, now),
        (_, None, _) => String::new(),
    }
}

/// Of a key that was made before anybody wrote down when, nothing is known.
fn since(from: Time, now: Time) -> String {
    if from.epoch() <= 1 || from > now { "signs".to_owned() } else { format!("signs since {from}") }
}
