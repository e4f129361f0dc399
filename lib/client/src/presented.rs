//! How a client says who it is, and proves it (RFC 6749 §2.3, OpenID Connect Core §9).

use base64::{Engine, engine::general_purpose::STANDARD};
use oauth::{Code, Digest, Error, Secret, Time, server::ClientAuth};
use serde::Deserialize;

use crate::{Client, assertion::Assertion, is_client_id};

/// What of a form is about the client. A parameter without a value counts as absent (RFC 6749 §3.1).
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ClientForm {
    /// Who it is.
    pub client_id: Option<String>,
    /// RFC 6749 §2.3.1
    pub client_secret: Option<Secret>,
    /// RFC 7521 §4.2
    pub client_assertion: Option<Secret>,
    /// RFC 7521 §4.2
    pub client_assertion_type: Option<String>,
}

/// Where the request came in: the names that a client assertion may have for us (#92).
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    /// Our issuer.
    pub issuer: &'a str,
    /// The address of the token endpoint.
    pub token: &'a str,
    /// The address of the endpoint that was called.
    pub called: &'a str,
}

/// Who a client says it is, and what is to prove it. Nothing is checked yet but its form.
#[derive(Debug, Clone)]
pub struct Presented {
    client_id: String,
    proof: Proof,
}

#[derive(Debug, Clone)]
enum Proof {
    None,
    Secret(ClientAuth, Secret),
    Assertion(Box<Assertion>),
}

/// A client that has proven who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// `client_id`.
    pub client_id: String,
    /// How it did.
    pub method: ClientAuth,
    /// Of a client assertion: the digest of its `jti`, and until when it must not come again.
    pub(crate) once: Option<(Digest, Time)>,
}

impl Presented {
    /// Reads the header `Authorization` (a value that is no text is to be passed as an empty one) and the form. Two proofs, or two
    /// names, are `invalid_request`; a name beside the same one in Basic is no second proof (#91).
    pub fn read(authorization: Option<&str>, form: &ClientForm) -> Result<Self, Error> {
        let basic = authorization.map(basic).transpose()?;
        let name = form.client_id.as_deref().filter(|id| !id.is_empty());
        let secret = form.client_secret.as_ref().filter(|secret| !secret.expose().is_empty());
        let assertion = form.client_assertion.as_ref().filter(|assertion| !assertion.expose().is_empty());
        let kind = form.client_assertion_type.as_deref().filter(|kind| !kind.is_empty());
        if kind.is_some() && assertion.is_none() {
            return Err(Error::invalid_request("client_assertion_type came without a client_assertion"));
        }
        let (client_id, proof) = match (basic, secret, assertion) {
            (Some(basic), None, None) => basic,
            (None, Some(secret), None) => {
                (name.map(str::to_owned).ok_or_else(nobody)?, Proof::Secret(ClientAuth::Post, secret.clone()))
            }
            (None, None, Some(assertion)) => by_assertion(assertion, kind, name)?,
            (None, None, None) => (name.map(str::to_owned).ok_or_else(nobody)?, Proof::None),
            _ => return Err(Error::invalid_request("the client proves who it is in more than one way")),
        };
        if name.is_some_and(|name| name != client_id) {
            return Err(Error::invalid_request("client_id differs from that of the client's proof"));
        }
        if is_client_id(&client_id) { Ok(Self { client_id, proof }) } else { Err(unproven()) }
    }

    /// Who it says it is: one word that can be a key.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Checks the proof against the client's row, which is none where there is no such client or it is disabled. An unknown client
    /// and a wrong secret get the same answer, after the same work (#91). An assertion is then still to be spent, by
    /// [`spend_assertion`](crate::spend_assertion). Keys that are elsewhere verify nothing here: see
    /// [`Authenticator`](crate::Authenticator).
    pub fn verify(
        &self,
        client: Option<&Client>,
        endpoint: &Endpoint<'_>,
        now: Time,
    ) -> Result<Verified, Error> {
        let client = self.of(client);
        let (method, proven) = match &self.proof {
            Proof::None => (ClientAuth::None, true),
            Proof::Secret(method, secret) => (*method, is_secret_of(client, secret)),
            Proof::Assertion(assertion) => (ClientAuth::PrivateKeyJwt, assertion.is_signed_by(client)),
        };
        self.proven(client.filter(|_| proven), method, endpoint, now)
    }

    /// The row, if it is that of the client that is named, and of one that may take part.
    pub(crate) fn of<'a>(&self, client: Option<&'a Client>) -> Option<&'a Client> {
        client.filter(|client| client.id == self.client_id && !client.is_disabled())
    }

    /// The assertion, if that is the proof.
    #[cfg(feature = "fetch")]
    pub(crate) fn assertion(&self) -> Option<&Assertion> {
        match &self.proof {
            Proof::Assertion(assertion) => Some(assertion),
            Proof::None | Proof::Secret(..) => None,
        }
    }

    /// What is left to check once a secret or a signature is right; without a client, none was.
    pub(crate) fn proven(
        &self,
        client: Option<&Client>,
        method: ClientAuth,
        endpoint: &Endpoint<'_>,
        now: Time,
    ) -> Result<Verified, Error> {
        let allowed = |client: &&Client| match method {
            ClientAuth::None => client.is_public(),
            method => client.auth.contains(&method),
        };
        let client = client.filter(allowed).ok_or_else(unproven)?;
        let once = match &self.proof {
            Proof::Assertion(assertion) => assertion.once(client, assertion.check(endpoint, now)?)?,
            Proof::None | Proof::Secret(..) => None,
        };
        Ok(Verified { client_id: self.client_id.clone(), method, once })
    }
}

/// The same sentence whatever was wrong: it must not say which clients there are.
pub(crate) fn unproven() -> Error {
    Error::new(Code::InvalidClient, "the client is unknown, or did not prove who it is")
}

fn nobody() -> Error {
    Error::new(Code::InvalidClient, "the request does not say which client sent it")
}

/// RFC 7617 §2 with the encoding of RFC 6749 §2.3.1, strictly.
fn basic(header: &str) -> Result<(String, Proof), Error> {
    let wrong = || {
        Error::new(
            Code::InvalidClient,
            "Authorization must be Basic, with client_id and secret form-urlencoded",
        )
    };
    let (scheme, credentials) = header.split_once(' ').ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Err(wrong());
    }
    let bytes = STANDARD.decode(credentials.trim_start_matches(' ')).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let (id, secret) = text.split_once(':').ok_or_else(wrong)?;
    let (id, secret) = (urldecoded(id).ok_or_else(wrong)?, urldecoded(secret).ok_or_else(wrong)?);
    // RFC 6749 §2.3.1: an empty secret is none.
    let proof =
        if secret.is_empty() { Proof::None } else { Proof::Secret(ClientAuth::Basic, Secret::new(secret)) };
    Ok((id, proof))
}

/// application/x-www-form-urlencoded, where a `%` must encode something.
fn urldecoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.replace('+', " ").into_bytes();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(part[2..].replace('+', " ").bytes());
    }
    String::from_utf8(bytes).ok()
}

fn by_assertion(
    assertion: &Secret,
    kind: Option<&str>,
    named: Option<&str>,
) -> Result<(String, Proof), Error> {
    let assertion = Assertion::parse(assertion, kind, named)?;
    Ok((assertion.client_id().to_owned(), Proof::Assertion(Box::new(assertion))))
}

/// Compares with two stored secrets whatever there are, so that the time says nothing (#91).
fn is_secret_of(client: Option<&Client>, presented: &Secret) -> bool {
    let digest = presented.digest();
    let secrets = client.map(|client| client.secrets.as_slice()).unwrap_or_default();
    // The digest of nothing that could be presented.
    let nothing = Digest::of(b"");
    let stored = |at: usize| secrets.get(at).map_or(&nothing, |secret| &secret.digest);
    let is = |stored: &Digest| Secret::new(stored.as_str()).matches(digest.as_str());
    is(stored(0)) | is(stored(1))
}
