//! `prompt` (OpenID Connect Core §3.1.2.1): what the provider is asked to show, because the settings or the person want it.

use fetch::SettingError;
use provider::{Prompt, Prompts};

use crate::setting::{Settings, parts};

/// The setting `<NAME>_PROMPT`.
pub(crate) fn read(prompts: Prompts, settings: &Settings<'_>) -> Result<Vec<Prompt>, SettingError> {
    let text = settings.get("PROMPT").unwrap_or_default();
    let mut set = Vec::new();
    for word in parts(&text) {
        let known = prompts.known().iter().copied().find(|prompt| prompt.as_str() == word);
        let prompt = known.ok_or_else(|| settings.wrong("PROMPT", &advice(prompts, word)))?;
        if set.contains(&prompt) {
            return Err(settings.wrong("PROMPT", "names a value twice"));
        }
        set.push(prompt);
    }
    if matches!(prompts, Prompts::One(_)) && set.len() > 1 {
        return Err(settings.wrong("PROMPT", "must be one value: this provider takes no more"));
    }
    Ok(set)
}

/// What is sent: what is set, and `select_account` where somebody wants to choose and the provider knows it, from its preset
/// or because its metadata `offers` it. What is set is never changed by what somebody wants (#5).
pub(crate) fn sent(prompts: Prompts, set: &[Prompt], choose: bool, offers: bool) -> Option<String> {
    let knows = match prompts {
        Prompts::Several(known) => known.contains(&Prompt::SelectAccount),
        Prompts::One(known) => known.contains(&Prompt::SelectAccount) && set.is_empty(),
        Prompts::Unknown => offers,
    };
    let more = choose && knows && !set.contains(&Prompt::SelectAccount);
    let all = set.iter().copied().chain(more.then_some(Prompt::SelectAccount));
    let words: Vec<_> = all.map(Prompt::as_str).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn advice(prompts: Prompts, word: &str) -> String {
    let known: Vec<_> = prompts.known().iter().map(|prompt| prompt.as_str()).collect();
    match (word, known.as_slice()) {
        ("none", _) => {
            "cannot be none: nobody could sign in who is not signed in at the provider already".to_owned()
        }
        (_, []) => "is set, but this provider has no prompt: remove it".to_owned(),
        (_, known) => format!("holds what this provider does not know: write {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVERAL: Prompts = Prompts::Several(&[Prompt::Consent, Prompt::SelectAccount]);
    const ONE: Prompts = Prompts::One(Prompt::ALL);
    const NONE: Prompts = Prompts::Several(&[]);

    fn read(prompts: Prompts, text: &str) -> Result<Vec<Prompt>, String> {
        let setting = |name: &str| (name == "ACME_PROMPT").then(|| text.to_owned());
        super::read(prompts, &Settings::of("acme", &setting)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_prompt_must_be_known_to_the_provider() {
        for (prompts, text, words) in [
            (SEVERAL, "", Ok(vec![])),
            (SEVERAL, "consent", Ok(vec![Prompt::Consent])),
            (SEVERAL, "select_account consent", Ok(vec![Prompt::SelectAccount, Prompt::Consent])),
            (ONE, "login", Ok(vec![Prompt::Login])),
            (Prompts::Unknown, "login consent select_account", Ok(Prompt::ALL.to_vec())),
            (SEVERAL, "login", Err("write consent, select_account")),
            (SEVERAL, "none", Err("cannot be none")),
            (Prompts::Unknown, "none", Err("cannot be none")),
            (Prompts::Unknown, "login none", Err("cannot be none")),
            (Prompts::Unknown, "create", Err("write login, consent, select_account")),
            (Prompts::Unknown, "Login", Err("does not know")),
            (Prompts::Unknown, "login login", Err("twice")),
            (ONE, "login consent", Err("one value")),
            (NONE, "login", Err("remove it")),
        ] {
            match (read(prompts, text), words) {
                (Ok(read), Ok(words)) => assert_eq!(read, words, "{text}"),
                (Err(said), Err(words)) => {
                    assert!(said.starts_with("ACME_PROMPT ") && said.contains(words), "{text}: {said}");
                }
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }

    #[test]
    fn select_account_is_added_only_where_it_is_supported() {
        // #5
        use Prompt::{Consent, Login, SelectAccount};
        for (prompts, set, choose, offers, sent) in [
            (SEVERAL, &[][..], false, true, None),
            (SEVERAL, &[], true, false, Some("select_account")),
            (SEVERAL, &[Consent], true, false, Some("consent select_account")),
            (SEVERAL, &[SelectAccount], true, false, Some("select_account")),
            (ONE, &[], true, false, Some("select_account")),
            (ONE, &[Login], true, false, Some("login")),
            (NONE, &[], true, true, None),
            (Prompts::Unknown, &[], true, false, None),
            (Prompts::Unknown, &[], true, true, Some("select_account")),
            (Prompts::Unknown, &[Login], true, true, Some("login select_account")),
            (Prompts::Unknown, &[Login], false, true, Some("login")),
        ] {
            assert_eq!(
                super::sent(prompts, set, choose, offers).as_deref(),
                sent,
                "{prompts:?} {set:?} {choose} {offers}"
            );
        }
    }
}
