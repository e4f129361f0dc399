//! Pages: one layout, one style sheet, no framework.
//!
//! The style sheet is in the page, allowed by its hash: a page is one request, and an error page needs nothing else to
//! work. A script comes from our own origin and is never written into a page (#104).

use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use oauth::{AuthorizationResponse, RedirectTarget, Scope, server};

use crate::Response;

/// Where a person signs in.
pub(crate) const SIGN_IN: &str = "/users/login";

const STYLE: &str = include_str!("page.css");

/// The key in front of the name: an ornament, of which a screen reader says nothing.
const KEY: &str = r#"<svg aria-hidden="true" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"><circle cx="8" cy="12" r="4.5"/><path d="M12.5 12H22m-3.5 0v4"/></svg>"#;

/// The content security policy of a page, which may show one picture from elsewhere.
pub fn policy(picture: Option<&str>) -> String {
    policy_of(&picture.and_then(origin).unwrap_or_default(), "")
}

/// The policy of a page with a form of ours, whose answer may lead to a client. Browsers compare `form-action` with every redirect
/// after a form, so the place must be in it (CSP3 §6.4.1).
pub fn policy_towards(target: &RedirectTarget) -> String {
    policy_of("", &target.form_action())
}

fn policy_of(picture: &str, form_action: &str) -> String {
    static STYLE_HASH: OnceLock<String> = OnceLock::new();
    let style = STYLE_HASH.get_or_init(|| STANDARD.encode(digest(&SHA256, STYLE.as_bytes())));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'self'; connect-src 'self'; img-src 'self' {picture}; \
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
pub fn layout(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" type="image/svg+xml" href="/latchkey.svg";
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    p.brand { a href="/" { (PreEscaped(KEY)) "latchkey" } }
                    (content)
                }
            }
        }
    }
}

/// The script that posts an answer without waiting for its person; the page works without it.
pub const FORM_POST_SCRIPT: &str = "/oauth/form_post.js";

/// The page that posts an answer to its client (OAuth 2.0 Form Post Response Mode).
pub fn form_post(answer: &AuthorizationResponse) -> Response {
    let content = html! {
        h1 { "One moment" }
        p { "You are on your way to " b { (answer.target().place()) } "." }
        form.actions method="post" action=(answer.target().as_str()) {
            @for (name, value) in answer.parameters() { input type="hidden" name=(name) value=(value); }
            button { "Continue" }
        }
        script src=(FORM_POST_SCRIPT) {}
    };
    Response::page(layout("One moment", &content))
        .header(header::CONTENT_SECURITY_POLICY, &policy_towards(answer.target()))
        // The app may want to know from where its form comes, and with `no-referrer` a browser says `Origin: null`.
        .header(header::REFERRER_POLICY, "strict-origin")
}

/// What an app is going to get, in a person's words where we have them. `api` names the API of a scope.
pub fn scope_in_words<'a>(scope: &Scope, api: impl Fn(&str) -> Option<&'a str>) -> Markup {
    let ours = [
        (server::OPENID, "Recognise you each time you come"),
        (
            server::PROFILE,
            "See your profile: name, picture and what else is in it, such as your language and your birthday",
        ),
        (server::EMAIL, "See your e-mail address"),
        (server::ADDRESS, "See your postal address"),
        (server::PHONE, "See your phone number"),
        (server::OFFLINE_ACCESS, "Keep this access while you are away, until it is revoked"),
    ];
    html! {
        ul {
            @for (_, words) in ours.iter().filter(|(name, _)| scope.contains(name)) { li { (words) } }
            @for name in scope.iter().filter(|name| !server::OPENID_SCOPES.contains(name)) {
                li { "Use " code { (name) } @if let Some(api) = api(name) { " at " (api) } }
            }
        }
    }
}

/// A page that says what went wrong and how to go on: at `again`, or at home.
pub fn error(status: StatusCode, text: &str, request_id: &str, again: &str) -> Response {
    let heading = heading(status);
    let content = html! {
        h1 { (heading) }
        p { (sentence(text)) }
        p.actions {
            @if status == StatusCode::MISDIRECTED_REQUEST {
                a.button href=(again) { "Open it there" }
            } @else if signing_in_helps(status) {
                a.button href=(again) { "Start again" }
                a href="/" { "Home" }
            } @else {
                a.button href="/" { "Home" }
            }
        }
        p.small { "If you report this, name the request " code { (request_id) } "." }
    };
    Response::page(layout(heading, &content))
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

fn heading(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "Please sign in",
        403 => "This is not allowed",
        404 => "There is nothing here",
        429 => "Please wait a while",
        // Of what we depend on, only a provider answers wrongly or late; the table too can be away, on any page.
        502 | 504 => "The sign-in could not be finished",
        503 => "This is not available right now",
        500.. => "Something went wrong",
        _ => "This did not work",
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
            assert_eq!(heading(StatusCode::from_u16(status).unwrap()), said, "{status}");
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
            let policy = policy(Some(picture));
            assert!(policy.contains(allowed), "{picture}: {policy}");
            assert_eq!(policy.matches("script-src").count(), 1);
        }
    }
}
