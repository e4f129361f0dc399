//! `cargo run -- keys`: the operator's keys. They pass through standard input and output, never through arguments, which
//! everybody on a machine can read.

use jose::Algorithm;
use oauth::{Secret, Time};
use setting::SettingError;
use token::{Keys, KeysError};

/// A fresh private key set, for the secret that `SIGNING_KEYS` names: for one algorithm, or a key for each.
pub fn new(algorithm: Option<&str>) -> Result<Secret, SettingError> {
    let keys = match algorithm {
        None => Keys::generate(),
        Some(name) => Keys::generate_for(known(name)?),
    };
    keys.map(|keys| keys.to_json()).map_err(|error| SettingError::new(format!("no key can be made: {error}")))
}

fn known(name: &str) -> Result<Algorithm, SettingError> {
    let algorithm = Algorithm::parse(name).filter(|algorithm| Keys::ALGORITHMS.contains(algorithm));
    algorithm.ok_or_else(|| SettingError::new("--alg must be RS256 or ES256"))
}

/// A fresh cookie key, for the secret that `COOKIE_KEY` names.
pub fn cookie() -> Secret {
    Secret::random()
}

/// The public half of a private key set, for `PUBLIC_KEYS`.
pub fn public(private: &Secret) -> Result<String, SettingError> {
    Ok(read(private)?.published().to_json())
}

/// A private key set in which a new key waits, or has its time to sign if it waited (#59).
pub fn rotate(private: &Secret, now: Time) -> Result<Secret, SettingError> {
    let keys = read(private)?;
    let keys = if keys.waits() { keys.scheduled(now) } else { keys.with_next(&Keys::ALGORITHMS, now) };
    Ok(keys.map_err(cannot)?.to_json())
}

/// Whether a key of the set waits to be published; empty if none does.
pub fn waits(private: &Secret) -> Result<&'static str, SettingError> {
    Ok(if read(private)?.waits() { "a key waits to be published\n" } else { "" })
}

fn read(private: &Secret) -> Result<Keys, SettingError> {
    Keys::parse(private).map_err(cannot)
}

fn cannot(error: KeysError) -> SettingError {
    SettingError::new(format!("SIGNING_KEYS: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_key_set_has_no_private_members() {
        // #58
        for (algorithm, kind) in [("RS256", "RSA"), ("ES256", "EC")] {
            let public = public(&new(Some(algorithm)).unwrap()).unwrap();
            let set: serde_json::Value = serde_json::from_str(&public).unwrap();
            for member in ["d", "p", "q", "dp", "dq", "qi", "k", "state"] {
                assert_eq!(set["keys"][0].get(member), None, "{public}");
            }
            assert_eq!((&set["keys"][0]["kty"], &set["keys"][0]["alg"]), (&kind.into(), &algorithm.into()));
        }
    }

    #[test]
    fn without_an_algorithm_there_is_a_key_for_each() {
        let keys = read(&new(None).unwrap()).unwrap();
        assert_eq!(keys.algorithms(Time::from_epoch(1)).collect::<Vec<_>>(), Keys::ALGORITHMS);
    }

    #[test]
    fn an_unsupported_signing_algorithm_is_refused() {
        // #60
        for other in ["", "rs256", "RS512", "ES384", "EdDSA", "HS256", "none"] {
            assert!(new(Some(other)).unwrap_err().to_string().starts_with("--alg"), "{other}");
        }
    }

    #[test]
    fn an_invalid_key_set_is_not_printed() {
        // #103
        let error = public(&Secret::new("{\"keys\": [\"canary\"]}")).unwrap_err().to_string();
        assert!(error.starts_with("SIGNING_KEYS: ") && !error.contains("canary"), "{error}");
    }

    #[test]
    fn a_generated_cookie_key_works() {
        assert!(web::Sealer::new(&cookie()).is_ok());
    }
}
