//! Why an app or an API is not registered, in the reader's language.

use client::{Invalid, Listed, LogoutFlaw};
use maud::{Markup, html};
use oauth::{Error, RedirectFlaw, Sentence};
use web::words::text;

use crate::{Words, registering::Refusal, words};

/// Why something is not registered.
pub(crate) fn why(words: &Words, refusal: &Refusal) -> Markup {
    match refusal {
        Refusal::Said(error) => unreadable(words, error),
        Refusal::Invalid(invalid) => match said(words, invalid) {
            Some(text) => html! { (text) },
            None => english(&invalid.to_string()),
        },
        Refusal::NotYours(scope) => html! {
            (words.common.refusal(Sentence::BeyondYours)) " "
            (text(words.wrong.not_yours, &[("scope", &scope.to_string())]))
        },
    }
}

/// Why what was typed cannot be read: in English where there is no sentence for it.
pub(crate) fn unreadable(words: &Words, error: &Error) -> Markup {
    match error.sentence() {
        Some(sentence) => html! {
            (words.common.refusal(sentence)) @if !error.detail().is_empty() { " " (english(error.detail())) }
        },
        None => english(error.description()),
    }
}

fn english(text: &str) -> Markup {
    html! { span lang="en" { (text) "." } }
}

/// What cannot be like this; nothing where only a command can say such a thing.
fn said(words: &Words, invalid: &Invalid) -> Option<String> {
    let w = &words.invalid;
    // As it was typed, with what cannot be seen written out.
    let of = |sentence, gap, typed: &str| text(sentence, &[(gap, &format!("{typed:?}"))]);
    Some(match invalid {
        Invalid::Name(name) => of(w.name, "name", name),
        Invalid::NoRedirectUri => w.no_redirect.to_owned(),
        Invalid::RedirectUri(uri, flaw) => {
            text(w.redirect, &[("uri", &format!("{uri:?}")), ("why", of_redirect(w, *flaw))])
        }
        Invalid::LogoutUri(uri, flaw) => {
            text(w.logout, &[("uri", &format!("{uri:?}")), ("why", of_logout(w, *flaw))])
        }
        Invalid::JwksUri(uri) => of(w.keys, "uri", uri),
        Invalid::TooMany(listed, most) => {
            text(w.too_many, &[("field", label(words, *listed)), ("most", &most.to_string())])
        }
        Invalid::Twice(listed) => text(w.twice, &[("field", label(words, *listed))]),
        Invalid::Scope(scope) => of(w.scope, "scope", scope),
        Invalid::OpenIdScope(scope) => of(w.scope_openid, "scope", scope),
        Invalid::ScopeTwice(scope) => of(w.scope_twice, "scope", scope),
        Invalid::ScopeTaken(scope, api) => {
            text(w.scope_taken, &[("scope", &format!("{scope:?}")), ("api", api)])
        }
        Invalid::ScopeOfPeople(scope) => of(w.scope_of_people, "scope", scope),
        Invalid::UnknownScope(scope) => of(w.scope_unknown, "scope", scope),
        Invalid::Audience(audience) => of(w.audience, "audience", audience),
        Invalid::NoApi(audience) => of(w.no_api, "audience", audience),
        Invalid::ApiTaken(audience) => of(w.api_taken, "audience", audience),
        Invalid::AccessTokenLifetime => w.access_lifetime.to_owned(),
        Invalid::RefreshTokenLifetime => w.refresh_lifetime.to_owned(),
        Invalid::IdleBeyondAbsolute => w.idle.to_owned(),
        Invalid::ProviderAndAudiences(typed) => of(w.pair, "text", typed),
        Invalid::Provider(name) => of(w.provider, "name", name),
        Invalid::NoAudienceOf(name) => of(w.no_audience, "name", name),
        Invalid::AudienceOfIdTokens(audience) => of(w.odd_audience, "text", audience),
        Invalid::ConsentBesideIdTokens => w.consent.to_owned(),
        Invalid::Misfit(_) | Invalid::Workload(_) => return None,
    })
}

/// What the form calls the field.
fn label(words: &Words, listed: Listed) -> &'static str {
    let w = &words.register;
    match listed {
        Listed::RedirectUris => words.apps.redirects,
        Listed::PostLogoutRedirectUris => w.after,
        Listed::Scopes => words.common.home.scopes,
        Listed::Apis => w.apis,
        Listed::SpokenApis => w.speaks,
        Listed::Providers | Listed::Audiences => w.id_tokens,
    }
}

fn of_redirect(w: &words::Invalid, flaw: RedirectFlaw) -> &'static str {
    match flaw {
        RedirectFlaw::Long => w.long,
        RedirectFlaw::Fragment => w.fragment,
        RedirectFlaw::Wildcard => w.wildcard,
        RedirectFlaw::Character => w.character,
        RedirectFlaw::Percent => w.percent,
        RedirectFlaw::Relative => w.relative,
        RedirectFlaw::Scheme => w.scheme,
        RedirectFlaw::Slash => w.slash,
        RedirectFlaw::Slashes => w.slashes,
        RedirectFlaw::User => w.user,
        RedirectFlaw::NoUrl => w.no_url,
        RedirectFlaw::Port => w.port,
        RedirectFlaw::Host => w.host,
        RedirectFlaw::Http => w.https,
        RedirectFlaw::Parameter => w.parameter,
        RedirectFlaw::OwnScheme => w.own_scheme,
    }
}

fn of_logout(w: &words::Invalid, flaw: LogoutFlaw) -> &'static str {
    match flaw {
        LogoutFlaw::Long => w.long,
        LogoutFlaw::Character => w.character,
        LogoutFlaw::Relative => w.relative,
        LogoutFlaw::Fragment => w.fragment,
        LogoutFlaw::User => w.user,
        LogoutFlaw::Scheme => w.https,
        LogoutFlaw::OtherMachine => w.other_machine,
    }
}
