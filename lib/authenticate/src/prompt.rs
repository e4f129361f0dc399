//! `prompt` (OpenID Connect Core §3.1.2.1): what the provider is asked to show, because the settings or the person want it.

use fetch::SettingError;
use provider::{FreshSignIn, Prompt, Prompts};

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

/// The setting `<NAME>_FRESH_SIGN_IN`; nothing if it is not set.
pub(crate) fn read_fresh(
    prompts: Prompts,
    settings: &Settings<'_>,
    is_openid: bool,
) -> Result<Option<FreshSignIn>, SettingError> {
    let Some(word) = settings.get("FRESH_SIGN_IN") else { return Ok(None) };
    let known = FreshSignIn::ALL.iter().copied().find(|fresh| fresh.as_str() == word);
    let fresh = known.ok_or_else(|| settings.wrong("FRESH_SIGN_IN", "must be none, prompt or max_age"))?;
    let can = match fresh {
        FreshSignIn::None => true,
        FreshSignIn::Prompt => prompts.known().contains(&Prompt::Login),
        FreshSignIn::MaxAge => is_openid,
    };
    let advice = "must be none: this provider is known to do nothing for it";
    if can { Ok(Some(fresh)) } else { Err(settings.wrong("FRESH_SIGN_IN", advice)) }
}

/// What somebody wants to be shown, as far as the provider does it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wishes {
    /// To choose an account: nothing to speak of where they cannot sign in afresh and want to.
    pub(crate) choose: bool,
    /// To sign in.
    pub(crate) login: bool,
}

/// What is sent: what is set, and what somebody wants where the provider knows it: a choice of accounts from its preset or because its
/// metadata `offers` it. What is set is never changed by what somebody wants (#5).
pub(crate) fn sent(prompts: Prompts, set: &[Prompt], wishes: Wishes, offers: bool) -> Option<String> {
    let knows = |prompt: Prompt| match prompts {
        Prompts::Several(known) | Prompts::One(known) => known.contains(&prompt),
        Prompts::Unknown => offers || prompt == Prompt::Login,
    };
    let wanted = [(Prompt::Login, wishes.login), (Prompt::SelectAccount, wishes.choose)];
    let more =
        wanted.into_iter().filter(|(prompt, wanted)| *wanted && knows(*prompt) && !set.contains(prompt));
    let all = set.iter().copied().chain(more.map(|(prompt, _)| prompt));
    let most = if matches!(prompts, Prompts::One(_)) { 1 } else { usize::MAX };
    let words: Vec<_> = all.map(Prompt::as_str).take(most).collect();
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
            let wishes = Wishes { choose, login: false };
            assert_eq!(
                super::sent(prompts, set, wishes, offers).as_deref(),
                sent,
                "{prompts:?} {set:?} {choose} {offers}"
            );
        }
    }

    #[test]
    fn login_is_added_to_what_is_set_and_comes_first_where_only_one_is_taken() {
        // #5
        use Prompt::{Consent, Login};
        const SEVERAL: Prompts = Prompts::Several(&[Login, Consent]);
        for (prompts, set, choose, sent) in [
            (SEVERAL, &[][..], false, Some("login")),
            (SEVERAL, &[Consent], true, Some("consent login")),
            (SEVERAL, &[Login], false, Some("login")),
            (ONE, &[], true, Some("login")),
            (ONE, &[Consent], false, Some("consent")),
            (NONE, &[], false, None),
            (Prompts::Unknown, &[], true, Some("login")),
        ] {
            let wishes = Wishes { choose, login: true };
            assert_eq!(
                super::sent(prompts, set, wishes, false).as_deref(),
                sent,
                "{prompts:?} {set:?} {choose}"
            );
        }
    }

    #[test]
    fn what_a_provider_is_known_not_to_do_cannot_be_set() {
        let read = |prompts, text: &str, is_openid| {
            let setting = |name: &str| (name == "ACME_FRESH_SIGN_IN").then(|| text.to_owned());
            super::read_fresh(prompts, &Settings::of("acme", &setting), is_openid)
                .map_err(|error| error.to_string())
        };
        assert_eq!(read(Prompts::Unknown, "max_age", true), Ok(Some(FreshSignIn::MaxAge)));
        assert_eq!(read(Prompts::Unknown, "prompt", true), Ok(Some(FreshSignIn::Prompt)));
        assert_eq!(read(NONE, "none", true), Ok(Some(FreshSignIn::None)));
        for (prompts, text, is_openid) in [
            (SEVERAL, "prompt", true),
            (NONE, "max_age", false),
            (Prompts::Unknown, "login", true),
            (Prompts::Unknown, "0", true),
        ] {
            assert!(
                read(prompts, text, is_openid).unwrap_err().starts_with("ACME_FRESH_SIGN_IN must be"),
                "{text}"
            );
        }
    }
}
