//! What a provider says of a person, cleaned, as it is stored.

use oauth::{Code, Digest, Identity, Sentence, StandardClaims, Time, text};

use crate::{ProviderClaims, address::Address};

/// OpenID Connect Core §2: `sub` has at most 255 characters.
const LONGEST_SUBJECT: usize = 255;
const LONGEST_NAME: usize = 200;
const LONGEST_EMAIL: usize = 320;
const LONGEST_PICTURE: usize = 2048;

/// An identity that names somebody, cleaned.
#[derive(Debug)]
pub(crate) struct CleanIdentity<'a> {
    /// As the provider gave it.
    pub(crate) identity: &'a Identity,
    /// The key of the identity.
    pub(crate) key: Digest,
    pub(crate) name: Option<String>,
    /// What to call somebody new without a name.
    pub(crate) unsigned_name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) picture: Option<String>,
    /// The address, if the provider vouches for it and it is one that can be compared (#88).
    pub(crate) proven: Option<Address>,
    /// The same, if the provider is the authority over it (#93): for what waits for an address, and for rules by domain.
    pub(crate) authoritative: Option<Address>,
    /// The other claims, to be stored as they are; nothing if those that are stored still count.
    pub(crate) claims: Option<Option<ProviderClaims>>,
}

impl<'a> CleanIdentity<'a> {
    /// Reads an identity. Refused if it names nobody (#21).
    pub(crate) fn read(identity: &'a Identity, now: Time) -> Result<Self, oauth::Error> {
        let subject = identity.subject.chars().count();
        if identity.issuer.is_empty() || subject == 0 || subject > LONGEST_SUBJECT {
            return Err(oauth::Error::said(Code::ServerError, Sentence::NobodyNamed));
        }
        let name = |given: Option<&str>| given.and_then(|given| text::shown(given, LONGEST_NAME));
        let given = identity.email.as_deref().filter(|_| identity.email_verified);
        let proven = given.and_then(Address::parse);
        Ok(Self {
            identity,
            key: identity.key(),
            name: name(identity.name.as_deref()),
            unsigned_name: name(identity.unsigned_name.as_deref()),
            email: whole(identity.email.as_deref(), LONGEST_EMAIL),
            picture: whole(identity.picture.as_deref(), LONGEST_PICTURE),
            authoritative: proven.clone().filter(|_| identity.email_authoritative),
            proven,
            claims: identity.claims.as_ref().map(|said| said_by(&identity.provider, said, now)),
        })
    }
}

fn said_by(provider: &str, said: &StandardClaims, now: Time) -> Option<ProviderClaims> {
    let claims = ProviderClaims { provider: provider.to_owned(), at: now, said: said.clone() };
    (!said.is_empty()).then_some(claims)
}

/// What means something else when anything is left out of it: all of it, if it is short enough and all of it can be seen.
fn whole(given: Option<&str>, longest: usize) -> Option<String> {
    let given = given?.trim();
    let fits = !given.is_empty() && given.chars().count() <= longest && !given.contains(text::is_invisible);
    fits.then(|| given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_epoch(1_700_000_000);

    fn identity() -> Identity {
        Identity {
            provider: "test".into(),
            issuer: "https://idp.example".into(),
            subject: "1".into(),
            name: None,
            unsigned_name: None,
            email: None,
            email_verified: true,
            picture: None,
            claims: None,
            email_authoritative: true,
            hd: None,
            upstream: Default::default(),
            groups_unknown: false,
        }
    }

    #[test]
    fn texts_are_bounded_and_stay_on_one_line() {
        // #103
        for (given, kept) in [
            ("Ann Lee", Some("Ann Lee")),
            ("  Ann\r\nLee\0\u{202e} ", Some("AnnLee")),
            ("\u{1f469}\u{200d}\u{1f680}", Some("\u{1f469}\u{200d}\u{1f680}")),
            ("A\u{200d}n\u{2060}n\u{e0041}", Some("Ann")),
            ("\u{3164}", None),
            ("\t", None),
            ("", None),
        ] {
            let given = Identity { name: Some(given.to_owned()), ..identity() };
            assert_eq!(CleanIdentity::read(&given, NOW).unwrap().name.as_deref(), kept, "{given:?}");
        }
        let long = Some("é".repeat(3000));
        let given = Identity { name: long.clone(), email: long.clone(), picture: long, ..identity() };
        let profile = CleanIdentity::read(&given, NOW).unwrap();
        assert_eq!(profile.name, Some("é".repeat(200)));
        assert_eq!((profile.email, profile.picture), (None, None), "half an address is another address");
    }

    #[test]
    fn an_address_is_proven_only_if_it_is_vouched_for_and_plain() {
        // #19, #88
        let kept = |email: &str, email_verified| {
            let given = Identity { email: Some(email.to_owned()), email_verified, ..identity() };
            let profile = CleanIdentity::read(&given, NOW).unwrap();
            (profile.email.is_some(), profile.proven.is_some())
        };
        let proven = |email: &str, verified| {
            let (kept, proven) = kept(email, verified);
            assert!(kept, "kept either way");
            proven
        };
        assert!(proven("Ann@example.com", true));
        assert!(!proven("Ann@example.com", false));
        assert!(!proven("\"e@attacker.com\"@victim.com", true));
        for odd in ['\0', '\n', '\u{202e}', '\u{200d}', '\u{ad}', '\u{1160}', '\u{fe0f}', '\u{e0061}'] {
            assert_eq!(
                kept(&format!("an{odd}n@example.com"), true),
                (false, false),
                "{odd:?}: no address at all"
            );
        }
    }

    #[test]
    fn a_subject_has_1_to_255_characters() {
        // #21
        let read = |subject: String| CleanIdentity::read(&Identity { subject, ..identity() }, NOW).map(drop);
        assert!(read("x".repeat(255)).is_ok());
        assert_eq!(read(String::new()).unwrap_err().status(), 502);
        assert_eq!(read("x".repeat(256)).unwrap_err().status(), 502);
        assert!(CleanIdentity::read(&Identity { issuer: String::new(), ..identity() }, NOW).is_err());
    }
}
