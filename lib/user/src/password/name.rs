//! The name by which somebody signs in, in the one form that may be compared (#88).

use oauth::text;
use unicode_normalization::UnicodeNormalization;

use crate::address::Address;

/// How long a user name may be, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=64;

/// An address, or a user name, which has no `@`: so none is ever taken for the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginName {
    canonical: String,
    /// The address as it was written, if it is one.
    address: Option<String>,
}

impl LoginName {
    /// An address, in the form in which addresses are compared.
    pub fn email(given: &str) -> Option<Self> {
        let given = given.trim();
        let canonical = Address::parse(given)?.as_str().to_owned();
        Some(Self { canonical, address: Some(given.to_owned()) })
    }

    /// A user name: letters and digits of any language, and `.`, `-` and `_` between them; whatever its case and its width.
    pub fn username(given: &str) -> Option<Self> {
        if given.contains(text::is_invisible) {
            return None;
        }
        let lower: String = given.trim().nfkc().collect::<String>().to_lowercase();
        let canonical: String = lower.nfkc().collect();
        let edge = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let fits = canonical.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c))
            && edge(canonical.chars().next())
            && edge(canonical.chars().next_back())
            && LENGTHS.contains(&canonical.chars().count())
            && canonical.len() <= 255;
        fits.then_some(Self { canonical, address: None })
    }

    /// Whichever of the two it is.
    pub fn any(given: &str) -> Option<Self> {
        if given.contains('@') { Self::email(given) } else { Self::username(given) }
    }

    /// The form that is compared.
    pub fn as_str(&self) -> &str {
        &self.canonical
    }

    /// The mailbox that this address may stand for as well: many providers ignore what is behind a `+` (RFC 5233), and dots. For limits alone,
    /// so that nobody floods a mailbox by spellings of it; whose an address is, is compared in full. None where it is the address itself.
    pub fn mailbox(&self) -> Option<String> {
        let (local, domain) = self.canonical.split_once('@')?;
        let name = local.split('+').next().unwrap_or_default().replace('.', "");
        (!name.is_empty() && name != local).then(|| format!("{name}@{domain}"))
    }

    /// The address as it was written, if it is one.
    pub fn as_email(&self) -> Option<&str> {
        self.address.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        // #85, #88
        for (given, canonical) in [
            ("ada", "ada"),
            ("ADA", "ada"),
            ("  Ada ", "ada"),
            ("\u{ff21}\u{ff24}\u{ff21}", "ada"),
            ("Jose\u{301}", "jos\u{e9}"),
            ("JOS\u{c9}", "jos\u{e9}"),
            ("o.neil-1_x", "o.neil-1_x"),
            ("\u{fb01}ona", "fiona"),
            ("Ada@Example.com", "ada@example.com"),
        ] {
            let name = LoginName::any(given).unwrap_or_else(|| panic!("{given:?}"));
            assert_eq!(name.as_str(), canonical, "{given:?}");
            assert_eq!(
                LoginName::any(canonical).map(|name| name.canonical),
                Some(name.canonical),
                "{given:?}"
            );
        }
    }

    #[test]
    fn what_could_be_taken_for_another_is_none() {
        // #88
        for given in [
            "",
            "ab",
            "-ada",
            "ada.",
            "a b c",
            "ada\u{200b}",
            "ada\u{ff20}example.com",
            "ada\u{ff20}",
            "@ada",
            "a\u{0}da",
            "ada@",
            "ada/lovelace",
            "ada\nlovelace",
            "\"a\"@example.com",
        ] {
            assert_eq!(LoginName::any(given), None, "{given:?}");
        }
        assert_eq!(LoginName::any(&"a".repeat(65)), None);
        assert_eq!(LoginName::username("ada@example.com"), None);
        assert_eq!(LoginName::email("ada"), None);
    }

    #[test]
    fn spellings_of_one_mailbox_share_a_limit() {
        // #85
        for (given, mailbox) in [
            ("ada@example.com", None),
            ("Ada+x@Example.com", Some("ada@example.com")),
            ("ada+x+y@example.com", Some("ada@example.com")),
            ("a.d.a@example.com", Some("ada@example.com")),
            ("a.d+a.b@mail.example.com", Some("ad@mail.example.com")),
            ("+x@example.com", None),
            ("ada", None),
        ] {
            let name = LoginName::any(given).unwrap();
            assert_eq!(name.mailbox().as_deref(), mailbox, "{given}");
            assert!(mailbox.is_none_or(|mailbox| LoginName::email(mailbox).unwrap().mailbox().is_none()));
        }
    }

    #[test]
    fn normalising_twice_changes_nothing() {
        for c in (0..=0x0001_ffff).filter_map(char::from_u32) {
            let Some(once) = LoginName::username(&format!("ab{c}cd")) else { continue };
            assert_eq!(LoginName::username(once.as_str()).as_ref(), Some(&once), "{c:?}");
        }
    }
}
