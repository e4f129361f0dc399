//! An address to which a mail may go.

use url::Host;

/// The longest address (RFC 5321 §4.5.3.1.3, without the angle brackets), and the longest part before its `@` (§4.5.3.1.1).
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

/// One address, in characters that end no header and begin no other address. Its domain is in its ASCII form.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    text: String,
    at: usize,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(..)")
    }
}

impl Address {
    /// Reads `local@domain`: a dot-atom (RFC 5322 §3.2.3) before the one `@`, a name with a dot behind it. Whatever is quoted, has a
    /// comment, a display name, several addresses or a line break in it is none, and neither is an address by number.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let is_atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_atext);
        let is_local = local.len() <= LONGEST_LOCAL && local.split('.').all(is_atom);
        // A domain in another script is written in ASCII here (IDNA), and looked at as that.
        let is_plain =
            !domain.contains(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '.' && c != '-');
        let Ok(Host::Domain(domain)) = Host::parse(domain) else { return None };
        let is_label = |label: &str| {
            let edges = [label.as_bytes().first(), label.as_bytes().last()];
            label.len() <= 63 && edges.iter().all(|edge| edge.is_some_and(u8::is_ascii_alphanumeric))
        };
        let is_domain = is_plain && domain.contains('.') && domain.split('.').all(is_label);
        let at = local.len();
        let text = format!("{local}@{domain}");
        (is_local && is_domain && text.len() <= LONGEST).then_some(Self { text, at })
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name behind the `@`.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }
}

/// RFC 5322 §3.2.3.
fn is_atext(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_and_plain() {
        for (given, read) in [
            ("ada@example.com", "ada@example.com"),
            ("Ada.Lovelace+mail@Mail.Example.com", "Ada.Lovelace+mail@mail.example.com"),
            ("o'neil@example.com", "o'neil@example.com"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ] {
            assert_eq!(Address::parse(given).unwrap().as_str(), read);
        }
        assert_eq!(Address::parse("ada@example.com").unwrap().domain(), "example.com");
    }

    #[test]
    fn nothing_ends_a_header_or_begins_another_address() {
        // F7: a mail that goes to somebody else than who is meant.
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("a@{}.com", ["b".repeat(60).as_str()].repeat(5).join("."));
        for bad in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "ada@example.com\r\nBcc: eve@evil.example",
            "ada\r\n@example.com",
            "ada@example.com\n",
            " ada@example.com",
            "ada@example.com ",
            "ada@example.com,eve@evil.example",
            "ada@example.com;eve@evil.example",
            "ada@eve@example.com",
            "\"ada@example.com\"@evil.example",
            "\"ada\"@example.com",
            "Ada <ada@example.com>",
            "<ada@example.com>",
            "ada(comment)@example.com",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "ada@example.com.",
            "ada@-example.com",
            "ada@exa_mple.com",
            "ada@exam%70le.com",
            "ada@example.com/path",
            "ada@example.com:25",
            ".ada@example.com",
            "ada.@example.com",
            "a..da@example.com",
            "ada@example..com",
            "ad\u{0}a@example.com",
            "ädä@example.com",
            &long,
            &longer,
        ] {
            assert!(Address::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn debug_shows_no_address() {
        // #103
        assert_eq!(format!("{:?}", Address::parse("ada@example.com")), "Some(Address(..))");
    }
}
