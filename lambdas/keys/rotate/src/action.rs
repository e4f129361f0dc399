//! What is asked of the function, and what it answers.

use jose::Algorithm;
use oauth::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use token::{KeyInfo, Keys};

use crate::Error;

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Lets another key follow those that are old enough.
    Look,
    /// Says which keys there are.
    List,
    /// Lets another key follow, however old the present one is: for one algorithm, or each.
    Rotate(Option<Algorithm>),
    /// Ends a previous key before its time.
    Retire(String),
    /// Takes a key away at once, everywhere.
    Revoke(String),
    /// Changes no key: brings all functions to what the secret says.
    Publish,
}

/// How it is written as an event.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
}

impl Action {
    /// Reads an event: a schedule's, an empty one, which means the same, or one with an `action`. Anything else changes nothing: a
    /// deploy asks every function something that it cannot read, to see whether it starts.
    pub fn read(event: &Value) -> Result<Self, Error> {
        let is_empty = event.as_object().is_some_and(serde_json::Map::is_empty);
        if is_empty || event.get("source").is_some_and(|source| source == "aws.events") {
            return Ok(Self::Look);
        }
        let wrong = || Error::Unreadable;
        let written: Written = serde_json::from_value(event.clone()).map_err(|_| wrong())?;
        match (written.action.as_str(), written.kid, written.alg) {
            ("list", None, None) => Ok(Self::List),
            ("publish", None, None) => Ok(Self::Publish),
            ("rotate", None, None) => Ok(Self::Rotate(None)),
            ("rotate", None, Some(alg)) => {
                let known = Algorithm::parse(&alg).filter(|alg| Keys::ALGORITHMS.contains(alg));
                known.map(|alg| Self::Rotate(Some(alg))).ok_or_else(wrong)
            }
            ("retire", Some(kid), None) => Ok(Self::Retire(kid)),
            ("revoke", Some(kid), None) => Ok(Self::Revoke(kid)),
            _ => Err(wrong()),
        }
    }

    /// The event that asks for it.
    pub fn event(&self) -> Value {
        let (action, kid, alg) = match self {
            Self::Look => return Value::Object(serde_json::Map::new()),
            Self::List => ("list", None, None),
            Self::Publish => ("publish", None, None),
            Self::Rotate(alg) => ("rotate", None, alg.map(|alg| alg.as_str().to_owned())),
            Self::Retire(kid) => ("retire", Some(kid.clone()), None),
            Self::Revoke(kid) => ("revoke", Some(kid.clone()), None),
        };
        let written = Written { action: action.to_owned(), kid, alg };
        serde_json::to_value(written).unwrap_or_default()
    }
}

/// What it answers: the keys as they are then, or why not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Every key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyInfo>,
    /// Whether a key changed.
    #[serde(default)]
    pub changed: bool,
    /// Why nothing was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Answer {
    pub(crate) fn of(keys: &Keys, now: Time, changed: bool) -> Self {
        Self { keys: keys.list(now), changed, error: None }
    }

    pub(crate) fn refused(error: &Error) -> Self {
        Self { keys: Vec::new(), changed: false, error: Some(error.to_string()) }
    }
}
