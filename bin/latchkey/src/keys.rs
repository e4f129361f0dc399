//! `cargo run -- keys`: the signing keys, which are on this machine or in a stack, and the keys that an operator makes by hand.
//!
//! What is private passes through standard input and output, never through arguments, which everybody on a machine can read.

mod table;

use std::path::Path;

use audit::Actor;
use clap::{Args, Subcommand};
use jose::Algorithm;
use keys_rotate::{Action, Answer};
use oauth::{Secret, Time};
use setting::SettingError;
use token::{Keys, KeysError, settings::SIGNING_KEYS};

use crate::{
    clients::{self, Operator, principal},
    home::{Home, SIGNING_KEYS_FILE},
    settings::Values,
};

/// What is done with keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists the signing keys: what signs, what signs next, and until when the others verify
    List(Place),
    /// Lets a new key follow the present one: it signs in three hours, when every cache knows it
    Rotate {
        /// Only the key for this algorithm: RS256 or ES256 [default: a key for each]
        #[arg(long, value_name = "ALG")]
        alg: Option<String>,
        /// Whose keys they are
        #[command(flatten)]
        place: Place,
    },
    /// Ends a previous key before its time
    Retire {
        /// Its name, as `keys list` has it
        #[arg(allow_hyphen_values = true)] // One of 64 begins with a hyphen, being base64url.
        kid: String,
        /// Whose keys they are
        #[command(flatten)]
        place: Place,
    },
    /// In an emergency: takes a key away at once, everywhere; another one signs in its place
    Revoke {
        /// Its name, as `keys list` has it
        #[arg(allow_hyphen_values = true)] // One of 64 begins with a hyphen, being base64url.
        kid: String,
        /// Whose keys they are
        #[command(flatten)]
        place: Place,
    },
    /// Brings every function of a stack to the keys of its secret, as after a rollback
    Publish {
        /// The stack
        #[arg(long, value_name = "STACK")]
        stack: String,
    },
    /// Prints a fresh private key set for SIGNING_KEYS
    New {
        /// What it signs with: RS256 or ES256 [default: a key for each]
        #[arg(long, value_name = "ALG")]
        alg: Option<String>,
    },
    /// Reads a private key set and prints its public half for PUBLIC_KEYS
    Public,
    /// Prints a fresh key for COOKIE_KEY
    Cookie,
}

/// Whose keys they are.
#[derive(Debug, Args)]
pub struct Place {
    /// Of this stack at AWS [default: of the local cloud]
    #[arg(long, value_name = "STACK")]
    pub stack: Option<String>,
}

/// Does it; `read` reads standard input. What is returned is to be printed.
pub async fn run(
    command: &Command,
    values: &Values,
    home: &Path,
    now: Time,
    read: impl FnOnce() -> Result<Secret, SettingError>,
) -> Result<String, SettingError> {
    let (action, place) = match command {
        Command::New { alg } => return Ok(new(alg.as_deref(), now)?.expose().to_owned()),
        Command::Cookie => return Ok(Secret::random().expose().to_owned()),
        Command::Public => return public(&read()?),
        Command::List(place) => (Action::List, place.stack.as_deref()),
        Command::Rotate { alg, place } => {
            (Action::Rotate(alg.as_deref().map(known).transpose()?), place.stack.as_deref())
        }
        Command::Retire { kid, place } => (Action::Retire(kid.clone()), place.stack.as_deref()),
        Command::Revoke { kid, place } => (Action::Revoke(kid.clone()), place.stack.as_deref()),
        Command::Publish { stack } => (Action::Publish, Some(stack.as_str())),
    };
    let answer = match place {
        Some(stack) => deployed(stack, &action).await?,
        None => local(&action, values, home, now).await?,
    };
    Ok(table::of(&answer, &action, now))
}

/// The function of the stack does it: there is one way to change the keys of a stack, and one lock.
async fn deployed(stack: &str, action: &Action) -> Result<Answer, SettingError> {
    // Keys do not wait for a name in the trail: without one it is `aws` there, and AWS CloudTrail has it.
    let operator = principal().unwrap_or_default();
    let answer = keys_rotate::invoke(stack, action, &operator).await;
    let answer = answer.map_err(|error| SettingError::new(error.to_string()))?;
    match answer.error {
        Some(error) => Err(SettingError::new(error)),
        None => Ok(answer),
    }
}

/// The file of the local cloud, which sees at its next request that it has changed. The trail is in the table, so this cannot be one
/// write: a table that does not open is found before anything changes.
async fn local(action: &Action, values: &Values, home: &Path, now: Time) -> Result<Answer, SettingError> {
    if values.get(SIGNING_KEYS.name).is_some_and(|keys| !keys.is_empty()) {
        return Err(SettingError::new(
            "SIGNING_KEYS is set, and the keys are changed where it comes from: remove it, and the local cloud keeps its own",
        ));
    }
    let folder = Home::open(home)?;
    let before = folder.secret(SIGNING_KEYS_FILE, || Keys::generate_at(now).map(|keys| keys.to_json()))?;
    let before = parse(&before)?;
    let after = changed(&before, action, now).map_err(|error| SettingError::new(error.to_string()))?;
    let answer = Answer { keys: after.list(now), changed: after.list(now) != before.list(now), error: None };
    if answer.changed {
        let place = clients::Place::open(None, values, home).await?;
        let operator = Operator::of(None, values, now)?;
        folder.keep(SIGNING_KEYS_FILE, &after.to_json())?;
        let event = keys_rotate::event(action, &answer, Actor::local(), now);
        let noted = operator.trail().note(&place.table, &event).await;
        noted.map_err(|error| {
            let causes = oauth::causes(&error);
            SettingError::new(format!("the keys changed, and the trail does not have it: {causes}"))
        })?;
    }
    Ok(answer)
}

/// The set after an action. All functions of the local cloud get it at once, so a new key has its time at once.
fn changed(keys: &Keys, action: &Action, now: Time) -> Result<Keys, KeysError> {
    match action {
        Action::Rotate(None) => keys.with_next(&Keys::ALGORITHMS, now)?.scheduled(now),
        Action::Rotate(Some(algorithm)) => keys.with_next(&[*algorithm], now)?.scheduled(now),
        Action::Retire(kid) => keys.retired(kid, now),
        Action::Revoke(kid) => keys.revoked(kid, now),
        Action::List | Action::Look | Action::Publish => Ok(keys.clone()),
    }
}

/// A fresh private key set, for the secret that `SIGNING_KEYS` names: for one algorithm, or a key for each.
fn new(algorithm: Option<&str>, now: Time) -> Result<Secret, SettingError> {
    let keys = match algorithm {
        None => Keys::generate_at(now),
        Some(name) => Keys::generate_for(known(name)?),
    };
    keys.map(|keys| keys.to_json()).map_err(|error| SettingError::new(format!("no key can be made: {error}")))
}

fn known(name: &str) -> Result<Algorithm, SettingError> {
    let algorithm = Algorithm::parse(name).filter(|algorithm| Keys::ALGORITHMS.contains(algorithm));
    algorithm.ok_or_else(|| SettingError::new("--alg must be RS256 or ES256"))
}

/// The public half of a private key set, for `PUBLIC_KEYS`.
fn public(private: &Secret) -> Result<String, SettingError> {
    Ok(parse(private)?.published().to_json())
}

fn parse(private: &Secret) -> Result<Keys, SettingError> {
    Keys::parse(private).map_err(|error| SettingError::new(format!("SIGNING_KEYS: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_epoch(1_800_000_000);

    #[test]
    fn the_public_key_set_has_no_private_members() {
        // #58
        for (algorithm, kind) in [("RS256", "RSA"), ("ES256", "EC")] {
            let public = public(&new(Some(algorithm), NOW).unwrap()).unwrap();
            let set: serde_json::Value = serde_json::from_str(&public).unwrap();
            for member in ["d", "p", "q", "dp", "dq", "qi", "k", "signs_from"] {
                assert_eq!(set["keys"][0].get(member), None, "{public}");
            }
            assert_eq!((&set["keys"][0]["kty"], &set["keys"][0]["alg"]), (&kind.into(), &algorithm.into()));
        }
    }

    #[test]
    fn without_an_algorithm_there_is_a_key_for_each_that_signs_by_any_clock() {
        let keys = parse(&new(None, NOW).unwrap()).unwrap();
        let behind = Time::from_epoch(NOW.epoch() - 3600);
        assert_eq!(keys.algorithms(behind).collect::<Vec<_>>(), Keys::ALGORITHMS);
    }

    #[test]
    fn an_unsupported_signing_algorithm_is_refused() {
        // #60
        for other in ["", "rs256", "RS512", "ES384", "EdDSA", "HS256", "none"] {
            assert!(new(Some(other), NOW).unwrap_err().to_string().starts_with("--alg"), "{other}");
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
        assert!(web::Sealer::new(&Secret::random()).is_ok());
    }
}
