//! In how many ways a secret can be written down.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// As it is, URL-encoded, in hexadecimal digits, and in both alphabets of base64 wherever in a longer text it stood.
pub(crate) fn spellings(secret: &str) -> Vec<String> {
    let mut all = vec![
        secret.to_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        secret
            .bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02x}") })
            .collect(),
        secret.bytes().map(|b| format!("{b:02x}")).collect(),
        secret.escape_debug().collect(),
    ];
    for before in 0..3 {
        let text = [vec![0; before], secret.as_bytes().to_vec()].concat();
        // The first and the last characters depend on what is beside the secret.
        let (from, to) = ((before * 8).div_ceil(6), text.len() * 8 / 6);
        all.push(STANDARD_NO_PAD.encode(&text)[from..to].to_owned());
        all.push(URL_SAFE_NO_PAD.encode(&text)[from..to].to_owned());
    }
    all
}

/// Secrets, each with its spellings, to be looked for in several texts.
pub(crate) struct Secrets<'a>(Vec<(&'a str, Vec<String>)>);

impl<'a> Secrets<'a> {
    pub(crate) fn new(secrets: impl IntoIterator<Item = &'a String>) -> Self {
        let spelled = |secret: &'a String| {
            assert!(secret.len() >= 8, "{secret} is too short to be looked for");
            (secret.as_str(), spellings(secret))
        };
        Self(secrets.into_iter().map(spelled).collect())
    }

    /// Those that a text contains, each with the spelling that it has there.
    pub(crate) fn found(&self, text: &str) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        for (secret, spellings) in &self.0 {
            let there = spellings.iter().find(|spelling| text.contains(spelling.as_str()));
            found.extend(there.map(|spelling| (*secret, spelling.as_str())));
        }
        found
    }
}

#[test]
fn a_secret_is_found_however_it_is_written() {
    let secret = "canary+/=secret-é?".to_owned();
    for before in ["", "a", "ab", "abc"] {
        let text = format!("{before}{secret}{before}");
        let percent: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let json = serde_json::json!({ "x": format!("\"{text}") }).to_string();
        for written in
            [&text, &STANDARD_NO_PAD.encode(&text), &URL_SAFE_NO_PAD.encode(&text), &percent, &json]
        {
            assert_eq!(Secrets::new([&secret]).found(written).len(), 1, "{written}");
        }
    }
    assert!(Secrets::new([&secret]).found("canary").is_empty());
}
