//! How we prove to a provider who we are (RFC 6749 §2.3, RFC 7523, OpenID Connect Core §9).

use fetch::SettingError;
use jose::{Algorithm, SigningKey};
use oauth::{Secret, Time};
use provider::{Addressee, Method};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use serde_json::{Value, json};

use crate::{preset::Preset, setting::Settings};

/// RFC 7523 §3: an assertion is for now.
const ASSERTION_LIFE: i64 = 300;

/// RFC 7521 §4.2.
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What we prove it with.
#[derive(Debug)]
pub(crate) enum ClientAuth {
    /// Nothing: the settings were loaded without secrets, so no login can be finished.
    None,
    /// A shared secret, and how it is sent where that was set.
    Secret { secret: Secret, method: Option<Method> },
    /// A key of ours that signs an assertion for each request.
    Key { key: ClientKey, addressee: Addressee },
    /// A key of ours that signs what Apple calls a client secret.
    Apple { key: ClientKey, team: String },
}

/// What goes into one token request.
pub(crate) enum Proof {
    Basic(Secret),
    Post(Secret),
    Assertion(Secret),
}

impl ClientAuth {
    /// Reads it. `weak` allows any client secret, and instead of Apple's key too: the provider is a stand-in on
    /// this machine.
    pub(crate) fn read(settings: &Settings<'_>, preset: &Preset, weak: bool) -> Result<Self, SettingError> {
        let stood_in = weak && !settings.has("PRIVATE_KEY");
        if preset.sign_in.client_auth == [Method::AppleJwt] && !stood_in {
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
        if !preset.sign_in.client_auth.contains(&Method::PrivateKeyJwt) {
            settings.refuse(&["PRIVATE_KEY"], "this provider takes a client secret only")?;
        }
        if matches!(method, Some(Method::Basic | Method::Post)) {
            settings.refuse(
                &["PRIVATE_KEY"],
                &format!("{} asks for a client secret", settings.name("CLIENT_AUTH")),
            )?;
        }
        settings.refuse(&["CLIENT_SECRET"], "a private key takes its place")?;
        Ok(Self::Key { key: ClientKey::read(settings)?, addressee: preset.sign_in.assertion_for })
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
#[error("no client authentication is configured")]
pub(crate) struct Unprovable;

fn apple(settings: &Settings<'_>) -> Result<ClientAuth, SettingError> {
    settings.refuse(
        &["CLIENT_SECRET", "CLIENT_AUTH"],
        "Apple's client secret is made from TEAM_ID, KEY_ID and PRIVATE_KEY",
    )?;
    let team = settings.require("TEAM_ID", "write the team id that Apple shows beside your name.")?;
    settings.require("KEY_ID", "write the id of the key that you made for Sign in with Apple.")?;
    let key = ClientKey::read(settings)?;
    match key.key.algorithm() {
        Algorithm::Es256 => Ok(ClientAuth::Apple { key, team }),
        _ => Err(settings.wrong("PRIVATE_KEY", "is an RSA key; Apple's is an EC key on P-256, the .p8 file")),
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
    let method = method.filter(|method| preset.sign_in.client_auth.contains(method));
    let names: Vec<_> = preset.sign_in.client_auth.iter().map(|method| method.word()).collect();
    let advice = format!("is not something this provider takes: write one of {}", names.join(", "));
    method.map(Some).ok_or_else(|| settings.wrong("CLIENT_AUTH", &advice))
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
#[derive(Debug)]
pub(crate) struct ClientKey {
    key: SigningKey,
    id: Option<String>,
}

impl ClientKey {
    /// Reads `PRIVATE_KEY` and `KEY_ID`. The lines of the PEM may be separated by `\n` written out, as environments
    /// need it.
    fn read(settings: &Settings<'_>) -> Result<Self, SettingError> {
        let pem = settings
            .require("PRIVATE_KEY", "write the private key as PEM (PKCS#8), with \\n between its lines.")?;
        let advice = "is not a private key in PEM (PKCS#8), EC on P-256 or RSA of 2048 bits and more: \
                      it begins with -----BEGIN PRIVATE KEY-----";
        let key = from_pem(&pem.replace("\\n", "\n")).ok_or_else(|| settings.wrong("PRIVATE_KEY", advice))?;
        Ok(Self { key, id: settings.get("KEY_ID") })
    }

    /// A compact JWS with these claims.
    fn sign(&self, claims: &Value) -> Result<Secret, Unprovable> {
        let jws = self.key.compact("JWT", self.id.as_deref(), claims.to_string());
        jws.map(Secret::new).map_err(|_| Unprovable)
    }
}

fn from_pem(pem: &str) -> Option<SigningKey> {
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    SigningKey::from_pkcs8(der.secret_pkcs8_der()).ok()
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
    fn the_client_secret_is_sent_as_configured_or_as_the_metadata_says() {
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
    fn keys_are_redacted_in_debug_output() {
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
