//! Names of clients.

use oauth::Secret;

/// The longest `client_id`, in characters.
const LONGEST: usize = 100;

/// Whether this can be a `client_id`: 1 to 100 letters, digits, `-`, `.`, `_` and `~`, which mean themselves in a URL, in Basic
/// and in a log. No user has such an id (#46): those are UUIDs, which are no names of clients.
pub fn is_client_id(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed) && !is_uuid(text)
}

/// RFC 9562 §4, with or without hyphens.
fn is_uuid(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    digits.len() == 32 && digits.iter().all(u8::is_ascii_hexdigit)
}

/// A fresh `client_id`: 130 random bits, as letters and digits, which a shell and a double click take as one word.
pub(crate) fn fresh() -> String {
    let mut id = String::new();
    while id.len() < 22 {
        id.extend(Secret::random().expose().chars().filter(char::is_ascii_alphanumeric));
    }
    id.truncate(22);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_is_one_plain_word_and_never_a_users_id() {
        // #46
        for good in ["a", "my-app", "my_app.2~x", &"a".repeat(100), "0192f0c1-0000-7000-8000-00000000000g"] {
            assert!(is_client_id(good), "{good}");
        }
        for bad in [
            "",
            "a b",
            "a:b",
            "a/b",
            "a#b",
            "a+b",
            "a%20",
            "caf\u{e9}",
            "a\0",
            "a\n",
            &"a".repeat(101),
            "0192f0c1-0000-7000-8000-000000000000",
            "0192F0C1-0000-7000-8000-000000000000",
            "0192f0c1000070008000000000000000",
        ] {
            assert!(!is_client_id(bad), "{bad:?}");
        }
        let ids: std::collections::HashSet<_> = (0..1000).map(|_| fresh()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 22 && is_client_id(id)));
    }
}
