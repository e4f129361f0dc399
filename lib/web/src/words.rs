//! What our pages say, in each language. A sentence that a language lacks does not compile.
//!
//! A sentence may have gaps, such as `{app}`; the same ones in every language. What is filled in is escaped, and never moves
//! into markup. A function whose pages nobody else has keeps their sentences itself, declared in the same way
//! ([`section!`](crate::section)).

use maud::{Markup, html};
use oauth::{Sentence, Time};

use crate::visit;

mod accepted;
mod de;
mod en;
mod es;
mod fr;
mod gaps;
mod ja;
mod pt;

pub(crate) use accepted::choose;
pub use gaps::{fill, gaps, text};

/// Declares the sentences of one page.
#[macro_export]
macro_rules! section {
    ($(#[$doc:meta])+ $name:ident { $($field:ident)+ }) => {
        $(#[$doc])+
        #[expect(missing_docs, reason = "the English file says what each one says")]
        #[derive(Debug, Clone, Copy)]
        pub struct $name { $(pub $field: &'static str,)+ }

        impl $name {
            /// All sentences, by name.
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((concat!(stringify!($name), ".", stringify!($field)), self.$field)),+]
            }
        }
    };
}

/// A language.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The language as HTML and HTTP name it (RFC 5646), such as `de`.
    pub tag: &'static str,
    /// Its own name.
    pub name: &'static str,
    /// A date, of `{day}`, `{month}` and `{year}`.
    date: &'static str,
    months: [&'static str; 12],
    /// What stands between the members of a list, and between the last two.
    comma: &'static str,
    and: &'static str,
    /// What stands on several pages.
    pub common: Common,
    /// The front page.
    pub home: Home,
    /// The page where a provider is chosen.
    pub sign_in: SignIn,
    /// The page of passkeys.
    pub passkeys: Passkeys,
    /// The pages of passwords.
    pub passwords: Passwords,
    /// What apps may do.
    pub scopes: Scopes,
    /// The pages between an app and its code.
    pub consent: Consent,
    /// The pages for a device's code.
    pub device: Device,
    /// The page of a person's own account.
    pub account: Account,
    /// What the standard claims of a person are called.
    pub claims: Claims,
    /// The page of what happened to a person.
    pub trail: Trail,
    /// The page that asks whether to sign out.
    pub sign_out: SignOut,
    /// Pages that say what went wrong.
    pub errors: Errors,
    refusal: fn(Sentence) -> &'static str,
}

section! {
    /// What stands on several pages.
    Common {
        home sign_in sign_out sign_out_all cancel allow deny go_on start_again reload one_moment
        other_account not_you signed_in_as this_account choose_account go_on_to asks_to
        terms privacy
    }
}

section! {
    /// The front page.
    Home {
        welcome welcome_text signed_out signed_out_text others account console rights roles none scopes
        sign_out_only not_verified signed_in call call_text copy copied expired no_token refused needs_script
        users name email role since newest
    }
}

section! {
    /// The page where a provider is chosen.
    SignIn { text with at last_used unfinished mailed mailed_way }
}

section! {
    /// The page of passkeys.
    Passkeys {
        title text none stale since used unused synced name rename rename_of remove_of add needs_script added
        renamed removed known sign_in
    }
}

section! {
    /// The pages of passwords.
    Passwords {
        login password other_ways or register register_text register_do register_ask called rules
        sign_in_with registered registered_text change change_text change_do current new again changed none
        forgotten forgotten_text forgotten_do sent sent_text reset reset_text reset_done prove prove_text proven
        proven_text registered_mailed prove_mail prove_mailed add add_text add_stale added
    }
}

section! {
    /// What apps may do.
    Scopes { openid profile email address phone offline usage usage_at }
}

section! {
    /// The pages between an app and its code.
    Consent {
        asks_for_access continue_to continue_as native other_needed other_needed_text again again_text please
        go_on_to_app
    }
}

section! {
    /// The pages for a device's code.
    Device {
        title compare enter code asks asks_from shows confirm now minute minutes yourself denied denied_text connected
        connected_text
    }
}

section! {
    /// The page of a person's own account.
    Account {
        title apps no_apps more_apps gone since renewed access_none access_until access_stays remove_access
        remove_access_of sign_ins first remove remove_sign_in more_ways second_factor link sessions this_browser session
        session_from end end_of earlier ended_at ended_with_all device_on unknown_device accounts accounts_text in_use
        use_this use_this_of sign_out_of data data_from picture roles first_sign_in latest number download
        everywhere everywhere_text everywhere_ask everywhere_ends everywhere_kept delete delete_text
        delete_ask delete_ends delete_type delete_do delete_wrong again again_text again_never again_do
        link_text link_go done_ended done_removed done_linked done_unlinked done_last
    }
}

section! {
    /// What the standard claims of a person are called (OpenID Connect Core §5.1).
    Claims {
        given_name family_name middle_name nickname preferred_username profile website gender birthdate zoneinfo
        locale phone_number address updated_at
    }
}

section! {
    /// The page of what happened to a person.
    Trail {
        title text none earlier back by_you by_you_from by_admin by_app by_operator by_latchkey session_ended
        signed_out token_reused code_reused added changed roles roles_none entitlements
        entitlements_none bought refunded password proven disabled enabled exported linked passkey_added passkey_removed passkey_copied
        unlinked factor_added factor_removed codes_made other
    }
}

section! {
    /// The page that asks whether to sign out.
    SignOut { title app_asks ends others only_this stay }
}

section! {
    /// Pages that say what went wrong.
    Errors {
        sign_in not_allowed nothing wait not_finished unavailable fault failed open_there report detail request
        server denied
    }
}

impl Words {
    /// All languages. The first is the one of whoever asks for none that we have.
    pub const ALL: [&'static Self; 6] =
        [Self::ENGLISH, Self::GERMAN, Self::FRENCH, Self::SPANISH, Self::PORTUGUESE, Self::JAPANESE];

    /// English.
    pub const ENGLISH: &'static Self = &en::WORDS;
    /// German.
    pub const GERMAN: &'static Self = &de::WORDS;
    /// French.
    pub const FRENCH: &'static Self = &fr::WORDS;
    /// Spanish.
    pub const SPANISH: &'static Self = &es::WORDS;
    /// Portuguese.
    pub const PORTUGUESE: &'static Self = &pt::WORDS;
    /// Japanese.
    pub const JAPANESE: &'static Self = &ja::WORDS;

    /// The sentence of a refusal.
    pub fn refusal(&self, sentence: Sentence) -> &'static str {
        (self.refusal)(sentence)
    }

    /// The date of a moment (in UTC), as people write it.
    pub fn day(&self, time: Time) -> Markup {
        let moment = time.to_string();
        html! { time datetime=(moment) { (self.date(&moment).unwrap_or_else(|| moment.clone())) } }
    }

    /// The same with the time of day.
    pub fn moment(&self, time: Time) -> Markup {
        let moment = time.to_string();
        let shown = self.date(&moment).and_then(|date| Some(format!("{date}, {} UTC", moment.get(11..16)?)));
        html! { time datetime=(moment) { (shown.unwrap_or_else(|| moment.clone())) } }
    }

    /// A date `YYYY-MM-DD`, as people write it. Anything else, and one of the year 0000, stays as it is.
    pub fn birthday(&self, date: &str) -> String {
        let is_whole = date.len() == 10 && !date.starts_with("0000");
        self.date(date).filter(|_| is_whole).unwrap_or_else(|| date.to_owned())
    }

    /// The date of an RFC 3339 time.
    fn date(&self, moment: &str) -> Option<String> {
        let mut parts = moment.split('T').next()?.splitn(3, '-').map(|part| part.parse::<usize>().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let name = self.months.get(month.checked_sub(1)?)?;
        Some(text(self.date, &[("day", &day.to_string()), ("month", name), ("year", &year.to_string())]))
    }

    /// A list, such as `a, b and c`.
    pub fn list(&self, all: &[&str]) -> String {
        match all {
            [first @ .., last] if !first.is_empty() => {
                format!("{}{}{last}", first.join(self.comma), self.and)
            }
            _ => all.concat(),
        }
    }

    /// What a standard claim is called; one that is not known, by its name.
    pub fn claim<'a>(&self, name: &'a str) -> &'a str {
        let is_it = |key: &str| key.strip_prefix("Claims.") == Some(name);
        self.claims.all().into_iter().find(|(key, _)| is_it(key)).map_or(name, |(_, said)| said)
    }

    /// The browser and the system of a session, as it is stored.
    pub fn device(&self, known: Option<&str>) -> String {
        let Some(known) = known else { return self.account.unknown_device.to_owned() };
        match known.split_once(visit::ON) {
            Some((browser, system)) => {
                text(self.account.device_on, &[("browser", browser), ("system", system)])
            }
            None => known.to_owned(),
        }
    }

    /// All sentences, by name.
    pub fn all(&self) -> Vec<(&'static str, &'static str)> {
        let refusals = Sentence::ALL.iter().map(|sentence| (sentence.name(), self.refusal(*sentence)));
        [
            self.common.all(),
            self.home.all(),
            self.sign_in.all(),
            self.passkeys.all(),
            self.passwords.all(),
            self.scopes.all(),
            self.consent.all(),
            self.device.all(),
            self.account.all(),
            self.trail.all(),
            self.claims.all(),
            self.sign_out.all(),
            self.errors.all(),
            refusals.collect(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sentences that are the same in English and in another language, because the words are.
    const SAME: &[(&str, &str)] =
        &[("de", "Home.name"), ("fr", "Device.code"), ("es", "Home.roles"), ("es", "Home.role")];

    #[test]
    fn no_sentence_is_left_in_english() {
        let english = Words::ENGLISH.all();
        for words in &Words::ALL[1..] {
            for ((name, theirs), (_, ours)) in words.all().into_iter().zip(&english) {
                let same = SAME.contains(&(words.tag, name));
                assert_eq!(theirs == *ours, same, "{} {name}: {theirs}", words.tag);
                assert!(!theirs.trim().is_empty(), "{} {name}", words.tag);
            }
        }
    }

    #[test]
    fn each_sentence_has_the_same_gaps_in_every_language() {
        let english = Words::ENGLISH.all();
        for words in Words::ALL {
            for ((name, theirs), (_, ours)) in words.all().into_iter().zip(&english) {
                assert_eq!(gaps(theirs), gaps(ours), "{} {name}: {theirs}", words.tag);
                assert_eq!(theirs.matches('{').count(), theirs.matches('}').count(), "{} {name}", words.tag);
            }
        }
    }

    #[test]
    fn a_sentence_of_a_refusal_is_whole() {
        // Pages show it as it stands.
        for words in Words::ALL {
            for sentence in Sentence::ALL {
                let said = words.refusal(*sentence);
                let first = said.chars().next().unwrap();
                assert!(!first.is_lowercase() && said.ends_with(['.', '。']), "{} {said}", words.tag);
            }
        }
    }

    #[test]
    fn devices_and_claims_have_names_in_every_language() {
        let names = |words: &Words| (words.device(Some("Firefox on Linux")), words.device(Some("curl")));
        assert_eq!(names(Words::ENGLISH), ("Firefox on Linux".to_owned(), "curl".to_owned()));
        assert_eq!(names(Words::GERMAN), ("Firefox auf Linux".to_owned(), "curl".to_owned()));
        assert_eq!(Words::FRENCH.device(None), "Un navigateur inconnu");
        assert_eq!(Words::GERMAN.claim("given_name"), "Vorname");
        assert_eq!(Words::GERMAN.claim("name"), "name");
    }

    #[test]
    fn dates_and_lists_are_written_as_the_language_does() {
        let time = Time::from_epoch(1_700_000_000);
        let shown: Vec<_> = Words::ALL
            .iter()
            .map(|words| (words.day(time).0, words.list(&["a", "b", "c"])))
            .map(|(day, list)| {
                (day.replace("<time datetime=\"2023-11-14T22:13:20Z\">", "").replace("</time>", ""), list)
            })
            .collect();
        let expected = [
            ("14 November 2023", "a, b and c"),
            ("14. November 2023", "a, b und c"),
            ("14 novembre 2023", "a, b et c"),
            ("14 de noviembre de 2023", "a, b y c"),
            ("14 de novembro de 2023", "a, b e c"),
            ("2023年11月14日", "a、b、c"),
        ];
        assert_eq!(shown, expected.map(|(day, list)| (day.to_owned(), list.to_owned())));
        assert!(Words::ENGLISH.moment(time).0.contains("14 November 2023, 22:13 UTC"));
        assert_eq!(Words::ENGLISH.list(&["a"]), "a");
        assert_eq!(Words::ENGLISH.list(&[]), "");
        assert_eq!(Words::GERMAN.birthday("1815-12-10"), "10. Dezember 1815");
        for partial in ["1815", "0000-12-10", "1815-13-01", ""] {
            assert_eq!(Words::GERMAN.birthday(partial), partial);
        }
        // Beyond the calendar, what there is.
        assert!(Words::ENGLISH.day(Time::from_epoch(i64::MAX)).0.contains("beyond the calendar"));
    }
}
