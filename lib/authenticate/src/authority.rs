//! Over which addresses a provider is the authority (#93): it gives them out, so nobody but their owner has them there. That it says
//! "verified" is less: it saw, one day, that somebody could read a mail.

use std::borrow::Cow;

use fetch::SettingError;
use url::Host;

use crate::setting::Settings;

/// Google gives these out itself. An address of another domain is its owner's by the signed `hd`.
const GOOGLES: [&str; 2] = ["gmail.com", "googlemail.com"];

/// The addresses of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Authority {
    /// All that it says are verified: for a provider that is only ours.
    All,
    /// Those of these domains.
    Of(Vec<String>),
}

impl Authority {
    /// By `<NAME>_AUTHORITATIVE_FOR`. Without it, nobody is an authority but Google, which signs domains.
    pub(crate) fn read(settings: &Settings<'_>, signs_domain: bool) -> Result<Self, SettingError> {
        let listed = settings.list("AUTHORITATIVE_FOR");
        if listed.is_empty() {
            let own = GOOGLES.iter().filter(|_| signs_domain);
            return Ok(Self::Of(own.map(|&domain| domain.to_owned()).collect()));
        }
        if listed == ["*"] {
            return Ok(Self::All);
        }
        let advice = "must be a domain such as company.com, or several: small letters, no @; or only * for all addresses";
        if listed.iter().all(|text| is_domain(text)) {
            Ok(Self::Of(listed))
        } else {
            Err(settings.wrong("AUTHORITATIVE_FOR", advice))
        }
    }

    /// Whether it is the authority over a verified address: of a domain that is listed, or that it signed for this person.
    pub(crate) fn is_over(&self, address: &str, signed: Option<&str>) -> bool {
        let Some((_, domain)) = address.rsplit_once('@') else { return false };
        let domain = in_ascii(domain);
        let is_it = |one: &str| in_ascii(one).eq_ignore_ascii_case(&domain);
        match self {
            Self::All => true,
            Self::Of(domains) => domains.iter().any(|one| is_it(one)) || signed.is_some_and(is_it),
        }
    }
}

/// A domain as machines write it (IDNA), and as a setting names it: a provider has either of the two.
fn in_ascii(domain: &str) -> Cow<'_, str> {
    match Host::parse(domain) {
        Ok(Host::Domain(ascii)) if !domain.is_ascii() => Cow::Owned(ascii),
        _ => Cow::Borrowed(domain),
    }
}

/// Whether a setting can name it as a domain: small letters, at least two labels.
pub(crate) fn is_domain(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    text.contains('.') && !text.starts_with('.') && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str, signs_domain: bool) -> Result<Authority, SettingError> {
        let setting = |name: &str| (name == "ACME_AUTHORITATIVE_FOR").then(|| value.to_owned());
        Authority::read(&Settings::of("acme", &setting), signs_domain)
    }

    #[test]
    fn an_address_is_its_owners_by_a_listed_or_a_signed_domain() {
        // #93
        let company = read("company.com,company.org", false).unwrap();
        let google = read("", true).unwrap();
        let books = read("xn--bcher-kva.example", false).unwrap();
        for (authority, address, signed, is) in [
            (&company, "ann@company.com", None, true),
            (&company, "ann@Company.ORG", None, true),
            (&company, "ann@sub.company.com", None, false),
            (&company, "ann@evilcompany.com", None, false),
            (&company, "ann@gmail.com", None, false),
            (&company, "ann", None, false),
            (&google, "ann@gmail.com", None, true),
            (&google, "ann@googlemail.com", None, true),
            (&google, "ann@company.com", None, false),
            (&google, "ann@company.com", Some("company.com"), true),
            (&google, "ann@other.com", Some("company.com"), false),
            (&books, "ann@xn--bcher-kva.example", None, true),
            (&books, "ann@b\u{fc}cher.example", None, true),
            (&books, "ann@bucher.example", None, false),
            (&google, "ann@b\u{fc}cher.example", Some("xn--bcher-kva.example"), true),
            (&read("", false).unwrap(), "ann@gmail.com", None, false),
            (&read("*", false).unwrap(), "ann@anything.example", None, true),
        ] {
            assert_eq!(authority.is_over(address, signed), is, "{authority:?} {address} {signed:?}");
        }
    }

    #[test]
    fn a_list_of_something_else_is_refused() {
        for value in ["Company.com", "@company.com", "*.company.com", "*,company.com", "company", ".com"] {
            let error = read(value, false).unwrap_err().to_string();
            assert!(error.contains("ACME_AUTHORITATIVE_FOR"), "{error}");
        }
    }
}
