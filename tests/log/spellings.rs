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

/// The secrets that a text holds in any spelling.
pub(crate) fn found<'a>(secrets: impl IntoIterator<Item = &'a String>, text: &str) -> Vec<(&'a str, String)> {
    let holds = |secret: &'a String| {
        assert!(secret.len() >= 8, "{secret} is too short to be looked for");
        let spelling = spellings(secret).into_iter().find(|spelling| text.contains(spelling))?;
        Some((secret.as_str(), spelling))
    };
    secrets.into_iter().filter_map(holds).collect()
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
            assert_eq!(found([&secret], written).len(), 1, "{written}");
        }
    }
    assert!(found([&secret], "canary").is_empty());
}
