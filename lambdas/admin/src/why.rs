//! Why somebody may do what they may, and why rights cannot be changed like this, in the reader's language.

use maud::{Markup, html};
use user::{
    entitlement::MANUAL,
    rights::{EditError, Flaw, Giver, Lack, Line, Missed, Proof, Reason, Wants},
};
use web::words::{fill, text};

use crate::Words;

/// One thing that is said of somebody. What is about scopes and tokens of apps is not asked here, and has no words but the English ones.
pub(crate) fn line(words: &Words, line: &Line) -> Markup {
    let w = &words.why;
    let plain = |sentence: &str| html! { (sentence) };
    let said = |sentence: &str, gaps: &[(&str, &str)]| html! { (text(sentence, gaps)) };
    match line {
        Line::Disabled => plain(w.disabled),
        Line::Entitled(it) => match &it.order {
            Some(order) => said(w.by_order, &[("name", &it.name), ("order", order), ("source", &it.source)]),
            None if it.source == MANUAL => said(w.by_hand, &[("name", &it.name)]),
            None => said(w.by_source, &[("name", &it.name), ("source", &it.source)]),
        },
        Line::NeverSignedIn => plain(w.never),
        Line::Unproven => plain(w.unproven),
        Line::Came(proof) => came(words, proof),
        Line::Has { role, reason: Reason::Own, .. } => said(w.has, &[("role", role)]),
        Line::Has { role, reason: Reason::Rule(rule), entitlement: None } => {
            said(w.has_by_rule, &[("role", role), ("rule", rule)])
        }
        Line::Has { role, reason: Reason::Rule(rule), entitlement: Some(name) } => {
            said(w.has_entitled, &[("role", role), ("rule", rule), ("entitlement", name)])
        }
        Line::Lacks { role, why } => said(w.lacks, &[("role", role), ("why", &lack(words, why))]),
        Line::NoRole => plain(w.no_role),
        Line::May(scope) if scope.is_empty() => plain(w.may_nothing),
        Line::May(scope) => said(w.may, &[("scope", &scope.to_string())]),
        Line::MayWithFactor(scope) => said(w.may_with_factor, &[("scope", &scope.to_string())]),
        Line::Gets(..) | Line::GetsNot(..) => html! { span lang="en" { (line) } },
    }
}

fn came(words: &Words, proof: &Proof) -> Markup {
    let w = &words.why;
    let Proof { provider, domain, hd, missed, at, .. } = proof;
    let moment = |at| words.common.moment(at);
    html! {
        (fill(w.came, &[("provider", html! { (provider) }), ("at", moment(*at))]))
        @if let Some(domain) = domain { " " (text(w.of_domain, &[("domain", domain)])) }
        @if let Some(hd) = hd { " " (text(w.of_hd, &[("hd", hd)])) }
        @match missed {
            Some(Missed { at: Some(at), .. }) => { " " (fill(w.not_asked_since, &[("at", moment(*at))])) }
            Some(Missed { at: None, .. }) => { " " (w.not_asked) }
            None => {}
        }
    }
}

fn lack(words: &Words, why: &Lack) -> String {
    match why {
        Lack::Disabled => words.why.is_disabled.to_owned(),
        Lack::NoSuchRole => words.why.no_such_role.to_owned(),
        Lack::SecondFactor => words.why.without_factor.to_owned(),
        Lack::Rule(rule, wants) => wanted(words, rule, wants),
    }
}

fn wanted(words: &Words, rule: &str, wants: &Wants) -> String {
    let w = &words.why;
    let of = |sentence, name, value: &str| text(sentence, &[("rule", rule), (name, value)]);
    match wants {
        Wants::Nothing => of(w.wants_nothing, "", ""),
        Wants::Identity => of(w.wants_identity, "", ""),
        Wants::Provider(provider) => of(w.wants_provider, "provider", provider),
        Wants::Age(seconds) => of(w.wants_age, "time", &long(words, *seconds)),
        Wants::Domain(domain, provider) => {
            text(w.wants_domain, &[("rule", rule), ("domain", domain), ("provider", provider)])
        }
        Wants::Google(domain) => of(w.wants_google, "domain", domain),
        Wants::Hd(hd) => of(w.wants_hd, "hd", hd),
        Wants::Asked(group, None) => of(w.wants_asked, "group", group),
        Wants::Asked(group, Some(kept)) => {
            text(w.wants_kept, &[("rule", rule), ("group", group), ("time", &long(words, *kept))])
        }
        Wants::Group(group) => of(w.wants_group, "group", group),
        Wants::Claim(name, value) => of(w.wants_claim, "claim", &format!("{name}={value}")),
        Wants::Client(id) => of(w.wants_client, "client", id),
        Wants::Entitlement(name) => of(w.wants_entitlement, "entitlement", name),
    }
}

fn long(words: &Words, seconds: u64) -> String {
    let w = &words.why;
    let (count, one, many) = match seconds {
        days if days % 86_400 == 0 => (days / 86_400, w.day, w.days),
        hours if hours % 3_600 == 0 => (hours / 3_600, w.hour, w.hours),
        seconds => (seconds, w.second, w.seconds),
    };
    if count == 1 { one.to_owned() } else { text(many, &[("count", &count.to_string())]) }
}

/// Why rights cannot be changed like this; nothing where there is a sentence for all pages.
pub(crate) fn wrong(words: &Words, error: &EditError) -> Option<String> {
    let w = &words.wrong;
    Some(match error {
        EditError::NoRole(_) | EditError::NoRule(_) => return None,
        EditError::Name(name) => text(w.name, &[("name", &format!("{name:?}"))]),
        EditError::Admin => w.admin.to_owned(),
        EditError::InUse { role, by: Giver::Defaults } => text(w.in_defaults, &[("role", role)]),
        EditError::InUse { role, by: Giver::Rule(rule) } => {
            text(w.in_rule, &[("role", role), ("rule", rule)])
        }
        EditError::Empty(rule) => text(w.empty, &[("rule", rule)]),
        EditError::Wrong(rule, Flaw::Unknown(member)) => {
            text(w.unknown, &[("rule", rule), ("member", member)])
        }
        EditError::Wrong(_, Flaw::Length) => w.length.to_owned(),
        EditError::Wrong(_, Flaw::Domain) => w.domain.to_owned(),
        EditError::Wrong(_, Flaw::Keep) => w.keep.to_owned(),
        EditError::Wrong(_, Flaw::Age) => w.ages.to_owned(),
        EditError::NoFactors(_) => w.no_factors.to_owned(),
        EditError::TooMuch => w.too_much.to_owned(),
        EditError::NotYours(scope) => text(w.not_yours, &[("scope", &scope.to_string())]),
    })
}

#[cfg(test)]
mod tests {
    use oauth::Time;
    use user::Entitlement;

    use super::*;

    fn all_wants() -> Vec<Wants> {
        let name = || "x".to_owned();
        vec![
            Wants::Nothing,
            Wants::Identity,
            Wants::Provider(name()),
            Wants::Age(7 * 86_400),
            Wants::Age(3_600),
            Wants::Age(1),
            Wants::Domain(name(), name()),
            Wants::Google(name()),
            Wants::Hd(name()),
            Wants::Asked(name(), None),
            Wants::Asked(name(), Some(60)),
            Wants::Group(name()),
            Wants::Claim(name(), name()),
            Wants::Client(name()),
            Wants::Entitlement(name()),
        ]
    }

    fn all_lines() -> Vec<Line> {
        let name = || "x".to_owned();
        let entitled = |source: &str, order: Option<&str>| {
            let (source, order) = (source.to_owned(), order.map(str::to_owned));
            Line::Entitled(Entitlement { name: name(), source, order, since: None })
        };
        let came = |missed| {
            let (domain, hd, at) = (Some(name()), Some(name()), Time::from_epoch(1_700_000_000));
            Line::Came(Box::new(Proof {
                provider: name(),
                domain,
                hd,
                claims: Default::default(),
                missed,
                at,
            }))
        };
        let missed = |at| Some(Missed { groups: Vec::new(), at });
        let has = |reason, entitlement| Line::Has { role: name(), reason, entitlement };
        let lacks = |why| Line::Lacks { role: name(), why };
        let lines = vec![
            Line::Disabled,
            entitled("shop", Some("7")),
            entitled(MANUAL, None),
            entitled("shop", None),
            Line::NeverSignedIn,
            Line::Unproven,
            came(None),
            came(missed(None)),
            came(missed(Some(Time::from_epoch(1_700_000_000)))),
            has(Reason::Own, None),
            has(Reason::Rule(name()), None),
            has(Reason::Rule(name()), Some(name())),
            lacks(Lack::Disabled),
            lacks(Lack::NoSuchRole),
            lacks(Lack::SecondFactor),
            Line::NoRole,
            Line::May(Default::default()),
            Line::May("a:b".parse().unwrap()),
            Line::MayWithFactor("a:b".parse().unwrap()),
        ];
        let wants = all_wants().into_iter().map(|wants| lacks(Lack::Rule(name(), wants)));
        lines.into_iter().chain(wants).collect()
    }

    #[test]
    fn each_reason_has_a_sentence_of_its_own_in_each_language() {
        let lines = all_lines();
        let said = |words: &Words| lines.iter().map(|one| line(words, one).into_string()).collect::<Vec<_>>();
        let english = said(Words::ALL[0]);
        for words in Words::ALL {
            let said = said(words);
            let different: std::collections::BTreeSet<_> = said.iter().collect();
            assert_eq!(different.len(), lines.len(), "{said:?}");
            assert!(said.iter().all(|said| !said.contains(['{', '}'])), "a gap is left: {said:?}");
            let same = said.iter().zip(&english).filter(|(said, english)| said == english).count();
            assert_eq!(same, if words.common.tag == "en" { lines.len() } else { 0 }, "{said:?}");
        }
    }

    #[test]
    fn what_others_chose_is_text() {
        // #104
        let hostile = Line::Has { role: "<b>".to_owned(), reason: Reason::Own, entitlement: None };
        assert!(!line(Words::ALL[0], &hostile).into_string().contains("<b>"));
    }

    #[test]
    fn each_flaw_of_a_change_has_a_sentence_in_each_language() {
        let name = || "x".to_owned();
        let errors = [
            EditError::Name(name()),
            EditError::Admin,
            EditError::InUse { role: name(), by: Giver::Defaults },
            EditError::InUse { role: name(), by: Giver::Rule(name()) },
            EditError::Empty(name()),
            EditError::Wrong(name(), Flaw::Unknown(name())),
            EditError::Wrong(name(), Flaw::Length),
            EditError::Wrong(name(), Flaw::Domain),
            EditError::Wrong(name(), Flaw::Keep),
            EditError::Wrong(name(), Flaw::Age),
            EditError::TooMuch,
            EditError::NoFactors(name()),
            EditError::NotYours("a:b".parse().unwrap()),
        ];
        for words in Words::ALL {
            let said: std::collections::BTreeSet<_> =
                errors.iter().map(|error| wrong(words, error).unwrap()).collect();
            assert_eq!(said.len(), errors.len(), "{said:?}");
            assert!(said.iter().all(|said| !said.contains(['{', '}'])), "a gap is left: {said:?}");
        }
    }
}
