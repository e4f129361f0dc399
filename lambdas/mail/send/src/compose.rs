//! A mail as it is read: its subject, its text, and the same as HTML.

use mail::{Factor, Letter, What};
use oauth::{BaseUrl, text};
use url::Url;
use web::{Brand, words::text as filled};

use crate::{
    html,
    words::{Mails, Words},
};

/// The longest name of a factor (characters), and the longest code.
const LONGEST_NAME: usize = 60;
const LONGEST_CODE: usize = 16;

/// Where somebody signs in, and where they look at what is theirs.
const SIGN_IN: &str = "/users/login";
const ACCOUNT: &str = "/account";

/// A mail that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// What is in a mail, from top to bottom.
pub(crate) struct Parts {
    pub(crate) title: &'static str,
    pub(crate) lead: String,
    /// A name, or a code, on a line of its own.
    pub(crate) shown: Option<String>,
    /// What a button says, and where it leads.
    pub(crate) action: Option<(&'static str, String)>,
    pub(crate) notes: Vec<String>,
    pub(crate) footer: String,
}

/// Writes a letter. No text of anybody's is in its subject, and every link in it leads to us; what has another one is not written (#2).
pub(crate) fn compose(letter: &Letter, brand: &Brand, base: &BaseUrl) -> Result<Mail, &'static str> {
    let words = Words::of(&letter.language);
    let parts = parts(&letter.what, words, brand, base)?;
    let html = html::page(words.tag, brand, base, &parts).into_string();
    Ok(Mail { subject: parts.title.to_owned(), text: plain(&parts), html })
}

fn parts(what: &What, words: &Words, brand: &Brand, base: &BaseUrl) -> Result<Parts, &'static str> {
    let w = &words.mails;
    let by = |sentence: &str| filled(sentence, &[("brand", &brand.name)]);
    let minutes = what.counts().unwrap_or_default().as_secs() / 60;
    let counts =
        |sentence: &str| filled(sentence, &[("minutes", &minutes.to_string()), ("brand", &brand.name)]);
    let asked = |title, lead: &str, action, link: &str| -> Result<Parts, &'static str> {
        let action = Some((action, ours(link, base)?));
        let notes = vec![counts(w.link_counts), w.ignore.to_owned()];
        Ok(Parts { title, lead: by(lead), shown: None, action, notes, footer: String::new() })
    };
    let happened = |title, lead: &str, shown: Option<String>, note: &str| {
        let action = Some((w.look, base.at(ACCOUNT)));
        Parts { title, lead: by(lead), shown, action, notes: vec![by(note)], footer: String::new() }
    };
    let parts = match what {
        What::Reset { link } => asked(w.reset, w.reset_text, w.reset_do, link.expose())?,
        What::Prove { link } => asked(w.prove, w.prove_text, w.prove_do, link.expose())?,
        What::SignIn { code, link } => {
            let notes = vec![w.code_link.to_owned(), counts(w.code_counts), w.ignore.to_owned()];
            let shown = Some(plain_code(code.expose())?);
            let action = Some((w.sign_in_do, ours(link.expose(), base)?));
            Parts { title: w.code, lead: by(w.code_text), shown, action, notes, footer: String::new() }
        }
        What::Nothing => return Err("there is nothing to write"),
        What::Known => {
            let (action, notes) = (Some((w.known_do, base.at(SIGN_IN))), vec![w.ignore.to_owned()]);
            Parts {
                title: w.known,
                lead: by(w.known_text),
                shown: None,
                action,
                notes,
                footer: String::new(),
            }
        }
        What::PasswordChanged => happened(w.changed, w.changed_text, None, w.not_you),
        What::FactorAdded { what } => {
            happened(w.added, w.added_text, Some(called(what, w)), not_theirs(what, w))
        }
        What::FactorRemoved { what, by_others } => {
            let note = match (by_others, what) {
                (false, _) => not_theirs(what, w),
                // Their sessions go on.
                (true, Factor::Password | Factor::Provider { .. } | Factor::Mail) => w.by_others_alone,
                (true, _) => w.by_others,
            };
            happened(w.removed, w.removed_text, Some(called(what, w)), note)
        }
    };
    let footer = filled(w.footer, &[("brand", &brand.name), ("address", &base.at("/"))]);
    Ok(Parts { footer, ..parts })
}

/// A link, if it leads to us.
fn ours(link: &str, base: &BaseUrl) -> Result<String, &'static str> {
    let is_below = link.starts_with(&base.at("/")) && link.bytes().all(|b| b.is_ascii_graphic());
    let same = |url: &Url| Url::parse(&base.at("/")).is_ok_and(|base| base.origin() == url.origin());
    let is_ours = is_below && Url::parse(link).is_ok_and(|url| same(&url));
    if is_ours { Ok(link.to_owned()) } else { Err("a link in it does not lead to BASE_URL") }
}

fn plain_code(code: &str) -> Result<String, &'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == ' ';
    let is_code = !code.is_empty() && code.len() <= LONGEST_CODE && code.chars().all(is_plain);
    if is_code { Ok(code.to_owned()) } else { Err("what is to be a code in it is none") }
}

/// How a mail calls what somebody shows when they sign in.
fn called(factor: &Factor, words: &Mails) -> String {
    match factor {
        Factor::App => words.app.to_owned(),
        Factor::Passkey { name } => filled(words.passkey, &[("name", &harmless(name))]),
        Factor::Password => words.password.to_owned(),
        Factor::Provider { name } => filled(words.provider, &[("name", &harmless(name))]),
        Factor::Mail => words.mailed.to_owned(),
        Factor::All => words.all.to_owned(),
    }
}

/// What somebody does who has not done it themselves. Another password changes nothing where somebody comes in by a provider.
fn not_theirs(factor: &Factor, words: &Mails) -> &'static str {
    match factor {
        Factor::Provider { .. } | Factor::Mail => words.not_your_way,
        Factor::App | Factor::Passkey { .. } | Factor::Password | Factor::All => words.not_you,
    }
}

/// A name that somebody chose, of which no mail program makes a link or an address.
fn harmless(name: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() || " -_()'".contains(c) { c } else { ' ' };
    let shown = text::shown(name, LONGEST_NAME).unwrap_or_default();
    let replaced: String = shown.chars().map(letter).collect();
    let words: Vec<_> = replaced.split_whitespace().collect();
    if words.is_empty() { "–".to_owned() } else { words.join(" ") }
}

/// The parts as text, with the link on a line of its own.
fn plain(parts: &Parts) -> String {
    let action = parts.action.iter().map(|(label, link)| format!("{label}:\n{link}"));
    let all = std::iter::once(parts.lead.clone())
        .chain(parts.shown.clone())
        .chain(action)
        .chain(parts.notes.iter().cloned())
        .chain([format!("-- \n{}", parts.footer)]);
    all.collect::<Vec<_>>().join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use oauth::Secret;

    use super::*;

    const BASE: &str = "https://id.example.com";

    fn written(language: &str, what: What) -> Result<Mail, &'static str> {
        let letter = Letter { to: "ada@example.com".to_owned(), language: language.to_owned(), what };
        compose(&letter, &Brand::default(), &BaseUrl::parse(BASE).unwrap())
    }

    fn link(link: &str) -> What {
        What::Reset { link: Secret::new(link) }
    }

    fn every() -> Vec<What> {
        let link = || Secret::new(format!("{BASE}/users/x?a=b&c=d"));
        let name = || "Ada's key http://evil.example <b>".to_owned();
        vec![
            What::Reset { link: link() },
            What::Prove { link: link() },
            What::SignIn { code: Secret::new("123 456"), link: link() },
            What::Known,
            What::PasswordChanged,
            What::FactorAdded { what: Factor::Passkey { name: name() } },
            What::FactorRemoved { what: Factor::Passkey { name: name() }, by_others: false },
        ]
    }

    #[test]
    fn every_mail_is_written_in_every_language() {
        let mut subjects = std::collections::BTreeSet::new();
        for words in Words::ALL {
            for what in every() {
                let mail = written(words.tag, what.clone()).unwrap();
                assert!(mail.html.contains(&format!("lang=\"{}\"", words.tag)));
                assert!(subjects.insert(mail.subject.clone()), "{} is the subject of two", mail.subject);
                for text in [&mail.subject, &mail.text, &mail.html] {
                    assert!(!text.contains(['{', '}']) && !text.contains("evil.example"), "{text}");
                }
                assert!(!mail.subject.contains(['\r', '\n']) && mail.subject.chars().count() <= 60);
                // How long it counts is said (#89).
                if let Some(counts) = what.counts() {
                    assert!(mail.text.contains(&(counts.as_secs() / 60).to_string()), "{}", mail.text);
                    assert!(mail.text.contains(words.mails.ignore), "{}", mail.text);
                }
            }
        }
    }

    #[test]
    fn a_mail_names_what_was_added_or_removed_and_whom_to_ask() {
        for words in Words::ALL {
            let w = &words.mails;
            for (what, shown) in [
                (Factor::App, w.app.to_owned()),
                (Factor::Password, w.password.to_owned()),
                (Factor::Mail, w.mailed.to_owned()),
                (Factor::All, w.all.to_owned()),
                (
                    Factor::Provider { name: "My phone".to_owned() },
                    filled(w.provider, &[("name", "My phone")]),
                ),
                (Factor::Passkey { name: "My phone".to_owned() }, filled(w.passkey, &[("name", "My phone")])),
            ] {
                let added = written(words.tag, What::FactorAdded { what: what.clone() }).unwrap();
                let removed = What::FactorRemoved { what: what.clone(), by_others: false };
                let removed = written(words.tag, removed).unwrap();
                let is_way = matches!(what, Factor::Password | Factor::Mail | Factor::Provider { .. });
                let told = if is_way { w.by_others_alone } else { w.by_others };
                let own = not_theirs(&what, w);
                let taken = written(words.tag, What::FactorRemoved { what, by_others: true }).unwrap();
                for mail in [&added, &removed, &taken] {
                    assert!(mail.text.lines().any(|line| line == shown), "{}", mail.text);
                    assert!(!mail.subject.contains("phone"));
                }
                // Whoever did not do it is told what to do; of what somebody else did, another thing.
                assert!(added.text.contains(own) && removed.text.contains(own));
                assert!(!taken.text.contains(own), "{}", taken.text);
                assert!(taken.text.contains(&filled(told, &[("brand", "latchkey")])), "{}", taken.text);
            }
        }
    }

    #[test]
    fn another_language_is_english() {
        for language in ["", "en", "xx", "de-AT\r\n", "EN"] {
            assert_eq!(written(language, What::Known).unwrap().subject, "You already have an account");
        }
        assert_eq!(written("de", What::Known).unwrap().subject, "Sie haben schon ein Konto");
    }

    #[test]
    fn every_link_leads_to_us() {
        // #2, #89: the host is the configured one, whatever somebody's request said.
        for bad in [
            "https://evil.example/users/x",
            "https://id.example.com.evil.example/x",
            "https://id.example.com@evil.example/x",
            "https://id.example.com:444/x",
            "http://id.example.com/x",
            "https://id.example.com",
            "//id.example.com/x",
            "javascript:alert(1)",
            "https://id.example.com/x\r\nBcc: a@b.example",
            "https://id.example.com/a b",
            "",
        ] {
            assert!(written("en", link(bad)).is_err(), "{bad:?}");
        }
        let mail = written("en", link("https://id.example.com/users/x?a=b&c=d")).unwrap();
        assert!(
            mail.text.lines().any(|line| line == "https://id.example.com/users/x?a=b&c=d"),
            "{}",
            mail.text
        );
        assert!(mail.html.contains("href=\"https://id.example.com/users/x?a=b&amp;c=d\""), "{}", mail.html);
    }

    #[test]
    fn a_code_is_letters_and_digits_on_a_line_of_its_own() {
        let sign_in = |code: &str| {
            let link = Secret::new(format!("{BASE}/users/x"));
            written("en", What::SignIn { code: Secret::new(code), link })
        };
        let mail = sign_in("123 456").unwrap();
        assert!(mail.text.lines().any(|line| line == "123 456") && !mail.subject.contains("123"));
        for bad in ["", "12345678901234567", "<b>", "1\n2", "１２３"] {
            assert!(sign_in(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_somebody_called_a_factor_is_a_text_and_no_link() {
        for (name, shown) in [
            ("Ada's key", "Ada's key"),
            ("evil.example/login", "evil example login"),
            ("<b>call +1 900</b>", "b call 1 900 b"),
            ("a\r\nb\u{202e}c", "abc"),
            ("...", "–"),
            ("", "–"),
        ] {
            assert_eq!(harmless(name), shown, "{name:?}");
        }
        assert_eq!(harmless(&"x".repeat(100)).len(), 60);
    }

    #[test]
    fn nothing_is_loaded_from_anywhere() {
        for what in every() {
            let html = written("en", what).unwrap().html;
            for foreign in ["<img", "<script", "<link", "<iframe", "url(", "@import", "src="] {
                assert!(!html.contains(foreign), "{foreign}: {html}");
            }
            for href in html.split("href=\"").skip(1) {
                assert!(href.starts_with(BASE), "{href}");
            }
        }
    }
}
