//! What the authorization server says of itself (RFC 8414 §2, OpenID Connect Discovery §3): every value from the constant that its
//! handler reads, and not a word of what is not there.

use jose::{Algorithm, KeySet};
use oauth::{
    BaseUrl,
    server::{self, ClientAuth, GrantType, Prompt, ResponseMode},
};
use serde_json::{Map, Value, json};

use crate::KEYS;

/// The members that name an endpoint.
const ENDPOINTS: [(&str, &str); 8] = [
    ("authorization_endpoint", server::AUTHORIZE),
    ("token_endpoint", server::TOKEN),
    ("userinfo_endpoint", server::USERINFO),
    ("introspection_endpoint", server::INTROSPECT),
    ("revocation_endpoint", server::REVOKE),
    ("pushed_authorization_request_endpoint", server::PAR),
    ("device_authorization_endpoint", server::DEVICE),
    ("end_session_endpoint", server::LOGOUT),
];

/// The claims of every ID token, whatever is known of the person.
const CLAIMS: [&str; 11] =
    ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr", "sid"];

/// What is not in every installation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct On {
    /// Apps are told that a session has ended.
    pub(crate) logout: bool,
    /// Tokens are exchanged.
    pub(crate) exchange: bool,
    /// People show more than one factor, by a second factor or by a passkey.
    pub(crate) factors: bool,
}

pub(crate) fn metadata(base: &BaseUrl, keys: &KeySet, on: On) -> Value {
    let mut metadata = fixed(on.exchange);
    metadata.extend(ENDPOINTS.map(|(name, path)| (name.to_owned(), json!(base.at(path)))));
    metadata.insert("issuer".to_owned(), json!(base.as_str()));
    metadata.insert("jwks_uri".to_owned(), json!(base.at(KEYS)));
    metadata.insert("id_token_signing_alg_values_supported".to_owned(), json!(algorithms(keys)));
    let acrs = if on.factors { &server::ACRS[..] } else { &[server::ACR] };
    metadata.insert("acr_values_supported".to_owned(), json!(acrs));
    // Back-Channel Logout §2.1. A logout token always names the session.
    if on.logout {
        let members = ["backchannel_logout_supported", "backchannel_logout_session_supported"];
        metadata.extend(members.map(|name| (name.to_owned(), json!(true))));
    }
    metadata.into()
}

/// What does not depend on the address and the keys of the installation.
fn fixed(exchange: bool) -> Map<String, Value> {
    let grants: Vec<_> =
        GrantType::ALL.iter().filter(|grant| exchange || **grant != GrantType::TokenExchange).collect();
    let methods = texts(ClientAuth::ALL, ClientAuth::as_str);
    // Whoever asks about tokens proves who it is.
    let proofs: Vec<_> =
        methods.iter().copied().filter(|method| *method != ClientAuth::None.as_str()).collect();
    let signatures = texts(Algorithm::ALL, Algorithm::as_str);
    let claims: Vec<_> = CLAIMS.into_iter().chain(server::PERSON_CLAIMS.map(|(name, _)| name)).collect();
    let value = json!({
        "scopes_supported": server::OPENID_SCOPES,
        "claims_supported": claims,
        "claim_types_supported": ["normal"],
        "response_types_supported": ["code"],
        "response_modes_supported": texts(ResponseMode::ALL, ResponseMode::as_str),
        "grant_types_supported": grants,
        "prompt_values_supported": texts(Prompt::ALL, Prompt::as_str),
        "subject_types_supported": ["public"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": signatures,
        "introspection_endpoint_auth_methods_supported": proofs,
        "introspection_endpoint_auth_signing_alg_values_supported": signatures,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": signatures,
        "claims_parameter_supported": true,
        // Both are true where nothing is said (OpenID Connect Discovery §3).
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
    });
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn texts<T: Copy>(values: &[T], text: fn(T) -> &'static str) -> Vec<&'static str> {
    values.iter().map(|value| text(*value)).collect()
}

/// The algorithms for which there is a key.
fn algorithms(keys: &KeySet) -> Vec<&'static str> {
    let has = |algorithm: &&Algorithm| keys.keys().iter().any(|key| key.algorithm() == Some(**algorithm));
    Algorithm::ALL.iter().filter(has).map(|algorithm| algorithm.as_str()).collect()
}
