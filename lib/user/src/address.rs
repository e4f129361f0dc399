//! E-mail addresses in the one form that may be a key (#88).

use std::borrow::Cow;

use oauth::text;
use unicode_normalization::UnicodeNormalization;

/// RFC 5321 §4.5.3.1, in bytes.
const LONGEST: usize = 254;
const LONGEST_LOCAL_PART: usize = 64;
/// RFC 1035 §2.3.4.
const LONGEST_LABEL: usize = 63;

/// An address that is safe to compare. Two spellings of one address are equal here, and two addresses never are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Address(String);

impl Address {
    /// The address in its normal form: NFKC and lower case, and its domain as people read it. None if it is none, or has a spelling that
    /// could be taken for another address: a second `@`, quotes, comments, controls, invisible or compatibility characters such as `＠`.
    pub(crate) fn parse(given: &str) -> Option<Self> {
        if given.len() > LONGEST || given.contains(text::is_invisible) {
            return None;
        }
        // Without compatibility characters, NFKC is NFC. The sign of Kelvin becomes a plain `k` in either.
        let canonical: String = given.nfkc().collect();
        let plain = canonical.chars().eq(given.nfc()) && canonical.is_ascii() == given.is_ascii();
        let normal: String = canonical.to_lowercase().nfkc().collect();
        let (local, domain) = normal.split_once('@')?;
        if !(plain && is_local_part(local) && is_domain(domain)) {
            return None;
        }
        Some(Self(match readable(domain) {
            Cow::Owned(domain) if local.len() + domain.len() < LONGEST => format!("{local}@{domain}"),
            _ => normal,
        }))
    }

    /// What is behind the `@`.
    pub(crate) fn domain(&self) -> &str {
        self.0.rsplit('@').next().unwrap_or_default()
    }

    /// The address as a key.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A domain as people read it (IDNA): `bücher.example` where it is written for machines, `xn--bcher-kva.example`, and one of the spellings
/// that lead to the same mailbox. Who has one of them has the others. One that is none stays as it is.
pub(crate) fn readable(domain: &str) -> Cow<'_, str> {
    if domain.is_ascii() && !domain.contains("xn--") {
        return Cow::Borrowed(domain);
    }
    match idna::domain_to_unicode(domain) {
        (read, Ok(())) if is_domain(&read) && read != domain && !read.contains(text::is_invisible) => {
            Cow::Owned(read)
        }
        _ => Cow::Borrowed(domain),
    }
}

/// dot-atom (RFC 5322 §3.2.3) and letters of every language (RFC 6531 §3.3); never the quoted form.
fn is_local_part(text: &str) -> bool {
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    text.len() <= LONGEST_LOCAL_PART && text.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_domain(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || c == '-';
    let label = |label: &str| {
        let edges = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && label.len() <= LONGEST_LABEL && !edges && label.chars().all(fits)
    };
    text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> Option<String> {
        Address::parse(text).map(|address| address.0)
    }

    #[test]
    fn spellings_of_one_address_are_one_key() {
        // #88
        for (text, expected) in [
            ("ann@example.com", "ann@example.com"),
            ("Ann.Lee+x@Example.COM", "ann.lee+x@example.com"),
            ("jos\u{e9}@example.com", "jos\u{e9}@example.com"),
            ("JOSE\u{301}@example.com", "jos\u{e9}@example.com"),
            ("ann@b\u{fc}cher.example", "ann@b\u{fc}cher.example"),
            ("ann@xn--bcher-kva.example", "ann@b\u{fc}cher.example"),
            ("Ann@XN--BCHER-KVA.Example", "ann@b\u{fc}cher.example"),
            ("ann@mail.xn--bcher-kva.xn--p1ai", "ann@mail.b\u{fc}cher.\u{440}\u{444}"),
            ("ann@xn--fa-hia.de", "ann@fa\u{df}.de"),
            // What says nothing, or nothing that could be typed, stays.
            ("ann@xn--i-7iq.ws", "ann@xn--i-7iq.ws"),
            ("ann@xn--zzzzzz99999.example", "ann@xn--zzzzzz99999.example"),
            ("ann@xn--example.com", "ann@xn--example.com"),
            ("admin@localhost", "admin@localhost"),
            ("o'neil@example.com", "o'neil@example.com"),
        ] {
            assert_eq!(normal(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_deceptive_address_is_refused() {
        // #88, #20
        for text in [
            "",
            "@",
            "ann",
            "ann@",
            "@example.com",
            "ann@evil@example.com",
            "ann@evil.com@example.com",
            "\"e@attacker.com\"@victim.com",
            "\"ann\"@example.com",
            "ann\u{ff20}example.com",
            "ann\u{ff20}evil.com@example.com",
            "ann\u{fe6b}example.com",
            "\u{ff41}nn@example.com",
            "\u{212a}im@example.com",
            "ann@example\u{2024}com",
            "an\u{200b}n@example.com",
            "an\u{200d}n@example.com",
            "an\u{ad}n@example.com",
            "\u{feff}ann@example.com",
            "\u{202e}ann@example.com",
            "an\u{115f}n@example.com",
            "an\u{1160}n@example.com",
            "an\u{17b4}n@example.com",
            "an\u{e0061}n@example.com",
            "an\u{fe0f}n@example.com",
            "ann@exam\u{2060}ple.com",
            "ann@example.com\0",
            "ann@example.com\r\nBcc: eve@evil.com",
            "ann @example.com",
            " ann@example.com",
            "ann@example.com ",
            "ann(x)@example.com",
            "ann,eve@example.com",
            "ann@[127.0.0.1]",
            "ann@example..com",
            "ann@.example.com",
            "ann@example.com.",
            "ann@-example.com",
            ".ann@example.com",
            "ann..lee@example.com",
            "ann\\@example.com",
            "ann@exa_mple.com",
            "<ann@example.com>",
        ] {
            assert_eq!(normal(text), None, "{text:?}");
        }
        assert_eq!(normal(&format!("{}@example.com", "a".repeat(65))), None);
        assert_eq!(normal(&format!("a@{}.com", "a".repeat(64))), None);
        assert_eq!(normal(&format!("a@{}", vec!["aa"; 90].join("."))), None);
    }

    #[test]
    fn normalising_twice_changes_nothing() {
        // #88, F11: over the characters of the first two planes, in either part.
        for c in (0..=0x0001_ffff).filter_map(char::from_u32) {
            for text in [format!("a{c}b@example.com"), format!("a@e{c}e.com")] {
                let Some(once) = normal(&text) else { continue };
                // For text that is normal already, as most is, the second call would repeat the first.
                assert!(once == text || normal(&once).as_ref() == Some(&once), "{c:?}");
                assert!(!once.is_ascii() || text.is_ascii(), "{c:?} must not pass for ASCII");
            }
        }
    }
}
