//! Two libraries read addresses: one says whose an address is, the other to where its mails go.

use url::Host;
use user::password::LoginName;

/// The domain to which a mail goes that is sent to this address; none where it goes nowhere.
fn domain(address: &str) -> Option<String> {
    mail::Address::parse(address).map(|address| address.domain().to_owned())
}

#[test]
fn a_mail_goes_to_the_same_domain_however_its_address_is_spelled() {
    // #88: else whoever has one domain would prove an address of another. Over the characters of the first two planes.
    let mut spelled_otherwise = 0;
    for c in (0..=0x0001_ffff).filter_map(char::from_u32) {
        let written = format!("ada@e{c}e.com");
        let Some(address) = LoginName::email(&written) else { continue };
        spelled_otherwise += u32::from(address.as_str() != written);
        let (as_written, as_compared) = (domain(&written), domain(address.as_str()));
        // Nowhere is no danger.
        assert!(as_written.is_none() || as_written == as_compared, "{c:?}: {as_written:?} {as_compared:?}");
    }
    assert!(spelled_otherwise > 1000, "{spelled_otherwise}");
}

#[test]
fn no_two_addresses_that_are_somebody_elses_have_mails_of_one_domain() {
    // #88: those that browsers and mail servers once took for one (IDNA 2003).
    for (one, other) in [
        ("fa\u{df}.de", "fass.de"),
        ("\u{3b2}\u{3cc}\u{3bb}\u{3bf}\u{3c2}.com", "\u{3b2}\u{3cc}\u{3bb}\u{3bf}\u{3c3}.com"),
    ] {
        let [one, other] = [one, other].map(|domain| format!("ada@{domain}"));
        let [key, other_key] = [&one, &other].map(|it| LoginName::email(it).unwrap().as_str().to_owned());
        assert_ne!(key, other_key);
        assert_ne!(domain(&one), domain(&other), "{one} {other}");
    }
}

#[test]
fn whoever_has_a_domain_is_one_person_in_both_of_its_spellings() {
    // #88: as people read it, and as it is written for machines (IDNA).
    let mut both = 0;
    for c in (0..=0x0001_ffff).filter_map(char::from_u32).filter(|c| !c.is_ascii()) {
        let read = format!("e{c}e.com");
        let Some(person) = LoginName::email(&format!("ada@{read}")) else { continue };
        let Ok(Host::<String>::Domain(written)) = Host::parse(&read) else { continue };
        assert_eq!(
            LoginName::email(&format!("ada@{written}")).as_ref().map(LoginName::as_str),
            Some(person.as_str()),
            "{c:?}"
        );
        both += 1;
    }
    assert!(both > 50_000, "{both}");
}
