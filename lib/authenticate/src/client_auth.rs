//! How we prove to a provider who we are (RFC 6749 §2.3, RFC 7523, OpenID Connect Core §9).

use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use fetch::SettingError;
use oauth::{Secret, Time};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde_json::{Value, json};

use crate::{
    preset::{Addressee, Method, Preset},
    setting::Settings,
};

/// RFC 7523 §3: an assertion is for now.
const ASSERTION_LIFE: i64 = 300;

/// RFC 7521 §4.2.
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What we prove it with.
#[derive(Debug)]
pub(crate) enum ClientAuth {
    /// Nothing: whoever loaded the settings reads no secrets, and cannot finish a login.
    None,
    /// A shared secret, and how it is sent where that was set.
    Secret { secret: Secret, method: Option<Method> },
    /// A key of ours that signs an assertion for each request.
    Key { key: SigningKey, addressee: Addressee },
    /// A key of ours that signs what Apple calls a client secret.
    Apple { key: SigningKey, team: String },
}

/// What goes into one token request.
pub(crate) enum Proof {
    Basic(Secret),
    Post(Secret),
    Assertion(Secret),
}

impl ClientAuth {
    /// Reads it. `weak` allows any client secret, and in the place of Apple's key too: the provider is a stand-in on
    /// this machine.
    pub(crate) fn read(settings: &Settings<'_>, preset: &Preset, weak: bool) -> Result<Self, SettingError> {
        let stood_in = weak && !settings.has("PRIVATE_KEY");
        if preset.client_auth == [Method::AppleJwt] && !stood_in {
            return apple(settings);
        }
        settings.refuse(&["TEAM_ID"], "only Apple has teams")?;
        let method = chosen(settings, preset)?;
        let keyed = settings.has("PRIVATE_KEY") || method == Some(Method::PrivateKeyJwt);
        if !keyed {
            settings.refuse(&["KEY_ID"], &format!("there is no {}", settings.name("PRIVATE_KEY")))?;
            let secret = secret(settings, weak)?;
            return Ok(Self::Secret { secret, method });
        }
        if !preset.client_auth.contains(&Method::PrivateKeyJwt) {
            settings.refuse(&["PRIVATE_KEY"], "this provider takes a client secret only")?;
        }
        if matches!(method, Some(Method::Basic | Method::Post)) {
            settings.refuse(
                &["PRIVATE_KEY"],
                &format!("{} asks for a client secret", settings.name("CLIENT_AUTH")),
            )?;
        }
        settings.refuse(&["CLIENT_SECRET"], "a private key takes its place")?;
        Ok(Self::Key { key: SigningKey::read(settings)?, addressee: preset.assertion_for })
    }

    /// What proves it to the token endpoint, now. `offered` is what the provider says it takes.
    pub(crate) fn prove(
        &self,
        to: &Recipient<'_>,
        offered: &[Method],
        now: Time,
    ) -> Result<Proof, Unprovable> {
        match self {
            Self::None => Err(Unprovable),
            Self::Secret { secret, method } => Ok(match method.or(offered.first().copied()) {
                Some(Method::Post) => Proof::Post(secret.clone()),
                _ => Proof::Basic(secret.clone()),
            }),
            Self::Key { key, addressee } => {
                let audience = match addressee {
                    Addressee::Issuer => to.issuer,
                    Addressee::TokenEndpoint => to.token_endpoint,
                };
                // RFC 7523 §3: issuer and subject are the client; every assertion has a name of its own.
                let id = Secret::random();
                let claims = json!({
                    "iss": to.client_id, "sub": to.client_id, "aud": audience, "jti": id.expose(),
                    "iat": now.epoch(), "exp": now.epoch() + ASSERTION_LIFE,
                });
                Ok(Proof::Assertion(key.sign(&claims)?))
            }
            Self::Apple { key, team } => {
                let claims = json!({
                    "iss": team, "sub": to.client_id, "aud": to.issuer,
                    "iat": now.epoch(), "exp": now.epoch() + ASSERTION_LIFE,
                });
                Ok(Proof::Post(key.sign(&claims)?))
            }
        }
    }
}

/// To whom something is proved.
pub(crate) struct Recipient<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) token_endpoint: &'a str,
    pub(crate) client_id: &'a str,
}

/// There is no way to prove it: no secret was read, or a key does not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("we have nothing to prove to the provider who we are")]
pub(crate) struct Unprovable;

fn apple(settings: &Settings<'_>) -> Result<ClientAuth, SettingError> {
    settings.refuse(
        &["CLIENT_SECRET", "CLIENT_AUTH"],
        "Apple's client secret is made from TEAM_ID, KEY_ID and PRIVATE_KEY",
    )?;
    let team = settings.require("TEAM_ID", "write the team id that Apple shows beside your name.")?;
    settings.require("KEY_ID", "write the id of the key that you made for Sign in with Apple.")?;
    let key = SigningKey::read(settings)?;
    match key.pair {
        Pair::Ec(_) => Ok(ClientAuth::Apple { key, team }),
        Pair::Rsa(_) => {
            Err(settings.wrong("PRIVATE_KEY", "is an RSA key; Apple's is an EC key on P-256, the .p8 file"))
        }
    }
}

fn chosen(settings: &Settings<'_>, preset: &Preset) -> Result<Option<Method>, SettingError> {
    let Some(word) = settings.get("CLIENT_AUTH") else { return Ok(None) };
    let method = match word.as_str() {
        "basic" => Some(Method::Basic),
        "post" => Some(Method::Post),
        "private_key_jwt" => Some(Method::PrivateKeyJwt),
        _ => None,
    };
    let method = method.filter(|method| preset.client_auth.contains(method));
    let names: Vec<_> = preset.client_auth.iter().map(|method| method.word()).collect();
    let advice = format!("is not something this provider takes: write one of {}", names.join(", "));
    method.map(Some).ok_or_else(|| settings.wrong("CLIENT_AUTH", &advice))
}

impl Method {
    /// The word for it in settings.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Post => "post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::AppleJwt => "apple",
        }
    }
}

fn secret(settings: &Settings<'_>, weak: bool) -> Result<Secret, SettingError> {
    let secret = settings.require("CLIENT_SECRET", "write the client secret that the provider gave you.")?;
    if !weak && (secret.chars().count() < 16 || is_placeholder(&secret)) {
        let advice = "is too short or a placeholder: write the client secret that the provider gave you";
        return Err(settings.wrong("CLIENT_SECRET", advice));
    }
    Ok(Secret::new(secret))
}

/// Words that nobody's generator makes, and texts with hardly a character in them (#106).
fn is_placeholder(secret: &str) -> bool {
    const WORDS: [&str; 11] = [
        "changeme",
        "change_me",
        "change-me",
        "client_secret",
        "client-secret",
        "clientsecret",
        "placeholder",
        "example",
        "password",
        "your_",
        "your-",
    ];
    let lower = secret.to_ascii_lowercase();
    let distinct = lower.chars().collect::<std::collections::HashSet<_>>().len();
    distinct < 6 || lower.starts_with(['<', '$', '{']) || WORDS.iter().any(|word| lower.contains(word))
}

/// A private key of ours, and what the provider calls it.
pub(crate) struct SigningKey {
    pair: Pair,
    id: Option<String>,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

impl SigningKey {
    /// Reads `PRIVATE_KEY` and `KEY_ID`. The lines of the PEM may be separated by `\n` written out, as environments
    /// need it.
    fn read(settings: &Settings<'_>) -> Result<Self, SettingError> {
        let pem = settings
            .require("PRIVATE_KEY", "write the private key as PEM (PKCS#8), with \\n between its lines.")?;
        let advice = "is not a private key in PEM (PKCS#8), EC on P-256 or RSA of 2048 bits and more: \
                      it begins with -----BEGIN PRIVATE KEY-----";
        let pair =
            Pair::from_pem(&pem.replace("\\n", "\n")).ok_or_else(|| settings.wrong("PRIVATE_KEY", advice))?;
        Ok(Self { pair, id: settings.get("KEY_ID") })
    }

    /// A compact JWS with these claims.
    fn sign(&self, claims: &Value) -> Result<Secret, Unprovable> {
        let mut header = json!({ "alg": self.pair.algorithm(), "typ": "JWT" });
        if let Some(id) = &self.id {
            header["kid"] = id.as_str().into();
        }
        let [header, claims] = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let input = format!("{header}.{claims}");
        let signature = self.pair.sign(input.as_bytes()).ok_or(Unprovable)?;
        Ok(Secret::new(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

impl Pair {
    fn from_pem(pem: &str) -> Option<Self> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        let der = der.secret_pkcs8_der();
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Self::Ec);
        ec.or_else(|_| RsaKeyPair::from_pkcs8(der).map(Self::Rsa)).ok()
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Ec(_) => "ES256",
            Self::Rsa(_) => "RS256",
        }
    }

    fn sign(&self, input: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Ec(pair) => pair.sign(&random, input).ok().map(|signature| signature.as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, input, &mut signature).ok()?;
                Some(signature)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_not_secrets() {
        // #106
        for bad in [
            "changeme-changeme",
            "YOUR-CLIENT-SECRET",
            "your_google_secret",
            "xxxxxxxxxxxxxxxxxxxx",
            "<client secret here>",
            "${GOOGLE_CLIENT_SECRET}",
            "1111222211112222",
            "my-password-is-this",
            "the client_secret",
            "an-example-of-one",
        ] {
            assert!(is_placeholder(bad), "{bad}");
        }
        for good in
            ["GOCSPX-0123456789abcdef", "k~8Q~1Fz0Yw3bX2vTnUjRmLp", "8f14e45fceea167a5a36dedd4bea2543"]
        {
            assert!(!is_placeholder(good), "{good}");
        }
    }

    #[test]
    fn a_secret_goes_where_it_was_set_to_or_where_it_is_taken() {
        let to = Recipient { issuer: "i", token_endpoint: "t", client_id: "c" };
        let proof = |method, offered: &[Method]| {
            let auth = ClientAuth::Secret { secret: Secret::new("s"), method };
            matches!(auth.prove(&to, offered, Time::from_epoch(0)), Ok(Proof::Basic(_)))
        };
        assert!(proof(None, &[]) && proof(None, &[Method::Basic, Method::Post]));
        assert!(!proof(None, &[Method::Post]) && !proof(Some(Method::Post), &[Method::Basic]));
        assert!(proof(Some(Method::Basic), &[Method::Post]));
    }

    #[test]
    fn keys_show_nothing() {
        // #103
        let auth = ClientAuth::Secret { secret: Secret::new("canary"), method: None };
        assert!(!format!("{auth:?}").contains("canary"));
        assert!(
            ClientAuth::None
                .prove(&Recipient { issuer: "", token_endpoint: "", client_id: "" }, &[], Time::from_epoch(0))
                .is_err()
        );
    }
}
