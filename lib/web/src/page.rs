//! Pages: one layout, one style sheet, no framework.
//!
//! The style sheet is in the page, allowed by its hash: a page is one request, and an error page needs nothing else to
//! work. A script comes from our own origin and is never written into a page (#104).

use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use oauth::{AuthorizationResponse, RedirectTarget, Scope, Sentence, server};

use crate::{Brand, Look, Response, Words, logos, words};

/// Where a person signs in.
pub(crate) const SIGN_IN: &str = "/users/login";

const STYLE: &str = include_str!("page.css");

/// The mark of the installation, which the front page serves: latchkey's, or its own.
const MARK: &str = "/latchkey.svg";

/// The key in front of the name: an ornament, of which a screen reader says nothing.
const KEY: &str = r#"<svg aria-hidden="true" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"><circle cx="8" cy="12" r="4.5"/><path d="M12.5 12H22m-3.5 0v4"/></svg>"#;

/// The content security policy of a page, which may show one picture from elsewhere.
pub(crate) fn policy(brand: &Brand, picture: Option<&str>) -> String {
    policy_of(brand, &picture.and_then(origin).unwrap_or_default(), "")
}

/// The policy of a page with a form of ours, whose answer may lead to a client. Browsers compare `form-action` with every redirect
/// after a form, so the place must be in it (CSP3 §6.4.1).
pub(crate) fn policy_towards(brand: &Brand, target: &RedirectTarget) -> String {
    policy_of(brand, "", &target.form_action())
}

fn policy_of(brand: &Brand, picture: &str, form_action: &str) -> String {
    static STYLE_HASH: OnceLock<String> = OnceLock::new();
    let style = STYLE_HASH.get_or_init(|| STANDARD.encode(digest(&SHA256, STYLE.as_bytes())));
    let colours = brand.style.as_ref().map(|own| format!(" 'sha256-{}'", own.hash)).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'sha256-{style}'{colours}; script-src 'self'; connect-src 'self'; img-src 'self' {picture}; \
         form-action 'self' {form_action}; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
}

/// The origin of a picture's address, in characters that cannot end a directive.
fn origin(picture: &str) -> Option<String> {
    let origin = url::Url::parse(picture).ok()?.origin().ascii_serialization();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b":/.-[]".contains(&b);
    (origin.contains("://") && origin.bytes().all(plain)).then_some(origin)
}

/// The frame of every page.
pub(crate) fn layout(look: &Look, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(look.words.tag) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" type="image/svg+xml" href=(MARK);
                style { (PreEscaped(STYLE)) }
                @if let Some(own) = &look.brand.style { style { (PreEscaped(&own.css)) } }
            }
            body {
                main {
                    p.brand {
                        a href="/" {
                            @if look.brand.logo { img src=(MARK) alt="" width="32" height="32"; } @else { (PreEscaped(KEY)) }
                            (look.brand.name)
                        }
                    }
                    (content)
                    (links(look))
                }
            }
        }
    }
}

/// The operator's terms and privacy policy.
fn links(look: &Look) -> Markup {
    let said = &look.words.common;
    let all = [(&look.brand.terms, said.terms), (&look.brand.privacy, said.privacy)];
    html! {
        @if all.iter().any(|(link, _)| link.is_some()) {
            p.links {
                @for (link, name) in all.iter().filter_map(|(link, name)| Some((link.as_ref()?, name))) {
                    a href=(link) { (name) }
                }
            }
        }
    }
}

/// A provider on a page where people choose one: to sign in at `href`, with its mark, and a note if the browser used it last.
pub fn provider_button(words: &Words, name: &str, label: &str, href: &str, is_last: bool) -> Markup {
    let said = &words.sign_in;
    let text = if logos::wants_sign_in(name) { said.at } else { said.with };
    html! {
        a.button.provider href=(href) {
            (PreEscaped(logos::of(name)))
            span { (words::text(text, &[("provider", label)])) }
            @if is_last { span.last { (said.last_used) } }
        }
    }
}

/// The script of passkeys. It runs when the whole page is there: the field in which passkeys are offered may come behind it.
const PASSKEY_SCRIPT: &str = "/users/passkey.js";

/// The button of a sign-in with a passkey, for who wants to go to `return_to`. Its script shows it where the browser knows passkeys, and
/// asks for one in the field for the name too (`webauthn` in its `autocomplete`).
pub fn passkey_button(words: &Words, return_to: &str) -> Markup {
    let [failed, wait] = [Sentence::PasskeyRefused, Sentence::TriedTooOften].map(|it| words.refusal(it));
    html! {
        div #passkey-sign-in hidden data-return-to=(return_to) data-failed=(failed) data-wait=(wait) {
            div.actions { button type="button" { (words.passkeys.sign_in) } }
            p role="status" {}
        }
        script src=(PASSKEY_SCRIPT) defer {}
    }
}

/// The button of a passkey that is shown as a second factor, with this on it. Its script shows it where the browser knows passkeys.
pub fn passkey_step(words: &Words, label: &str) -> Markup {
    let [failed, wait] = [Sentence::PasskeyRefused, Sentence::TriedTooOften].map(|it| words.refusal(it));
    html! {
        div #passkey-step hidden data-failed=(failed) data-wait=(wait) {
            div.actions { button.quiet type="button" { (label) } }
            p role="status" {}
        }
        script src=(PASSKEY_SCRIPT) defer {}
    }
}

/// Where somebody asks for a code by mail.
const MAILED: &str = "/users/mailed";

/// The way to a code by mail, for who wants to go to `return_to`; the form itself where people type their address into no other one.
pub fn mailed_way(words: &Words, email: &str, return_to: &str, is_form: bool) -> Markup {
    let way = words.sign_in.mailed;
    if is_form {
        return html! {
            form method="post" action=(MAILED) {
                input type="hidden" name="return_to" value=(return_to);
                label for="email" { (words.home.email) }
                input #email type="email" name="email" value=(email) autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="254" size="32";
                div.actions { button { (way) } }
            }
        };
    }
    let query =
        [("return_to", return_to), ("email", email)].into_iter().filter(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    html! { p.actions { a.button.quiet href={ (MAILED) "?" (query) } { (way) } } }
}

/// Where the form of a sign-in with a password goes.
const PASSWORD_FORM: &str = "/users/password/login";

/// Where somebody makes an account.
const REGISTER: &str = "/users/register";

/// Where somebody asks for a mail who has forgotten theirs.
const FORGOTTEN: &str = "/users/password/forgotten";

/// The form of a sign-in with a password, for who wants to go to `return_to`; the way to an account where everybody may make one, and the
/// way to another password where there are mails.
/// What the browser or a password manager fills in is told by `autocomplete`, and nothing keeps anybody from pasting.
pub fn password_form(words: &Words, login: &str, return_to: &str, registers: bool, forgets: bool) -> Markup {
    let w = &words.passwords;
    let query = match return_to {
        "" | "/" => String::new(),
        wanted => format!(
            "?return_to={}",
            url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect::<String>()
        ),
    };
    html! {
        form method="post" action=(PASSWORD_FORM) {
            input type="hidden" name="return_to" value=(return_to);
            label for="login" { (w.login) }
            input #login name="login" value=(login) autocomplete="username webauthn" autocapitalize="none" spellcheck="false" required maxlength="254" size="32";
            label for="password" { (w.password) }
            input #password type="password" name="password" autocomplete="current-password" required size="32";
            div.actions { button { (words.common.sign_in) } }
        }
        @if forgets { p { a href=(FORGOTTEN) { (w.forgotten) } } }
        @if registers { p { (w.register_ask) " " a href={ (REGISTER) (query) } { (w.register) } } }
    }
}

/// The script that posts an answer without waiting for its person; the page works without it.
pub const FORM_POST_SCRIPT: &str = "/oauth/form_post.js";

/// The page that posts an answer to its client (OAuth 2.0 Form Post Response Mode).
pub(crate) fn form_post(answer: &AuthorizationResponse, look: &Look) -> Response {
    let words = &look.words.common;
    let content = html! {
        h1 { (words.one_moment) }
        p { (words::fill(words.go_on_to, &[("place", html! { b { (answer.target().place()) } })])) }
        form.actions method="post" action=(answer.target().as_str()) {
            @for (name, value) in answer.parameters() { input type="hidden" name=(name) value=(value); }
            button { (words.go_on) }
        }
        script src=(FORM_POST_SCRIPT) {}
    };
    look.page_towards(answer.target(), words.one_moment, &content)
        // The app may want to know from where its form comes, and with `no-referrer` a browser says `Origin: null`.
        .header(header::REFERRER_POLICY, "strict-origin")
}

/// What an app is going to get, in a person's words where we have them. `api` names the API of a scope.
pub fn scope_in_words<'a>(words: &Words, scope: &Scope, api: impl Fn(&str) -> Option<&'a str>) -> Markup {
    let of = &words.scopes;
    let ours = [
        (server::OPENID, of.openid),
        (server::PROFILE, of.profile),
        (server::EMAIL, of.email),
        (server::ADDRESS, of.address),
        (server::PHONE, of.phone),
        (server::OFFLINE_ACCESS, of.offline),
    ];
    let usage = |name: &str| {
        let scope = ("scope", html! { code { (name) } });
        match api(name) {
            Some(api) => words::fill(of.usage_at, &[scope, ("api", html! { (api) })]),
            None => words::fill(of.usage, &[scope]),
        }
    };
    html! {
        ul {
            @for (_, said) in ours.iter().filter(|(name, _)| scope.contains(name)) { li { (said) } }
            @for name in scope.iter().filter(|name| !server::OPENID_SCOPES.contains(name)) { li { (usage(name)) } }
        }
    }
}

/// What a page says of something that went wrong.
pub(crate) struct Refused<'a> {
    pub(crate) status: StatusCode,
    /// What people read, if there is a sentence for them.
    pub(crate) sentence: Option<Sentence>,
    /// What else there is to say, in English, for whoever can do something about it.
    pub(crate) detail: &'a str,
    /// The same in their language, if there are words for it.
    pub(crate) more: Option<&'a str>,
    pub(crate) request_id: &'a str,
    /// Where a person starts again.
    pub(crate) again: &'a str,
}

/// A page that says what went wrong and how to go on: at `again`, or at home.
pub(crate) fn error(look: &Look, refused: &Refused<'_>) -> Response {
    let (words, status, again) = (look.words, refused.status, refused.again);
    let heading = heading(words, status);
    let (said, detail) = said(words, refused);
    let content = html! {
        h1 { (heading) }
        p { (said) }
        @if let Some(more) = refused.more {
            p { (more) }
        } @else if let Some(detail) = detail { p.soft { (words.errors.detail) " " span lang="en" { (detail) } } }
        p.actions {
            @if status == StatusCode::MISDIRECTED_REQUEST {
                a.button href=(again) { (words.errors.open_there) }
            } @else if signing_in_helps(status) {
                a.button href=(again) { (words.common.start_again) }
                a href="/" { (words.common.home) }
            } @else {
                a.button href="/" { (words.common.home) }
            }
        }
        p.small { (words::fill(words.errors.report, &[("id", html! { code { (refused.request_id) } })])) }
    };
    look.page(heading, &content)
}

/// What the person reads, and the rest, which is in English. Where there is no sentence for people, what we would tell a program
/// is one in English, and the rest in any other language.
fn said(words: &'static Words, refused: &Refused<'_>) -> (String, Option<String>) {
    let detail = Some(sentence(refused.detail)).filter(|_| !refused.detail.is_empty());
    match refused.sentence {
        Some(sentence) => (words.refusal(sentence).to_owned(), detail),
        None if words.tag == Words::ENGLISH.tag => (detail.unwrap_or_default(), None),
        None => {
            let said = match refused.status.as_u16() {
                401 | 403 => words.errors.denied,
                500.. => words.errors.server,
                _ => words.errors.request,
            };
            (said.to_owned(), detail)
        }
    }
}

/// The text as a person reads it: with a capital in front and a full stop at the end.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Whether a new sign-in could change anything: not where the address or the size of the request was wrong.
fn signing_in_helps(status: StatusCode) -> bool {
    !matches!(status.as_u16(), 404 | 405 | 413 | 414 | 431)
}

fn heading(words: &'static Words, status: StatusCode) -> &'static str {
    let said = &words.errors;
    match status.as_u16() {
        401 => said.sign_in,
        403 => said.not_allowed,
        404 => said.nothing,
        429 => said.wait,
        // Of what we depend on, only a provider answers wrongly or late; the table too can be away, on any page.
        502 | 504 => said.not_finished,
        503 => said.unavailable,
        500.. => said.fault,
        _ => said.failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_says_what_happened() {
        for (status, said) in [
            (400, "This did not work"),
            (401, "Please sign in"),
            (403, "This is not allowed"),
            (404, "There is nothing here"),
            (429, "Please wait a while"),
            (405, "This did not work"),
            (500, "Something went wrong"),
            (501, "Something went wrong"),
            (502, "The sign-in could not be finished"),
            (503, "This is not available right now"),
            (504, "The sign-in could not be finished"),
        ] {
            assert_eq!(heading(Words::ENGLISH, StatusCode::from_u16(status).unwrap()), said, "{status}");
        }
    }

    #[test]
    fn a_picture_cannot_write_the_policy() {
        // #104
        for (picture, allowed) in [
            ("https://pictures.example.com/a.png", "img-src 'self' https://pictures.example.com;"),
            ("https://a.example;script-src *", "img-src 'self' ;"),
            ("data:image/png,x", "img-src 'self' ;"),
            ("nonsense", "img-src 'self' ;"),
        ] {
            let policy = policy(&Brand::default(), Some(picture));
            assert!(policy.contains(allowed), "{picture}: {policy}");
            assert_eq!(policy.matches("script-src").count(), 1);
        }
    }
}
