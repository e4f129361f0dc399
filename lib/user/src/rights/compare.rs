//! Trying a change before it is saved: who would gain what, and who would lose it.

use std::{borrow::Cow, collections::BTreeSet};

use oauth::{Scope, Time, server::FIRST_PARTY};

use super::{Facts, Rights};
use crate::User;

/// What a change means for one person, in whichever way they come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Their id.
    pub user_id: String,
    /// What to call them: their name, or else their address.
    pub name: Option<String>,
    /// The scopes that they would have and do not have now.
    pub gains: Scope,
    /// The scopes that they have now and would not have.
    pub loses: Scope,
    /// Whether they would be asked for a second factor and are not now.
    pub owes_factor: bool,
}

/// Those of these people for whom the one is not like the other. Each is looked at by each of their identities, and for each client
/// that a rule names: what they may do in one way and no other counts as well.
pub fn diff<'a>(
    before: &Rights,
    after: &Rights,
    people: impl IntoIterator<Item = &'a User>,
    now: Time,
) -> Vec<Difference> {
    let rules = before.rules().iter().chain(after.rules());
    let mut clients: BTreeSet<&str> = rules.filter_map(|rule| rule.client.as_deref()).collect();
    clients.insert(FIRST_PARTY);
    people.into_iter().filter_map(|user| of_one(before, after, user, &clients, now)).collect()
}

impl Rights {
    /// Everything that somebody may do in whichever way they come, also by a sign-in that has to be repeated before it counts again,
    /// with a second factor, and by groups that a provider could not be asked for: what anyone must hold who acts on them (#81).
    pub fn reach(&self, user: &User, now: Time) -> Scope {
        let user = &*recovered(user);
        let mut scope = self.allowed(user.roles.iter().map(String::as_str));
        for facts in self.ways(user, now) {
            scope.extend(&self.scope(&facts.with_factor(true)));
        }
        scope
    }

    /// Whether somebody has a role that demands a second factor, in one of these ways: who has none there may have it elsewhere (#81).
    pub fn demands_factor_of(&self, user: &User, now: Time) -> bool {
        let user = &*recovered(user);
        self.demanding().next().is_some()
            && self.ways(user, now).iter().any(|facts| self.decide(facts).owes_factor())
    }

    /// Each way in which somebody comes, for each client that a rule names.
    fn ways<'a>(&'a self, user: &'a User, now: Time) -> Vec<Facts<'a>> {
        let clients = self.rules().iter().filter_map(|rule| rule.client.as_deref());
        let clients: BTreeSet<&str> = clients.chain([FIRST_PARTY]).collect();
        let proven = user.proofs.iter().map(|(key, proof)| (Some(key.as_str()), proof.at.min(now)));
        let ways = proven.chain([(None, now)]);
        let facts =
            |(key, at)| clients.iter().map(move |&client| Facts::of(user, at).via(key).client(client));
        ways.flat_map(facts).collect()
    }
}

/// The same person, as if every provider had said the groups that it said before.
fn recovered(user: &User) -> Cow<'_, User> {
    if user.proofs.values().all(|proof| proof.missed.is_none()) {
        return Cow::Borrowed(user);
    }
    let mut user = user.clone();
    for proof in user.proofs.values_mut() {
        *proof = proof.clone().recovered();
    }
    Cow::Owned(user)
}

fn of_one(
    before: &Rights,
    after: &Rights,
    user: &User,
    clients: &BTreeSet<&str>,
    now: Time,
) -> Option<Difference> {
    let (mut gains, mut loses, mut owes_factor) = (Scope::default(), Scope::default(), false);
    let keys = user.keys();
    for via in keys.iter().map(|key| Some(key.as_str())).chain([None]) {
        for client in clients {
            let facts = Facts::of(user, now).via(via).client(client);
            owes_factor |= !before.decide(&facts).owes_factor() && after.decide(&facts).owes_factor();
            // Nobody loses what they only have to show a second factor for.
            let facts = facts.with_factor(true);
            let (old, new) = (before.scope(&facts), after.scope(&facts));
            gains.extend(&new.iter().filter(|one| !old.contains(one)).collect());
            loses.extend(&old.iter().filter(|one| !new.contains(one)).collect());
        }
    }
    let changes = !gains.is_empty() || !loses.is_empty() || owes_factor;
    let name = user.name.clone().or_else(|| user.email.clone());
    changes.then(|| Difference { user_id: user.id.clone(), name, gains, loses, owes_factor })
}
