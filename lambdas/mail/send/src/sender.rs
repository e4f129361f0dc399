//! From whom mails are.

use base64::{Engine, engine::general_purpose::STANDARD};
use mail::Address;

/// How many bytes of a text fit into one encoded word, which has 75 characters (RFC 2047 §2).
const WORD: usize = 45;

/// The name of the installation, and the address of the settings.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) address: Address,
    pub(crate) name: String,
}

impl Sender {
    /// As it stands in the header `From` (RFC 5322 §3.4): one line of ASCII, whatever the name.
    pub(crate) fn header(&self) -> String {
        format!("{} <{}>", phrase(&self.name), self.address.as_str())
    }
}

/// A name as a quoted string, or where it has other characters as encoded words (RFC 2047 §5).
fn phrase(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ';
    if name.chars().all(is_plain) {
        return format!("\"{name}\"");
    }
    let mut words = vec![String::new()];
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if word.len() + c.len_utf8() <= WORD => word.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let encoded = words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word)));
    encoded.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_place() {
        // F7: neither another address nor another header.
        for (name, header) in [
            ("latchkey", "\"latchkey\" <login@example.com>"),
            ("Orders, Inc. <x@y>", "\"Orders, Inc. <x@y>\" <login@example.com>"),
            ("a\"b", "=?UTF-8?B?YSJi?= <login@example.com>"),
            ("a\\b", "=?UTF-8?B?YVxi?= <login@example.com>"),
            ("a\r\nBcc: b", "=?UTF-8?B?YQ0KQmNjOiBi?= <login@example.com>"),
            ("Müller", "=?UTF-8?B?TcO8bGxlcg==?= <login@example.com>"),
        ] {
            let sender =
                Sender { address: Address::parse("login@example.com").unwrap(), name: name.to_owned() };
            assert_eq!(sender.header(), header);
        }
    }

    #[test]
    fn a_long_name_is_several_words_that_end_between_characters() {
        let encoded = phrase(&"鍵".repeat(40));
        assert_eq!(encoded.split(' ').count(), 3);
        for word in encoded.split(' ') {
            assert!(word.len() <= 75, "{word}");
            let text = word.strip_prefix("=?UTF-8?B?").unwrap().strip_suffix("?=").unwrap();
            assert!(String::from_utf8(STANDARD.decode(text).unwrap()).unwrap().chars().all(|c| c == '鍵'));
        }
    }
}
