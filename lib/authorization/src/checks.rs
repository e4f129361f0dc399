//! The checks of an authorization request, in the order in which their errors count. All of them come after the client and its
//! redirect URI, so each failure goes back to the client (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).

use oauth::{
    Code, Error, Scope,
    server::{GrantType, Prompt, ResponseMode},
};
use serde_json::Value;

use crate::{WithRedirectUri, acr::Acr, requested_resources, requested_scope};

/// The longest nonce: it is in every ID token (bytes).
const LONGEST_NONCE: usize = 512;
/// The longest `claims` (bytes).
const LONGEST_CLAIMS: usize = 1024;
/// The longest `login_hint`, an address; a longer one is no hint (bytes).
const LONGEST_HINT: usize = 254;
/// BASE64URL(SHA-256) (RFC 7636 §4.2).
const CHALLENGE_LENGTH: usize = 43;

/// What the checks make of the parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) challenge: Option<String>,
    pub(crate) scope: Scope,
    pub(crate) resources: Vec<String>,
    pub(crate) prompts: Vec<Prompt>,
    pub(crate) max_age: Option<u32>,
    pub(crate) nonce: Option<String>,
    pub(crate) claims: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) acr: Acr,
    pub(crate) login_hint: Option<String>,
    pub(crate) id_token_hint: Option<String>,
}

type Check = fn(&WithRedirectUri, &mut Checked) -> Result<(), Error>;

/// The table.
const CHECKS: [Check; 14] = [
    readable,
    response_mode,
    no_request_object,
    response_type,
    may_ask_for_codes,
    code_challenge,
    scope,
    resources,
    prompts,
    max_age,
    nonce,
    claims,
    acr,
    hints,
];

/// Makes every check.
pub(crate) fn all(request: &WithRedirectUri) -> Result<Checked, Error> {
    let mut checked = Checked::default();
    CHECKS.iter().try_for_each(|check| check(request, &mut checked))?;
    Ok(checked)
}

fn readable(request: &WithRedirectUri, _: &mut Checked) -> Result<(), Error> {
    request.parameters().flaw().map_or(Ok(()), Err)
}

fn response_mode(request: &WithRedirectUri, _: &mut Checked) -> Result<(), Error> {
    match request.parameters().text("response_mode")? {
        Some(mode) if ResponseMode::parse(mode).is_none() => {
            Err(Error::invalid_request("this response_mode is not supported: use query or form_post"))
        }
        _ => Ok(()),
    }
}

/// OpenID Connect Core §6: parameters come by themselves, or pushed. A `request_uri` of ours was resolved before.
fn no_request_object(request: &WithRedirectUri, _: &mut Checked) -> Result<(), Error> {
    let parameters = request.parameters();
    if parameters.text("request")?.is_some() {
        return Err(Error::new(Code::RequestNotSupported, "request objects are not supported"));
    }
    if parameters.text("request_uri")?.is_some() {
        let text = "a request_uri must come from the pushed authorization request endpoint of this server";
        return Err(Error::new(Code::RequestUriNotSupported, text));
    }
    Ok(())
}

/// #39.
fn response_type(request: &WithRedirectUri, _: &mut Checked) -> Result<(), Error> {
    match request.parameters().text("response_type")? {
        Some("code") => Ok(()),
        Some(_) => Err(Error::new(Code::UnsupportedResponseType, "only the response_type code is supported")),
        None => Err(Error::invalid_request("response_type is missing")),
    }
}

fn may_ask_for_codes(request: &WithRedirectUri, _: &mut Checked) -> Result<(), Error> {
    if request.client.allows(GrantType::AuthorizationCode) {
        return Ok(());
    }
    Err(Error::new(
        Code::UnauthorizedClient,
        "this client is not registered for the grant authorization_code",
    ))
}

/// #38: S256 for every client, but a confidential one that is registered to come without. Without a method it would be `plain`
/// (RFC 7636 §4.3), which is never meant here.
fn code_challenge(request: &WithRedirectUri, checked: &mut Checked) -> Result<(), Error> {
    let parameters = request.parameters();
    let challenge = parameters.text("code_challenge")?;
    let is_optional = request.client.pkce_optional && !request.client.is_public();
    match (challenge, parameters.text("code_challenge_method")?) {
        (None, None) if is_optional => Ok(()),
        (None, _) => Err(Error::invalid_request("code_challenge is missing: PKCE with S256 is required")),
        (Some(_), Some(method)) if method != "S256" => {
            Err(Error::invalid_request("code_challenge_method must be S256"))
        }
        (Some(_), None) => Err(Error::invalid_request("code_challenge_method is missing: it must be S256")),
        (Some(challenge), Some(_)) if !is_challenge(challenge) => {
            Err(Error::invalid_request("code_challenge must be 43 characters of base64url"))
        }
        (Some(challenge), Some(_)) => {
            checked.challenge = Some(challenge.to_owned());
            Ok(())
        }
    }
}

fn is_challenge(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    text.len() == CHALLENGE_LENGTH && text.bytes().all(fits)
}

fn scope(request: &WithRedirectUri, checked: &mut Checked) -> Result<(), Error> {
    checked.scope = requested_scope(&request.client, request.parameters().text("scope")?)?;
    Ok(())
}

fn resources(request: &WithRedirectUri, checked: &mut Checked) -> Result<(), Error> {
    let asked = request.parameters().resources().iter().map(String::as_str);
    checked.resources = requested_resources(&request.client, asked)?;
    Ok(())
}

/// OpenID Connect Core §3.1.2.1.
fn prompts(request: &WithRedirectUri, checked: &mut Checked) -> Result<(), Error> {
    let words = request.parameters().text("prompt")?.unwrap_or_default();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let text = "prompt has a value that is not supported";
        checked.prompts.push(Prompt::parse(word).ok_or_else(|| Error::invalid_request(text))?);
    }
    if checked.prompts.contains(&Prompt::None) && checked.prompts.len() > 1 {
        return Err(Error::invalid_request("prompt=none cannot be combined with another prompt"));
    }
    Ok(())
}

/// Seconds.
fn max_age(request: &WithRedirectUri, checked: &mut Checked) -> Result<(), Error> {
    let Some(text) = request.parameters().text("max_age")? else { return Ok(()) };
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    let Some(digits) = is_number.then(|| text.trim_start_matches('0')) else {
        return Err(Error::invalid_request("max_age must be a number of seconds"));
    };
    // A larger one than fits is longer than any session.
    checked.max_age = Some(if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u32::MAX) });
    Ok(())
}

fn nonce(request: &WithRedirectUri, checked: &mut Checked) -> Result<(), Error> {
    checked.nonce = request.parameters().text("nonce")?.map(str::to_owned);
    if checked.nonce.as_ref().is_some_and(|nonce| nonce.len() > LONGEST_NONCE) {
        return Err(Error::invalid_request("nonce is too long"));
    }
    Ok(())
}

/// OpenID Connect Core §5.5.
fn claims(request: &WithRedirectUri, checked: &mut Checked) -> Result<(), Error> {
    let Some(text) = request.parameters().text("claims")? else { return Ok(()) };
    if text.len() > LONGEST_CLAIMS {
        return Err(Error::invalid_request("claims is too long"));
    }
    if !serde_json::from_str::<Value>(text).is_ok_and(|claims| claims.is_object()) {
        return Err(Error::invalid_request("claims must be a JSON object"));
    }
    checked.claims = Some(text.to_owned());
    checked.subject = request.parameters().subject();
    Ok(())
}

/// OpenID Connect Core §5.5.1.1: where an app insists on what cannot be had, the sign-in fails.
fn acr(request: &WithRedirectUri, checked: &mut Checked) -> Result<(), Error> {
    checked.acr = Acr::read(request.parameters().text("acr_values")?, checked.claims.as_deref());
    if checked.acr.is_unknown() {
        return Err(Error::new(
            Code::UnmetAuthenticationRequirements,
            "no acr that the claims insist on is one of this server: see acr_values_supported",
        ));
    }
    Ok(())
}

fn hints(request: &WithRedirectUri, checked: &mut Checked) -> Result<(), Error> {
    let parameters = request.parameters();
    let hint = parameters.text("login_hint")?.filter(|hint| hint.len() <= LONGEST_HINT);
    checked.login_hint = hint.map(str::to_owned);
    checked.id_token_hint = parameters.text("id_token_hint")?.map(str::to_owned);
    Ok(())
}
