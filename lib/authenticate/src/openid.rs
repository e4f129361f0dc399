//! openidconnect, with all its type parameters: nothing outside this file names them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use jose::{Algorithm, Compact, Jws, KeySet};
use oauth::{Secret, Time, Verifier, limits};
use oauth2::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CodeTokenRequest,
    EndpointNotSet, EndpointSet, PkceCodeVerifier, RedirectUrl, StandardErrorResponse, TokenUrl,
    basic::BasicErrorResponseType,
};
use openidconnect::{
    ClaimsVerificationError, EmptyAdditionalClaims, IdTokenVerifier, IssuerUrl, JsonWebKey,
    JsonWebKeyAlgorithm, JsonWebKeyId, JsonWebKeySet, Nonce, SignatureVerificationError, SubjectIdentifier,
    UserInfoRequest, UserInfoUrl,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreGenderClaim, CoreIdToken, CoreJsonWebKeyType, CoreJsonWebKeyUse,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenResponse,
    },
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    client_auth::{ASSERTION_TYPE, Proof},
    config::Config,
    endpoints::Known,
    id_token::{Expected, SKEW},
};

/// The client of one provider.
pub(crate) struct Client(Inner);

type Inner<UserInfo = EndpointNotSet> = openidconnect::Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    Key,
    CoreAuthPrompt,
    StandardErrorResponse<BasicErrorResponseType>,
    CoreTokenResponse,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    UserInfo,
>;

/// A token request that has yet to be sent.
pub(crate) type Exchange<'a> =
    CodeTokenRequest<'a, StandardErrorResponse<BasicErrorResponseType>, CoreTokenResponse>;

/// A userinfo request that has yet to be sent.
pub(crate) type Asking<'a> = UserInfoRequest<'a, CoreJweContentEncryptionAlgorithm, Key>;

impl Client {
    /// The client for these settings, at these endpoints.
    pub(crate) fn new(config: &Config, at: &Known) -> Result<Self, url::ParseError> {
        let client_id = ClientId::new(config.client_id.clone());
        let issuer = IssuerUrl::new(config.issuer.name().to_owned())?;
        let client = openidconnect::Client::new(client_id, issuer, JsonWebKeySet::default())
            .set_auth_uri(AuthUrl::from_url(at.authorization.clone()))
            .set_token_uri(TokenUrl::from_url(at.token.clone()))
            .set_redirect_uri(RedirectUrl::new(config.redirect_uri.clone())?);
        Ok(Self(client))
    }

    /// The same, proving who it is in this way. An assertion is not part of the client but of the request: see
    /// [`Self::exchange`].
    pub(crate) fn proving(self, proof: &Proof) -> Self {
        let secret = |secret: &Secret| ClientSecret::new(secret.expose().to_owned());
        Self(match proof {
            Proof::Basic(shared) => {
                self.0.set_client_secret(secret(shared)).set_auth_type(AuthType::BasicAuth)
            }
            Proof::Post(shared) => {
                self.0.set_client_secret(secret(shared)).set_auth_type(AuthType::RequestBody)
            }
            Proof::Assertion(_) => self.0.set_auth_type(AuthType::RequestBody),
        })
    }

    /// The token request (OpenID Connect Core §3.1.3.1).
    pub(crate) fn exchange(&self, code: &Secret, verifier: &Verifier, proof: &Proof) -> Exchange<'_> {
        let code = AuthorizationCode::new(code.expose().to_owned());
        proven(self.0.exchange_code(code).set_pkce_verifier(pkce(verifier)), proof)
    }

    /// The same, with a userinfo endpoint.
    pub(crate) fn with_userinfo(self, endpoint: &Url) -> Asker {
        Asker(self.0.set_user_info_url(UserInfoUrl::from_url(endpoint.clone())))
    }
}

/// A client that can ask for userinfo.
pub(crate) struct Asker(Inner<EndpointSet>);

impl Asker {
    /// The userinfo request (OpenID Connect Core §5.3.1).
    pub(crate) fn ask(&self, access_token: &Secret, subject: &str) -> Asking<'_> {
        let access_token = AccessToken::new(access_token.expose().to_owned());
        self.0.user_info(access_token, Some(SubjectIdentifier::new(subject.to_owned())))
    }
}

/// RFC 7521 §4.2: an assertion is two more parameters.
pub(crate) fn proven<'a, TE: oauth2::ErrorResponse + 'static, TR: oauth2::TokenResponse>(
    request: CodeTokenRequest<'a, TE, TR>,
    proof: &Proof,
) -> CodeTokenRequest<'a, TE, TR> {
    match proof {
        Proof::Assertion(assertion) => request
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", assertion.expose().to_owned()),
        Proof::Basic(_) | Proof::Post(_) => request,
    }
}

pub(crate) fn pkce(verifier: &Verifier) -> PkceCodeVerifier {
    PkceCodeVerifier::new(verifier.secret().expose().to_owned())
}

/// openidconnect's own check of a token that satisfied ours: see the table in [`crate::id_token`]. Nothing if it
/// cannot read it.
pub(crate) fn second_opinion(
    token: &str,
    parsed: &Jws,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: Time,
) -> Option<Result<(), ClaimsVerificationError>> {
    let token: CoreIdToken = token.parse().ok()?;
    let issuer = IssuerUrl::new(parsed.claims().get("iss")?.as_str()?.to_owned()).ok()?;
    let algorithm = signing_algorithm(Algorithm::parse(parsed.alg())?);
    let key = Key {
        kid: parsed.kid().map(|kid| JsonWebKeyId::new(kid.to_owned())),
        kind: kind_of(&algorithm),
        keys: keys.clone(),
    };
    let moment = |epoch: i64| DateTime::from_timestamp(epoch, 0).unwrap_or_default();
    let verifier = IdTokenVerifier::new_public_client(
        ClientId::new(expected.client_id.to_owned()),
        issuer,
        JsonWebKeySet::new(vec![key]),
    )
    // Which algorithm it may be was decided when the signature was checked: here it is the one that was right then.
    .set_allowed_algs([algorithm])
    .set_other_audience_verifier_fn(|other| expected.trusted_audiences.iter().any(|one| *one == **other))
    .set_time_fn(|| moment(now.epoch() - SKEW))
    .set_issue_time_verifier_fn(|issued| {
        if issued.timestamp() <= now.epoch() + SKEW { Ok(()) } else { Err("issued in the future".to_owned()) }
    });
    Some(token.claims(&verifier, &Nonce::new(expected.nonce.expose().to_owned())).map(|_| ()))
}

/// The issuer's keys in the shape that openidconnect asks for. What it calls a key computes nothing itself: signatures
/// are checked by
/// `jose`, so that one crypto library ships, and the same rules hold for keys no matter who asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Key {
    kid: Option<JsonWebKeyId>,
    kind: CoreJsonWebKeyType,
    #[serde(skip)]
    keys: KeySet,
}

impl JsonWebKey for Key {
    type KeyUse = CoreJsonWebKeyUse;
    type SigningAlgorithm = CoreJwsSigningAlgorithm;

    fn key_id(&self) -> Option<&JsonWebKeyId> {
        self.kid.as_ref()
    }

    fn key_type(&self) -> &CoreJsonWebKeyType {
        &self.kind
    }

    fn key_use(&self) -> Option<&CoreJsonWebKeyUse> {
        None
    }

    fn signing_alg(&self) -> JsonWebKeyAlgorithm<&CoreJwsSigningAlgorithm> {
        JsonWebKeyAlgorithm::Unspecified
    }

    fn new_symmetric(_: Vec<u8>) -> Self {
        Self { kid: None, kind: CoreJsonWebKeyType::Symmetric, keys: KeySet::default() }
    }

    fn verify_signature(
        &self,
        _: &CoreJwsSigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureVerificationError> {
        let wrong = |why: &str| SignatureVerificationError::CryptoError(why.to_owned());
        let message = std::str::from_utf8(message).map_err(|_| wrong("the token is not text"))?;
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
        let token = Compact::parse_within(&token, limits::TOKEN_IN_A_BODY);
        // The algorithm was held against the allow-list before: here every one we can say will do.
        token
            .and_then(|token| self.keys.verify(&token, Algorithm::ALL))
            .map_err(|why| wrong(&why.to_string()))
    }

    fn hash_bytes(&self, _: &[u8], _: &CoreJwsSigningAlgorithm) -> Result<Vec<u8>, String> {
        Err("at_hash is checked elsewhere".to_owned())
    }
}

fn signing_algorithm(algorithm: Algorithm) -> CoreJwsSigningAlgorithm {
    use CoreJwsSigningAlgorithm as Core;
    match algorithm {
        Algorithm::Rs256 => Core::RsaSsaPkcs1V15Sha256,
        Algorithm::Rs384 => Core::RsaSsaPkcs1V15Sha384,
        Algorithm::Rs512 => Core::RsaSsaPkcs1V15Sha512,
        Algorithm::Ps256 => Core::RsaSsaPssSha256,
        Algorithm::Ps384 => Core::RsaSsaPssSha384,
        Algorithm::Ps512 => Core::RsaSsaPssSha512,
        Algorithm::Es256 => Core::EcdsaP256Sha256,
        Algorithm::Es384 => Core::EcdsaP384Sha384,
        Algorithm::Es512 => Core::EcdsaP521Sha512,
        Algorithm::EdDsa => Core::EdDsa,
    }
}

fn kind_of(algorithm: &CoreJwsSigningAlgorithm) -> CoreJsonWebKeyType {
    use openidconnect::JwsSigningAlgorithm as _;
    algorithm.key_type().unwrap_or(CoreJsonWebKeyType::Symmetric)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::issuer::Issuer;

    const NOW: i64 = 1_800_000_000;

    fn claims() -> Value {
        json!({
            "iss": "https://a.example", "aud": "us", "sub": "1", "nonce": "n", "exp": NOW + 60, "iat": NOW,
            "email": "a@b.example", "email_verified": "true", "updated_at": "2026-11-21T00:00:00Z",
        })
    }

    /// What openidconnect says about the good token with one claim changed.
    fn opinion(claim: &str, value: Value, kid: &str) -> Option<bool> {
        let key = forge::Key::fresh("ES256");
        let keys = json!({ "keys": [key.jwk("k")] }).to_string();
        let mut claims = claims();
        claims[claim] = value;
        let token = key.token(&json!({ "alg": "ES256", "kid": kid, "typ": "JWT" }), &claims);
        let (parsed, keys) = (Jws::parse(&token).unwrap(), KeySet::parse(keys).unwrap());
        let (issuer, nonce) = (Issuer::One("https://a.example".to_owned()), Secret::new("n"));
        let expected = Expected {
            issuer: &issuer,
            also_issuers: &[],
            client_id: "us",
            trusted_audiences: &["project".to_owned()],
            nonce: &nonce,
            access_token: &nonce,
            kind_claim: None,
        };
        let checked = second_opinion(&token, &parsed, &keys, &expected, Time::from_epoch(NOW));
        checked.map(|checked| checked.is_ok())
    }

    #[test]
    fn it_accepts_a_valid_token() {
        assert_eq!(opinion("sub", json!("1"), "k"), Some(true));
        // #17: by our clock, and with our skew.
        assert_eq!(opinion("exp", json!(NOW - 59), "k"), Some(true));
        assert_eq!(opinion("iat", json!(NOW + 60), "k"), Some(true));
        // #17: with a fraction, as we take it.
        assert_eq!(opinion("iat", json!(NOW as f64 + 60.5), "k"), Some(true));
        assert_eq!(opinion("exp", json!(NOW as f64 - 58.5), "k"), Some(true));
        assert_eq!(opinion("nbf", json!(NOW as f64 - 0.5), "k"), Some(true));
        // #15: beside us, those that are trusted.
        assert_eq!(opinion("aud", json!(["us", "project"]), "k"), Some(true));
    }

    #[test]
    fn it_refuses_an_invalid_token() {
        // #13, #15, #16, #17
        assert_eq!(opinion("sub", json!("1"), "another key"), Some(false));
        assert_eq!(opinion("aud", json!("them"), "k"), Some(false));
        assert_eq!(opinion("aud", json!(["us", "them"]), "k"), Some(false));
        assert_eq!(opinion("nonce", json!("m"), "k"), Some(false));
        assert_eq!(opinion("nonce", json!(null), "k"), Some(false));
        assert_eq!(opinion("exp", json!(NOW - 60), "k"), Some(false));
        assert_eq!(opinion("iat", json!(NOW + 61), "k"), Some(false));
    }

    #[test]
    fn it_ignores_tokens_that_it_cannot_read() {
        assert_eq!(opinion("email_verified", json!(1), "k"), None);
        assert_eq!(opinion("iss", json!("a.example"), "k"), None);
    }
}
