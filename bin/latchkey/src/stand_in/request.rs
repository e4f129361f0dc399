//! An authorization request (OpenID Connect Core §3.1.2.1), checked.

use axum::http::StatusCode;
use oauth::{Code, Scope};

use super::{Part, Refused, StandInConfig, params::Params};

/// The longest query it reads.
const LONGEST_QUERY: usize = 8 * 1024;

/// A request that holds: it can only be made by [`Request::check`], and answers go nowhere else than it says.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// The provider that the stand-in plays.
    pub(super) label: String,
    pub(super) redirect_uri: String,
    pub(super) mode: Mode,
    pub(super) scope: Scope,
    pub(super) state: String,
    /// Only a client of plain OAuth 2.0 may leave it out.
    pub(super) nonce: Option<String>,
    /// The S256 code challenge.
    pub(super) challenge: String,
    /// `login_hint`: whom the application expects.
    pub(super) hint: Option<String>,
    /// `prompt=none`: the application wants an answer without a page.
    pub(super) silent: bool,
    /// `max_age`: the ID token says when the person signed in (OpenID Connect Core §2), which is always now.
    pub(super) dated: bool,
}

/// How the answer travels back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// In the query of a redirect.
    Query,
    /// In a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

impl Request {
    /// Checks the raw query. Whatever is wrong becomes a page and never a redirect (#23).
    pub(super) fn check(config: &StandInConfig, query: Option<&str>) -> Result<Self, Refused> {
        let query = query.unwrap_or_default();
        if query.len() > LONGEST_QUERY {
            return Err(Refused::invalid("the query is too long").with_status(StatusCode::URI_TOO_LONG));
        }
        let params = Params::parse(query.as_bytes())?;
        // The client and its address come before everything else.
        let Part { label, redirect_uri, plain } = part(config, &params)?;
        response_type(&params)?;
        no_request_object(&params)?;
        Ok(Self {
            label,
            redirect_uri,
            mode: mode(&params)?,
            scope: scope(&params, plain)?,
            state: params.need("state")?.to_owned(),
            nonce: if plain { params.get("nonce") } else { Some(params.need("nonce")?) }.map(str::to_owned),
            challenge: challenge(&params)?,
            hint: params.get("login_hint").map(str::to_owned),
            silent: silent(&params)?,
            dated: params.get("max_age").is_some(),
        })
    }
}

fn part(config: &StandInConfig, params: &Params) -> Result<Part, Refused> {
    if params.need("client_id")? != config.client_id {
        return Err(Refused::invalid("no application is known by this client_id"));
    }
    let wanted = params.need("redirect_uri")?;
    let part = config.parts.iter().find(|part| part.redirect_uri == wanted);
    part.cloned().ok_or_else(|| Refused::invalid("this redirect_uri is not one the application registered"))
}

fn response_type(params: &Params) -> Result<(), Refused> {
    match params.need("response_type")? {
        "code" => Ok(()),
        _ => Err(Refused::new(Code::UnsupportedResponseType, "the only response_type is code")),
    }
}

/// To pass over a request object would be to answer another request than was made (OpenID Connect Core §6).
fn no_request_object(params: &Params) -> Result<(), Refused> {
    if params.get("request").is_some() {
        return Err(Refused::new(Code::RequestNotSupported, "request objects are not supported"));
    }
    if params.get("request_uri").is_some() {
        return Err(Refused::new(Code::RequestUriNotSupported, "request objects are not supported"));
    }
    Ok(())
}

fn mode(params: &Params) -> Result<Mode, Refused> {
    match params.get("response_mode") {
        None | Some("query") => Ok(Mode::Query),
        Some("form_post") => Ok(Mode::FormPost),
        Some(_) => Err(Refused::invalid("response_mode must be query or form_post")),
    }
}

fn scope(params: &Params, plain: bool) -> Result<Scope, Refused> {
    let wrong = |reason| Refused::new(Code::InvalidScope, reason);
    let scope: Scope = params.need("scope")?.parse().map_err(|_| wrong("the scope is malformed"))?;
    if plain || scope.contains("openid") { Ok(scope) } else { Err(wrong("the scope must hold openid")) }
}

/// RFC 7636 §4.3, S256 only (#38).
fn challenge(params: &Params) -> Result<String, Refused> {
    let challenge = params.need("code_challenge")?;
    if params.need("code_challenge_method")? != "S256" {
        return Err(Refused::invalid("code_challenge_method must be S256"));
    }
    let fits = challenge.len() == 43
        && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits {
        Ok(challenge.to_owned())
    } else {
        Err(Refused::invalid("code_challenge must be a SHA-256 in base64url"))
    }
}

fn silent(params: &Params) -> Result<bool, Refused> {
    let prompt: Vec<_> = params.get("prompt").unwrap_or_default().split(' ').collect();
    let silent = prompt.contains(&"none");
    if silent && prompt.len() > 1 {
        return Err(Refused::invalid("prompt=none goes with no other prompt"));
    }
    Ok(silent)
}
