//! The front door: what API Gateway's HTTP API does in front of the functions, down to its words.
//!
//! It finds the route, asks the authorizer before a guarded one and keeps its answer for a while, hands the function an event
//! of payload 2.0, and turns the answer back.

mod authorizer;
mod event;
mod routes;

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use oauth::{Sentence, limits};
use serde_json::{Value, json};

use self::{authorizer::Gatekeeper, event::Incoming, routes::Routes};
use crate::{cors::Cors, mount::Running};

/// The largest body that the gateway takes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// What the gateway counts of a request without its body: the request line and the values of the headers.
fn size(parts: &Parts) -> usize {
    let line = format!("{} {} {:?}\r\n", parts.method, parts.uri, parts.version).len();
    line + parts.headers.values().map(HeaderValue::len).sum::<usize>()
}

/// The front door.
#[derive(Clone)]
pub(crate) struct Gateway(Arc<Inner>);

struct Inner {
    routes: Routes,
    gatekeeper: Gatekeeper,
    cors: Cors,
}

impl Gateway {
    /// A front door to these functions.
    pub(crate) fn new(
        functions: Vec<(&'static [web::Route], Running)>,
        authorizer: Running,
        clock: setting::Clock,
        cors: Cors,
    ) -> Self {
        let routes = Routes::new(functions);
        Self(Arc::new(Inner { routes, gatekeeper: Gatekeeper::new(authorizer, clock), cors }))
    }

    /// Answers one request. A browser that hangs up stops no function: it goes on to its end, as at AWS.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let gateway = self.clone();
        let answer = tokio::spawn(async move { gateway.serve(request).await }).await;
        answer.unwrap_or_else(|_| message(StatusCode::INTERNAL_SERVER_ERROR))
    }

    async fn serve(&self, request: Request) -> Response {
        let id = uuid::Uuid::now_v7().to_string();
        let (parts, body) = request.into_parts();
        let answer = match self.0.cors.preflight(&parts) {
            Some(answer) => answer,
            None => {
                let answer = self.pass(&parts, body, &id).await;
                let answer = answer.unwrap_or_else(|status| refusal(&parts, &id, status));
                self.0.cors.apply(&parts.headers, answer)
            }
        };
        with_id(answer, &id)
    }

    async fn pass(&self, parts: &Parts, body: Body, id: &str) -> Result<Response, StatusCode> {
        if size(parts) > limits::HEADERS {
            return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        }
        let body: Bytes = to_bytes(body, LARGEST_BODY).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let incoming =
            Incoming { id, method: &parts.method, uri: &parts.uri, headers: &parts.headers, body: &body };
        let path = incoming.path();
        let found = self.0.routes.find(parts.method.as_str(), &path).ok_or(StatusCode::NOT_FOUND)?;
        let mut event = incoming.event(&found.route.key(), &found.captures);
        if found.route.guard.needs_token() {
            let context = self.0.gatekeeper.admit(&event).await?;
            event["requestContext"]["authorizer"] = json!({"lambda": context});
        }
        let answer = found.function.invoke(&event).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        response(&answer).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// What the front door itself says. AWS's gateway says it in JSON to everybody; here a browser gets a page.
fn refusal(parts: &Parts, id: &str, status: StatusCode) -> Response {
    page(parts, id, status, Some(sentence(status)), "", None).unwrap_or_else(|| message(status))
}

/// The page for a request with a host name that is not ours: our address. Nothing of the request is in it (#2).
pub(crate) fn elsewhere(parts: &Parts, home: &str) -> Response {
    const STATUS: StatusCode = StatusCode::MISDIRECTED_REQUEST;
    let text = format!(
        "This is {home}, which answers to no other name but localhost. Set BASE_URL to the one you want."
    );
    let id = uuid::Uuid::now_v7().to_string();
    let page = page(parts, &id, STATUS, None, &text, Some(home));
    page.unwrap_or_else(|| (STATUS, format!("{text}\n")).into_response())
}

/// The page for a browser.
fn page(
    parts: &Parts,
    id: &str,
    status: StatusCode,
    sentence: Option<Sentence>,
    detail: &str,
    again: Option<&str>,
) -> Option<Response> {
    let incoming =
        Incoming { id, method: &parts.method, uri: &parts.uri, headers: &parts.headers, body: &[] };
    response(&web::refusal(&incoming.event("$default", &[]), status, sentence, detail, again)?)
}

/// What a person reads.
fn sentence(status: StatusCode) -> Sentence {
    match status {
        StatusCode::UNAUTHORIZED => Sentence::ForPrograms,
        StatusCode::FORBIDDEN => Sentence::TokenNotValid,
        StatusCode::NOT_FOUND => Sentence::NothingHere,
        StatusCode::PAYLOAD_TOO_LARGE => Sentence::TooLarge,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Sentence::TooManyCookies,
        _ => Sentence::OurFault,
    }
}

/// What a program reads: the words of AWS's gateway.
fn message(status: StatusCode) -> Response {
    let text = match status {
        StatusCode::UNAUTHORIZED => "Unauthorized",
        StatusCode::FORBIDDEN => "Forbidden",
        StatusCode::NOT_FOUND => "Not Found",
        StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "Request Header Fields Too Large",
        _ => "Internal Server Error",
    };
    let mut response = Response::new(Body::from(json!({"message": text}).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A function's answer, as the gateway reads it.
fn response(answer: &Value) -> Option<Response> {
    let status = StatusCode::from_u16(answer.get("statusCode")?.as_u64()?.try_into().ok()?).ok()?;
    let body = answer.get("body").and_then(Value::as_str).unwrap_or_default();
    let encoded = answer.get("isBase64Encoded").and_then(Value::as_bool) == Some(true);
    let body = if encoded { STANDARD.decode(body).ok()? } else { body.as_bytes().to_vec() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in answer.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        response.headers_mut().insert(name, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    for cookie in answer.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(cookie.as_str()?).ok()?);
    }
    Some(response)
}

fn with_id(mut response: Response, id: &str) -> Response {
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(HeaderName::from_static("apigw-requestid"), id);
    }
    response
}
