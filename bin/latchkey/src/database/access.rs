//! Access to the local database: a request must call this machine by its own name, and be signed with the access key id of this run.

use std::{fmt, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use dynoxide::Database;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use oauth::Secret;

use super::actions;
use crate::host;

/// What DynamoDB takes.
const LARGEST_BODY: usize = 16 * 1024 * 1024;
const JSON: &str = "application/x-amz-json-1.0";

/// What is behind the port.
pub(super) struct Guarded {
    pub(super) key: Secret,
    pub(super) database: Database,
}

/// The key is nobody's to see.
impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").finish_non_exhaustive()
    }
}

/// Answers one request. No answer says that a page elsewhere may read it (CORS).
pub(super) async fn answer(State(guarded): State<Arc<Guarded>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !host::is_ours(&parts.uri, &parts.headers, None) || parts.uri.path() != "/" {
        return refusal(StatusCode::MISDIRECTED_REQUEST, "UnknownEndpointException");
    }
    if parts.method != Method::POST {
        return refusal(StatusCode::METHOD_NOT_ALLOWED, "UnknownOperationException");
    }
    if !key_id(&parts.headers).is_some_and(|key| guarded.key.matches(key)) {
        return refusal(StatusCode::BAD_REQUEST, "UnrecognizedClientException");
    }
    let Some(action) = action(&parts.headers) else {
        return refusal(StatusCode::BAD_REQUEST, "UnknownOperationException");
    };
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "SerializationException");
    };
    match actions::run(&guarded.database, action, &body) {
        Some((status, answer)) => json(status, answer),
        None => refusal(StatusCode::BAD_REQUEST, "UnknownOperationException"),
    }
}

/// The access key id of a request that is signed as AWS wants it; the Authorization header is there once.
fn key_id(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(one), None) = (all.next(), all.next()) else { return None };
    let parts = one.to_str().ok()?.strip_prefix("AWS4-HMAC-SHA256 ")?.split(',');
    let mut credentials = parts.filter_map(|part| part.trim().strip_prefix("Credential="));
    let (Some(credential), None) = (credentials.next(), credentials.next()) else { return None };
    credential.split('/').next()
}

fn action(headers: &HeaderMap) -> Option<&str> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    target.strip_prefix("DynamoDB_20120810.").or_else(|| target.strip_prefix("DynamoDBStreams_20120810."))
}

fn refusal(status: StatusCode, kind: &str) -> Response {
    let body = format!(
        r#"{{"__type":"com.amazon.coral.service#{kind}","message":"Refused by the database of cargo run. `cargo run -- database` prints how to reach it with the AWS CLI or an SDK."}}"#
    );
    json(status, body)
}

fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}
