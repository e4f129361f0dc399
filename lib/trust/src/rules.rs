//! What an issuer's token must say. Pure.

use jose::{JoseError, Jws};
use oauth::{Caller, Scope, Time, is_of_another_kind};
use provider::{AccessTokens, Audience, Entry};
use serde_json::{Map, Value};
use token::{
    Invalid,
    claim::{MAX_NAME, SKEW, includes, name, strings, text, vouches},
};

use crate::required::Required;

/// The rules of one issuer.
pub(crate) struct Rules {
    pub(crate) entry: &'static Entry,
    /// How its access tokens look.
    pub(crate) tokens: &'static AccessTokens,
    /// Whom its tokens may be for.
    pub(crate) audiences: Vec<String>,
    /// Claims that must be there, and what they must say.
    pub(crate) required: Vec<Required>,
    /// Claims that count as scopes in addition to those of the profile, because the settings say so.
    pub(crate) scope_claims: Vec<String>,
    /// The tenant it is for, where there are tenants.
    pub(crate) tenant: Option<String>,
}

impl Rules {
    /// What can be said before any key is looked for.
    pub(crate) fn check_header(&self, jws: &Jws) -> Result<(), Invalid> {
        let known = match typ(jws)? {
            Some(typ) => self.tokens.types.contains(&&*typ),
            None => self.tokens.untyped,
        };
        if known { Ok(()) } else { Err(Invalid::Type) }
    }

    /// Whose token it is: one whose signature is good, from the issuer that it names.
    pub(crate) fn check(&self, jws: &Jws, issuer: &str, now: Time) -> Result<Caller, Invalid> {
        let claims = jws.claims();
        self.kind(jws)?;
        self.tenant(claims, issuer)?;
        let expires_at = expiry(claims, now)?;
        let client_id = self.client(claims)?;
        self.audience(claims, &client_id)?;
        if !self.required.iter().all(|required| required.is_met(claims)) {
            return Err(Invalid::Required);
        }
        Ok(Caller {
            issuer: issuer.to_owned(),
            subject: name(claims, "sub").filter(|sub| is_plain(sub)).ok_or(Invalid::Subject)?,
            client_id,
            expires_at,
            scope: self.scope(claims).ok_or(Invalid::Scope)?,
            roles: self.roles(claims),
            session: name(claims, "sid").filter(|sid| is_plain(sid)),
            grant: name(claims, "grant_id").filter(|grant| is_plain(grant)),
            name: text(claims, "name"),
            email: text(claims, "email").filter(|_| vouches(claims)),
        })
    }

    /// #66. What outweighs a `nonce` is the type of RFC 9068, the profile's own claim, or a scope: ID tokens have none of them.
    fn kind(&self, jws: &Jws) -> Result<(), Invalid> {
        let claims = jws.claims();
        let named =
            self.tokens.kind.is_none_or(|(name, value)| claims.get(name).is_some_and(|kind| kind == value));
        let outweighs = self.tokens.kind.is_some()
            || typ(jws)?.is_some_and(|typ| typ == "at+jwt")
            || ["scope", "scp"].iter().any(|name| claims.get(*name).is_some_and(says_something));
        let foreign = !self.tokens.id_tokens && is_of_another_kind(claims, outweighs);
        if named && !foreign && !claims.contains_key("events") { Ok(()) } else { Err(Invalid::Type) }
    }

    /// #14: the tenant is in the issuer, and the token must name the same one, and the version that goes with the spelling.
    fn tenant(&self, claims: &Map<String, Value>, issuer: &str) -> Result<(), Invalid> {
        let Some(tenant) = &self.tenant else { return Ok(()) };
        let version = if issuer.ends_with("/v2.0") { "2.0" } else { "1.0" };
        let is = |name: &str, value: &str| claims.get(name).is_some_and(|claim| claim == value);
        if is("tid", tenant) && is("ver", version) { Ok(()) } else { Err(Invalid::Issuer) }
    }

    fn client(&self, claims: &Map<String, Value>) -> Result<String, Invalid> {
        let named = self.tokens.clients.iter().find(|claim| claims.contains_key(**claim));
        match named {
            Some(claim) => name(claims, claim).filter(|client| is_plain(client)).ok_or(Invalid::ClientId),
            None if self.tokens.names_client => Err(Invalid::ClientId),
            None => Ok(String::new()),
        }
    }

    fn audience(&self, claims: &Map<String, Value>, client_id: &str) -> Result<(), Invalid> {
        let good = match self.tokens.audience {
            Audience::ClientId => self.audiences.iter().any(|audience| audience == client_id),
            Audience::Aud => {
                claims.get("aud").is_some_and(|aud| self.audiences.iter().any(|ours| includes(aud, ours)))
            }
        };
        if good { Ok(()) } else { Err(Invalid::Audience) }
    }

    fn scope(&self, claims: &Map<String, Value>) -> Option<Scope> {
        let mut scope = Scope::default();
        for claim in self.tokens.scopes {
            match claims.get(*claim) {
                None => {}
                Some(Value::String(text)) => scope.extend(&text.parse().ok()?),
                Some(list) => {
                    for token in strings(list)? {
                        // One element is one token: a blank in it must not make two.
                        scope.extend(&Some(token).filter(|token| !token.contains(' '))?.parse().ok()?);
                    }
                }
            }
        }
        // Anyone who names a group has not been asked about scopes: a word that is none is left out.
        let named = self.scope_claims.iter().flat_map(|claim| words(claims, claim));
        named.filter_map(|word| word.parse().ok()).for_each(|word| scope.extend(&word));
        Some(scope)
    }

    /// Roles are not what a route is decided by, so one that cannot be passed on is left out.
    fn roles(&self, claims: &Map<String, Value>) -> Vec<String> {
        self.tokens.roles.iter().flat_map(|claim| words(claims, claim)).collect()
    }
}

/// `typ` as it is compared (RFC 7515 §4.1.9): a media type, without regard to case, whose `application/` may be left out.
fn typ(jws: &Jws) -> Result<Option<String>, Invalid> {
    let Some(typ) = jws.header().get("typ") else { return Ok(None) };
    let typ = typ.as_str().ok_or(Invalid::Jws(JoseError::Header))?.to_ascii_lowercase();
    Ok(Some(typ.strip_prefix("application/").map_or_else(|| typ.clone(), str::to_owned)))
}

fn says_something(scope: &Value) -> bool {
    let said = |text: &str| !text.trim().is_empty();
    match scope {
        Value::String(text) => said(text),
        list => strings(list).is_some_and(|list| list.iter().any(|text| said(text))),
    }
}

/// The words of a claim, by its name or by a path of names with dots: of a text it is one, of a list each. One with a blank in
/// it is left out, because it would read as two.
fn words(claims: &Map<String, Value>, path: &str) -> Vec<String> {
    let along_path = || {
        let mut steps = path.split('.');
        let first = claims.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    };
    let words = match claims.get(path).or_else(along_path) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(list) => strings(list).unwrap_or_default(),
        None => Vec::new(),
    };
    let fits = |word: &String| {
        !word.is_empty() && word.len() <= MAX_NAME && is_plain(word) && !word.contains(char::is_whitespace)
    };
    words.into_iter().filter(fits).collect()
}

/// RFC 7519 §2, §4.1.4 to §4.1.6: with a fraction, or without. `exp` gets no grace; how long a token may live is its issuer's
/// business.
fn expiry(claims: &Map<String, Value>, now: Time) -> Result<Time, Invalid> {
    let latest = now.after(SKEW);
    let time = |claims: &Map<String, Value>, name: &str| claims.get(name).and_then(Time::from_numeric_date);
    let issued_at = time(claims, "iat").filter(|at| *at <= latest).ok_or(Invalid::IssuedAt)?;
    let expires_at = time(claims, "exp").filter(|at| *at > issued_at).ok_or(Invalid::ExpiresAt)?;
    if claims.contains_key("nbf") && time(claims, "nbf").is_none_or(|at| at > latest) {
        return Err(Invalid::NotBefore);
    }
    if expires_at > now { Ok(expires_at) } else { Err(Invalid::Expired) }
}

/// Names are passed on in headers and compared: no control characters.
fn is_plain(text: &str) -> bool {
    !text.contains(char::is_control)
}
