//! The pages of the outbox. They hold no script, and a mail stands in a frame of its own.

use axum::response::{IntoResponse, Response};
use http::header;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Mail, OUTBOX};

const STYLE: &str = "body{margin:0 auto;max-width:52rem;padding:2rem 1.5rem;font:1rem/1.55 system-ui,sans-serif;color:#1d2327;background:#f6f5f1}\
article{margin:1.5rem 0;padding:1.25rem 1.5rem;background:#fff;border:1px solid #dcdcd5;border-radius:.75rem}\
h2{margin:0 0 .25rem;font-size:1.15rem}p{margin:.25rem 0;color:#5a646c}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\
iframe{width:100%;height:34rem;border:1px solid #dcdcd5;border-radius:.5rem}summary{cursor:pointer;margin:.75rem 0}a{color:#0b5d4e}";

/// Its own frames are the only thing that it shows.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Nothing runs in a mail and nothing is loaded; its links open in the window.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
                           sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox";

pub(super) fn all(mails: &[Mail]) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Outbox" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Outbox" }
                p { "These mails went nowhere: on this machine they are shown here. Reload the page for newer ones." }
                @if mails.is_empty() { p { "There is none yet." } }
                @for mail in mails { (article(mail)) }
            }
        }
    };
    answer(POLICY, "DENY", page.into_string())
}

/// A mail as HTML, for the frame in which it stands.
pub(super) fn one(mail: &Mail) -> Response {
    // Without a target, a link would open in the frame, where our pages do not show themselves.
    let html = mail.html.replacen("<head>", "<head><base target=\"_top\">", 1);
    answer(MAIL_POLICY, "SAMEORIGIN", html)
}

fn article(mail: &Mail) -> Markup {
    html! {
        article {
            h2 { (mail.subject) }
            p { "To " (mail.to) " · from " (mail.from) " · " (mail.at) }
            pre { @for part in mail.text.split_inclusive(char::is_whitespace) { (linked(part)) } }
            details {
                summary { "As HTML" }
                iframe src={ (OUTBOX) "/" (mail.id) } title=(mail.subject) loading="lazy" {}
            }
        }
    }
}

/// A word, as a link if it is one.
fn linked(word: &str) -> Markup {
    let is_link = ["http://", "https://"].iter().any(|scheme| word.starts_with(scheme));
    html! { @if is_link { a href=(word.trim_end()) { (word.trim_end()) } " " } @else { (word) } }
}

fn answer(policy: &'static str, frames: &'static str, page: String) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, frames),
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    ];
    (headers, page).into_response()
}
