//! One error for handlers, and the one place where it becomes an answer.

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};
use oauth::{Caller, Code, Sender, Sentence};
use serde_json::{Value, json};

use crate::{Brand, Cookie, ErrorFormat, Look, Request, Response, event, page, request::asks_for_html};

/// What a handler's `?` makes of any error. If an [`oauth::Error`] is found among its sources it is a refusal and shown;
/// otherwise it is a fault: logged whole, and shown as a request id.
#[derive(Debug)]
pub struct Error {
    cause: Box<dyn std::error::Error + Send + Sync>,
    cookies: Vec<Cookie>,
    again: Option<String>,
    line: Option<Line>,
    page: Option<Box<Response>>,
    more: Option<String>,
}

/// What writes the line about an error to the log in place of the usual one: with the status of the answer, and with all causes.
struct Line(Box<WriteLine>);

type WriteLine = dyn FnOnce(u16, &str) + Send + Sync;

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line(..)")
    }
}

/// What a handler returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl<E: Into<Box<dyn std::error::Error + Send + Sync>>> From<E> for Error {
    fn from(error: E) -> Self {
        Self { cause: error.into(), cookies: Vec::new(), again: None, line: None, page: None, more: None }
    }
}

/// The message to the caller.
struct Shown {
    status: StatusCode,
    code: Code,
    sentence: Option<Sentence>,
    text: String,
    /// What the text says beyond the sentence.
    detail: String,
    scope: Option<String>,
    retry_after: Option<u32>,
}

/// Who reads an error: the id of their request, whether they read pages, and how these look to them.
pub(crate) struct Reader {
    pub(crate) id: String,
    pub(crate) wants_html: bool,
    pub(crate) look: Look,
}

impl Reader {
    /// Whoever sent this event, however much of it can be read.
    pub(crate) fn of_event(event: &Value, brand: &Arc<Brand>) -> Self {
        let headers = event::headers(event);
        let look = event::look(event, &headers, brand.clone());
        Self { id: event::id(event), wants_html: asks_for_html(&headers), look }
    }

    /// Whoever reads an error in this form. A program reads no page, whatever it sent.
    pub(crate) fn of_error(face: ErrorFormat, event: &Value, brand: &Arc<Brand>) -> Self {
        match face {
            ErrorFormat::Client => {
                let look = Look::of(brand.clone(), None, None);
                Self { id: event::id(event), wants_html: false, look }
            }
            ErrorFormat::Browser | ErrorFormat::Api => Self::of_event(event, brand),
        }
    }

    pub(crate) fn of(request: &Request) -> Self {
        Self { id: request.id.clone(), wants_html: request.wants_html(), look: request.look() }
    }
}

/// In how many seconds to try again where something that we depend on did not answer.
const SOON: u32 = 2;

impl Error {
    /// The same, with a cookie for the answer.
    #[must_use]
    pub fn with_cookie(mut self, cookie: &Cookie) -> Self {
        self.cookies.push(cookie.clone());
        self
    }

    /// The same, with the path on our own site at which a person starts again, if it is not the usual one.
    #[must_use]
    pub fn with_again(mut self, path: String) -> Self {
        self.again = Some(path);
        self
    }

    /// The same, of which `line` writes the one line of the log, from the status of the answer and all causes.
    #[must_use]
    pub fn logged_by(mut self, line: impl FnOnce(u16, &str) + Send + Sync + 'static) -> Self {
        self.line = Some(Line(Box::new(line)));
        self
    }

    /// The same, for a person who gets this page in place of the usual one: their form again, with what was wrong.
    #[must_use]
    pub fn with_page(self, page: Response) -> Self {
        Self { page: Some(Box::new(page)), ..self }
    }

    /// The same, of which a person reads this too, in their language. A program reads the detail of the refusal.
    #[must_use]
    pub fn with_more(self, more: String) -> Self {
        Self { more: Some(more), ..self }
    }

    /// The refusal among its causes: the message to the caller, unless it is a fault.
    pub fn refusal(&self) -> Option<&oauth::Error> {
        self.find()
    }

    /// The whole chain of causes, for the log.
    pub fn causes(&self) -> String {
        oauth::causes(self.cause.as_ref())
    }

    pub(crate) fn find<E: std::error::Error + 'static>(&self) -> Option<&E> {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self.cause.as_ref());
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }

    fn shown(&self) -> Shown {
        if let Some(refusal) = self.find::<oauth::Error>() {
            return Shown {
                status: StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST),
                code: refusal.code(),
                sentence: refusal.sentence(),
                text: refusal.description().to_owned(),
                detail: refusal.detail().to_owned(),
                scope: refusal.scope().map(str::to_owned),
                retry_after: refusal.retry_after(),
            };
        }
        // Something we depend on did not answer: nobody's fault here, and worth another try (#99).
        let (status, code, sentence) = match self.find::<std::io::Error>() {
            Some(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, Code::TemporarilyUnavailable, Sentence::TryAgainSoon)
            }
            None => (StatusCode::INTERNAL_SERVER_ERROR, Code::ServerError, Sentence::OurFault),
        };
        let (text, detail) = (sentence.english().to_owned(), String::new());
        Shown { status, code, sentence: Some(sentence), text, detail, scope: None, retry_after: None }
    }

    /// The answer, in the form its reader needs (#10, #45).
    pub(crate) fn render(mut self, face: ErrorFormat, reader: &Reader) -> Response {
        let (shown, request_id) = (self.shown(), reader.id.as_str());
        match self.line.take() {
            Some(Line(write)) => write(shown.status.as_u16(), &self.causes()),
            None => log(&self, &shown, request_id),
        }
        let mut response = match face {
            ErrorFormat::Browser if reader.wants_html && self.page.is_some() => {
                self.page.take().map(|page| *page).unwrap_or_else(|| Response::empty(shown.status))
            }
            ErrorFormat::Browser if reader.wants_html => {
                let refused = page::Refused {
                    status: shown.status,
                    sentence: shown.sentence,
                    detail: &shown.detail,
                    more: self.more.as_deref(),
                    request_id,
                    again: self.again.as_deref().unwrap_or(page::SIGN_IN),
                };
                page::error(&reader.look, &refused)
            }
            ErrorFormat::Client => client(&shown),
            ErrorFormat::Browser | ErrorFormat::Api => problem(&shown, request_id),
        };
        response.cookies.extend(self.cookies);
        if let Some(challenge) = challenge(&shown) {
            response = response.header(header::WWW_AUTHENTICATE, &challenge);
        }
        if shown.status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        let soon = (shown.status == StatusCode::SERVICE_UNAVAILABLE).then_some(SOON);
        if let Some(seconds) = shown.retry_after.or(soon) {
            response.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.status(shown.status)
    }
}

impl Request {
    /// The answer to an error, in the form for this request.
    pub(crate) fn refuse(&self, error: Error, face: ErrorFormat) -> Response {
        error.render(face, &Reader::of(self))
    }
}

fn log(error: &Error, shown: &Shown, request_id: &str) {
    let (status, cause) = (shown.status.as_u16(), error.causes());
    if shown.status.is_server_error() {
        tracing::error!(request_id, status, cause, "failed");
    } else {
        tracing::info!(request_id, status, cause, "{}", crate::log::REFUSED);
    }
}

/// RFC 6749 §5.2.
fn client(shown: &Shown) -> Response {
    as_json("application/json", &json!({"error": shown.code.as_str(), "error_description": shown.text}))
}

/// RFC 9457, with the code as an extension member.
fn problem(shown: &Shown, request_id: &str) -> Response {
    let body = json!({
        "status": shown.status.as_u16(),
        "title": shown.status.canonical_reason().unwrap_or("Error"),
        "detail": shown.text,
        "error": shown.code.as_str(),
        "request_id": request_id,
    });
    as_json("application/problem+json", &body)
}

fn as_json(media_type: &'static str, body: &serde_json::Value) -> Response {
    Response::of(media_type, body.to_string())
}

/// What to try instead, with each 401 (RFC 9110 §11.6.1): to a client that did not prove who it is, the scheme that every one with a
/// secret may use (RFC 6749 §5.2); to a caller of an API, what is wrong with the token (RFC 6750 §3). Codes of other endpoints do
/// not stand there, and a request without any token is told none (§3.1).
fn challenge(shown: &Shown) -> Option<String> {
    if shown.code == Code::InvalidClient {
        return Some("Basic realm=\"latchkey\"".to_owned());
    }
    if shown.status != StatusCode::UNAUTHORIZED && shown.code != Code::InsufficientScope {
        return None;
    }
    let is_told = shown.code.senders().contains(&Sender::Resource);
    if !is_told || shown.text == Caller::missing().description() {
        return Some("Bearer".to_owned());
    }
    let mut text = format!("Bearer error=\"{}\"", shown.code);
    if let Some(scope) = &shown.scope {
        text.push_str(&format!(", scope=\"{scope}\""));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Wrapped<E>(E);

    impl<E> std::fmt::Display for Wrapped<E> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an internal word")
        }
    }

    impl<E: std::error::Error + 'static> std::error::Error for Wrapped<E> {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }

    fn render(error: impl Into<Error>, face: ErrorFormat, html: bool) -> (u16, String, http::HeaderMap) {
        let reader =
            Reader { id: "id-1".to_owned(), wants_html: html, look: Look::of(Arc::default(), None, None) };
        let response = error.into().render(face, &reader);
        (response.status.as_u16(), String::from_utf8(response.body.to_vec()).unwrap(), response.headers)
    }

    #[test]
    fn every_code_of_the_table_is_answered_as_the_table_says() {
        for &code in Code::ALL {
            for face in [ErrorFormat::Client, ErrorFormat::Api] {
                let (status, body, headers) = render(oauth::Error::new(code, "why"), face, false);
                let body: serde_json::Value = serde_json::from_str(&body).unwrap();
                assert_eq!((status, &body["error"]), (code.status(), &code.as_str().into()));
                // RFC 9110 §11.6.1: a 401 has a challenge; RFC 6750 §3.1: and so has a scope that is missing.
                let challenged = status == 401 || code == Code::InsufficientScope;
                let challenge = headers.get("www-authenticate").map(|value| value.to_str().unwrap());
                // #45: RFC 6749 §5.2, RFC 6750 §3.1.
                let expected = match code {
                    Code::InvalidClient => "Basic realm=\"latchkey\"".to_owned(),
                    Code::LoginRequired => "Bearer".to_owned(),
                    code => format!("Bearer error=\"{code}\""),
                };
                assert_eq!(challenge, challenged.then_some(expected.as_str()), "{code}");
                assert_eq!(headers.contains_key("retry-after"), status == 503, "{code}");
            }
        }
    }

    #[test]
    fn a_refusal_is_shown_wherever_it_is_in_the_chain() {
        let (status, body, headers) =
            render(Wrapped(oauth::Error::insufficient_scope("a:b")), ErrorFormat::Api, false);
        assert_eq!(status, 403);
        assert!(body.contains("this needs the scope a:b") && !body.contains("internal"));
        assert_eq!(headers["www-authenticate"], "Bearer error=\"insufficient_scope\", scope=\"a:b\"");
    }

    #[test]
    fn a_fault_shows_a_request_id_and_nothing_else() {
        // #103
        for (face, html) in [
            (ErrorFormat::Api, false),
            (ErrorFormat::Client, false),
            (ErrorFormat::Browser, true),
            (ErrorFormat::Browser, false),
        ] {
            let (status, body, _) = render("an internal word", face, html);
            assert_eq!(status, 500);
            assert!(!body.contains("internal word"), "{body}");
        }
        assert!(render("x", ErrorFormat::Api, false).1.contains("id-1"));
        assert!(render("x", ErrorFormat::Browser, true).1.contains("id-1"));
    }

    #[test]
    fn a_dependency_that_does_not_answer_is_503_and_worth_another_try() {
        // #99
        let (status, _, headers) =
            render(Wrapped(std::io::Error::from(std::io::ErrorKind::TimedOut)), ErrorFormat::Api, false);
        assert_eq!((status, headers["retry-after"].to_str().unwrap()), (503, "2"));
    }

    #[test]
    fn what_is_shown_is_escaped() {
        // #10
        let error = oauth::Error::invalid_request("<script>alert(1)</script>");
        let (_, body, _) = render(error, ErrorFormat::Browser, true);
        assert!(!body.contains("<script>alert"), "{body}");
    }
}
