//! What somebody is entitled to, such as what they pay for. A rule can give roles by it.

use std::collections::BTreeSet;

use oauth::{Sentence, Time, text};
use serde::{Deserialize, Serialize};

use crate::{bulk::AccountEntitlement, manage::Error};

/// The source of what somebody gives by hand.
pub const MANUAL: &str = "manual";

/// The most entitlements of one person, of all sources together: every token reads their row.
pub const MOST: usize = 100;

/// The longest name, and the longest name of an order, in characters.
const LONGEST: usize = 100;

/// One entitlement of somebody. Each is kept with who gave it, so that what one order takes back stays if another gave it too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Entitlement {
    /// What rules compare.
    pub name: String,
    /// Who gave it: [`MANUAL`], or the name of a shop.
    pub source: String,
    /// By which order there; none by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Since when, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
}

/// As a row has it; one that somebody wrote by hand may have the name alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Name(String),
    Whole {
        name: String,
        source: String,
        #[serde(default)]
        order: Option<String>,
        #[serde(default)]
        since: Option<Time>,
    },
}

impl From<Stored> for Entitlement {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Name(name) => Self::manual(&name, None),
            Stored::Whole { name, source, order, since } => Self { name, source, order, since },
        }
    }
}

impl Entitlement {
    /// One that somebody gave by hand.
    pub fn manual(name: &str, since: Option<Time>) -> Self {
        Self { name: name.to_owned(), source: MANUAL.to_owned(), order: None, since }
    }

    /// Whether this order of this source gave it.
    fn is_of(&self, given: &Granted) -> bool {
        self.source == given.source && self.order == given.order
    }
}

/// Everything that one order of a source gives somebody: what it gave before and is not named ends, and what others gave stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// As in [`Entitlement`].
    pub source: String,
    /// As in [`Entitlement`].
    pub order: Option<String>,
    /// The names.
    pub names: Vec<String>,
}

impl Granted {
    /// All that is given by hand.
    pub fn manual(names: &[String]) -> Self {
        Self { source: MANUAL.to_owned(), order: None, names: names.to_vec() }
    }

    /// The names that somebody who has `old` has before and after, as the trail has them.
    pub fn told(&self, old: &[Entitlement]) -> (Option<String>, Option<String>) {
        let others = old.iter().filter(|one| !one.is_of(self)).map(|one| one.name.clone());
        let given = self.names.iter().map(|name| name.trim().to_owned());
        let after: BTreeSet<_> = others.chain(given).collect();
        (Some(names(old).join(", ")), Some(after.into_iter().collect::<Vec<_>>().join(", ")))
    }

    /// The names of which this order gives more or less than it gave somebody who has `old`.
    pub fn touched(&self, old: &[Entitlement]) -> Vec<String> {
        let before: BTreeSet<_> =
            old.iter().filter(|one| one.is_of(self)).map(|one| one.name.as_str()).collect();
        let after: BTreeSet<_> = self.names.iter().map(|name| name.trim()).collect();
        before.symmetric_difference(&after).map(|&name| name.to_owned()).collect()
    }

    /// What somebody who has `old` has from now on: in order, each once. What they had already keeps its time.
    pub(crate) fn after(&self, old: &[Entitlement], now: Time) -> Result<Vec<Entitlement>, Error> {
        let mut all: Vec<_> = old.iter().filter(|one| !one.is_of(self)).cloned().collect();
        for name in &self.names {
            let name = checked(name, old)?;
            let kept = old.iter().find(|one| one.is_of(self) && one.name == name).cloned();
            let (source, order) = (self.source.clone(), self.order.clone());
            all.push(kept.unwrap_or(Entitlement { name, source, order, since: Some(now) }));
        }
        all.sort();
        all.dedup();
        few(all)
    }
}

/// The name, if people can read all of it. One that they have already may stay as it is.
fn checked(name: &str, old: &[Entitlement]) -> Result<String, Error> {
    let name = name.trim();
    let is_plain = text::shown(name, LONGEST).is_some_and(|shown| shown == name);
    if is_plain || old.iter().any(|one| one.name == name) {
        return Ok(name.to_owned());
    }
    Err(Error::Unfit(Sentence::EntitlementNotFit))
}

/// Whether it can be the name of one.
pub(crate) fn is_fit(name: &str) -> bool {
    checked(name, &[]).is_ok_and(|checked| checked == name)
}

/// Those of a file, in order, each once.
pub(crate) fn taken_over(given: &[AccountEntitlement], now: Time) -> Result<Vec<Entitlement>, Error> {
    let mut all = Vec::new();
    for AccountEntitlement { name, source, order } in given {
        let (name, source) = (checked(name, &[])?, checked(source, &[])?);
        let order = order.as_deref().map(|order| checked(order, &[])).transpose()?;
        all.push(Entitlement { name, source, order, since: Some(now) });
    }
    all.sort();
    all.dedup();
    few(all)
}

/// As a file has it.
pub(crate) fn exported(one: &Entitlement) -> AccountEntitlement {
    AccountEntitlement { name: one.name.clone(), source: one.source.clone(), order: one.order.clone() }
}

fn few(all: Vec<Entitlement>) -> Result<Vec<Entitlement>, Error> {
    if all.len() > MOST { Err(Error::Unfit(Sentence::TooManyEntitlements)) } else { Ok(all) }
}

/// The names, each once.
pub fn names(entitlements: &[Entitlement]) -> Vec<String> {
    let mut names: Vec<_> = entitlements.iter().map(|one| one.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// The names of those that somebody gave by hand.
pub fn manual_names(entitlements: &[Entitlement]) -> Vec<String> {
    let manual = |one: &&Entitlement| one.source == MANUAL && one.order.is_none();
    entitlements.iter().filter(manual).map(|one| one.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_epoch(1_700_000_000);
    const LATER: Time = Time::from_epoch(1_700_000_500);

    fn order(id: &str, names: &[&str]) -> Granted {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Granted { source: "shop".to_owned(), order: Some(id.to_owned()), names }
    }

    fn manual(given: &[&str]) -> Granted {
        Granted { source: MANUAL.to_owned(), order: None, ..order("", given) }
    }

    #[test]
    fn a_refund_of_one_order_takes_nothing_that_another_gave() {
        let bought = order("1", &["gold"]).after(&[], NOW).unwrap();
        let twice = order("2", &["gold", "plus"]).after(&bought, LATER).unwrap();
        let with_gift = manual(&["gold"]).after(&twice, LATER).unwrap();
        assert_eq!(with_gift.len(), 4);
        let refunded = order("2", &[]).after(&with_gift, LATER).unwrap();
        assert_eq!(names(&refunded), ["gold"]);
        let refunded = order("1", &[]).after(&refunded, LATER).unwrap();
        assert_eq!(
            (names(&refunded), manual_names(&refunded)),
            (vec!["gold".to_owned()], vec!["gold".to_owned()])
        );
        assert!(manual(&[]).after(&refunded, LATER).unwrap().is_empty());
    }

    #[test]
    fn what_is_given_twice_is_one_and_keeps_its_time() {
        let first = manual(&["gold"]).after(&[], NOW).unwrap();
        let again = manual(&["plus", " gold ", "gold"]).after(&first, LATER).unwrap();
        assert_eq!(manual_names(&again), ["gold", "plus"]);
        let told = manual(&["plus", "gold"]).told(&order("1", &["pro"]).after(&first, NOW).unwrap());
        assert_eq!(told, (Some("gold, pro".to_owned()), Some("gold, plus, pro".to_owned())));
        assert_eq!(manual(&["plus", " gold "]).touched(&first), ["plus"]);
        assert_eq!(manual(&[]).touched(&first), ["gold"]);
        assert_eq!((again[0].since, again[1].since), (Some(NOW), Some(LATER)));
    }

    #[test]
    fn a_name_can_be_read_and_there_are_not_too_many() {
        for wrong in ["", " ", "a\u{202e}b", "a\nb", &"x".repeat(101)] {
            assert!(manual(&[wrong]).after(&[], NOW).is_err(), "{wrong:?}");
        }
        let many: Vec<_> = (0..=MOST).map(|n| n.to_string()).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert!(manual(&many[1..]).after(&[], NOW).is_ok());
        assert!(manual(&many).after(&[], NOW).is_err());
        // One of before may stay, and go.
        let odd = vec![Entitlement::manual("a\u{202e}b", None)];
        assert!(manual(&["a\u{202e}b", "gold"]).after(&odd, NOW).is_ok());
        assert!(manual(&[]).after(&odd, NOW).unwrap().is_empty());
    }

    #[test]
    fn a_file_gives_and_takes_them_along() {
        let one = |name: &str, order: Option<&str>| AccountEntitlement {
            name: name.to_owned(),
            source: "shop".to_owned(),
            order: order.map(str::to_owned),
        };
        let file = [one("gold", Some("1")), one("plus", None), one("gold", Some("1"))];
        let taken = taken_over(&file, NOW).unwrap();
        assert_eq!(taken.iter().map(exported).collect::<Vec<_>>(), file[..2]);
        for wrong in [
            one("", None),
            one("gold", Some("")),
            AccountEntitlement { source: String::new(), ..one("a", None) },
        ] {
            assert!(taken_over(&[wrong], NOW).is_err());
        }
    }

    #[test]
    fn a_row_that_has_the_name_alone_is_read() {
        let whole = serde_json::json!({"name": "gold", "source": "shop", "order": "1", "since": null});
        let read: Vec<Entitlement> = serde_json::from_value(serde_json::json!(["gold", whole])).unwrap();
        assert_eq!(read[0], Entitlement::manual("gold", None));
        assert_eq!((read[1].source.as_str(), read[1].order.as_deref()), ("shop", Some("1")));
        let again: Vec<Entitlement> = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
        assert_eq!(again, read);
    }
}
