//! How large each function may be as it is uploaded.

use crate::{budget::Budget, report::Results, subject::Kind};

/// Kilobytes of the zip, by program: 5 % more than it had when this was written down last, on x86_64. What a function is made of changes
/// seldom, so whatever makes it grow by more than that is looked at once, and then either leaves again or is written down here. A size
/// that is common to all would notice only what happens to the largest; what is not here has that one alone.
const SIZES: &[(&str, u64)] = &[
    ("account", 3966),
    ("admin", 4345),
    ("authorizer", 1245),
    ("events-send", 3342),
    ("home", 3270),
    ("keys-rotate", 3367),
    ("logout-notify", 3422),
    ("mail-send", 3363),
    ("manage", 4213),
    ("oauth-authorize", 3556),
    ("oauth-device", 3486),
    ("oauth-introspect", 3261),
    ("oauth-logout", 3509),
    ("oauth-par", 3221),
    ("oauth-revoke", 3236),
    ("oauth-token", 3677),
    ("oauth-token-with-foreign-tokens", 4007),
    ("private", 1528),
    ("profile", 1529),
    ("users-factor", 3648),
    ("users-login", 3404),
    ("users-login-callback", 4291),
    ("users-logout", 3272),
    ("users-mailed", 3941),
    ("users-me", 3107),
    ("users-passkey", 4128),
    ("users-password", 4070),
    ("users-token", 3333),
    ("users-verify", 3207),
    ("webhooks", 3548),
    ("well-known", 1527),
];

/// The most that a program may have, in kilobytes.
pub fn most(program: &str) -> Option<u64> {
    SIZES.iter().find(|(name, _)| *name == program).map(|(_, most)| *most)
}

/// One budget for all that keep theirs, and one for each that does not.
pub fn budgets(results: &Results<'_>) -> Vec<Budget> {
    let ours = results.iter().filter(|(subject, _)| subject.kind == Kind::Function);
    let sized = ours.filter_map(|(subject, found)| Some((subject, found.zip, most(subject.program_name())?)));
    let (kept, grown): (Vec<_>, Vec<_>) = sized.partition(|(_, zip, most)| *zip <= most * 1000);
    let kept = (!kept.is_empty()).then(|| {
        Budget::kept("functions that are no larger than `tests/bench/src/size.rs` says", kept.len())
    });
    let grown = grown
        .into_iter()
        .map(|(subject, zip, most)| crate::budget::size(format!("{}: zipped", subject.label()), most, zip));
    kept.into_iter().chain(grown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject;

    #[test]
    fn every_size_is_of_a_program() {
        let names = subject::names();
        let is_built = |name: &str| names.contains(name.split_once("-with-").map_or(name, |(of, _)| of));
        let gone: Vec<_> = SIZES.iter().map(|(name, _)| *name).filter(|name| !is_built(name)).collect();
        assert!(gone.is_empty() && SIZES.is_sorted(), "{gone:?}");
    }
}
